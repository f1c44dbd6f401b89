"""The line that shows the job that goes on: title, bar, rate; empty when there is none."""

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from s3ml_tui.domain.text import printable
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.keys import key_for
from s3ml_tui.ui.widgets.job_facts import amount_text, bar_parts, left_text, rate_text

BAR_CELLS = 20
WIDE_CELLS = 100
"""On a narrower screen the bar is half as long."""
LEAST_TITLE_CELLS = 16
"""With less room for the title the hint gives way."""


class JobBar(Widget):
    """One line above the footer."""

    _jobs: tuple[Job, ...] = ()

    def show(self, jobs: list[Job]) -> None:
        """Paint the jobs that go on."""
        self._jobs = tuple(jobs)
        self.set_class(bool(jobs), "-active")
        self.refresh()

    def render(self) -> RenderResult:
        """The oldest job that is not paused; how many more there are."""
        if not self._jobs:
            return ""
        job = next((job for job in self._jobs if not job.control.is_paused), self._jobs[0])
        state, facts = Content.styled(f" {job.state} ", "bold $accent"), self._facts(job)
        hint = f"   {key_for('app.cancel_job')} cancels"
        room = self.size.width - state.cell_length - facts.cell_length - 1
        if room < len(hint) + LEAST_TITLE_CELLS:
            hint = ""
        title = Content(printable(job.title)).truncate(max(room - len(hint) - 2, 0), ellipsis=True)
        return Content.assemble(state, title, "  ", facts, (hint, "$foreground-muted"))

    def _facts(self, job: Job) -> Content:
        """How far it is, how fast, and how many others there are."""
        others, left = len(self._jobs) - 1, left_text(job)
        if left and left != "stalled":
            left = f"{left} left" if self.size.width >= WIDE_CELLS else ""
        told = "  ".join(part for part in (amount_text(job), rate_text(job), left) if part)
        told += f"   and {others} more" if others else ""
        share = job.share
        if share is None:
            return Content(told)
        full, rest = bar_parts(share, BAR_CELLS if self.size.width >= WIDE_CELLS else BAR_CELLS // 2)
        return Content.assemble((full, "$primary"), (rest, "$foreground-muted"), f" {share:4.0%}  {told}")
