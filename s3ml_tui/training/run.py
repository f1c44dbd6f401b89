"""A training run from its first event to its record, whatever happens in between.

The order of the end is a promise: the last event, the whole log, result.json, and only then are the chunks purged.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from s3ml_tui.domain.errors import ReadOnly, S3mlError
from s3ml_tui.domain.ml.events import Kind, Level
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.records.run_record import CancelRequest, RunStart
from s3ml_tui.runner import environment
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.exit import Farewell, farewell
from s3ml_tui.runner.log_chunks import ChunkedLog
from s3ml_tui.runner.retry_store import RetryPolicy
from s3ml_tui.runner.run import Draft, TrainingRun, layout_of, pin_written
from s3ml_tui.runner.supervisor import supervise
from s3ml_tui.services.local_state.work_folders import prefix_for

PURGE_S = 120.0
PURGE_WHEN_STOPPED_S = 1.5


def run_training(job: TrainingJob, store: Store, journal: Journal, stop: Stop, now: Callable[[], datetime]) -> Farewell:
    """Train as the job says. Raises S3mlErrors only when the record itself cannot be written."""
    if job.context.read_only:
        raise ReadOnly(f"The context {job.context.name} is read-only", advice="Train in another context")
    with TemporaryDirectory(prefix=prefix_for("run"), ignore_cleanup_errors=True) as folder:
        retry_policy = RetryPolicy(journal, stop)
        run = _begin(job, retry_policy.with_store(store), journal, stop, now(), Path(folder))
        log = ChunkedLog(
            store,  # a chunk that cannot be written now is written with the next one
            run.layout.training_log(job.run_id),
            lambda number: run.layout.training_chunk(job.run_id, number),
            on_quiet=journal.heartbeat,
            metadata=run.mark,
        )
        journal.listen(log.add)
        journal.emit(f"Run {job.run_id} of {job.spec.name} on {run.host}", kind=Kind.RUN_STARTED)
        _write_start(run, store)  # a server that is away from the start is said at once
        log.start()
        ending = supervise(lambda: _work(run), stop)
        last_word = _with_who_cancelled(farewell(ending, stop, journal), run, store)
        _end(run, log, last_word, now(), retry_policy)
    return last_word


def _begin(
    job: TrainingJob, store: Store, journal: Journal, stop: Stop, started: datetime, folder: Path
) -> TrainingRun:
    return TrainingRun(
        job=job,
        layout=layout_of(job),
        store=store,
        journal=journal,
        stop=stop,
        folder=folder,
        started=started,
        host=environment.host(),
        user=environment.user(),
        argv=environment.own_command(),
        draft=Draft(inputs={"data": job.data}),
    )


def _write_start(run: TrainingRun, store: Store) -> Pin:
    start = RunStart(
        run_id=run.job.run_id,
        started=run.started,
        spec=run.job.spec,
        data=run.job.data,
        host=run.host,
        user=run.user,
        pid=os.getpid(),
        process_started=psutil.Process().create_time(),
    )
    key = run.layout.run_spec(run.job.run_id)
    return pin_written(store.write(key, start.to_bytes(), content_type=JSON_TYPE, metadata=run.mark))


def _work(run: TrainingRun) -> None:
    from s3ml_tui.training.stages.stages import work_through

    work_through(run)


def _with_who_cancelled(last_word: Farewell, run: TrainingRun, store: Store) -> Farewell:
    """The same, and who cancelled it, if somebody left a word of that."""
    if last_word.state is not RunState.CANCELLED:
        return last_word
    key = run.layout.run_cancel(run.job.run_id)
    try:
        asked = CancelRequest.from_bytes(store.read(key), key.uri)
    except S3mlError:
        return last_word  # a signal has no sender that could be named
    return replace(last_word, reason=asked.reason[:1].upper() + asked.reason[1:])


def _end(run: TrainingRun, log: ChunkedLog, last_word: Farewell, ended: datetime, retry_policy: RetryPolicy) -> None:
    journal, model = run.journal, run.draft.model
    level = Level.INFO if last_word.state is RunState.SUCCEEDED else Level.WARNING
    journal.close(
        f"Run {last_word.state}" + (f": {model}" if model else ""),
        level=level,
        data={"state": last_word.state.value, "model": model, "reason": last_word.reason},
    )
    run.keep("log", retry_policy.retry(log.finish))
    record = run.record(last_word.state, last_word.reason, ended)
    key = run.layout.run_result(run.job.run_id)
    run.store.write(key, record.to_bytes(), content_type=JSON_TYPE, metadata=run.mark)
    log.purge(PURGE_WHEN_STOPPED_S if last_word.state is RunState.CANCELLED else PURGE_S)
