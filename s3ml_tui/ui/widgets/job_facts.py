"""What is told of a job in a line or a row: how far it is, how fast, how much longer."""

from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.text import elapsed_text, size_text
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
        return job.control.told
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
    if told := ", ".join(part for part in how if part):
        lines.append(f"{told}.")
    if isinstance(job.result, Outcome):
        lines += [f"{job.result.title}.", *job.result.details]
    if job.can_be_retried:
        lines.append(f"{key_for('activity.retry')} does again what was not done.")
    return tuple(lines)
