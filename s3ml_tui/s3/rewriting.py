"""Putting other bytes in place of an object, with all that was kept with it: metadata, headers, tags, class."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from s3ml_tui.domain.errors import Conflict, NotSupported
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.origins import SHA256
from s3ml_tui.domain.store import OURS, ObjectFacts, Written
from s3ml_tui.s3.attempts import attempt
from s3ml_tui.s3.clients import Client, Clients
from s3ml_tui.s3.copy_work import kept_headers
from s3ml_tui.s3.copying import conditions_over
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.guards import unchanged
from s3ml_tui.s3.operations import landed, new_operation
from s3ml_tui.s3.writing import check_etag, of_facts, written


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
    key, operation = like.key, new_operation()
    sha256, md5 = hashlib.sha256(body).hexdigest(), hashlib.md5(body, usedforsecurity=False).hexdigest()
    theirs = {name: value for name, value in like.metadata.items() if not name.startswith(OURS)}
    request: dict[str, Any] = {
        "Bucket": key.bucket,
        "Key": key.key,
        "Body": body,
        **kept_headers(replace(like, metadata={**theirs, SHA256: sha256}), operation),
        **({"Tagging": urlencode(tags)} if tags else {}),
        **conditions,
    }

    def send(client: Client) -> Written:
        answer = client.put_object(**request)
        made = written(key, answer, size=len(body), sha256=sha256)
        check_etag(made, md5, str(answer.get("ServerSideEncryption", "")))
        return made

    def look() -> Written | None:
        found = landed(clients, key, operation)
        return None if found is None else of_facts(found, sha256)

    with translated(action="s3:PutObject", bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        return attempt(clients, send, look=look)
