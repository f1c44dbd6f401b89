"""What one does with whole objects: upload, download, verify, delete."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.download_share import DownloadFile, Verification
from s3ml_tui.domain.plans.plan import DeleteObject, NothingToDo, Outcome, UploadFile, when
from s3ml_tui.domain.plans.undo import undo_of_delete, undo_of_write
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.resume_point import DownloadNotes, UploadNotes
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Progress, Received, Store, Written, never, unobserved
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, bucket_and_key
from s3ml_tui.services.transfers.local_files import download_target, file_size, free_beside, sha256_of, upload_key
from s3ml_tui.services.versions.delete_marker import delete_on_top, ensure_nothing_hidden
from s3ml_tui.services.versions.history import KeyState, look, made, newest, whole_history
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.versions.unchanged_since_plan import DONE_BEFORE, ensure_unchanged

JUST_S = 5.0
"""A plan that nobody was asked about is performed within this time, or what it saw is read again."""


class Objects:
    """Everything about whole objects; all methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._looked: tuple[ObjectKey, Version | None, float] | None = None
        """What was planned for last, what was on top of it, and when; from the clock that only goes on."""

    def facts(self, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
        """What is known of one version without its bytes. Raises NotFound, also for a deleted object."""
        return self._store.facts(key, version_id)

    # upload ----------------------------------------------------------------------------------------------------

    def plan_upload(self, path: Path, key: ObjectKey) -> UploadFile:
        """What uploading `path` would do; a key that ends with a slash gets the file's name.

        Raises LocalTrouble (no such file), NotFound (no such bucket), BadInput.
        """
        size = file_size(path)
        key = upload_key(path, key)
        seen = self._look(key)
        return UploadFile(
            path,
            size,
            key,
            seen.current,
            seen.versioning,
            is_seen=seen.is_seen,
            buried=seen.buried,
            kms_key=self._kms_key(seen.current),
        )

    def decided_upload(self, plan: UploadFile, clash: Clash) -> UploadFile | NothingToDo:
        """The plan with an answer to what becomes of the object that is there; the same plan where none is.

        Raises what planning raises.
        """
        there = plan.replaces
        if there is None or there.is_delete_marker or clash is Clash.OVERWRITE:
            return plan
        if clash is Clash.KEEP_BOTH:
            aside = ObjectKey(*bucket_and_key(free_beside(f"{plan.key.bucket}/{plan.key.key}", self._is_there)))
            return replace(self.plan_upload(plan.path, aside), storing=plan.storing)
        if clash is Clash.NEWER and plan.path.stat().st_mtime > there.modified.timestamp():
            return plan
        return NothingToDo(plan.title, f"{plan.key.uri} {_left(clash)}.")

    def _is_there(self, place: str) -> bool:
        try:
            self._store.facts(ObjectKey(*bucket_and_key(place)))
        except NotFound:
            return False
        return True

    def upload(
        self,
        plan: UploadFile,
        *,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
        is_unasked: bool = False,
    ) -> Outcome:
        """Make the file the key's current version. Raises Conflict when somebody wrote to the key since the plan.

        `is_unasked` says that nobody was asked since the plan: then its look is the last one before the change.
        """
        refuse_read_only(self._context, plan.title)
        was_just_seen = is_unasked and self._has_just_looked(plan.key, plan.replaces, plan.versioning)
        written = self._send(plan, notes, progress, cancelled, was_just_seen=was_just_seen)
        new = made(self._store, written, self._now())
        undo, no_undo = undo_of_write(plan.key, self._before(new, plan.replaces), new, plan.versioning)
        if not plan.is_seen:
            undo, no_undo = None, "What was there before could not be seen."
        return Outcome(
            title=f"Uploaded {plan.key.name}",
            at=self._now(),
            details=_upload_details(plan, written),
            key=plan.key,
            version_id=written.version_id or (new.version_id if new else None),
            undo=undo,
            no_undo=no_undo,
        )

    def _before(self, new: Version | None, replaced: Version | None) -> Version | None:
        """What was on top until `new` was made: `replaced`, unless that is `new`, put by an attempt that was killed."""
        if new is None or replaced is None or new.version_id in {"", NULL_VERSION}:
            return replaced
        if new.version_id != replaced.version_id:
            return replaced
        try:
            versions = whole_history(self._store, new.key).versions
        except S3mlError:  # the change was made: no trouble in looking turns that into a failure
            return replaced
        at = next((at for at, version in enumerate(versions) if version.version_id == new.version_id), len(versions))
        return versions[at + 1] if at + 1 < len(versions) else None

    def _kms_key(self, current: Version | None) -> str:
        """The KMS key that what is current is encrypted with; "" when there is none, or it may not be seen."""
        if current is None or current.is_delete_marker:
            return ""
        try:
            algorithm, _, kms_key = self._store.facts(current.key).encryption.partition(" ")
        except (Denied, NotFound, NotSupported):
            return ""
        return kms_key if algorithm.startswith("aws:kms") else ""

    def _look(self, key: ObjectKey) -> KeyState:
        seen = look(self._store, key)
        self._looked = key, seen.current, time.monotonic()
        return seen

    def _has_just_looked(self, key: ObjectKey, expected: Version | None, versioning: Versioning) -> bool:
        """Whether `expected` was seen on top of it so lately that a look right now would tell no more.

        Where a mistake would destroy bytes we look once more all the same.
        """
        if self._looked is None or versioning is not Versioning.ON:
            return False
        looked_at, seen, at_s = self._looked
        return (looked_at, seen) == (key, expected) and time.monotonic() - at_s < JUST_S

    def _send(
        self,
        plan: UploadFile,
        notes: UploadNotes | None,
        progress: Progress,
        cancelled: Cancelled,
        *,
        was_just_seen: bool,
    ) -> Written:
        """Upload where nothing has changed since the plan.

        A server that is known to refuse what is conditional sees to that itself; before any other we look once more.
        """
        send = partial(
            self._store.upload,
            plan.path,
            plan.key,
            storing=plan.storing,
            notes=notes,
            progress=progress,
            cancelled=cancelled,
        )
        if not plan.is_seen:
            return send()
        there = plan.replaces if plan.replaces is not None and not plan.replaces.is_delete_marker else None
        etag = there.etag if there else None
        if there is not None and there.has_listed_etag:
            was_just_seen = False
            try:
                etag = self._store.facts(plan.key).etag
            except NotFound:
                ensure_unchanged(self._store, plan.key, plan.replaces)  # raises Conflict: somebody deleted it
                raise
        if not (was_just_seen or self._store.refuses_unmet(plan.key.bucket)) or (there and there.has_listed_etag):
            ensure_unchanged(self._store, plan.key, plan.replaces)
        try:
            return send(if_match=etag, if_absent=there is None)
        except (Conflict, NotSupported):
            # Some servers refuse conditions that hold, or all conditions: then our own look must do.
            ensure_unchanged(self._store, plan.key, plan.replaces)
            return send(progress=unobserved)

    # download --------------------------------------------------------------------------------------------------

    def plan_download(
        self, key: ObjectKey, path: Path, version_id: str | None = None, *, overwrite: bool = False
    ) -> DownloadFile:
        """What downloading would do; without a version id, the one that is current now. Raises as `download`."""
        target = download_target(key, path, overwrite=overwrite)
        facts = self._store.facts(key, version_id)
        replaces = file_size(target) if target.exists() else None
        return DownloadFile(key, facts.version_id or version_id, facts.size, facts.modified, target, replaces)

    def plan_download_on_conflict(
        self, key: ObjectKey, path: Path, version_id: str | None, clash: Clash
    ) -> DownloadFile | NothingToDo:
        """The same with an answer to what becomes of the file that is there. Raises as `download`."""
        plan = self.plan_download(key, path, version_id, overwrite=True)
        if not os.path.lexists(plan.path) or clash is Clash.OVERWRITE:
            return plan
        if clash is Clash.KEEP_BOTH:
            return replace(plan, path=Path(free_beside(str(plan.path.absolute()), os.path.lexists)), replaces=None)
        if clash is Clash.NEWER and plan.modified.timestamp() > plan.path.lstat().st_mtime:
            return plan
        return NothingToDo(plan.title, f"{plan.path} {_left(clash)}.")

    def download(
        self,
        key: ObjectKey,
        path: Path,
        version_id: str | None = None,
        *,
        overwrite: bool = False,
        notes: DownloadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Received:
        """Get one version into the file `path`, or under its own name into the folder `path`.

        Raises Conflict (a file is there and `overwrite` is False), BadInput (a name that would leave the folder),
        NotFound, Corrupted, LocalTrouble, Cancelled; then no file has changed.
        """
        target = download_target(key, path, overwrite=overwrite)
        return self._store.download(key, target, version_id, notes=notes, progress=progress, cancelled=cancelled)

    def verify(
        self,
        key: ObjectKey,
        path: Path,
        version_id: str | None = None,
        *,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Verification:
        """Download the object again and compare its sha256 with the file's. Raises LocalTrouble, NotFound …"""
        local = sha256_of(path)
        with tempfile.TemporaryDirectory(prefix="s3ml-verify-") as folder:
            again = Path(folder) / "object"
            received = self._store.download(key, again, version_id, progress=progress, cancelled=cancelled)
        return Verification(key, received.version_id, local, received.sha256, path)

    # delete ----------------------------------------------------------------------------------------------------

    def plan_delete(self, key: ObjectKey) -> DeleteObject | NothingToDo:
        """What deleting would do on this bucket. Raises NotFound when nothing ever was at the key."""
        seen = self._look(key)
        if not seen.is_seen:
            raise Denied(
                f"Access to {key.uri} is denied",
                action="s3:ListBucketVersions",
                cause="Without s3:ListBucketVersions or s3:GetObject nobody can say what a delete would destroy",
                advice="Ask whoever runs the bucket for one of them, or use another profile",
            )
        if seen.current is None:
            raise NotFound(f"There is no {key.uri}", advice="Check the key")
        if seen.current.is_delete_marker:
            return NothingToDo(f"Delete {key.name}", f"It was deleted already, on {when(seen.current)}.")
        return DeleteObject(key, seen.current, seen.versioning, buried=seen.buried)

    def delete(self, plan: DeleteObject, *, is_unasked: bool = False) -> Outcome:
        """Delete what was seen. Raises Conflict when somebody wrote to the key since the plan.

        `is_unasked` as in `upload`.
        """
        refuse_read_only(self._context, plan.title)
        was_just_seen = is_unasked and self._has_just_looked(plan.key, plan.current, plan.versioning)
        was_done_before = False
        try:
            marker = delete_on_top(self._store, plan.current, self._now(), was_just_seen=was_just_seen)
            ensure_nothing_hidden(self._store, plan.current, marker)
        except Conflict:
            marker = newest(self._store, plan.key) if plan.is_undo else plan.current
            if marker is not None and not marker.is_delete_marker:
                raise
            was_done_before = True
        undo, no_undo = undo_of_delete(plan, marker)
        kept = (
            f"Its {size_text(plan.current.size)} of {when(plan.current)} stay as an older version."
            if undo is not None
            else f"Its {size_text(plan.current.size)} of {when(plan.current)} are gone."
        )
        return Outcome(
            title=f"Deleted {plan.key.name}",
            at=self._now(),
            details=(plan.key.uri, kept, *((DONE_BEFORE,) if was_done_before else ())),
            key=plan.key,
            version_id=marker.version_id if marker else None,
            undo=undo,
            no_undo=no_undo,
        )


def _left(clash: Clash) -> str:
    is_older = ", and what would come is not newer" if clash is Clash.NEWER else ""
    return f"is there already{is_older}; it stays as it is"


def _upload_details(plan: UploadFile, written: Written) -> tuple[str, ...]:
    version = f" as version {written.version_id}" if written.version_id else ""
    lines = [f"{size_text(written.size)} of {plan.path} are {plan.key.uri}{version}."]
    if written.sha256:
        lines.append(f"sha256 {written.sha256}")
    return tuple(lines)
