"""What the app does for a user: shows plans, performs them as jobs, keeps outcomes and undoes them, says errors."""

from typing import TYPE_CHECKING, Any

from textual import on, work

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.plans import Outcome, Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.ui import messages
from s3ml_tui.ui.connecting import ConnectingApp
from s3ml_tui.ui.jobs import Job, Jobs
from s3ml_tui.ui.keys import key_for
from s3ml_tui.ui.screens.dialogs import Choose, TroubleDialog
from s3ml_tui.ui.screens.loud import confirmation
from s3ml_tui.ui.screens.mode import ModeScreen

if TYPE_CHECKING:
    from collections.abc import Callable


class ActingApp(ConnectingApp):
    """Plan, confirm, job, outcome."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._done: dict[int, Callable[[Any], str]] = {}
        self._outcomes: dict[Context, list[Outcome]] = {}
        self._begun_in: dict[int, Context] = {}
        """Jobs by number; one may go on while another context is looked at."""
        self.jobs = Jobs(self.post_message)

    @property
    def outcomes(self) -> list[Outcome]:
        """What was done in this context, newest first; an undo is never performed in another one."""
        return self._outcomes_in(self._at)

    def _outcomes_in(self, context: Context) -> list[Outcome]:
        return self._outcomes.setdefault(context.account, [])

    def hand_over(self, screen: ModeScreen) -> None:
        """Tell a screen what there is, was done and goes on."""
        super().hand_over(screen)
        screen.show_jobs(self.jobs.active)
        screen.show_activity(self.outcomes, self.jobs.all)

    @on(messages.PlanProposed)
    def _ask(self, message: messages.PlanProposed) -> None:
        self._propose(message.plan, message.total)

    @work
    async def _propose(self, plan: Plan, total: int | None = None) -> None:
        services = self.services
        if not await self.push_screen_wait(confirmation(plan)) or services is None:
            return
        job = self.jobs.start(
            plan.title,
            total,
            lambda progress, cancelled: services.perform(plan, progress=progress, cancelled=cancelled),
        )
        self._begun_in[job.number] = services.context

    @on(messages.JobWanted)
    def _start_job(self, message: messages.JobWanted) -> None:
        job = self.jobs.start(message.title, message.total, message.work)
        self._done[job.number] = message.done
        self._begun_in[job.number] = self._at

    def jobs_of(self, context: Context) -> list[Job]:
        """Those that were begun in a context and go on."""
        return [job for job in self.jobs.active if self._begun_in.get(job.number, self._at).account == context.account]

    @on(messages.JobMoved)
    def _paint_jobs(self) -> None:
        for screen in self.screens_ready:
            screen.show_jobs(self.jobs.active)
            screen.show_activity(self.outcomes, self.jobs.all)

    @on(messages.JobEnded)
    def _end_job(self, message: messages.JobEnded) -> None:
        job: Job = message.job
        self._paint_jobs()
        done = self._done.pop(job.number, None)
        context = self._begun_in.pop(job.number, self._at)
        if isinstance(job.error, Cancelled):
            self.notify(f"Cancelled: {printable(job.title)}", markup=False)
        elif isinstance(job.error, S3mlError):
            self.push_screen(TroubleDialog(job.error))
        elif job.error is not None:
            raise job.error
        elif isinstance(job.result, Outcome):
            self._keep(job.result, context)
        elif done is not None:
            self.notify(printable(done(job.result)), markup=False)

    @on(messages.OutcomeArrived)
    def _note(self, message: messages.OutcomeArrived) -> None:
        self._keep(message.outcome, self._at)

    def _keep(self, outcome: Outcome, context: Context) -> None:
        self._outcomes_in(context).insert(0, outcome)
        self._paint_jobs()
        is_here = context.account == self._at.account
        hint = f"{key_for('app.undo')} undoes it" if outcome.undo else outcome.no_undo
        where = "" if is_here else f"In {context.name}. "
        self.notify(printable(where + hint), title=printable(outcome.title), markup=False)
        if not is_here:
            return
        self.search_again()
        for screen in self.screens_ready:
            screen.after(outcome)

    @on(messages.Trouble)
    def _say(self, message: messages.Trouble) -> None:
        self.push_screen(TroubleDialog(message.error))

    @on(messages.UndoWanted)
    def _undo_wanted(self, message: messages.UndoWanted) -> None:
        self._undo(message.outcome)

    def _undo(self, outcome: Outcome) -> None:
        if outcome.undo is None:
            self.notify(printable(outcome.no_undo or "It has no undo."), severity="warning", markup=False)
        else:
            self._propose(outcome.undo)

    def action_undo(self) -> None:
        """Undo the last outcome that can be undone; a run that ended meanwhile does not stand in the way."""
        last = next((outcome for outcome in self.outcomes if outcome.undo is not None), None)
        if last is not None:
            self._undo(last)
        elif self.outcomes:
            self._undo(self.outcomes[0])
        else:
            self.notify("Nothing was done yet that could be undone.", severity="warning")

    @work
    async def action_cancel_job(self) -> None:
        """Cancel the run or the prediction of the screen at hand, or the oldest job; asks first."""
        screen = self.screen
        plan = screen.plan_to_cancel() if isinstance(screen, ModeScreen) else None
        if plan is not None:
            self._propose(plan)
        elif self.jobs.active:
            job = self.jobs.active[0]
            answer = await self.push_screen_wait(
                Choose(f"Cancel “{job.title}”?", [("stay", "Let it go on"), ("cancel", "Cancel it")])
            )
            if answer == "cancel":
                job.cancel()
        else:
            self.notify("Nothing is going on that could be cancelled.", severity="warning")
