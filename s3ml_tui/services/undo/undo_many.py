"""Taking back what several changes made: each object's steps in order, the objects side by side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.services.parallel import each
from s3ml_tui.services.versions.read_only import refuse_read_only

THREADS = 8


class Together:
    """Performs a plan made of plans, with whoever performs each."""

    def __init__(self, context: Context, now: Callable[[], datetime], perform: Callable[[Plan], Outcome]) -> None:
        self._context = context
        self._now = now
        self._perform = perform

    def take_back(self, plan: TakeBack, *, cancelled: Cancelled) -> Outcome:
        """Do all steps; of an object whose step fails the later ones are left. Raises the first error if none is done.

        What it does can be taken back in turn, in the other order.
        """
        refuse_read_only(self._context, plan.title)

        def one(steps: tuple[Plan, ...]) -> tuple[Outcome, ...]:
            return tuple(self._perform(step) for step in steps)

        results = each(plan.steps, one, cancelled, threads=THREADS)
        undone = [tuple(step.undo for step in reversed(done) if step.undo is not None) for _, done in results.done]
        steps = tuple(step for step in undone if step)
        title = f"{'Redid' if plan.is_redo else 'Undid'} {plan.what}"
        if results.failed or results.left:
            title = f"{title} in part; {results.title('done:')}"
        keys = {done.key for _, outcomes in results.done for done in outcomes}
        return Outcome(
            title=title,
            at=self._now(),
            details=results.failure_sentences(),
            key=next(iter(keys)) if len(keys) == 1 else None,
            undo=TakeBack(plan.what, steps, is_redo=not plan.is_redo) if steps else None,
            no_undo="" if steps else "What was there before is gone.",
            failed=len(results.failed) + results.left,
            retry=replace(plan, steps=rest) if (rest := results.rest(plan.steps)) else None,
        )
