"""Training runs: plan, start, follow, cancel, and read what they recorded."""

import secrets
import string
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, RunFailed
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import RunState, RunSummary, new_run_id
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.records.spec import Spec
from s3ml_tui.records.spec_names import refuse_unknown_names
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.processes.launch import Launcher, StartedRun
from s3ml_tui.services.runs.cancel import Cancelling, cancelled_by
from s3ml_tui.services.runs.close import Closing
from s3ml_tui.services.runs.data import data_key, ensure_workspace, find_data
from s3ml_tui.services.runs.data_outlook import outlook
from s3ml_tui.services.runs.output import follow, why_it_died
from s3ml_tui.services.runs.plans import CancelRun, StartRun
from s3ml_tui.services.runs.records import RunRecords, summary_of
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.workspace.number_claims import highest_seen

_TOKEN = string.ascii_lowercase + string.digits


class Runs:
    """Everything a user may ask of runs."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        *,
        state_folder: Path,
        launcher: Launcher,
        logs: Logs,
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._folder = outputs_folder(state_folder)
        self._launcher = launcher
        self._logs = logs
        self._records = RunRecords(store, now)
        self._closing = Closing(store, now, records=self._records, logs=logs)
        self._cancelling = Cancelling(store, now, records=self._records, closing=self._closing, launcher=launcher)
        self._started: dict[tuple[Place, str], StartedRun] = {}
        self._lock = threading.Lock()

    def plan_start(self, spec: Spec, workspace: Place) -> StartRun:
        """What a run of `spec` would read and write. Raises NotFound (no workspace, no such data), BadInput."""
        refuse_unknown_names(spec)
        ensure_workspace(self._store, workspace)
        found = find_data(self._store, data_key(workspace, spec.data), spec.version_id)
        number = highest_seen(self._store, Layout(workspace).models) + 1
        return StartRun(spec, workspace, found, number, outlook(self._store, found.pin, spec))

    def start(self, plan: StartRun) -> StartedRun:
        """Start the process; it goes on when this one ends. Raises ReadOnly, LocalTrouble, RunFailed."""
        refuse_read_only(self._context, plan.title)
        run_id = new_id(self._now())
        job = TrainingJob(
            context=self._context, workspace=plan.workspace.uri, data=plan.data, run_id=run_id, spec=plan.spec
        )
        launched = self._launcher.launch(job, self._folder)
        started = StartedRun(run_id, plan.workspace, launched.pid, launched.process_started, launched.output)
        with self._lock:
            self._started[plan.workspace, run_id] = started
        return started

    def wait(self, started: StartedRun, *, on_line: Callable[[str], None], cancelled: Cancelled = never) -> RunResult:
        """Follow the run's output until its process has ended; how it ended.

        Raises Cancelled (the run goes on), RunFailed (it ended without a result).
        """
        reason = follow(self._logs, started.output, lambda: self.is_alive(started), on_line, cancelled)
        result = self.result_of_dead(started.workspace, started.run_id)
        if result is None:
            raise RunFailed(
                f"The run {started.run_id} ended without a result",
                cause=why_it_died(started.output, reason),
                advice=f"What it said lies in {started.output}",
            )
        return result

    def result(self, workspace: Place, run_id: str) -> RunResult | None:
        """How a run ended; None while it has no result. Raises StrangeAnswer, NotSupported."""
        return self._records.result(workspace, run_id)

    def result_of_dead(self, workspace: Place, run_id: str) -> RunResult | None:
        """How a run ended whose process is dead: by its record, else by the model it published; else None.

        What the model tells is recorded, unless the context is read-only. Raises StrangeAnswer, NotSupported.
        """
        result = self.result(workspace, run_id)
        return result if result is not None else self._closed(workspace, (run_id,)).get(run_id)

    def start_record(self, workspace: Place, run_id: str) -> RunStart | None:
        """What a run set out to do; None when there is no such run. Raises StrangeAnswer, NotSupported."""
        return self._records.start(workspace, run_id)

    def summaries(self, workspace: Place) -> tuple[RunSummary, ...]:
        """All runs, newest first; a record that cannot be read gives a summary that says so.

        A lost run that had published its model is recorded as succeeded, unless the context is read-only.
        """
        found = self._records.summaries(workspace)
        closed = self._closed(workspace, [one.run_id for one in found if one.state is RunState.LOST])
        return tuple(summary_of(closed[one.run_id]) if one.run_id in closed else one for one in found)

    def _closed(self, workspace: Place, dead: Sequence[str]) -> dict[str, RunResult]:
        """The results of those that published a model and wrote no record, by run."""
        try:
            published = self._closing.published(workspace, dead) if dead else {}
        except Denied:  # who may not read models sees the runs all the same
            return {}
        may_write = not self._context.read_only
        found = {
            run_id: self._closing.succeeded(workspace, run_id, manifest, may_write=may_write)
            for run_id, manifest in published.items()
        }
        return {run_id: result for run_id, result in found.items() if result is not None}

    def is_any_running(self, workspace: Place) -> bool:
        """Whether one of the newest runs goes on, wherever it was started."""
        return self._records.is_any_running(workspace)

    def plan_cancel(self, workspace: Place, run_id: str) -> CancelRun:
        """What cancelling a run means."""
        return CancelRun(workspace, run_id)

    def cancel(self, workspace: Place, run_id: str, *, reason: str = "") -> Outcome:
        """End a run and all its processes; of a lost one, close the record. Without a reason it says who did.

        Raises ReadOnly, Conflict (it is over), NotFound, NotSupported (it runs on another machine), Denied.
        """
        refuse_read_only(self._context, f"Cancel {run_id}")
        with self._lock:
            started = self._started.get((workspace, run_id))
        return self._cancelling.cancel(workspace, run_id, reason or cancelled_by(), started)

    def running_here(self) -> tuple[StartedRun, ...]:
        """The runs this object started that still go on."""
        with self._lock:
            started = tuple(self._started.values())
        return tuple(run for run in started if self.is_alive(run))

    def is_alive(self, started: StartedRun) -> bool:
        """Whether the run's process still goes on."""
        return self._launcher.is_alive(started.pid, started.process_started)


def outputs_folder(state_folder: Path) -> Path:
    """Where processes put their output."""
    return state_folder / "runs"


def new_id(now: datetime) -> str:
    """An id for a run or a batch."""
    return new_run_id(now, "".join(secrets.choice(_TOKEN) for _ in range(4)))
