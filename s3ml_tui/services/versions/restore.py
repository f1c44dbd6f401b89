"""An object's past: its history, and bringing something back from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans import plan as plans
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Outcome, RemoveMarker, when
from s3ml_tui.domain.plans.undo import undo_of_write
from s3ml_tui.domain.storage.history import History, HistoryPage, Version
from s3ml_tui.domain.storage.metadata_rules import fields_of
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM
from s3ml_tui.domain.storage.store import VERSIONING_LASTS_S, Cancelled, Progress, Store, Written, never, unobserved
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import (
    current_by_facts,
    latest_first,
    made,
    versioning_of,
    whole_history,
    without_tags,
)
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.versions.unchanged_since_plan import DONE_BEFORE, conflict, ensure_unchanged, guarded, is_same


class Versions:
    """Everything about old versions; all methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        """All versions and markers of exactly this key, newest first, page by page. Raises Denied, Cancelled …"""
        for page in self._store.history(key, cancelled=cancelled):
            yield replace(page, versions=latest_first(page.versions))

    def history_or_current(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        """The same; where versions may not be listed the current one alone, and why the others are missing.

        Raises Denied when not even that may be seen.
        """
        try:
            yield from self.history(key, cancelled=cancelled)
        except Denied as denied:
            yield self._current_alone(key, denied, f"needs {denied.action or 's3:ListBucketVersions'}")
        except NotSupported as error:
            yield self._current_alone(key, error, "this server lists no versions")

    def _current_alone(self, key: ObjectKey, denied: S3mlError, missing: str) -> HistoryPage:
        try:
            current = current_by_facts(self._store, key)
        except Denied:
            raise denied from None
        if current is None:
            raise denied
        return HistoryPage(key, (current,), is_last=True, missing=missing)

    def whole_history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> History:
        """The same at once; empty when the key never existed."""
        return whole_history(self._store, key, cancelled=cancelled)

    def plan_bring_back(self, history: History, version: Version) -> CopyForward | NothingToDo:
        """Copy `version` on top; for a delete marker, the version just below it. Raises NotFound for no entry of it."""
        if version not in history.versions:
            raise NotFound(
                f"{history.key.name} has no version {version.version_id}", advice="Look at its history and choose again"
            )
        return plans.plan_bring_back(history, version, versioning_of(self._store, history.key.bucket))

    def is_copied_already(self, plan: CopyForward) -> bool:
        """Whether what is current is a copy of the chosen version with all that belongs to it."""
        top, source = plan.current, plan.source
        if top is None or top.is_delete_marker or top.size != source.size:
            return False
        is_in_parts = "-" in top.etag + source.etag  # then the ETags depend on the parts
        return (is_in_parts or top.etag == source.etag) and self._come_back(plan) is not None

    def plan_undelete(self, history: History) -> RemoveMarker | NothingToDo:
        """Take the delete marker on top away."""
        versioning = versioning_of(self._store, history.key.bucket, at_most_s=VERSIONING_LASTS_S)
        return plans.plan_undelete(history, versioning)

    def perform(
        self,
        plan: CopyForward | RemoveMarker,
        *,
        just_seen: Sequence[Version] = (),
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Outcome:
        """Bring back, or undelete. Raises Conflict when what was seen is no longer on top, NotFound, Cancelled.

        `just_seen` is the history of the key, newest first, as a listing of many told it a moment ago.
        """
        refuse_read_only(self._context, plan.title)
        if isinstance(plan, RemoveMarker):
            return self._remove_marker(plan)
        return self._copy_forward(plan, just_seen, progress, cancelled)

    def _copy_forward(
        self,
        plan: CopyForward,
        just_seen: Sequence[Version],
        progress: Progress,
        cancelled: Cancelled,
    ) -> Outcome:
        written, was_done_before = self._copied(plan, just_seen, progress, cancelled)
        new = made(self._store, written, self._now())
        undo, no_undo = undo_of_write(plan.key, plan.current, new, plan.versioning)
        return Outcome(
            title=f"Brought back {plan.key.name}",
            at=self._now(),
            details=(
                f"{size_text(plan.source.size)} from {when(plan.source)} are the current version of {plan.key.uri}.",
                *((DONE_BEFORE,) if was_done_before else ()),
                *without_tags(written),
            ),
            key=plan.key,
            version_id=written.version_id or (new.version_id if new else None),
            undo=undo,
            no_undo=no_undo,
        )

    def _copied(
        self,
        plan: CopyForward,
        just_seen: Sequence[Version],
        progress: Progress,
        cancelled: Cancelled,
    ) -> tuple[Written, bool]:
        """What is on top now, and whether it was there before anything was sent."""
        try:
            if just_seen and not is_same(plan.current, just_seen[0]):
                raise conflict(plan.key, plan.current, just_seen[0])
            with guarded(self._store, plan.key, plan.current):
                written = self._store.copy_version(
                    plan.key,
                    plan.source.version_id,
                    expected=plan.current.version_id if plan.current is not None else None,
                    just_seen=plan.source if just_seen else None,
                    progress=progress,
                    cancelled=cancelled,
                )
        except Conflict:
            there = self._come_back(plan, is_unmarked=bool(just_seen))
            if there is None:
                raise
            return there, True
        return written, False

    def _come_back(self, plan: CopyForward, *, is_unmarked: bool = False) -> Written | None:
        """What is current, when it is a copy of the chosen version: its mark tells, its bytes where it has none."""
        source_id = plan.source.version_id
        try:
            there = self._store.facts(plan.key)
            is_copy = there.metadata.get(BROUGHT_FROM) == source_id or (is_unmarked and there.etag == plan.source.etag)
            if not is_copy or there.size != plan.source.size:
                return None
            if fields_of(there) != fields_of(self._store.facts(plan.key, source_id)):
                return None  # described anew since
            if self._store.tags(plan.key) != self._store.tags(plan.key, source_id):
                return None
        except (Denied, NotFound, NotSupported):  # who may not look takes nothing for granted
            return None
        return Written(plan.key, there.version_id, there.etag, there.size)

    def _remove_marker(self, plan: RemoveMarker) -> Outcome:
        ensure_unchanged(self._store, plan.key, plan.marker)
        self._store.delete_version(plan.key, plan.marker.version_id)
        return Outcome(
            title=f"Undeleted {plan.key.name}",
            at=self._now(),
            details=(
                f"{size_text(plan.uncovers.size)} from {when(plan.uncovers)} are the current version "
                f"of {plan.key.uri} again.",
            ),
            key=plan.key,
            version_id=plan.uncovers.version_id,
            undo=DeleteObject(plan.key, plan.uncovers, plan.versioning, is_undo=True),
        )
