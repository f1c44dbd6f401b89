"""Transfers of many files, and of large ones: planned, performed, taken up after a crash, swept when they cannot be."""

import os
from collections.abc import Sequence
from pathlib import Path

from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.moving import DEFAULT_AT_ONCE, MoveFiles, Way, Wish
from s3ml_tui.domain.plans import NothingToDo, Outcome
from s3ml_tui.domain.resuming import Storing
from s3ml_tui.domain.store import Cancelled as IsCancelled
from s3ml_tui.domain.store import Progress, never, unobserved
from s3ml_tui.domain.uploads_back import TakeUploadsBack
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.guards import refuse_read_only
from s3ml_tui.services.journal import Journal
from s3ml_tui.services.moving import Mover, Told
from s3ml_tui.services.planning_moves import plan_down, plan_up, refuse_file_target
from s3ml_tui.services.sweeping import clear_leftovers
from s3ml_tui.services.syncing import plan_sync
from s3ml_tui.services.taking_back import take_back
from s3ml_tui.services.taking_up import TakingUp

Filters = tuple[tuple[bool, str], ...]


class Transfers(TakingUp):
    """Everything about many files at once; all methods block and raise only `S3mlError`s."""

    # planning --------------------------------------------------------------------------------------------------

    def plan_upload(
        self,
        sources: Sequence[Path],
        place: Place,
        *,
        storing: Storing | None = None,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """Files and folders below `place`: the contents of a single folder, several by their names.

        Raises LocalTrouble, NotFound (no such bucket), BadInput, Cancelled.
        """
        named = tuple(_local(path) for path in sources)
        wish = Wish(Way.UP, named, place.uri, storing=storing or Storing(), filters=filters, at_once=at_once)
        return self.plan(wish, cancelled=cancelled)

    def plan_download(
        self,
        sources: Sequence[ObjectKey | Place],
        folder: Path,
        *,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """Objects and all below places, into `folder`: the contents of a single place, several by their names.

        Raises NotFound, BadInput, LocalTrouble, Cancelled.
        """
        named = tuple(source.uri for source in sources)
        wish = Wish(Way.DOWN, named, _folder(folder), filters=filters, at_once=at_once)
        return self.plan(wish, cancelled=cancelled)

    def plan_sync(
        self,
        source: Path | Place,
        target: Path | Place,
        *,
        by_checksum: bool = False,
        deletes: bool = False,
        filters: Filters = (),
        at_once: int = DEFAULT_AT_ONCE,
        cancelled: IsCancelled = never,
    ) -> MoveFiles | NothingToDo:
        """What it takes that the target has what the source has. Raises LocalTrouble, NotFound, BadInput, Cancelled."""
        if isinstance(source, Place):
            way = Way.ACROSS if isinstance(target, Place) else Way.DOWN
        elif isinstance(target, Place):
            way = Way.UP
        else:
            raise BadInput("Neither of the two is in S3", advice="Write an address as s3://bucket/prefix/")
        ends = [end.uri if isinstance(end, Place) else _folder(end) for end in (source, target)]
        if way is Way.ACROSS and (ends[0].startswith(ends[1]) or ends[1].startswith(ends[0])):
            raise BadInput(f"{ends[0]} and {ends[1]} lie in one another", advice="Sync places that are apart")
        wish = Wish(
            way,
            (ends[0],),
            ends[1],
            is_sync=True,
            by_checksum=by_checksum,
            deletes=deletes,
            filters=filters,
            at_once=at_once,
        )
        return self.plan(wish, cancelled=cancelled)

    def plan(self, wish: Wish, *, cancelled: IsCancelled = never) -> MoveFiles | NothingToDo:
        """What a wish means now, without what an interrupted job of it has done already."""
        refuse_file_target(wish)
        earlier = self._journals.of(wish)
        if wish.is_sync:
            plan = plan_sync(self._store, wish, earlier, cancelled)
        elif wish.way is Way.UP:
            plan = plan_up(self._store, wish, earlier, cancelled)
        else:
            plan = plan_down(self._store, wish, earlier, cancelled)
        if not plan.changes_anything and not plan.collisions and not plan.refused:
            if earlier is not None:  # it was killed when all was done
                self._sweep([earlier])
            return NothingToDo(plan.title, _why_nothing(plan))
        return plan

    # doing -----------------------------------------------------------------------------------------------------

    def perform(
        self,
        plan: MoveFiles | TakeUploadsBack,
        *,
        progress: Progress = unobserved,
        cancelled: IsCancelled = never,
        told: Told | None = None,
    ) -> Outcome:
        """Do what a plan says; `told` hears of each file as it ends.

        Raises ReadOnly, Conflict (it goes on elsewhere), LocalTrouble, Cancelled, the first error when none could be
        done. One that cannot be done does not stop the others: the outcome has its failures, and a plan for the rest.
        """
        if isinstance(plan, TakeUploadsBack):
            return self._take_back(plan, cancelled)
        if plan.wish.way is not Way.DOWN:
            refuse_read_only(self._context, plan.title)
        if not plan.changes_anything:
            return Outcome(plan.title, self._now(), plan.sentences(), no_undo="Nothing was changed.")
        self._store.limit_requests(plan.wish.at_once)
        journal = self._begin(plan)
        clear_leftovers(self._store, self._journals, journal, {move.target for move in plan.work})
        mover = Mover(self._store, plan, journal, now=self._now, progress=progress, cancelled=cancelled, told=told)
        try:
            outcome = mover.run()
        except Cancelled:
            journal.give_up()
            raise
        except BaseException:
            journal.leave()
            raise
        self._end(journal, outcome)
        return outcome

    def _take_back(self, plan: TakeUploadsBack, cancelled: IsCancelled) -> Outcome:
        refuse_read_only(self._context, plan.title)
        return take_back(self._store, plan, self._now, self.copies, cancelled)

    def _begin(self, plan: MoveFiles) -> Journal:
        work = plan.work
        return self._journals.begin(
            plan.wish,
            title=plan.title,
            files=len(work),
            size=sum(move.size for move in work),
            now=self._now().timestamp(),
        )

    def _end(self, journal: Journal, outcome: Outcome) -> None:
        if outcome.is_cancelled:
            journal.give_up()
        elif outcome.failures or outcome.left:
            journal.leave()
        else:
            journal.remove()


def _local(path: Path) -> str:
    """A source as a wish has it. The path stays as it was given: links are not followed."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links
    return f"{absolute.rstrip('/')}/" if path.is_dir() else absolute


def _folder(path: Path) -> str:
    return f"{os.path.abspath(path).rstrip('/')}/"  # noqa: PTH100 - as above


def _why_nothing(plan: MoveFiles) -> str:
    if plan.unchanged or plan.done:
        return "All is there already."
    return f"There is nothing in {', '.join(plan.wish.sources)}."
