"""What the app does for a user: shows plans, performs them as jobs, keeps outcomes and undoes them, says errors."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from textual import on, work

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.undo import RememberingApp, undo_note
from s3ml_tui.ui.dialogs.prompts import Choose, ConfirmPlan
from s3ml_tui.ui.jobs import Job, Jobs
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.screens.mode_screen import ModeScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3ml_tui.ui.app.sign_in import Again

_TICK_S = 0.5


class ActingApp(RememberingApp):
    """Plan, confirm, job, outcome."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._done: dict[int, Callable[[Any], str]] = {}
        self._outcomes: dict[Context, list[Outcome]] = {}
        self._begun_in: dict[int, Context] = {}
        """Jobs by number; one may go on while another context is looked at."""
        self._again_of: dict[int, Again] = {}
        """How a job is begun once more, by its number."""
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
        screen.show_activity(self.activity_records, self.jobs.all, self.activity_trouble)

    @on(messages.PlanProposed)
    def _ask(self, message: messages.PlanProposed) -> None:
        asked = self.typed if message.asked is None else message.asked
        self.when_free(lambda: self.propose(message.plan, message.total), asked)

    @work
    async def propose(self, plan: Plan, total: int | None = None, *, undoes: ActivityRecord | None = None) -> None:
        """Show a plan, which undoes a record or not, and perform it when the user agrees."""
        from s3ml_tui.ui.dialogs.confirm import confirmation

        services = self.services
        note = undo_note(undoes) if undoes is not None else await self._question(services, plan)
        dialog = confirmation(plan, note=note) if undoes is None else ConfirmPlan(plan, note=note)
        if not await self.push_screen_wait(dialog) or services is None:
            return
        services.first_changes.agreed(plan)
        self._perform(services, plan, total or plan.size or None, undoes.id if undoes is not None else "")

    async def _question(self, services: Services | None, plan: Plan) -> str:
        """What is asked before the first change to a bucket that is no workspace; "" where nothing is."""
        if services is None:
            return ""
        said = await asyncio.to_thread(services.first_changes.question, plan, self.workspace)
        return f"{said} This is asked once." if said else ""

    def _perform(self, services: Services, plan: Plan, total: int | None, undoes: str) -> None:
        job = self.jobs.start(
            plan.title,
            total,
            lambda progress, cancelled: services.perform(plan, progress=progress, cancelled=cancelled, undoes=undoes),
            plan=plan,
        )
        job.context, job.undoes = services.context, undoes
        self._begun_in[job.number] = services.context
        self._again_of[job.number] = lambda services: self._perform(services, plan, total, undoes)

    @on(messages.JobWanted)
    def _start_job(self, message: messages.JobWanted) -> None:
        job = self.jobs.start(message.title, message.total, message.work)
        job.context, job.restart_message = self._at, message
        self._done[job.number] = message.done
        self._begun_in[job.number] = self._at
        self._again_of[job.number] = lambda _: self._start_job(message)

    def jobs_of(self, context: Context) -> list[Job]:
        """Those that were begun in a context and go on."""
        return [job for job in self.jobs.active if self._begun_in.get(job.number, self._at).account == context.account]

    def on_mount(self) -> None:
        """Show also that nothing moves."""
        self.set_interval(_TICK_S, self._tick)

    def _tick(self) -> None:
        if self.jobs.active:
            self._paint_jobs()

    @on(messages.JobMoved)
    def _paint_jobs(self) -> None:
        now_s = time.monotonic()
        for job in self.jobs.active:
            job.note(now_s)
        for screen in self.screens_ready:
            screen.show_jobs(self.jobs.active)
            screen.show_activity(self.activity_records, self.jobs.all, self.activity_trouble)

    def activity_changed(self) -> None:
        """Paint them."""
        for screen in self.screens_ready:
            screen.show_activity(self.activity_records, self.jobs.all, self.activity_trouble)

    @on(messages.JobEnded)
    def _end_job(self, message: messages.JobEnded) -> None:
        job: Job = message.job
        self._paint_jobs()
        done = self._done.pop(job.number, None)
        context = self._begun_in.pop(job.number, self._at)
        again = self._again_of.pop(job.number, None)
        if isinstance(job.error, Cancelled):
            told = (f"Cancelled: {job.title}", job.error.cause, job.error.advice)
            self.notify(printable(". ".join(part for part in told if part)), markup=False)
        elif isinstance(job.error, S3mlError):
            error, once_more = job.error, again if context.account == self._at.account else None
            self.when_free(lambda: self.show_trouble(error, once_more))
        elif job.error is not None:
            raise job.error
        elif isinstance(job.result, Outcome):
            self.read_activity()
            self._keep(job.result, context, is_undo=bool(job.undoes))
        elif done is not None and (said := done(job.result)):
            self.notify(printable(said), markup=False)

    @on(messages.OutcomeArrived)
    def _note(self, message: messages.OutcomeArrived) -> None:
        if self.services is not None:
            self.remember(self.services, message.outcome)
        self._keep(message.outcome, self._at)

    def _keep(self, outcome: Outcome, context: Context, *, is_undo: bool = False) -> None:
        self._outcomes_in(context).insert(0, outcome)
        self._paint_jobs()
        is_here = context.account == self._at.account
        again = with_keys("{app.undo} goes further back; in Activity ({app.activity}) it can be done again")
        hint = (again if is_undo else with_keys("{app.undo} undoes it")) if outcome.undo else outcome.no_undo
        where = "" if is_here else f"In {context.name}. "
        self.notify(printable(where + hint), title=printable(outcome.title), markup=False)
        if not is_here:
            return
        self.search_again()
        for screen in self.screens_ready:
            screen.after(outcome)

    @on(messages.Trouble)
    def _say(self, message: messages.Trouble) -> None:
        asked = self.typed if message.asked is None else message.asked
        self.when_free(lambda: self.show_trouble(message.error), asked)

    @work
    async def action_cancel_job(self) -> None:
        """Cancel the run or the prediction of the screen at hand, or the oldest job; asks first."""
        screen = self.screen
        plan = screen.plan_to_cancel() if isinstance(screen, ModeScreen) else None
        if plan is not None:
            self.propose(plan)
        elif self.jobs.active:
            chosen = screen.job_at_hand() if isinstance(screen, ModeScreen) else None
            job = chosen if chosen is not None and not chosen.is_over else self.jobs.active[0]
            answer = await self.push_screen_wait(
                Choose(f"Cancel “{job.title}”?", [("stay", "Let it go on"), ("cancel", "Cancel it")])
            )
            if answer == "cancel":
                job.cancel()
        else:
            self.notify("Nothing is going on that could be cancelled.", severity="warning")
