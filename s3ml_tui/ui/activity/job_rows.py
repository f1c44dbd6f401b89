"""The jobs of this session, newest first: state, progress, pace."""

import time
from collections.abc import Sequence

from s3ml_tui.domain.text import elapsed_text
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.widgets.job_bar import SIGNS, amount_text, bar_parts, left_text, rate_text
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

_BAR_CELLS = 12


class JobRows(Rows):
    """A row a job."""

    GAP = 2
    COLUMNS = (
        Column("state", 12),
        Column("job"),
        Column("", _BAR_CELLS, from_width=110),
        Column("", 5, "right"),
        Column("moved", 21, "right", from_width=90),
        Column("rate", 10, "right", from_width=60),
        Column("left", 8, "right"),
        Column("took", 7, "right", from_width=76),
    )

    def __init__(self) -> None:
        super().__init__(id="jobs")
        self.jobs: list[Job] = []

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.jobs)

    @property
    def chosen(self) -> Job | None:
        """The one under the cursor."""
        return self.jobs[self.cursor] if self.jobs else None

    def show(self, jobs: Sequence[Job]) -> None:
        """All jobs, oldest first; the cursor stays on its job, and on a new one when it was on the newest."""
        before, newest = self.chosen, self.jobs[0] if self.jobs else None
        self.jobs = list(reversed(jobs))
        is_news = bool(self.jobs) and self.jobs[0] is not newest and self.cursor == 0
        self.rows_changed(0 if is_news or before not in self.jobs else self.jobs.index(before))

    def row(self, index: int) -> Sequence[Cell | str]:
        """State, title, bar, share, bytes, rate, time left, time taken."""
        job = self.jobs[index]
        sign, look = SIGNS[job.state]
        share = job.share if not job.is_over or job.can_be_retried else None
        bar = "".join(bar_parts(share, _BAR_CELLS)) if share is not None else ""
        took_s = job.elapsed_s(time.monotonic())
        return (
            Cell(f"{sign} {job.state}", look),
            job.title,
            Cell(bar, look if job.is_over else "accent"),
            f"{int(share * 100)}%" if share is not None else "",
            Cell(amount_text(job), "dim"),
            rate_text(job),
            left_text(job),
            Cell(elapsed_text(took_s) if job.is_begun else "", "dim"),
        )
