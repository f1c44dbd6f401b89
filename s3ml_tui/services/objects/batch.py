"""What one does with several objects at once: each as it would be done alone, and one outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.plans import plan as plans
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Outcome
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Cancelled, Progress, Store, never, unobserved
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.browse.recursive import tops_below
from s3ml_tui.services.objects.delete import FEW, delete_below, plan_delete_below
from s3ml_tui.services.parallel import Results, at_once, each
from s3ml_tui.services.transfers.single_file import Objects
from s3ml_tui.services.versions.history import asking_versioning, latest_first, whole_history
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.versions.restore import Versions
from s3ml_tui.services.versions.unchanged_since_plan import DONE_BEFORE, conflict

THREADS = 8
MOST_OTHERS = 5000
"""So many versions of other objects are listed for the sake of those that come back, and no more."""
_MOST_TOLD = 20
"""So many that came back otherwise than they were are told one by one."""
MOST = 10_000
"""So many objects are planned for at once: each is looked at before it is changed."""


class ManyObjects:
    """Plans and performs for many what `Objects` and `Versions` do for one. Blocks, raises only `S3mlError`s."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        objects: Objects,
        versions: Versions,
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._objects = objects
        self._versions = versions

    # delete ----------------------------------------------------------------------------------------------------

    def plan_delete_below(self, place: Place, *, cancelled: Cancelled = never) -> DeleteMany | NothingToDo:
        """All below a prefix. Raises NotFound, BadInput (too many), Denied, Cancelled."""
        return plan_delete_below(self._store, place, cancelled=cancelled)

    def plan_delete(self, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never) -> DeleteMany | NothingToDo:
        """Look at every object. Raises BadInput for too many, NotFound, Denied, Cancelled."""
        _check(keys)
        found = at_once(self._plan_one, keys, cancelled)
        to_do = tuple(plan for plan in found if isinstance(plan, DeleteObject))
        if not to_do:
            return NothingToDo(f"Delete {count_text(len(keys), 'object')}", "All of them were deleted already.")
        return DeleteMany(to_do, len(found) - len(to_do))

    def _plan_one(self, key: ObjectKey) -> DeleteObject | NothingToDo:
        try:
            return self._objects.plan_delete(key)
        except NotFound:
            return NothingToDo(f"Delete {key.name}", "It is not there any more.")

    def delete(self, plan: DeleteMany, *, cancelled: Cancelled = never) -> Outcome:
        """Delete each that still is what was seen; the undo brings back all that were deleted."""
        refuse_read_only(self._context, plan.title)
        if plan.place is not None:
            return delete_below(self._store, plan, plan.place, self._now, cancelled)
        results = each(plan.plans, self._objects.delete, cancelled, threads=THREADS)
        undo = tuple(done.undo for _, done in results.done if isinstance(done.undo, CopyForward))
        gone = next((done.no_undo for _, done in results.done if done.undo is None), "")
        return Outcome(
            title=results.title("Deleted"),
            at=self._now(),
            details=(
                f"{size_text(sum(item.current.size for item, _ in results.done))} together.",
                *results.failure_sentences(),
            ),
            undo=BringBackMany(undo) if undo else None,
            no_undo=gone if not undo else "",
            failed=len(results.failed) + results.left,
            retry=replace(plan, plans=rest) if (rest := results.rest(plan.plans)) else None,
        )

    # bring back ------------------------------------------------------------------------------------------------

    def plan_bring_back_below(self, place: Place, *, cancelled: Cancelled = never) -> BringBackMany | NothingToDo:
        """All that is deleted below a prefix, each with its newest bytes, as when it is marked alone.

        What is deleted is seen by one listing of versions.
        Raises NotFound (nothing is or was there), BadInput (too many), Denied, Cancelled.
        """
        top, _ = tops_below(self._store, place, cancelled=cancelled)
        if not top:
            raise NotFound(f"Nothing is or was below {place.uri}", advice="Check the address")
        deleted = [key for key, version in top.items() if version.is_delete_marker]
        if not deleted:
            return NothingToDo(f"Bring back {place.name}/", f"Nothing below {place.uri} is deleted.")
        plan = self.plan_bring_back(deleted, cancelled=cancelled)
        if isinstance(plan, NothingToDo):
            return plan
        return replace(plan, skipped=plan.skipped + len(top) - len(deleted), place=place)

    def plan_bring_back(
        self, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never
    ) -> BringBackMany | NothingToDo:
        """Look at the history of every object; those that are not deleted are left out.

        Raises BadInput, Denied, Cancelled.
        """
        _check(keys)
        if not keys:
            return NothingToDo("Bring back 0 objects", "None of them is deleted.")
        with asking_versioning(self._store, keys[0].bucket) as asked:
            histories = at_once(lambda key: whole_history(self._store, key), keys, cancelled)
            versioning = asked()
        deleted = [history for history in histories if history.is_deleted]
        to_do: list[CopyForward] = []
        for history in deleted:
            plan = plans.plan_bring_back(history, history.versions[0], versioning)
            if isinstance(plan, CopyForward):
                to_do.append(plan)
        if not to_do:
            reason = "None of them is deleted." if not deleted else "Nothing is left of them: their versions are gone."
            return NothingToDo(f"Bring back {count_text(len(keys), 'object')}", reason)
        return BringBackMany(tuple(to_do), len(keys) - len(deleted), gone=len(deleted) - len(to_do))

    def bring_back(
        self, plan: BringBackMany, *, progress: Progress = unobserved, cancelled: Cancelled = never
    ) -> Outcome:
        """Copy each version forward; the undo deletes all that came back."""
        refuse_read_only(self._context, plan.title)
        seen = self._seen_together(plan.plans, cancelled)

        def one(single: CopyForward) -> Outcome:
            return self._versions.perform(
                single, just_seen=seen.get(single.key, ()), progress=progress, cancelled=cancelled
            )

        results = each(plan.plans, one, cancelled, threads=THREADS)
        if seen:
            self._give_way(results, seen)
        undo = tuple(done.undo for _, done in results.done if isinstance(done.undo, DeleteObject))
        return Outcome(
            title=results.title("Brought back"),
            at=self._now(),
            details=(
                f"{size_text(sum(item.source.size for item, _ in results.done))} together.",
                *results.failure_sentences(),
                *_warnings([outcome for _, outcome in results.done]),
            ),
            undo=DeleteMany(undo) if undo else None,
            no_undo="" if undo else "What they were before is gone.",
            failed=len(results.failed) + results.left,
            retry=replace(plan, plans=rest) if (rest := results.rest(plan.plans)) else None,
        )

    def _seen_together(
        self, plans: Sequence[CopyForward], cancelled: Cancelled = never
    ) -> Mapping[ObjectKey, Sequence[Version]]:
        """The histories of many deleted objects, by one listing; nothing where each is to be looked at by itself.

        So it is where they are few, or lie among too many others.
        """
        buckets = {single.key.bucket for single in plans}
        is_plain = all(
            single.versioning is Versioning.ON and single.current is not None and single.current.is_delete_marker
            for single in plans
        )
        if len(plans) <= FEW or len(buckets) != 1 or not is_plain:
            return {}
        try:
            return self._listed([single.key for single in plans], cancelled)
        except (Denied, NotSupported):
            return {}

    def _listed(self, keys: Sequence[ObjectKey], cancelled: Cancelled = never) -> Mapping[ObjectKey, Sequence[Version]]:
        """Their versions and markers, the current one on top, by one listing; nothing where too many others are."""
        wanted = set(keys)
        place = Place(keys[0].bucket, _common_folder([key.key for key in keys]))
        found: dict[ObjectKey, list[Version]] = {}
        others = 0
        for page in self._store.versions_below(place, cancelled=cancelled):
            for version in page:
                if version.key in wanted:
                    found.setdefault(version.key, []).append(version)
                else:
                    others += 1
            if others > MOST_OTHERS:
                return {}
        return {key: latest_first(versions) for key, versions in found.items()}

    def _give_way(self, results: Results[CopyForward, Outcome], seen: Mapping[ObjectKey, Sequence[Version]]) -> None:
        """Take away again what came to lie on something that somebody wrote since it was `seen`; tell of those."""
        try:
            there = self._listed([single.key for single, _ in results.done])
        except S3mlError:  # they came back: no trouble in looking turns that into a failure
            return
        kept: list[tuple[CopyForward, Outcome]] = []
        for single, outcome in results.done:
            hidden = _hidden(seen.get(single.key, ()), there.get(single.key, ()), outcome.version_id)
            if hidden is None:
                kept.append((single, outcome))
            else:
                results.failed.append((single, self._taken_away(single, outcome, hidden)))
        results.done[:] = kept

    def _taken_away(self, single: CopyForward, outcome: Outcome, hidden: Version) -> Conflict:
        told = conflict(single.key, single.current, hidden)
        try:
            self._store.delete_version(single.key, str(outcome.version_id))
        except S3mlError as error:
            return Conflict(
                f"{single.key.name} was brought back over something newer",
                cause=f"{told.cause}; what was brought back could not be removed again: {error.title}",
                advice=f"Look at its history: bring back version {hidden.version_id}, if that is wanted",
            )
        return told


def _common_folder(keys: Sequence[str]) -> str:
    """The longest prefix of all that ends with a slash, or ""."""
    first, last = min(keys), max(keys)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: first.rfind("/", 0, same) + 1]


def _hidden(before: Sequence[Version], now: Sequence[Version], version_id: str | None) -> Version | None:
    """What this version hides though it was not there before; None where nothing is, or it is not on top.

    Both are known by their ids alone: not every listing is in the order of time.
    """
    if not before or not now or now[0].version_id != version_id:
        return None
    known = {version_id, *(version.version_id for version in before)}
    return next((version for version in now if version.version_id not in known), None)


def _warnings(outcomes: Sequence[Outcome]) -> Sequence[str]:
    """What is told of some that came back beside that they did, such as that their tags did not come along."""
    lines = [line for outcome in outcomes for line in outcome.details[1:] if line != DONE_BEFORE]
    return lines[:_MOST_TOLD]


def _check(keys: Sequence[ObjectKey]) -> None:
    if len(keys) > MOST:
        raise BadInput(
            f"{len(keys):,} objects are too many at once",
            cause=f"Each is looked at before it is changed, {MOST:,} at most",
            advice="Mark fewer of them",
        )
