"""Everything a user does to a bucket besides looking, uploading and downloading: one service an idea, one door."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.copies import CopyObjects
from s3ml_tui.domain.errors import NotSupported
from s3ml_tui.domain.plans import Outcome, Plan
from s3ml_tui.domain.store import Cancelled, Progress, Store
from s3ml_tui.domain.together import TakeBack
from s3ml_tui.services.copies import Copies
from s3ml_tui.services.together import Together


class Actions:
    """The services that act, put together over one connection."""

    def __init__(
        self, store: Store, context: Context, now: Callable[[], datetime], perform: Callable[[Plan], Outcome]
    ) -> None:
        """`perform` is the session's door, for plans that are made of plans."""
        self._context = context
        self._now = now
        self._perform = perform
        self.copies = Copies(store, context, now)

    def perform(self, plan: Plan, *, progress: Progress, cancelled: Cancelled) -> Outcome:
        """Do what a plan says, with the service that made it. Raises NotSupported for a plan nobody knows."""
        match plan:
            case CopyObjects():
                return self.copies.perform(plan, progress=progress, cancelled=cancelled)
            case TakeBack():
                return Together(self._context, self._now, self._perform).take_back(plan, cancelled=cancelled)
        raise NotSupported(f"{plan.title} cannot be performed", advice="Report this: no service knows the plan")
