"""The right side of Pipeline: follows what was started here to its end, and shows the one started last."""

import time
from collections.abc import Sequence

from textual import on, work
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.processes.end import who
from s3ml_tui.services.runs.plans import CancelBatch
from s3ml_tui.ui.dialogs.prompts import ShowText
from s3ml_tui.ui.logs.view import LogView
from s3ml_tui.ui.messages import OutcomeArrived
from s3ml_tui.ui.pipeline.follow import Followed, FollowedBatch, FollowedRun, ended_outcome, follow, started_outcome
from s3ml_tui.ui.pipeline.run_watch import RunWatch
from s3ml_tui.ui.widgets.rows import Rows

TICK_S = 0.5


class FollowedWatch(RunWatch):
    """Shows one; others go on unseen, and are told of when they end."""

    shown: Followed | None = None
    _ticker: Timer | None = None

    def on_mount(self) -> None:
        """Nothing yet; no clock ticks."""
        super().on_mount()
        self._ticker = self.set_interval(TICK_S, self.update_state, pause=True)

    def begin(self, followed: Followed) -> None:
        """It was started: show it, and follow it to its end."""
        self.shown = followed
        self.show(followed.progress, followed.name, followed.lines)
        if self._ticker is not None:
            self._ticker.resume()
        self.post_message(OutcomeArrived(started_outcome(followed)))
        self._keep_following(followed)

    def run_going_on(self) -> tuple[Place, str] | None:
        """The run that is shown while it goes on."""
        shown = self.shown
        return (shown.workspace, shown.run_id) if isinstance(shown, FollowedRun) and not shown.is_over else None

    def batch_going_on(self) -> CancelBatch | None:
        """What would cancel the prediction that is shown while it goes on."""
        shown = self.shown
        return (
            CancelBatch(shown.workspace, shown.batch_id)
            if isinstance(shown, FollowedBatch) and not shown.is_over
            else None
        )

    def after(self, outcome: Outcome) -> None:
        """What is shown may have been cancelled: that is told before its process is seen to be gone."""
        if self.shown is None or self.shown.is_over or outcome.key != self.shown.end_record:
            return
        self.shown.progress.end(RunState.CANCELLED, f"cancelled by {who()}", time.time())
        self.update_state()

    def toggle_follow(self) -> bool:
        """Follow the log's end again, or stop; False when there is no log."""
        if self.shown is None:
            return False
        self.log_view.follow = not self.log_view.follow
        self.update_state()
        return True

    @work(group="follow", exit_on_error=False)
    async def _keep_following(self, followed: Followed) -> None:
        await follow(followed, self._lines_came)
        if followed is self.shown:
            self._show_end(followed)
        self.post_message(OutcomeArrived(ended_outcome(followed)))

    def _lines_came(self, followed: Followed, lines: Sequence[str]) -> None:
        if followed is self.shown:
            self.extend(lines)

    def _show_end(self, followed: Followed) -> None:
        if self._ticker is not None:
            self._ticker.pause()
        self.update_state(followed.made, followed.next_step)
        if isinstance(followed, FollowedRun):
            result = followed.result
            metrics = result.metrics if result is not None else followed.progress.metrics
            if metrics:
                self.show_metrics(metrics, result.headline if result is not None else "")
        if followed.trouble is not None:
            self.log_trouble(followed.trouble)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error of our own in a worker ends the app; this message does not bubble up to it."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error

    @on(Rows.Opened, "#run-log")
    def _read_line(self, event: Rows.Opened) -> None:
        if isinstance(event.rows, LogView):
            self.app.push_screen(ShowText("Line of the log", event.rows.whole_text(event.row)))
