"""Activity: the jobs of this session, what was done with its undo, and the requests sent."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import count_text, moment_text
from s3ml_tui.ui import keys
from s3ml_tui.ui.activity.activity_rows import ActivityRows, about_record
from s3ml_tui.ui.activity.job_rows import JobRows
from s3ml_tui.ui.activity.request_rows import RequestRows, about
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.prompts import ShowText, TroubleDialog
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.messages import ActivityWanted, RetryWanted, UndoWanted
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.job_bar import about_job
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.status_pane import Pane

if TYPE_CHECKING:
    from textual.timer import Timer

_LOOK_S = 0.1
"""How often the requests are looked at while they are shown."""


class ActivityScreen(ModeScreen):
    """Three lists, each with its keys."""

    MODE = "activity"
    SCOPE = Scope.ACTIVITY
    BINDINGS = keys.bindings(Scope.ACTIVITY)

    def __init__(self) -> None:
        super().__init__()
        self._jobs: list[Job] = []
        self._records: tuple[ActivityRecord, ...] | None = None
        """None until they were read."""
        self._trouble: S3mlError | None = None
        """Why they could not be read."""
        self._painted: tuple[ActivityRecord, ...] | None = None
        """What of it is on the screen."""
        self._looking: Timer | None = None

    def body(self) -> ComposeResult:
        """Jobs, what was done, requests."""
        yield Pane(JobRows(), title="Jobs", id="job-pane")
        yield Pane(ActivityRows(self._is_here, local_now), title="Done", id="outcome-pane")
        yield Pane(RequestRows(), title="Requests", id="request-pane")

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._looking = self.set_interval(_LOOK_S, self._look, pause=True)
        self._paint()
        self._pane("request").empty("Nothing was sent yet", "Requests show here once there is a connection")
        self._pane("outcome").take_focus()

    def on_resize(self) -> None:
        """On a low screen the pane in focus takes more of it."""
        self.set_class(self.size.height < 34, "-low")

    def _pane(self, name: str) -> Pane:
        return self.query_one(f"#{name}-pane", Pane)

    def _is_here(self, record: ActivityRecord) -> bool:
        return self.services is None or self.services.activity.is_here(record)

    # what the app tells -------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Paint what came meanwhile, and look at the requests from now on."""
        self.post_message(ActivityWanted())
        self._paint()
        self._look()
        if self._looking is not None:
            self._looking.resume()

    def on_screen_suspend(self) -> None:
        """Nobody looks: the requests cost nothing."""
        if self._looking is not None:
            self._looking.pause()

    def watch_services(self) -> None:
        """Another session, other requests."""
        self.query_one(RequestRows).watch_log(self.services.requests if self.services is not None else None)
        self._look()

    def refresh_all(self) -> None:
        """Read again what was done, by other sessions too."""
        self.post_message(ActivityWanted())

    def show_activity(
        self, records: tuple[ActivityRecord, ...] | None, jobs: list[Job], trouble: S3mlError | None = None
    ) -> None:
        """Take over what was done and what goes on; paint it when it is looked at."""
        self._records, self._jobs, self._trouble = records, list(jobs), trouble
        if self.is_current and self.query(ActivityRows):  # none while the app ends
            self._paint()

    # painting ------------------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        jobs, records = self.query_one(JobRows), self.query_one(ActivityRows)
        jobs.rows_changed(jobs.replace(self._jobs[::-1], follows_newest=True))
        going = [job for job in self._jobs if not job.is_over]
        if self._jobs:
            count = count_text(len(self._jobs), "job")
            self._ready("job", "Jobs", f"{len(going)} of {count} going on" if going else count)
        else:
            self._pane("job").empty("No jobs yet", "Uploads, downloads and other long work show here")
        if self._records is not self._painted:
            self._painted = self._records
            records.rows_changed(records.replace(self._records or (), follows_newest=True))
        records.refresh()  # times pass
        if self._trouble is not None and not self._records:
            self._pane("outcome").trouble(self._trouble)
        elif self._records:
            self._pane("outcome").ready()
            self._show_moment()
        elif self._records is None and self.services is None:
            self._pane("outcome").wait_for("what was done")
        else:
            self._pane("outcome").empty("Nothing was done yet", "What you change shows here, with its undo")

    def _ready(self, name: str, title: str, subtitle: str) -> None:
        pane = self._pane(name)
        pane.ready()
        pane.title(title, subtitle)

    def _look(self) -> None:
        """Show the requests that were sent since the last look."""
        rows = self.query_one(RequestRows)
        if rows.look() and rows.sent is not None and rows.items:
            self._ready("request", "Requests", count_text(rows.sent.last_number, "request"))

    # keys ----------------------------------------------------------------------------------------------------------

    @on(Rows.Opened, "#outcomes")
    def action_undo_this(self) -> None:
        """Undo the outcome under the cursor."""
        record = self.query_one(ActivityRows).chosen
        if self.is_read_only:
            self.say_read_only()
        elif record is None:
            self.notify("Nothing was done yet that could be undone.", severity="warning")
        else:
            self.post_message(UndoWanted(record))

    @on(Rows.Opened, "#jobs")
    def _job_opened(self) -> None:
        job = self.query_one(JobRows).chosen
        if job is not None and isinstance(job.error, S3mlError):
            self.app.push_screen(TroubleDialog(job.error))
        elif job is not None:
            self.app.push_screen(ShowText(job.title, about_job(job)))

    @on(Rows.Opened, "#requests")
    def _request_opened(self) -> None:
        rows = self.query_one(RequestRows)
        if rows.chosen is not None:
            self.app.push_screen(ShowText(rows.chosen.operation, about(rows.chosen, rows.command(rows.chosen))))

    def action_look(self) -> None:
        """All that is known of the row under the cursor."""
        record = self.query_one(ActivityRows).chosen
        if self.query_one(JobRows).has_focus:
            self._job_opened()
        elif self.query_one(RequestRows).has_focus:
            self._request_opened()
        elif record is not None:
            self.app.push_screen(ShowText(record.title, about_record(record, local_now())))

    def job_at_hand(self) -> Job | None:
        """The one under the cursor while the jobs have the focus; else the newest that goes on."""
        rows = self.query_one(JobRows)
        return rows.chosen if rows.has_focus else next((job for job in rows.items if not job.is_over), None)

    def action_pause(self) -> None:
        """Let a job wait, or go on."""
        job = self.job_at_hand()
        if job is None or job.is_over:
            self.notify("Nothing is going on that could be paused.", severity="warning")
        elif job.control.is_paused:
            job.resume()
        else:
            job.pause()

    def action_retry(self) -> None:
        """Do again what failed of a job."""
        rows = self.query_one(JobRows)
        job = rows.chosen if rows.has_focus else next((one for one in rows.items if one.can_be_retried), None)
        if job is None or not job.can_be_retried:
            self.notify("Nothing of it failed that could be done again.", severity="warning")
        else:
            self.post_message(RetryWanted(job))

    def action_yank(self) -> None:
        """Copy the request under the cursor as an aws command."""
        rows = self.query_one(RequestRows)
        if rows.chosen is None:
            self.notify("No request was sent yet.", severity="warning")
            return
        self.app.copy_to_clipboard(rows.command(rows.chosen))
        self.notify("The command is copied, if this terminal lets programs write its clipboard.", timeout=4)

    @on(Rows.Highlighted, "#outcomes")
    def _show_moment(self) -> None:
        """The exact time and the tool of the outcome under the cursor, in the pane's subtitle."""
        record = self.query_one(ActivityRows).chosen
        if record is not None:
            by = f" by {record.by}" if record.by else ""
            count = count_text(self.query_one(ActivityRows).row_count, "outcome")
            self._pane("outcome").title("Done", f"{moment_text(record.at, local_now())}{by} · {count}")
