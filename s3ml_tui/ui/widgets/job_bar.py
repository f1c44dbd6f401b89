"""The line that shows the job that goes on: title, bar, rate; empty when there is none.

What is told of a job in a line or a row: how far it is, how fast, how much longer.
"""

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import elapsed_text, printable, size_text
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.keys import key_for

SIGNS = {
    "waiting": ("○", "dim"),
    "running": ("●", "accent"),
    "pausing": ("●", "warn"),
    "paused": ("◇", "warn"),
    "cancelling": ("●", "warn"),
    "done": ("✓", "good"),
    "in part": ("◐", "warn"),
    "failed": ("✗", "bad"),
    "cancelled": ("⊘", "warn"),
}
"""Of each state: its sign, and its look."""


def bar_parts(share: float, cells: int) -> tuple[str, str]:
    """What is filled of a bar of so many cells, and what is not."""
    filled = int(share * cells)
    return "▓" * filled, "░" * (cells - filled)


def amount_text(job: Job) -> str:
    """`12.4 MB of 31.0 MB`, `3,412 of 10,000`, `12,000 found`, `12.4 MB`; "" where nothing is counted."""
    if job.total:
        return f"{size_text(job.moved)} of {size_text(job.total)}"
    if job.control.counted is not None:
        done, of = job.control.counted
        return f"{done:,} of {of:,}"
    if job.control.found:
        return job.control.progress_text
    return size_text(job.moved) if job.moved else ""


def rate_text(job: Job) -> str:
    """`12.4 MB/s`, `310/s`; "" while it cannot be told."""
    rate = job.pace.rate
    if job.is_over or rate is None or job.control.is_paused:
        return ""
    if job.total or job.control.counted is None:
        return f"{size_text(int(rate))}/s" if job.moved else ""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def left_text(job: Job) -> str:
    """`0:31`; `stalled` when nothing moves any more; "" while it cannot be told."""
    if job.is_over or job.control.is_paused or job.is_cancelled:
        return ""
    left_s = job.left_s()
    if left_s is not None:
        return elapsed_text(left_s) if left_s >= 10 else f"{max(left_s, 1):.0f} s"
    return "stalled" if job.pace.rate == 0 and job.done_of is not None else ""


def about_job(job: Job) -> tuple[str, ...]:
    """All that is known of a job, a paragraph each."""
    amount, rate, left = amount_text(job), rate_text(job), left_text(job)
    how = [amount, f"at {rate}" if rate else "", f"{left} left" if left and left != "stalled" else left]
    lines = [f"It is {job.state}." if not job.is_over else f"It ended: {job.state}."]
    if progress := ", ".join(part for part in how if part):
        lines.append(f"{progress}.")
    if isinstance(job.result, Outcome):
        lines += [f"{job.result.title}.", *job.result.details]
    if job.can_be_retried:
        lines.append(f"{key_for('activity.retry')} does again what was not done.")
    return tuple(lines)


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
        text = "  ".join(part for part in (amount_text(job), rate_text(job), left) if part)
        text += f"   and {others} more" if others else ""
        share = job.share
        if share is None:
            return Content(text)
        full, rest = bar_parts(share, BAR_CELLS if self.size.width >= WIDE_CELLS else BAR_CELLS // 2)
        return Content.assemble((full, "$primary"), (rest, "$foreground-muted"), f" {share:4.0%}  {text}")
