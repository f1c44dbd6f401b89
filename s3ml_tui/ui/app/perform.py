"""What changes the bucket, and other long work: plans are shown and performed as jobs, what came of them is told."""

import asyncio
import time

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import moment_text, printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.activity_records import ActivityRecords
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.app.sign_in import SignIn
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.prompts import Choose, ConfirmPlan
from s3ml_tui.ui.jobs import Job, Jobs
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.screens.mode_screen import ModeScreen

TICK_S = 0.5
"""How often jobs are painted while nothing moves."""


class Changes:
    """Plan, confirm, job, outcome."""

    def __init__(
        self, app: PausingApp, session: Session, sign_in: SignIn, records: ActivityRecords, jobs: Jobs
    ) -> None:
        self._app, self._session, self._sign_in = app, session, sign_in
        self._records, self._jobs = records, jobs
        self._outcomes: dict[Context, list[Outcome]] = {}

    @property
    def outcomes(self) -> list[Outcome]:
        """What was done in this context, newest first; an undo is never performed in another one."""
        return self._outcomes_in(self._session.context)

    def _outcomes_in(self, context: Context) -> list[Outcome]:
        return self._outcomes.setdefault(context.account, [])

    # plans -----------------------------------------------------------------------------------------------------------

    def propose(self, plan: Plan, *, undoes: ActivityRecord | None = None) -> None:
        """Show a plan, which undoes a record or not, and perform it when the user agrees."""
        self._app.begin("plans", self._propose, plan, undoes)

    async def _propose(self, plan: Plan, undoes: ActivityRecord | None) -> None:
        from s3ml_tui.ui.dialogs.confirm import confirmation

        services = self._session.services
        note = undo_note(undoes) if undoes is not None else await self._question(services, plan)
        dialog = confirmation(plan, note=note) if undoes is None else ConfirmPlan(plan, note=note)
        if not await self._app.push_screen_wait(dialog) or services is None:
            return
        services.first_changes.agreed(plan)
        self.perform(services, plan, undoes.id if undoes is not None else "")

    async def _question(self, services: Services | None, plan: Plan) -> str:
        """What is asked before the first change to a bucket that is no workspace; "" where nothing is."""
        if services is None:
            return ""
        said = await asyncio.to_thread(services.first_changes.question, plan, self._session.workspace)
        return f"{said} This is asked once." if said else ""

    # jobs ------------------------------------------------------------------------------------------------------------

    def perform(self, services: Services, plan: Plan, undoes: str = "") -> None:
        """Begin a job that performs it; `undoes` is the id of the record it takes back."""
        job = self._jobs.start(
            plan.title,
            plan.size or None,
            lambda progress, cancelled: services.perform(plan, progress=progress, cancelled=cancelled, undoes=undoes),
            plan=plan,
        )
        job.context, job.undoes = services.context, undoes

    def start(self, wanted: messages.JobWanted) -> None:
        """Begin a job that changes nothing in the bucket."""
        job = self._jobs.start(wanted.title, wanted.total, wanted.work)
        job.context, job.wanted = self._session.context, wanted

    def _start_again(self, job: Job, services: Services) -> None:
        if job.wanted is not None:
            self.start(job.wanted)
        elif job.plan is not None:
            self.perform(services, job.plan, job.undoes)

    def jobs_of(self, context: Context) -> list[Job]:
        """Those that were begun in a context and go on."""
        return [job for job in self._jobs.active if job.context is None or job.context.account == context.account]

    def paint(self) -> None:
        """Show on all screens how far jobs are; also that nothing moves."""
        now_s = time.monotonic()
        for job in self._jobs.active:
            job.note(now_s)
        for screen in self._session.screens:
            self.show_on(screen)

    def tick(self) -> None:
        """Some time has passed."""
        if self._jobs.active:
            self.paint()

    def show_on(self, screen: ModeScreen) -> None:
        """Tell a screen what goes on and was done."""
        screen.show_jobs(self._jobs.active)
        self.show_activity_on(screen)

    def show_activity_on(self, screen: ModeScreen) -> None:
        """The same, without the job line."""
        screen.show_activity(self._records.all, self._jobs.all, self._records.trouble)

    def end(self, job: Job) -> None:
        """A job is over: say what came of it."""
        self.paint()
        context = job.context or self._session.context
        if isinstance(job.error, Cancelled):
            told = (f"Cancelled: {job.title}", job.error.cause, job.error.advice)
            self._app.notify(printable(". ".join(part for part in told if part)), markup=False)
        elif isinstance(job.error, S3mlError):
            error = job.error
            is_here = context.account == self._session.context.account
            again = (lambda services: self._start_again(job, services)) if is_here else None
            self._app.when_free(lambda: self._sign_in.show_trouble(error, again))
        elif job.error is not None:
            raise job.error
        elif isinstance(job.result, Outcome):
            self._records.read()
            self._keep(job.result, context, is_undo=bool(job.undoes))
        elif job.wanted is not None and (said := job.wanted.done(job.result)):
            self._app.notify(printable(said), markup=False)

    def note(self, outcome: Outcome) -> None:
        """A screen did something by itself."""
        if self._session.services is not None:
            self._records.remember(self._session.services, outcome)
        self._keep(outcome, self._session.context)

    def _keep(self, outcome: Outcome, context: Context, *, is_undo: bool = False) -> None:
        self._outcomes_in(context).insert(0, outcome)
        self.paint()
        is_here = context.account == self._session.context.account
        again = with_keys("{app.undo} goes further back; in Activity ({app.activity}) it can be done again")
        hint = (again if is_undo else with_keys("{app.undo} undoes it")) if outcome.undo else outcome.no_undo
        where = "" if is_here else f"In {context.name}. "
        self._app.notify(printable(where + hint), title=printable(outcome.title), markup=False)
        if not is_here:
            return
        self._session.search_again()
        for screen in self._session.screens:
            screen.after(outcome)

    # cancelling ------------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Cancel the run or the prediction of the screen at hand, or the oldest job; asks first."""
        screen = self._app.screen
        plan = screen.plan_to_cancel() if isinstance(screen, ModeScreen) else None
        if plan is not None:
            self.propose(plan)
        elif self._jobs.active:
            chosen = screen.job_at_hand() if isinstance(screen, ModeScreen) else None
            job = chosen if chosen is not None and not chosen.is_over else self._jobs.active[0]
            self._app.begin("jobs", self._ask_to_cancel, job)
        else:
            self._app.notify("Nothing is going on that could be cancelled.", severity="warning")

    async def _ask_to_cancel(self, job: Job) -> None:
        choices = [("stay", "Let it go on"), ("cancel", "Cancel it")]
        if await self._app.push_screen_wait(Choose(f"Cancel “{job.title}”?", choices)) == "cancel":
            job.cancel()


def undo_note(record: ActivityRecord) -> str:
    """What the plan of an undo takes back."""
    by = f", by {record.by}" if record.by else ""
    return f"This undoes “{record.title}” ({moment_text(record.at, local_now())}{by})."
