"""The requests that were sent, newest first, each as the aws command that would send it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.storage.request_log import Request, RequestLog, aws_command
from s3ml_tui.domain.text import size_text
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows


class RequestRows(ItemRows[Request]):
    """A row a request. Looks into the log only when told to."""

    COLUMNS = (
        Column("sent", 8),
        Column("answer", 8),
        Column("ms", 6, "right"),
        Column("bytes", 9, "right", from_width=90),
        Column("command"),
    )

    def __init__(self) -> None:
        super().__init__(id="requests")
        self.sent: RequestLog | None = None
        """Of the session at hand; None while there is none."""
        self._seen = -1

    def watch_log(self, log: RequestLog | None) -> None:
        """Show another log from now on."""
        self.sent, self._seen, self.items = log, -1, ()

    def look(self) -> bool:
        """Show what is new; whether anything was. The cursor stays on its request, or on the newest."""
        if self.sent is None or self.sent.changes == self._seen:
            return False
        self._seen = self.sent.changes
        before = self.chosen
        self.items = self.sent.newest_first()
        row = 0
        if before is not None and self.cursor > 0 and self.items:
            row = min(self.items[0].number - before.number, len(self.items) - 1)
        self.rows_changed(row)
        return True

    def command(self, request: Request) -> str:
        """The aws command of a request."""
        return aws_command(request, self.sent.flags if self.sent is not None else ())

    def identity(self, item: Request) -> int:
        """Its number."""
        return item.number

    def cells(self, item: Request) -> Sequence[Cell | str]:
        """When, what came of it, how long it took, bytes, the command."""
        return (
            Cell(f"{datetime.fromtimestamp(item.at, UTC).astimezone():%H:%M:%S}", "dim"),
            answer_cell(item),
            f"{item.elapsed_s * 1000:,.0f}" if item.elapsed_s is not None else "",
            Cell(size_text(item.size) if item.size else "", "dim"),
            self.command(item),
        )


def answer_cell(request: Request) -> Cell:
    """`200`, `503 ↻2` after two repetitions, `…` while it is on its way, `none` when no answer came."""
    if request.elapsed_s is None:
        return Cell("…", "accent")
    if request.status is None:
        return Cell("none", "bad")
    again = f" ↻{request.retries}" if request.retries else ""
    look = "good" if request.status < 300 else "dim" if request.status in {304, 404, 412, 416} else "bad"
    return Cell(f"{request.status}{again}", look if not again or look == "bad" else "warn")


def about(request: Request, command: str) -> tuple[str, ...]:
    """All that is known of a request, a paragraph each."""
    sent = f"Sent on {datetime.fromtimestamp(request.at, UTC).astimezone():%Y-%m-%d at %H:%M:%S.%f}"[:-3]
    if request.elapsed_s is None:
        came = "On its way."
    else:
        answer = f"Answered {request.status}" if request.status is not None else "Not answered"
        error = f" ({request.error})" if request.error else ""
        came = f"{answer}{error} after {request.elapsed_s * 1000:,.1f} ms."
    lines = [f"{sent}. {came}"]
    if request.retries:
        lines.append(f"Sent again {request.retries} times before that.")
    if request.size:
        lines.append(f"{request.size:,} bytes of a body.")
    if not request.is_signed:
        lines.append("Sent without a signature, as anyone could.")
    return (command, *lines)
