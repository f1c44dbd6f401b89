"""Leaving: at once when nothing goes on; else asked whether to stay, to wait, or to cancel what goes on."""

from typing import TYPE_CHECKING

from textual import on, work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.unfinished_transfers import TakingUpApp
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.keys import key_for

if TYPE_CHECKING:
    from s3ml_tui.ui.jobs import Job

_NAMED = 5
"""So many of what goes on are named."""


class LeavingApp(TakingUpApp):
    """Knows what goes on, and waits for it when asked to."""

    _is_waiting = False
    """Whether the app ends with its last job."""
    _has_failed = False
    """Whether a job failed meanwhile, so that somebody should look."""

    @work(exclusive=True, group="leaving")
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker may ask
        """Leave; asks while a job or run goes on."""
        jobs, runs = self.jobs.active, self.runs_going_on()
        if not jobs and not runs:
            self.exit(0)
            return
        names = [run.name for _, run in runs] + [job.title for job in jobs]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        title = f"Still going on: {', '.join(names[:_NAMED])}{more}"
        answer = await self.push_screen_wait(Choose(title, choices(len(jobs), len(runs))))
        self._is_waiting = self._has_failed = False
        if answer == "leave":
            self.exit(0)
        elif answer == "cancel":
            self._cancel_runs_and_exit()
        elif answer == "wait":
            self._wait()

    def _wait(self) -> None:
        """End with the last job; those that are paused go on."""
        for job in self.jobs.active:
            if job.control.is_paused:
                job.resume()
        if not self.jobs.active:  # over while it was asked
            self.exit(0)
            return
        self._is_waiting = True
        self.switch_mode("activity")
        self.notify(f"s3ml ends with the last job. {key_for('app.quit')} asks again.", title="Waiting")

    @on(messages.JobEnded)
    def _end_with_the_last(self, message: messages.JobEnded) -> None:
        job: Job = message.job
        self._has_failed = self._has_failed or job.state in {"failed", "in part"}
        if not self._is_waiting or self.jobs.active:
            return
        self._is_waiting = False
        if self._has_failed:
            self.notify("s3ml stays: not all that was waited for was done.", severity="warning")
        else:
            self.exit(0)

    @work(thread=True, group="cancel", exit_on_error=False)
    def _cancel_runs_and_exit(self) -> None:
        try:
            for services, run in self.runs_going_on():
                services.perform(run)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
        else:
            self.call_from_thread(self.exit, 0)


def choices(jobs: int, runs: int) -> list[tuple[str, str]]:
    """What can be done while so many jobs and runs go on; staying comes first."""
    job, run = "the job" if jobs == 1 else "the jobs", "the run" if runs == 1 else "the runs"
    found = [("stay", "Stay")]
    if jobs:
        found.append(("wait", f"Wait for {job}, then quit" + (f"; leave {run} going" if runs else "")))
    parts = ([f"cancel {job}"] if jobs else []) + ([f"leave {run} going"] if runs else [])
    found.append(("leave", f"Quit; {', '.join(parts)}"))
    if runs:
        found.append(("cancel", f"Cancel {f'{job} and ' if jobs else ''}{run}, then quit"))
    return found
