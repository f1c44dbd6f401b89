"""Aliases read from the bucket: where each points, by its move with the highest number."""

import re

from s3ml_tui.domain.errors import BadInput, NotSupported, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.ml.models import Alias
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.model_manifest import AliasMove
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.workspace.number_claims import deciding_version

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,62}")
_MOVE = re.compile(r"([^/]+)/(\d{6,})\.json")


def check_name(name: str) -> None:
    """Raise BadInput for what cannot be an alias."""
    if not _NAME.fullmatch(name) or model_number(name) is not None:
        raise BadInput(
            f"{name!r} cannot be an alias",
            cause="An alias begins with a letter, goes on with letters, digits, dots, dashes or underscores, "
            "and does not look like a version",
            advice="Choose a name such as champion or staging",
        )


def newest_moves(store: Store, workspace: Place) -> dict[str, int]:
    """The highest move of each alias."""
    place = Layout(workspace).aliases
    newest: dict[str, int] = {}
    token: str | None = None
    while True:
        page = store.list_page(place, token=token, is_recursive=True)
        for key in page.keys:
            match = _MOVE.fullmatch(key[len(place.prefix) :])
            if match:
                newest[match[1]] = max(newest.get(match[1], 0), int(match[2]))
        token = page.next
        if token is None:
            return newest


def read_alias(store: Store, workspace: Place, name: str, move: int) -> Alias:
    """Where one alias points. Raises NotFound, StrangeAnswer, NotSupported (a newer format).

    The oldest version of the record is the one that counts: where a server ignores conditions, a loser's version lies
    on top of the winner's.
    """
    key = Layout(workspace).alias_move(name, move)
    body = store.read(key)
    oldest = deciding_version(store, key)
    if oldest is not None and not oldest.is_latest and not oldest.is_delete_marker:
        body = store.read(key, oldest.version_id)
    record = AliasMove.from_bytes(body, key.uri)
    number = model_number(record.model)
    if number is None:
        raise StrangeAnswer(
            f"{key.uri} is damaged",
            cause=f"{record.model!r} is no model version",
            advice="Promote a model version to write a new one",
        )
    return Alias(name, number, move, record.moved, record.by)


def readable_aliases(store: Store, workspace: Place) -> tuple[Alias, ...]:
    """All aliases by name, without those whose newest record cannot be read."""

    def read(item: tuple[str, int]) -> Alias | None:
        try:
            return read_alias(store, workspace, *item)
        except (NotSupported, StrangeAnswer):
            return None

    found = at_once(read, sorted(newest_moves(store, workspace).items()))
    return tuple(alias for alias in found if alias is not None)
