"""Changing the tags of one version, of several objects, or of all below a prefix; no version is made by it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, S3mlError
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.tags_metadata import ChangeTags, TagChange
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import difference, wrong_tags
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.parallel import at_once, each
from s3ml_tui.services.versions.read_only import refuse_read_only

THREADS = 16
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeenTags:
    """The tags of one version as they were read."""

    key: ObjectKey
    version_id: str | None
    """Exactly this one; None for whatever is current, where nothing names it."""
    tags: Tags


class Tagging:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def tags(self, key: ObjectKey, version_id: str | None = None) -> Tags:
        """The tags of one version. Raises NotFound, Denied."""
        return self._store.tags(key, version_id)

    def seen(self, key: ObjectKey, version_id: str | None = None) -> SeenTags:
        """The same, to be changed: without its id, of the version that is current now. Raises NotFound, Denied."""
        pinned = version_id or self._current_id(key)
        try:
            return SeenTags(key, pinned, dict(self._store.tags(key, pinned)))
        except Denied:
            if pinned is None or version_id is not None:
                raise
            return SeenTags(key, None, dict(self._store.tags(key)))

    def _current_id(self, key: ObjectKey) -> str | None:
        """The version that is current; None where the bucket keeps none, or who may not read it. Raises NotFound."""
        try:
            version_id = self._store.facts(key).version_id
        except Denied:
            return None
        return None if version_id == NULL_VERSION else version_id

    def plan(self, key: ObjectKey, tags: Tags, version_id: str | None = None) -> ChangeTags | NothingToDo:
        """Make these all the tags of one version. Raises BadInput, NotFound, Denied."""
        _refuse(wrong_tags(tags))
        return self.plan_over(self.seen(key, version_id), tags)

    def plan_over(self, seen: SeenTags, tags: Tags) -> ChangeTags | NothingToDo:
        """Make these all the tags of the version whose tags were seen. Raises BadInput."""
        _refuse(wrong_tags(tags))
        if dict(seen.tags) == dict(tags):
            return NothingToDo(f"Tag {seen.key.name}", "It has exactly these tags already.")
        return ChangeTags((TagChange(seen.key, seen.version_id, dict(seen.tags), dict(tags)),))

    def plan_each(
        self,
        versions: Sequence[Version],
        tags: Tags,
        remove: Collection[str] = (),
        *,
        cancelled: Cancelled = never,
    ) -> ChangeTags | NothingToDo:
        """Set some tags of each and remove others; the rest stay. Raises BadInput, Denied, Cancelled."""
        if not versions:
            raise NotFound("There is nothing to tag", advice="Bring back what is deleted first")
        found = at_once(lambda version: self._change(version, tags, remove), versions, cancelled)
        changes = tuple(change for change in found if dict(change.before) != dict(change.after))
        if not changes:
            what = versions[0].key.name if len(versions) == 1 else count_text(len(versions), "object")
            return NothingToDo(f"Tag {what}", "They are tagged so already.")
        return ChangeTags(changes, len(found) - len(changes))

    def _change(self, version: Version, tags: Tags, remove: Collection[str]) -> TagChange:
        version_id: str | None = version.version_id
        if version_id in {"", NULL_VERSION}:
            version_id = None
        try:
            before = self._store.tags(version.key, version_id)
        except Denied:
            if not version.is_latest or version_id is None:
                raise
            version_id, before = None, self._store.tags(version.key)
        after = {name: value for name, value in before.items() if name not in remove} | dict(tags)
        wrong = wrong_tags(after)
        _refuse(f"{version.key.name}: {wrong}" if wrong else "")
        return TagChange(version.key, version_id, dict(before), after)

    def perform(self, plan: ChangeTags, *, cancelled: Cancelled = never) -> Outcome:
        """Write the tags of each whose tags still are what was seen. Raises the first error when none could be."""
        refuse_read_only(self._context, plan.title)

        def one(change: TagChange) -> None:
            there = dict(self._store.tags(change.key, change.version_id))
            if there == dict(change.after):  # an earlier try wrote them, and was interrupted
                return
            if there != dict(change.before):
                raise _changed(f"The tags of {change.key.name} are no longer what was seen; nothing was done", there)
            self._store.write_tags(change.key, change.after, change.version_id)
            self._read_again(change)

        results = each(plan.changes, one, cancelled, threads=THREADS)
        done = tuple(change for change, _ in results.done)
        only = plan.changes[0] if len(plan.changes) == 1 else None
        return Outcome(
            title=f"Tagged {only.key.name}" if only else results.title("Tagged"),
            at=self._now(),
            details=(*plan.sentences()[:2], *results.failure_sentences()),
            key=only.key if only else None,
            version_id=only.version_id if only else None,
            undo=ChangeTags(done).reverse,
            failed=len(results.failed) + results.left,
            retry=replace(plan, changes=rest) if (rest := results.rest(plan.changes)) else None,
        )

    def _read_again(self, change: TagChange) -> None:
        """Raise Conflict when the tags are not what was just written: no condition keeps two from writing at once."""
        try:
            there = dict(self._store.tags(change.key, change.version_id))
        except S3mlError:  # they are written: no trouble in looking turns that into a failure
            return
        if there != dict(change.after):
            raise _changed(f"The tags of {change.key.name} are not what was written", there)


def _changed(title: str, there: Tags) -> Conflict:
    now = "; ".join(difference({}, there)) or "it has none"
    return Conflict(title, cause=f"Somebody changed them meanwhile, to: {now}", advice="Look at them and decide again")


def _refuse(wrong: str) -> None:
    if wrong:
        raise BadInput("This cannot be written", cause=wrong, advice="Change it and try again")
