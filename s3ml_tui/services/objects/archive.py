"""Having archived versions made readable: one, several, or all below a prefix."""

from collections.abc import Callable, Sequence
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, NotFound
from s3ml_tui.domain.plans.archive import MOST_DAYS, Frozen, RestoreFromArchive
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.storage.details import ARCHIVES, archive_text
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, Store, Tier, never
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.parallel import at_once, each
from s3ml_tui.services.versions.read_only import refuse_read_only

THREADS = 16


class ArchiveRestores:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def state(self, key: ObjectKey, version_id: str | None = None) -> str:
        """Whether its bytes can be read, in words; "" where they are in no archive. Raises NotFound, Denied."""
        facts = self._store.facts(key, version_id)
        return archive_text(facts.storage_class, facts.states)

    def plan(
        self, key: ObjectKey, version_id: str | None = None, *, days: int = 7, tier: Tier = Tier.STANDARD
    ) -> RestoreFromArchive | NothingToDo:
        """One version, the current one when none is given. Raises BadInput, NotFound, Denied."""
        _check(days)
        return self._plan([self._store.facts(key, version_id)], days, tier)

    def plan_each(
        self,
        versions: Sequence[Version],
        *,
        days: int = 7,
        tier: Tier = Tier.STANDARD,
        cancelled: Cancelled = never,
    ) -> RestoreFromArchive | NothingToDo:
        """Those of several that are archived. Raises BadInput, Denied, Cancelled."""
        _check(days)
        if not versions:
            raise NotFound("There is nothing to restore", advice="Choose archived objects")
        archived = [version for version in versions if version.storage_class in ARCHIVES]
        found = at_once(self._facts, archived, cancelled)
        return self._plan(found, days, tier, readable=len(versions) - len(archived))

    def _facts(self, version: Version) -> ObjectFacts:
        is_plain = version.version_id in {"", NULL_VERSION}
        return self._store.facts(version.key, None if is_plain else version.version_id)

    def _plan(
        self, found: Sequence[ObjectFacts], days: int, tier: Tier, *, readable: int = 0
    ) -> RestoreFromArchive | NothingToDo:
        under_way = 0
        frozen: list[Frozen] = []
        for facts in found:
            words = archive_text(facts.storage_class, facts.states)
            if words.startswith("being restored"):
                under_way += 1
            elif words:
                frozen.append(Frozen(facts.key, facts.version_id, facts.size, facts.storage_class))
            else:
                readable += 1
        if not frozen:
            what = found[0].key.name if len(found) == 1 else "objects"
            reason = (
                f"{count_text(under_way, 'object is', 'objects are')} being restored already: wait for it."
                if under_way
                else "It is in no archive: its bytes can be read now."
                if len(found) == 1
                else "None of them is in an archive: their bytes can be read now."
            )
            return NothingToDo(f"Restore {what} from the archive", reason)
        deep = next((one for one in frozen if one.storage_class == "DEEP_ARCHIVE"), None)
        if deep is not None and tier is Tier.EXPEDITED:
            raise BadInput(
                f"{deep.key.name} cannot be restored expedited",
                cause="DEEP_ARCHIVE knows Standard (12 hours) and Bulk (48 hours) alone",
                advice="Choose one of these",
            )
        return RestoreFromArchive(tuple(frozen), days, tier, under_way, readable)

    def perform(self, plan: RestoreFromArchive, *, cancelled: Cancelled = never) -> Outcome:
        """Ask for all. Raises the first error when none could be."""
        refuse_read_only(self._context, plan.title)

        def one(frozen: Frozen) -> None:
            self._store.restore_from_archive(frozen.key, frozen.version_id, days=plan.days, tier=plan.tier)

        results = each(plan.objects, one, cancelled, threads=THREADS)
        only = plan.objects[0] if len(plan.objects) == 1 else None
        return Outcome(
            title=f"Asked for {only.key.name} from the archive" if only else results.title("Asked for"),
            at=self._now(),
            details=(
                f"They can be read in {plan.wait}, for {count_text(plan.days, 'day')}.",
                *results.failure_sentences(),
            ),
            key=only.key if only else None,
            version_id=only.version_id if only else None,
            no_undo="A restore cannot be called off; the copy goes away by itself.",
            failed=len(results.failed) + results.left,
        )


def _check(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"{days} days are no time to keep a copy for", advice=f"Choose 1 to {MOST_DAYS}")
