"""What was done, as Activity and `u` know it: read from the record, written to it, taken back, done again."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import moment_text, printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.sign_in import SigningInApp
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.keys import with_keys

if TYPE_CHECKING:
    from s3ml_tui.ui.jobs import Job


@dataclass
class _ActivityRead(Message):
    services: Services
    records: tuple[ActivityRecord, ...]
    trouble: S3mlError | None = None


class RememberingApp(SigningInApp):
    """Knows what was done, by other sessions too."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.activity_records: tuple[ActivityRecord, ...] | None = None
        """Newest first; None until they were read."""
        self.activity_trouble: S3mlError | None = None
        """Why they could not be read."""
        self._is_forgetting = False
        """Whether the user was told that what is done is not remembered."""

    @property
    def outcomes(self) -> list[Outcome]:
        """What was done in this session, newest first."""
        raise NotImplementedError

    def propose(self, plan: Plan, total: int | None = None, *, undoes: ActivityRecord | None = None) -> Any:
        """Show a plan, which undoes a record or not, and perform it when the user agrees."""
        raise NotImplementedError

    def activity_changed(self) -> None:
        """There are others to be shown."""
        raise NotImplementedError

    def use_session(self, services: Services) -> None:
        """Read what was done before this session."""
        super().use_session(services)
        self._start_reading_activity(services)

    @on(messages.ActivityWanted)
    def read_activity(self) -> None:
        """Read again what was done."""
        if self.services is not None:
            self._start_reading_activity(self.services)

    @work(thread=True, group="activity", exit_on_error=False)
    def _start_reading_activity(self, services: Services) -> None:
        try:
            records = services.activity.records()
        except S3mlError as error:
            self.post_message(_ActivityRead(services, (), error))
        else:
            self.post_message(_ActivityRead(services, records))

    @work(thread=True, group="activity", exit_on_error=False)
    def remember(self, services: Services, outcome: Outcome) -> None:
        """Keep an outcome of something that went through no plan."""
        services.activity.note(outcome)
        self.post_message(messages.ActivityWanted())

    @on(_ActivityRead)
    def _show_activity(self, message: _ActivityRead) -> None:
        if message.services is not self.services:
            return
        self.activity_records, self.activity_trouble = message.records, message.trouble
        self.activity_changed()
        trouble = message.services.activity.trouble
        if trouble is not None and not self._is_forgetting:
            self.notify(printable(trouble.sentence), severity="warning", markup=False)
        self._is_forgetting = trouble is not None

    # undoing and doing again ---------------------------------------------------------------------------------------

    @on(messages.UndoWanted)
    def _undo_wanted(self, message: messages.UndoWanted) -> None:
        record = message.record
        if record.can_be_undone:
            self._undo(record)
        else:
            is_undone = record.undone_at is not None
            why = "It was undone already; what undid it can be undone." if is_undone else record.no_undo
            self.notify(printable(why or "It has no undo."), severity="warning", markup=False)

    @work(exclusive=True, group="undo")
    async def action_undo(self) -> None:
        """Undo the last thing that was done and can be undone; once more, the one before it.

        What undid something is undone in Activity, and a run that ended meanwhile does not stand in the way.
        """
        services, bucket = self.services, self.place.bucket if self.place is not None else ""
        if self._at.read_only:
            self.notify("This context is read-only: nothing in the bucket can be changed.", severity="warning")
            return
        if services is None:
            self.notify("There is no connection yet in which something could be undone.", severity="warning")
            return
        try:
            record = await asyncio.to_thread(services.activity.last, bucket)
        except S3mlError as error:
            self.show_trouble(error)
            return
        if record is not None:
            self._undo(record)
        elif self.outcomes:
            again = with_keys("{app.activity} shows it: there it can be done again.")
            why = self.outcomes[0].no_undo or f"Nothing more can be undone: what was done here was undone. {again}"
            self.notify(printable(why), severity="warning", markup=False)
        else:
            self.notify("Nothing was done yet that could be undone.", severity="warning")

    @work(exclusive=True, group="undo")
    async def _undo(self, record: ActivityRecord) -> None:
        if self.services is None:
            return
        try:
            plan = await asyncio.to_thread(self.services.undo_plan, record)
        except S3mlError as error:
            self.show_trouble(error)
        else:
            self.propose(plan, undoes=record)

    @on(messages.RetryWanted)
    def _retry_wanted(self, message: messages.RetryWanted) -> None:
        """The rest of an undo is not planned anew: that it is refused when something was changed is its use."""
        job: Job = message.job
        plan = job.result.retry if isinstance(job.result, Outcome) else job.plan
        if self.services is None or job.context is None or job.context.account != self._at.account:
            where = job.context.name if job.context is not None else "another context"
            self.notify(
                printable(f"It was begun in {where}: work there to do it again."), severity="warning", markup=False
            )
        elif plan is not None and job.undoes:
            self.propose(
                plan, undoes=next((record for record in self.activity_records or () if record.id == job.undoes), None)
            )
        elif plan is not None:
            self._plan_again(self.services, plan)
        elif job.restart_message is not None:
            self.post_message(job.restart_message)

    @work(thread=True, group="retry", exit_on_error=False)
    def _plan_again(self, services: Services, plan: Plan) -> None:
        try:
            again = services.plan_again(plan)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
        else:
            self.post_message(messages.PlanProposed(again))


def undo_note(record: ActivityRecord) -> str:
    """What the plan of an undo takes back."""
    by = f", by {record.by}" if record.by else ""
    return f"This undoes “{record.title}” ({moment_text(record.at, local_now())}{by})."
