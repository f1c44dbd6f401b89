"""One plan of copies being done: copied side by side, seen to be whole, then, when moved, deleted where they were."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.errors import Conflict, Corrupted, S3mlError
from s3ml_tui.domain.plans.copy_move import CopyItem, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Outcome, Plan, told_unnamed
from s3ml_tui.domain.plans.undo import TakeBack, undo_of_delete, undo_of_write
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Cancelled, Progress, Store, Written
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.objects.delete import delete_seen, still_there
from s3ml_tui.services.parallel import Results, each
from s3ml_tui.services.versions.history import without_tags

THREADS = 16
_MOST_SHOWN = 20

Undo = tuple[Plan | None, str]


class Copying:
    """Done once."""

    def __init__(
        self,
        store: Store,
        plan: CopyObjects,
        now: Callable[[], datetime],
        progress: Progress,
        cancelled: Cancelled,
    ) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._progress = progress
        self._cancelled = cancelled
        self._markers: dict[ObjectKey, tuple[Version, Version | None]] = {}
        """By source: what was deleted, and the marker on top of it."""
        self._untagged: dict[ObjectKey, Written] = {}
        """By source: copies that have not its tags."""
        self._was_named = True
        """Whether all sources could be asked for by their versions' ids."""
        self._stayed: list[S3mlError] = []
        """Why sources could not be deleted, though their copies are there."""

    def do(self) -> Outcome:
        """Raises the first error when nothing could be copied, Cancelled."""
        results = each(self._plan.items, self._copy, self._cancelled, threads=THREADS)
        if self._plan.is_move:
            self._stayed = [_kept_for_tags(source, written) for source, written in self._untagged.items()]
            sources = [item.source for item, _ in results.done if item.source.key not in self._untagged]
            if sources:
                self._delete_sources(sources)
        return self._outcome(results)

    def _copy(self, item: CopyItem) -> Version:
        source = item.source
        written = self._store.copy(
            source.key,
            item.source_id,
            item.target,
            over=item.there,
            etag=source.etag,
            progress=self._progress,
            cancelled=self._cancelled,
        )
        if self._plan.is_move and written.etag != source.etag:
            self._see_whole(source, written)
        self._was_named = self._was_named and written.was_named
        if written.tags_lost:
            self._untagged[source.key] = written
        version_id = written.version_id or NULL_VERSION
        return Version(item.target, version_id, self._now(), written.size, written.etag, is_latest=True)

    def _see_whole(self, source: Version, written: Written) -> None:
        """The copy of a large or an encrypted object has an ETag of its own: the server is asked what it has."""
        found = self._store.facts(written.key, written.version_id)
        if found.size != source.size:
            raise Corrupted(
                f"The copy of {source.key.uri} is not whole; what was to be moved is untouched",
                cause=f"It has {found.size:,} bytes instead of {source.size:,}",
                advice=f"Delete {written.key.uri}, then try again",
            )

    def _delete_sources(self, sources: list[Version]) -> None:
        try:
            results = delete_seen(
                self._store,
                sources,
                place=self._plan.origin,
                versioning=self._plan.origin_versioning,
                now=self._now,
                cancelled=self._cancelled,
            )
        except S3mlError as error:
            self._stayed += [still_there(error, source) for source in sources]
            return
        self._markers = {version.key: (current, marker) for version, (current, marker) in results.done}
        self._stayed += [still_there(error, version) for version, error in results.failed]
        gone = self._markers.keys() | {version.key for version, _ in results.failed}
        left = [source for source in sources if source.key not in gone]
        self._stayed += [still_there(S3mlError("Cancelled"), source) for source in left]

    # what came of it -------------------------------------------------------------------------------------------

    def _outcome(self, results: Results[CopyItem, Version]) -> Outcome:
        plan = self._plan
        verb = {"Copy": "Copied", "Move": "Moved", "Rename": "Renamed"}[plan.verb]
        one = results.done[0] if len(plan.items) == 1 else None
        undo, no_undo = self._undo(results)
        title = f"{verb} {one[0].source.key.name}" if one else results.title(verb)
        if self._stayed:
            both = "is in both places" if len(self._stayed) == 1 else "are in both places"
            title += f"; {count_text(len(self._stayed), 'object')} could not be deleted and {both}"
        size = size_text(sum(item.source.size for item, _ in results.done))
        where = f"{one[0].source.key.uri} → {one[0].target.uri}" if one else f"{size} to {plan.to}"
        return Outcome(
            title=title,
            at=self._now(),
            details=(
                where,
                *results.failure_sentences(),
                *(error.sentence for error in self._stayed[:_MOST_SHOWN]),
                *self._without_tags(),
                *told_unnamed(self._was_named),
                *((f"In part: {no_undo}",) if undo is not None and no_undo else ()),
            ),
            key=one[0].target if one and self._is_seen_at_target(one[0]) else None,
            version_id=one[1].version_id if one and one[1].version_id != NULL_VERSION else None,
            undo=undo,
            no_undo=no_undo if undo is None else "",
            failed=len(results.failed) + results.left + len(self._stayed),
            retry=replace(plan, items=rest) if (rest := results.rest(plan.items)) else None,
        )

    def _without_tags(self) -> tuple[str, ...]:
        """What is told of copies that have not their tags; of moved ones it is told why they stayed."""
        if self._plan.is_move:
            return ()
        return tuple(line for written in list(self._untagged.values())[:_MOST_SHOWN] for line in without_tags(written))

    def _is_seen_at_target(self, item: CopyItem) -> bool:
        """Whether who looks at the target sees all that was done."""
        return not self._plan.is_move or item.source.key.place == item.target.place

    def _undo(self, results: Results[CopyItem, Version]) -> Undo:
        steps: list[tuple[Plan, ...]] = []
        why = ""
        for item, new in results.done:
            back = self._source_back(item, new)
            undo, no_undo = undo_of_write(item.target, item.there, new, self._plan.versioning)
            why = why or no_undo
            step = tuple(one for one in (back, undo) if one is not None)
            if step:
                steps.append(step)
        if not steps:
            return None, why
        if len(steps) == 1 and len(steps[0]) == 1:
            return steps[0][0], why
        verb = {"Copy": "copying", "Move": "moving", "Rename": "renaming"}[self._plan.verb]
        what = results.done[0][0].source.key.name if len(results.done) == 1 else count_text(len(results.done), "object")
        return TakeBack(f"{verb} {what}", tuple(steps)), why

    def _source_back(self, item: CopyItem, new: Version) -> Plan | None:
        """What brings a moved object back to its old key; None where it still is there."""
        deleted = self._markers.get(item.source.key)
        if deleted is None:
            return None
        current, marker = deleted
        plan = DeleteObject(current.key, current, self._plan.origin_versioning)
        undo, _ = undo_of_delete(plan, marker)
        if isinstance(undo, CopyForward):
            return undo
        back = CopyItem(new, current.key, there=marker)
        return CopyObjects((back,), current.key.uri, is_move=False, versioning=Versioning.OFF)


def _kept_for_tags(source: ObjectKey, written: Written) -> Conflict:
    return Conflict(
        f"{source.uri} was copied without its tags, and is still there as well",
        cause=written.tags_lost,
        advice=f"Set the tags of {written.key.uri}, then delete it",
    )
