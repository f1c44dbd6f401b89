"""Changing metadata and headers of one object, several, or all below a prefix: each is copied onto itself."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, NotFound
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome, Plan, told_unnamed
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, DescriptionChange
from s3ml_tui.domain.plans.undo import TakeBack, undo_of_write
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.metadata_rules import described, fields_of, wrong_fields
from s3ml_tui.domain.storage.store import (
    Cancelled,
    Description,
    ObjectFacts,
    Progress,
    Store,
    Written,
    never,
    unobserved,
)
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.browse.recursive import current_of
from s3ml_tui.services.parallel import at_once, each
from s3ml_tui.services.versions.history import versioning_of, without_tags
from s3ml_tui.services.versions.read_only import refuse_read_only

THREADS = 16
MOST_TOLD = 20
"""So many objects without their tags are told one by one."""
Fields = Mapping[str, str]


class Describing:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def fields(self, key: ObjectKey, version_id: str | None = None) -> Fields:
        """Metadata and headers of one version, by the names people write. Raises NotFound, Denied."""
        return fields_of(self._store.facts(key, version_id))

    def plan(self, key: ObjectKey, fields: Fields) -> ChangeDescription | NothingToDo:
        """Make these all the metadata and headers of an object. Raises BadInput, NotFound, Denied."""
        _refuse(wrong_fields(fields))
        return self._plan([self._current(key)], lambda _: fields)

    def plan_each(
        self,
        versions: Sequence[Version],
        fields: Fields,
        remove: Collection[str] = (),
        *,
        cancelled: Cancelled = never,
    ) -> ChangeDescription | NothingToDo:
        """Set some metadata and headers of each and remove others; the rest stay.

        Raises BadInput, Denied, Cancelled.
        """
        if not versions:
            raise NotFound("There is nothing to change", advice="Bring back what is deleted first")
        _refuse(wrong_fields(fields))
        gone = {name.lower() for name in remove}
        new = {name.lower(): value for name, value in fields.items()}
        return self._plan(
            versions, lambda there: {name: value for name, value in there.items() if name not in gone} | new, cancelled
        )

    def _plan(
        self, versions: Sequence[Version], become: Callable[[Fields], Fields], cancelled: Cancelled = never
    ) -> ChangeDescription | NothingToDo:
        def one(version: Version) -> DescriptionChange:
            facts = self._store.facts(version.key, version.version_id if version.version_id != NULL_VERSION else None)
            if facts.etag != version.etag and not version.has_listed_etag:  # that is compared when it is copied
                raise Conflict(f"{version.key.name} was changed meanwhile", advice="Read the listing again")
            before = _description(facts)
            fields = become(fields_of(before))
            wrong = wrong_fields(fields)
            _refuse(f"{version.key.name}: {wrong}" if wrong else "")
            return DescriptionChange(version, before, described(fields, before))

        found = at_once(one, versions, cancelled)
        changes = tuple(change for change in found if change.words)
        if not changes:
            what = versions[0].key.name if len(versions) == 1 else count_text(len(versions), "object")
            return NothingToDo(f"Change the metadata of {what}", "It is so already.")
        versioning = versioning_of(self._store, versions[0].key.bucket)
        return ChangeDescription(changes, versioning, len(found) - len(changes))

    def _current(self, key: ObjectKey) -> Version:
        found = current_of(self._store, [key])
        if not found:
            raise NotFound(f"There is no {key.uri}, or it is deleted", advice="Bring it back first")
        return found[0]

    def perform(
        self, plan: ChangeDescription, *, progress: Progress = unobserved, cancelled: Cancelled = never
    ) -> Outcome:
        """Copy each onto itself. Raises the first error when none could be, Conflict, Cancelled."""
        refuse_read_only(self._context, plan.title)
        untagged: list[str] = []
        were_named: list[bool] = []

        def one(change: DescriptionChange) -> Version:
            written = self._change(change, progress, cancelled)
            untagged.extend(without_tags(written))
            were_named.append(written.was_named)
            new_id = written.version_id or NULL_VERSION
            return Version(written.key, new_id, self._now(), written.size, written.etag, is_latest=True)

        results = each(plan.changes, one, cancelled, threads=THREADS)
        only = plan.changes[0].current if len(plan.changes) == 1 else None
        steps = tuple((_undo(change, new, plan.versioning),) for change, new in results.done)
        what = f"changing the metadata of {only.key.name if only else count_text(len(steps), 'object')}"
        made = results.done[0][1].version_id
        return Outcome(
            title=f"Changed the metadata of {only.key.name}" if only else results.title("Changed the metadata of"),
            at=self._now(),
            details=(
                *plan.sentences()[:2],
                *results.failure_sentences(),
                *untagged[:MOST_TOLD],
                *told_unnamed(*were_named),
            ),
            key=only.key if only else None,
            version_id=made if only and made != NULL_VERSION else None,
            undo=steps[0][0] if len(steps) == 1 else TakeBack(what, steps),
            failed=len(results.failed) + results.left,
            retry=replace(plan, changes=rest) if (rest := results.rest(plan.changes)) else None,
        )

    def _change(self, change: DescriptionChange, progress: Progress, cancelled: Cancelled) -> Written:
        current = change.current
        return self._store.copy(
            current.key,
            None if current.version_id in {"", NULL_VERSION} else current.version_id,
            current.key,
            over=current,
            etag=current.etag,
            described=change.after,
            progress=progress,
            cancelled=cancelled,
        )


def _undo(change: DescriptionChange, new: Version, versioning: Versioning) -> Plan:
    """The version before is brought back; where it is gone, what was kept with the same bytes is written back."""
    undo, _ = undo_of_write(change.current.key, change.current, new, versioning)
    if undo is not None:
        return undo
    back = replace(change, current=new, before=change.after, after=change.before)
    return ChangeDescription((back,), versioning)


def _description(facts: ObjectFacts) -> Description:
    return Description(facts.content_type, dict(facts.headers), dict(facts.metadata))


def _refuse(wrong: str) -> None:
    if wrong:
        raise BadInput("This cannot be written", cause=wrong, advice="Change it and try again")
