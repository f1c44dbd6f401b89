"""Cancelling a prediction: its processes ended, and its log written if it could not do so itself."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.errors import Conflict, LocalTrouble, NotFound
from s3ml_tui.domain.events import Kind, parse_line
from s3ml_tui.domain.layout import Layout
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.store import Store
from s3ml_tui.services.cancelling import LINES_TYPE, end_processes, last_word
from s3ml_tui.services.processes import Launcher, StartedBatch

_NO_UNDO = "A cancelled prediction cannot go on; start it again."


class CancellingBatches:
    """Ends predictions that were started here."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, launcher: Launcher) -> None:
        self._store = store
        self._now = now
        self._launcher = launcher

    def cancel(self, started: StartedBatch, reason: str) -> Outcome:
        """End its session. Raises Conflict (it is over), Denied (another user's processes), LocalTrouble."""
        if not self._launcher.is_alive(started.pid, started.process_started):
            raise Conflict(
                f"The prediction {started.batch_id} is over",
                cause="It succeeded" if self._is_whole(started) else "It failed, or was cancelled",
                advice="There is nothing to cancel",
            )
        ended = end_processes(self._launcher, started.batch_id, started.pid, started.process_started)
        is_whole = self._is_whole(started)
        if not is_whole:
            self._write_log(started, reason)
        title = (
            f"The prediction {started.batch_id} ended by itself meanwhile: it succeeded"
            if is_whole
            else f"Cancelled prediction {started.batch_id}"
        )
        key = Layout(started.workspace).inference_log(started.batch_id)
        return Outcome(title=title, at=self._now(), details=(ended,), key=key, no_undo=_NO_UNDO)

    def _is_whole(self, started: StartedBatch) -> bool:
        try:
            self._store.facts(Layout(started.workspace).batch_manifest(started.batch_id))
        except NotFound:
            return False
        return True

    def _write_log(self, started: StartedBatch, reason: str) -> None:
        """What it said on this machine, and the last word; nothing when it wrote its log itself."""
        try:
            text = started.output.read_bytes()
        except OSError as error:
            raise LocalTrouble(
                f"What {started.batch_id} said cannot be read",
                cause=f"{started.output}: {error.strerror}",
                advice="Its processes have ended; it left no log",
            ) from error
        whole, _, _ = text.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        if not lines or parse_line(lines[-1].decode("utf-8", "replace")).kind is not Kind.RUN_FINISHED:
            lines.append(last_word(self._now(), reason).encode())
        try:
            self._store.write(
                Layout(started.workspace).inference_log(started.batch_id),
                b"".join(line + b"\n" for line in lines),
                content_type=LINES_TYPE,
                if_absent=True,
            )
        except Conflict:
            return
