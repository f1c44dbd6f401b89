"""The places gone to, kept in the state folder from one session to the next; newest first, by context."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.serialization import json_text
from s3ml_tui.settings.paths import state_folder

FORMAT = 1
MOST = 200
"""So many are kept, of all contexts together."""
Place = tuple[str, str]
"""Context and address."""


def visited_file() -> Path:
    """Where they are kept."""
    return state_folder() / "places.json"


def visited(context: str) -> tuple[str, ...]:
    """The addresses gone to in a context, the last one first; none where they cannot be read."""
    return tuple(uri for at, uri in _read() if at == context)


def visit(context: str, uri: str) -> None:
    """Remember that somebody went there: it comes first. Raises LocalTrouble."""
    if _is_newer():
        return  # written by a later s3ml, which keeps its own
    places = [(context, uri), *(place for place in _read() if place != (context, uri))][:MOST]
    document = {"format": FORMAT, "places": [{"context": at, "uri": to} for at, to in places]}
    path = visited_file()
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "w", encoding="utf-8", opener=_private) as file:
            file.write(json_text(document))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):  # the first trouble is the one to tell
            draft.unlink(missing_ok=True)
        raise LocalTrouble(
            "The places gone to are not remembered",
            cause=f"{path} cannot be written: {error.strerror or error}",
            advice="Check the folder's permissions",
        ) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _document() -> dict[str, Any]:
    try:
        document = json.loads(visited_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # there is none, or it is torn: begun anew with the next place
    return document if isinstance(document, dict) else {}


def _is_newer() -> bool:
    kept = _document().get("format")
    return isinstance(kept, int) and kept > FORMAT


def _read() -> list[Place]:
    document = _document()
    entries = document.get("places")
    if document.get("format") != FORMAT or not isinstance(entries, list):
        return []
    found = [(entry.get("context"), entry.get("uri")) for entry in entries[:MOST] if isinstance(entry, dict)]
    return [(at, uri) for at, uri in found if isinstance(at, str) and isinstance(uri, str)]
