"""The line that shows the job that goes on: title, bar, rate; empty when there is none."""

import time

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.ui.jobs import Job

BAR_CELLS = 20


class JobBar(Widget):
    """One line above the footer."""

    _jobs: tuple[Job, ...] = ()

    def show(self, jobs: list[Job]) -> None:
        """Paint the jobs that go on."""
        self._jobs = tuple(jobs)
        self.set_class(bool(jobs), "-active")
        self.refresh()

    def render(self) -> RenderResult:
        """The oldest job; how many more there are."""
        if not self._jobs:
            return ""
        job = self._jobs[0]
        more = f"   and {len(self._jobs) - 1} more" if len(self._jobs) > 1 else ""
        moved = size_text(job.moved)
        if job.total:
            share = min(max(job.moved / job.total, 0.0), 1.0)
            filled = int(share * BAR_CELLS)
            bar = Content.assemble(("▓" * filled, "$primary"), ("░" * (BAR_CELLS - filled), "$foreground-muted"))
            amount = f" {share:4.0%}  {moved} of {size_text(job.total)}"
        else:
            bar, amount = Content(""), f" {moved}" if job.moved else ""
        speed = f"  {size_text(int(job.rate(time.monotonic())))}/s" if job.moved else ""
        return Content.assemble(
            (f" {job.state} ", "bold $accent"),
            Content(printable(job.title) + "  "),
            bar,
            Content(amount + speed + more),
            ("   ^k cancels", "$foreground-muted"),
        )
