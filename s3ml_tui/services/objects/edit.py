"""Editing an object in a program of this machine: a private file, written back only over what was seen.

Which editor a user means.
"""

import difflib
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble, NotFound
from s3ml_tui.domain.plans.edit import Difference, WriteBack
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome, told_unnamed
from s3ml_tui.domain.plans.undo import undo_of_write
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import can_be_written
from s3ml_tui.domain.storage.store import ObjectFacts, Store
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import look
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.versions.unchanged_since_plan import is_same

MOST = 8 * 1024 * 1024
"""Bytes of an object that is edited."""
MOST_COMPARED = 1024 * 1024
"""Bytes that are compared line by line."""
MOST_LINES = 2_000
"""That are compared, from the first that differs to the last."""
_AROUND = 2
"""Lines shown around a change."""
_LOOKED_AT = 64 * 1024
_STRANGE = bytes(code for code in range(32) if code not in {9, 10, 12, 13, 27})
"""Control characters that text does not hold."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One object being edited; its file is the user's alone."""

    path: Path
    facts: ObjectFacts
    """Of the version that is edited."""
    before: bytes
    over: Version
    """What was on top when the editing began."""

    @property
    def key(self) -> ObjectKey:
        """Of the object."""
        return self.facts.key


class Editing:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def begin(self, key: ObjectKey, version_id: str | None = None) -> Draft:
        """Read the object, or one version of it, into a private file. Whoever begins must `drop` the draft.

        Raises ReadOnly, NotFound, BadInput (too large, no text), LocalTrouble.
        """
        refuse_read_only(self._context, f"Edit {key.name}")
        over = look(self._store, key).current
        if over is None or (over.is_delete_marker and version_id is None):
            raise NotFound(f"There is no {key.uri}, or it is deleted", advice="Bring it back first")
        facts = self._store.facts(key, version_id or _id_of(over))
        if facts.size > MOST:
            raise BadInput(
                f"{key.name} is too large to be edited: {size_text(facts.size)}",
                cause=f"{size_text(MOST)} are the most, since all of it is written back",
                advice="Download it, edit the file, and upload it",
            )
        if not can_be_written(facts):
            raise BadInput(
                f"{key.name} cannot be edited: its metadata has letters beyond ASCII",
                cause="An edit writes the metadata back, and only ASCII can be sent as it is",
                advice="Give it other metadata first: s3ml meta",
            )
        body = self._store.read(key, facts.id_to_ask(version_id), if_match=facts.etag or None)
        _refuse_binary(key, body)
        return Draft(_private_file(key, body), facts, body, over)

    def plan(self, draft: Draft, *, all_the_same: bool = False) -> WriteBack | NothingToDo:
        """What writing the file back would do; `all_the_same` once somebody else's write is to be covered.

        Raises LocalTrouble (the file is gone), BadInput (it has become too large).
        """
        body = _read(draft.path)
        if body == draft.before and not all_the_same:
            return NothingToDo(f"Edit {draft.key.name}", "It was not changed; nothing was written.")
        key_state = look(self._store, draft.key)
        try:
            tags = self._store.tags(draft.key, draft.facts.id_to_ask())
        except NotFound:
            tags = {}
        return WriteBack(
            like=draft.facts,
            body=body,
            tags=dict(tags),
            over=key_state.current if all_the_same else draft.over,
            versioning=key_state.versioning,
            difference=difference(draft.before, body),
            buried=key_state.buried,
        )

    def perform(self, plan: WriteBack) -> Outcome:
        """Write back what was edited. Raises Conflict when somebody wrote meanwhile; then nothing was done."""
        refuse_read_only(self._context, plan.title)
        key = plan.like.key
        there = look(self._store, key).current
        if not is_same(plan.over, there):
            raise Conflict(
                f"{key.name} is no longer as it was when the editing began; nothing was written",
                cause="Somebody wrote to it, or deleted it, meanwhile",
                advice="Compare both, and decide",
            )
        written = self._store.rewrite(plan.like, plan.body, tags=plan.tags, over=plan.over)
        version_id = written.version_id or NULL_VERSION
        new = Version(key, version_id, self._now(), written.size, written.etag, is_latest=True)
        undo, no_undo = undo_of_write(key, plan.over, new, plan.versioning)
        return Outcome(
            title=f"Edited {key.name}",
            at=self._now(),
            details=(*plan.sentences()[:1], *told_unnamed(plan.like.may_be_named)),
            key=key,
            version_id=written.version_id,
            undo=undo,
            no_undo=no_undo,
        )

    # when somebody else wrote meanwhile ----------------------------------------------------------------------------

    def theirs(self, draft: Draft) -> tuple[Version | None, Difference | None]:
        """What is on top now, and how the file differs from it (`-` is theirs, `+` what is in the file)."""
        there = look(self._store, draft.key).current
        if there is None or there.is_delete_marker or there.size > MOST:
            return there, None
        return there, difference(self._store.read(draft.key, _id_of(there)), _read(draft.path))

    def keep(self, draft: Draft, path: Path) -> Path:
        """Put what was edited into a file of the user's own. Raises LocalTrouble (it is there already, no room)."""
        body = _read(draft.path)
        target = path / draft.path.name if path.is_dir() else path
        try:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(body)
        except FileExistsError as error:
            raise LocalTrouble(f"{target} is there already", advice="Give another file name") from error
        except OSError as error:
            raise LocalTrouble(
                f"{target} cannot be written", cause=error.strerror or "", advice="Give another file name"
            ) from error
        return target

    def drop(self, draft: Draft) -> None:
        """Remove the private file."""
        shutil.rmtree(draft.path.parent, ignore_errors=True)


def _id_of(version: Version) -> str | None:
    """As a request names it: a marker is not to be read, and a current `null` one needs no name."""
    return None if version.is_delete_marker or version.version_id == NULL_VERSION else version.version_id


def difference(before: bytes, after: bytes) -> Difference | None:
    """Line by line; None where that is no text, or too much of it."""
    if max(len(before), len(after)) > MOST_COMPARED:
        return None
    try:
        old, new = _middles(before.decode().splitlines(), after.decode().splitlines())
    except UnicodeDecodeError:
        return None
    if max(len(old), len(new)) > MOST_LINES:
        return Difference(len(new), len(old), is_cut=True)
    lines = tuple("…" if line.startswith("@@") else line for line in difflib.unified_diff(old, new, lineterm="", n=2))
    shown = lines[2:]  # after the names of the files, which there are none of
    added = sum(line.startswith("+") for line in shown)
    return Difference(added, sum(line.startswith("-") for line in shown), shown)


def _middles(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Both without what is alike at the beginning and at the end, but for two lines: comparing takes its time."""
    shortest = min(len(old), len(new))
    start = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    end = next((at for at in range(shortest - start) if old[-1 - at] != new[-1 - at]), shortest - start)
    start, end = max(start - _AROUND, 0), max(end - _AROUND, 0)
    return old[start : len(old) - end], new[start : len(new) - end]


def _refuse_binary(key: ObjectKey, body: bytes) -> None:
    start = body[:_LOOKED_AT]
    if len(start.translate(None, _STRANGE)) < len(start):
        raise BadInput(
            f"{key.name} is no text",
            cause="It holds bytes that an editor would damage",
            advice="Look at it with i, or download it and use a program of its kind",
        )


def _private_file(key: ObjectKey, body: bytes) -> Path:
    """A file only this user may read, under the object's name, in a folder only this user may enter."""
    name = printable(key.name).replace("/", "_").replace("\0", "_").lstrip(".") or "object"
    try:
        folder = Path(tempfile.mkdtemp(prefix="s3ml-edit-"))
        path = folder / (name if len(name.encode()) <= 255 else name[-80:])
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
    except OSError as error:
        raise LocalTrouble(
            "No temporary file can be made", cause=error.strerror or "", advice="Make room, or set TMPDIR to a folder"
        ) from error
    return path


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > 2 * MOST:
            raise BadInput(
                f"The edited file has become too large: {size_text(size)}",
                cause=f"{size_text(2 * MOST)} are the most",
                advice="Keep it in a file, and upload that",
            )
        return path.read_bytes()
    except OSError as error:
        raise LocalTrouble(
            "The edited file is gone", cause=error.strerror or "", advice="Nothing was written; edit it again"
        ) from error


_EDITORS = ("nano", "vim", "vi")
"""Tried when none is named."""


def editor() -> list[str]:
    """The command of the user's editor. Raises LocalTrouble when there is none."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if said.strip():
        try:
            return shlex.split(said)
        except ValueError as error:
            raise LocalTrouble(
                "The command of your editor cannot be understood",
                cause=f"It is {said}",
                advice="Set EDITOR to a command with its quotes closed",
            ) from error
    found = next((name for name in _EDITORS if shutil.which(name)), None)
    if found is None:
        raise LocalTrouble("No editor was found", advice="Set EDITOR to the command of yours, then try again")
    return [found]
