"""Leaving: at once when nothing goes on; else asked whether to stay, to wait, or to cancel what goes on."""

import asyncio

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.contexts import Contexts
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.jobs import Job, Jobs
from s3ml_tui.ui.keys import key_for

_NAMED = 5
"""So many of what goes on are named."""


class Quit:
    """Knows what goes on, and waits for it when asked to."""

    def __init__(self, app: PausingApp, jobs: Jobs, contexts: Contexts) -> None:
        self._app, self._jobs, self._contexts = app, jobs, contexts
        self._is_waiting = False
        """Whether the app ends with its last job."""
        self._has_failed = False
        """Whether a job failed meanwhile, so that somebody should look."""

    def quit(self) -> None:
        """Leave; asks while a job or run goes on."""
        self._app.begin_alone("leaving", self._quit)

    async def _quit(self) -> None:
        jobs, runs = self._jobs.active, self._contexts.runs_going_on()
        if not jobs and not runs:
            self._app.exit(0)
            return
        names = [run.name for _, run in runs] + [job.title for job in jobs]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        title = f"Still going on: {', '.join(names[:_NAMED])}{more}"
        answer = await self._app.push_screen_wait(Choose(title, choices(len(jobs), len(runs))))
        self._is_waiting = self._has_failed = False
        if answer == "leave":
            self._app.exit(0)
        elif answer == "cancel":
            self._app.begin("cancel", self._cancel_runs_and_exit)
        elif answer == "wait":
            self._wait()

    def _wait(self) -> None:
        """End with the last job; those that are paused go on."""
        for job in self._jobs.active:
            if job.control.is_paused:
                job.resume()
        if not self._jobs.active:  # over while it was asked
            self._app.exit(0)
            return
        self._is_waiting = True
        self._app.switch_mode("activity")
        self._app.notify(f"s3ml ends with the last job. {key_for('app.quit')} asks again.", title="Waiting")

    def note_end(self, job: Job) -> None:
        """A job is over: end with the last one, if that is waited for."""
        self._has_failed = self._has_failed or job.state in {"failed", "in part"}
        if not self._is_waiting or self._jobs.active:
            return
        self._is_waiting = False
        if self._has_failed:
            self._app.notify("s3ml stays: not all that was waited for was done.", severity="warning")
        else:
            self._app.exit(0)

    async def _cancel_runs_and_exit(self) -> None:
        try:
            for services, run in self._contexts.runs_going_on():
                await asyncio.to_thread(services.perform, run)
        except S3mlError as error:
            self._app.post_message(messages.Trouble(error))
        else:
            self._app.exit(0)


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
