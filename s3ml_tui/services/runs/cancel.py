"""Cancelling a run: its processes ended, its record closed, its log made whole.

Cancelling a prediction: its processes ended, and its log written if it could not do so itself.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from s3ml_tui.domain.errors import Conflict, LocalTrouble, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.ml.events import Kind, parse_line
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.run_record import CancelRequest, RunResult, RunStart
from s3ml_tui.services.processes import end
from s3ml_tui.services.processes.end import who
from s3ml_tui.services.processes.launch import Launcher, StartedBatch, StartedRun
from s3ml_tui.services.runs.close import LINES_TYPE, Closing, last_word
from s3ml_tui.services.runs.records import RunRecords

_LOST = "nothing was heard from it any more"
_NO_UNDO = "A cancelled run cannot go on; start it again from its spec."


class Cancelling:
    """Ends runs, those of this machine and those that are lost."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], *, records: RunRecords, closing: Closing, launcher: Launcher
    ) -> None:
        self._store = store
        self._now = now
        self._records = records
        self._closing = closing
        self._launcher = launcher

    def cancel(self, workspace: Place, run_id: str, reason: str, started: StartedRun | None) -> Outcome:
        """End the run's session and close its record, if the run does not do so itself.

        A run that has published its model by then has succeeded, and is recorded so.
        `started` is known when it was started here; the run may not have written its spec.json yet. Raises Conflict
        (it is over), NotFound, NotSupported (it runs on another machine), Denied (another user's processes).
        """
        self._ensure_not_over(workspace, run_id)
        was_lost = started is None and self._is_lost(workspace, run_id)
        if started is not None:
            ended = self._end_processes(workspace, run_id, started, reason)
        else:
            ended = self._end(workspace, run_id, reason)
        start = self._records.start(workspace, run_id)
        result = self._records.result(workspace, run_id)
        title = _title(run_id, result)
        if result is None and start is not None:
            result = self._close(workspace, start, f"{_LOST}; {reason}" if was_lost else reason)
            title = _title(run_id, result, is_closed_here=True)
        left = self._closing.purge(workspace, run_id)
        return Outcome(
            title=title,
            at=self._now(),
            details=(ended, *_details(run_id, result, left)),
            key=Layout(workspace).run_result(run_id),
            no_undo=_NO_UNDO,
        )

    def _close(self, workspace: Place, start: RunStart, reason: str) -> RunResult:
        manifest = self._closing.published(workspace, (start.run_id,)).get(start.run_id)
        if manifest is not None:
            return self._closing.close_succeeded(workspace, start, manifest)
        return self._closing.close_cancelled(workspace, start, reason)

    def _ensure_not_over(self, workspace: Place, run_id: str) -> None:
        result = self._records.result(workspace, run_id)
        if result is not None:
            raise Conflict(
                f"The run {run_id} is over: it {_ended(result.state)}",
                cause=f"It ended on {result.ended.astimezone():%Y-%m-%d %H:%M:%S}"
                + (f": {printable(result.reason)}" if result.reason else ""),
                advice="There is nothing to cancel",
            )

    def _is_lost(self, workspace: Place, run_id: str) -> bool:
        start = self._records.start(workspace, run_id)
        return start is not None and self._records.state(workspace, start) is RunState.LOST

    def _end_processes(self, workspace: Place, run_id: str, process: StartedRun | RunStart, reason: str) -> str:
        """End them, and leave a word of who did, for the record that the run may write itself."""
        if self._launcher.is_alive(process.pid, process.process_started):
            asked = CancelRequest(run_id=run_id, reason=reason, at=self._now())
            with suppress(S3mlError):  # then its record does not say who cancelled it
                self._store.write(Layout(workspace).run_cancel(run_id), asked.to_bytes(), content_type=JSON_TYPE)
        return end_processes(self._launcher, run_id, process.pid, process.process_started)

    def _end(self, workspace: Place, run_id: str, reason: str) -> str:
        """End the processes of a run by its record; what was done, in a sentence."""
        start = self._records.start(workspace, run_id)
        if start is None:
            raise NotFound(f"There is no run {run_id}", advice="See the runs there are: s3ml runs")
        if start.host == end.this_host():
            return self._end_processes(workspace, run_id, start, reason)
        if self._records.state(workspace, start) is RunState.LOST:
            return f"Nothing was heard from it for over a minute; {start.host} was not asked if it still runs there."
        raise NotSupported(
            f"The run {run_id} goes on at {start.host}, which is another machine",
            cause=f"Its process {start.pid} can be ended only there; this is {end.this_host()}",
            advice=f"Cancel it on {start.host}, or wait until it is over",
        )


def cancelled_by() -> str:
    """Why it ended, where nothing else is said."""
    return f"cancelled by {who()}"


def end_processes(launcher: Launcher, name: str, pid: int, process_started: float) -> str:
    """End the session of a run or a batch; what was done, in a sentence. Raises Denied, LocalTrouble."""
    killed = end.end(pid, process_started, name, is_alive=lambda: launcher.is_alive(pid, process_started))
    if not killed:
        return "Nothing of it runs any more."
    return f"Nothing of it runs any more; {count_text(killed, 'process', 'processes')} had to be killed."


def _ended(state: RunState) -> str:
    return "was cancelled" if state is RunState.CANCELLED else state.value


def _title(run_id: str, result: RunResult | None, *, is_closed_here: bool = False) -> str:
    if result is None or result.state is RunState.CANCELLED:
        return f"Cancelled {run_id}"
    if is_closed_here and result.model:
        return f"The run {run_id} had published {result.model} already: it succeeded"
    return f"The run {run_id} ended by itself meanwhile: it {_ended(result.state)}"


def _details(run_id: str, result: RunResult | None, left: int) -> tuple[str, ...]:
    sentences = []
    if result is None:
        sentences.append("It had written nothing to the bucket yet.")
    elif result.model:
        sentences.append(f"It made {result.model}.")
    if left:
        sentences.append(f"{count_text(left, 'chunk')} of its log could not be removed from logs/training/{run_id}/.")
    return tuple(sentences)


_NO_UNDO_OF_BATCH = "A cancelled prediction cannot go on; start it again."


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
        return Outcome(title=title, at=self._now(), details=(ended,), key=key, no_undo=_NO_UNDO_OF_BATCH)

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
            lines.append(last_word(self._now(), RunState.CANCELLED, f"It ended: {reason}", reason).encode())
        try:
            self._store.write(
                Layout(started.workspace).inference_log(started.batch_id),
                b"".join(line + b"\n" for line in lines),
                content_type=LINES_TYPE,
                if_absent=True,
            )
        except Conflict:
            return
