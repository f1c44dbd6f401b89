"""Putting other bytes in place of an object, with all that was kept with it: metadata, headers, tags, class."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from s3ml_tui.domain.errors import Conflict, NotSupported
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.origins import SHA256
from s3ml_tui.domain.store import OURS, ObjectFacts, Written
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.copy_work import kept_headers
from s3ml_tui.s3.copying import conditions_over
from s3ml_tui.s3.guards import unchanged
from s3ml_tui.s3.operations import new_operation
from s3ml_tui.s3.writing import put_whole


def rewrite(
    clients: Clients, like: ObjectFacts, body: bytes, *, tags: Mapping[str, str], over: Version | None
) -> Written:
    """Put `body` on top of what was seen at `like.key`. Raises Conflict, Corrupted."""
    is_there = over is not None and not over.is_delete_marker
    conditions = conditions_over(clients, like.key, over) if is_there else {"IfNoneMatch": "*"}
    try:
        return _put(clients, like, body, tags, conditions)
    except (Conflict, NotSupported):
        if not conditions:
            raise
        unchanged(clients, like.key, over)  # raises Conflict when somebody did write meanwhile
        return _put(clients, like, body, tags, {})


def _put(
    clients: Clients, like: ObjectFacts, body: bytes, tags: Mapping[str, str], conditions: Mapping[str, str]
) -> Written:
    operation = new_operation()
    theirs = {name: value for name, value in like.metadata.items() if not name.startswith(OURS)}
    kept = replace(like, metadata={**theirs, SHA256: hashlib.sha256(body).hexdigest()})
    tagging = {"Tagging": urlencode(tags)} if tags else {}
    return put_whole(clients, like.key, body, {**kept_headers(kept, operation), **tagging, **conditions}, operation)
