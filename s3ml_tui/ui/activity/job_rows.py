"""The jobs of this session, newest first: state, progress, pace."""

import time
from collections.abc import Sequence

from s3ml_tui.domain.text import elapsed_text
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.widgets.job_bar import SIGNS, amount_text, bar_parts, left_text, rate_text
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows

_BAR_CELLS = 12


class JobRows(ItemRows[Job]):
    """A row a job."""

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

    def identity(self, item: Job) -> int:
        """Its number."""
        return item.number

    def cells(self, item: Job) -> Sequence[Cell | str]:
        """State, title, bar, share, bytes, rate, time left, time taken."""
        sign, look = SIGNS[item.state]
        share = item.share if not item.is_over or item.can_be_retried else None
        bar = "".join(bar_parts(share, _BAR_CELLS)) if share is not None else ""
        took_s = item.elapsed_s(time.monotonic())
        return (
            Cell(f"{sign} {item.state}", look),
            item.title,
            Cell(bar, look if item.is_over else "accent"),
            f"{int(share * 100)}%" if share is not None else "",
            Cell(amount_text(item), "dim"),
            rate_text(item),
            left_text(item),
            Cell(elapsed_text(took_s) if item.is_begun else "", "dim"),
        )
