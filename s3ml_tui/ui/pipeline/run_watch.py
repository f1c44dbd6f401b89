"""What is to be seen of one run: its stages, how it ended, its figures, its log."""

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.logs.view import LogView
from s3ml_tui.ui.pipeline.metrics import MetricRows
from s3ml_tui.ui.pipeline.stages import Progress, StagesView, headline, verdict
from s3ml_tui.ui.widgets.status_pane import Pane


class RunWatch(Vertical):
    """Shows one run or prediction at a time."""

    def __init__(self) -> None:
        super().__init__(id="watch")
        self._progress: Progress | None = None
        self._called = ""
        self._made = self._step = ""

    def compose(self) -> ComposeResult:
        """Stages, figures once there are some, log."""
        yield Pane(StagesView(), Static(id="verdict"), title="Stages", id="stages-pane")
        yield Pane(MetricRows(), title="Metrics", id="metrics-pane")
        yield Pane(LogView(id="run-log"), title="Log", id="run-log-pane")

    def on_mount(self) -> None:
        """Nothing yet."""
        self.query_one("#stages-pane", Pane).empty(
            "No run yet", with_keys("Describe it on the left, then {pipeline.start} starts it")
        )
        self.query_one("#run-log-pane", Pane).empty("No log yet", "It shows here as a run writes it")
        self.query_one("#metrics-pane").display = False

    @property
    def log_view(self) -> LogView:
        """The log."""
        return self.query_one("#run-log", LogView)

    def show(self, progress: Progress, name: str, lines: Sequence[str]) -> None:
        """From now on this run, called `name`."""
        self._progress, self._called, self._made, self._step = progress, name, "", ""
        self.query_one(StagesView).show(progress)
        for pane in self.query(Pane):
            pane.ready()
        self.query_one("#metrics-pane").display = False
        self.log_view.clear()
        self.log_view.extend(lines)
        self.update_state()

    def extend(self, lines: Sequence[str]) -> None:
        """More of its log came."""
        self.log_view.extend(lines)
        self.update_state()

    def update_state(self, made: str = "", step: str = "") -> None:
        """Paint states and times anew; a success says what it `made`, and its next `step`."""
        if self._progress is None:
            return
        self.query_one(StagesView).tick()
        self.query_one("#stages-pane", Pane).title(headline(self._progress, self._called))
        static = self.query_one("#verdict", Static)
        self._made, self._step = made or self._made, step or self._step
        static.update(verdict(self._progress, self._made, self._step))
        static.display = self._progress.ended is not None
        self.set_classes(f"-{self._progress.state}")
        self._title_log()

    def show_metrics(self, metrics: Mapping[str, float], first: str) -> None:
        """Its figures, the one that counts first."""
        self.query_one("#metrics-pane").display = True
        self.query_one(MetricRows).show(metrics, first)

    def log_trouble(self, error: S3mlError) -> None:
        """Its log cannot be read, and why."""
        self.query_one("#run-log-pane", Pane).trouble(error)

    @on(LogView.FollowChanged)
    def _title_log(self) -> None:
        step = "" if self.log_view.follow else with_keys(" · {pipeline.follow} follows")
        self.query_one("#run-log-pane", Pane).title("Log", f"{self.log_view.status}{step}")
