"""Predictions: a model version applied to a data object, in a process of its own."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound, RunFailed, S3mlError, Untrusted
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.models import other_version
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.job import PredictionJob
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.browse.recursive import folders
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.models.models import Models
from s3ml_tui.services.models.trust import Trust
from s3ml_tui.services.processes.launch import Launcher, StartedBatch
from s3ml_tui.services.runs.cancel import CancellingBatches, cancelled_by
from s3ml_tui.services.runs.data import ensure_workspace, find_data
from s3ml_tui.services.runs.output import follow, why_it_died
from s3ml_tui.services.runs.plans import CancelBatch, Predict, TrustModel
from s3ml_tui.services.runs.records import headline_text
from s3ml_tui.services.runs.runs import new_id, outputs_folder
from s3ml_tui.services.versions.read_only import refuse_read_only


class Predictions:
    """Everything a user may ask of batches of predictions."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        *,
        state_folder: Path,
        launcher: Launcher,
        models: Models,
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._folder = outputs_folder(state_folder)
        self._launcher = launcher
        self._models = models
        self._logs = Logs(store, context, now)
        self._trust = Trust(store, context, now, state_folder=state_folder, outputs=self._folder)
        self._cancelling = CancellingBatches(store, now, launcher=launcher)
        self._started: dict[tuple[Place, str], StartedBatch] = {}
        self._lock = threading.Lock()

    def plan(self, workspace: Place, model: str, data: ObjectKey, version_id: str | None = None) -> Predict:
        """What predicting `data` with `model` (a version or an alias) would read and write.

        Raises NotFound (no workspace, no complete model version, no such data), StrangeAnswer.
        """
        ensure_workspace(self._store, workspace)
        number = self._models.resolve(workspace, model)
        manifest = self._models.manifest(workspace, number)
        doubts = self._trust.doubts(workspace, number, manifest.run_id)
        return Predict(
            workspace=workspace,
            model=f"models/v{number}",
            name=manifest.name,
            target=manifest.target,
            estimator=manifest.estimator.rpartition(".")[2],
            found=find_data(self._store, data, version_id),
            metrics=manifest.metrics,
            headline=headline_text(manifest.headline, manifest.metrics),
            warning=other_version(f"models/v{number}", manifest.packages),
            trust=self._trust.question(workspace, manifest, doubts),
            doubts=doubts,
        )

    def trust(self, plan: TrustModel) -> None:
        """The user has agreed that this model, or what the workspace's runs make, is loaded. Raises LocalTrouble."""
        self._trust.add(plan)

    def start(self, plan: Predict) -> StartedBatch:
        """Start the process; it goes on when this one ends. Raises ReadOnly, Untrusted, LocalTrouble, RunFailed."""
        refuse_read_only(self._context, plan.title)
        if plan.trust is not None and not self._trust.has(plan.trust):
            raise Untrusted(
                f"{plan.model} was not loaded",
                cause="Loading it runs what its maker put into it, and you have not said that you trust it",
                advice="Predict again, and agree to it if you know who made it",
            )
        batch_id = new_id(self._now())
        job = PredictionJob(
            context=self._context,
            workspace=plan.workspace.uri,
            data=plan.data,
            batch_id=batch_id,
            model=plan.model,
        )
        launched = self._launcher.launch(job, self._folder)
        started = StartedBatch(batch_id, plan.workspace, launched.pid, launched.process_started, launched.output)
        with self._lock:
            self._started[plan.workspace, batch_id] = started
        return started

    def wait(
        self, started: StartedBatch, *, on_line: Callable[[str], None], cancelled: Cancelled = never
    ) -> BatchManifest:
        """Follow the batch's output until its process has ended; what it made.

        Raises Cancelled (the batch goes on), RunFailed with the reason when there is no manifest.
        """
        reason = follow(self._logs, started.output, lambda: self.is_alive(started), on_line, cancelled)
        try:
            return self.manifest(started.workspace, started.batch_id)
        except NotFound as error:
            raise RunFailed(
                f"The prediction {started.batch_id} failed",
                cause=why_it_died(started.output, reason),
                advice=self._where_it_says_more(started),
            ) from error

    def _where_it_says_more(self, started: StartedBatch) -> str:
        """Its log where it could write one, else what it said on this machine."""
        log = Layout(started.workspace).inference_log(started.batch_id)
        try:
            self._store.facts(log)
        except S3mlError:
            return f"It wrote no log to the bucket; what it said is in {started.output}"
        return f"Its log is {log.uri}"

    def is_alive(self, started: StartedBatch) -> bool:
        """Whether the batch's process still goes on."""
        return self._launcher.is_alive(started.pid, started.process_started)

    def running_here(self) -> tuple[StartedBatch, ...]:
        """The batches this object started that still go on."""
        with self._lock:
            started = tuple(self._started.values())
        return tuple(batch for batch in started if self.is_alive(batch))

    def plan_cancel(self, workspace: Place, batch_id: str) -> CancelBatch:
        """What cancelling a batch means."""
        return CancelBatch(workspace, batch_id)

    def cancel(self, workspace: Place, batch_id: str, *, reason: str = "") -> Outcome:
        """End a batch that was started here, and all its processes; without a reason it says who did.

        Raises ReadOnly, Conflict (it is over), NotFound (it was not started here), Denied, LocalTrouble.
        """
        refuse_read_only(self._context, f"Cancel {batch_id}")
        with self._lock:
            started = self._started.get((workspace, batch_id))
        if started is None:
            raise NotFound(
                f"The prediction {batch_id} was not started here",
                cause="Only who started a prediction knows its process",
                advice="Cancel it where it was started: in those screens, or with ctrl+c in that terminal",
            )
        return self._cancelling.cancel(started, reason or cancelled_by())

    def batches(self, workspace: Place) -> tuple[str, ...]:
        """The ids of all batches, newest first, also those that are incomplete."""
        names = folders(self._store, Layout(workspace).root.under("outputs/predictions"))
        return tuple(sorted(names, reverse=True))

    def manifest(self, workspace: Place, batch_id: str) -> BatchManifest:
        """What one batch made. Raises NotFound (it is incomplete or there is none), StrangeAnswer, NotSupported."""
        key = Layout(workspace).batch_manifest(batch_id)
        try:
            body = self._store.read(key)
        except NotFound as error:
            raise NotFound(
                f"There is no complete prediction {batch_id} in {workspace.uri}",
                cause=f"{key.uri} is not there: it is being made, or it failed",
                advice=f"If it wrote a log, that is {Layout(workspace).inference_log(batch_id).uri}",
            ) from error
        return BatchManifest.from_bytes(body, key.uri)
