"""A run's record closed by somebody else: who cancels it, or who notices that it was killed before it wrote the record.

A model version exists when its manifest does. A run that was killed between its manifest and its record has succeeded,
so it is closed as succeeded, with what the manifest tells.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.events import Event, Kind, Level
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.storage.store import ObjectFacts, Store, Written
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.model_manifest import MODEL_ROLES, Manifest
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.services.browse.recursive import folders
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.runs.records import RunRecords
from s3ml_tui.services.versions.history import destroy_all

LINES_TYPE = "application/x-ndjson"
MOST_MANIFESTS = 500
"""So many of the newest models are asked which run made them."""


class Closing:
    """Writes the record, and the whole log, of runs that cannot do so themselves."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, records: RunRecords, logs: Logs) -> None:
        self._store = store
        self._now = now
        self._records = records
        self._logs = logs
        self._makers: dict[tuple[Place, int], str] = {}
        """Which run made a model; a manifest is written once."""

    def published(self, workspace: Place, run_ids: Collection[str]) -> dict[str, Manifest]:
        """The manifests of the models that these runs published, by run; none where models may not be listed."""
        try:
            names = folders(self._store, Layout(workspace).models)
        except (Denied, NotSupported):
            return {}
        numbers = {number for name in names if (number := model_number(name))}
        newest = sorted(numbers, reverse=True)[:MOST_MANIFESTS]
        unknown = [number for number in newest if (workspace, number) not in self._makers]
        read = dict(zip(unknown, at_once(lambda number: self._manifest(workspace, number), unknown), strict=True))
        for number, manifest in read.items():
            if manifest is not None:
                self._makers[workspace, number] = manifest.run_id
        found = {}
        for number in newest:
            run_id = self._makers.get((workspace, number), "")
            manifest = (read.get(number) or self._manifest(workspace, number)) if run_id in run_ids else None
            if manifest is not None:
                found[run_id] = manifest
        return found

    def succeeded(self, workspace: Place, run_id: str, manifest: Manifest, *, may_write: bool) -> RunResult | None:
        """How a run that published this and wrote no record ended; recorded, where that is allowed.

        None when it left no spec.json either.
        """
        start = self._records.start(workspace, run_id)
        if start is None:
            return None
        if may_write:
            try:
                return self.close_succeeded(workspace, start, manifest)
            except S3mlError:
                pass  # who may only look is told the same; somebody else will record it
        return _succeeded(start, manifest)

    def close_succeeded(self, workspace: Place, start: RunStart, manifest: Manifest) -> RunResult:
        """Record it as succeeded, and make its log whole; what it wrote itself stands."""
        result = _succeeded(start, manifest)
        said = f"It had published {manifest.model}; it ended before it could write its record"
        word = last_word(self._now(), RunState.SUCCEEDED, said, model=manifest.model)
        closed = self._close(workspace, result, word)
        self.purge(workspace, start.run_id)
        return closed

    def close_cancelled(self, workspace: Place, start: RunStart, reason: str) -> RunResult:
        """Record it as cancelled, and make its log whole; what it wrote itself stands."""
        result = RunResult(
            run_id=start.run_id,
            name=start.spec.name,
            state=RunState.CANCELLED,
            reason=reason,
            started=start.started,
            ended=self._now(),
            host=start.host,
            user=start.user,
            spec=start.spec,
            inputs={"data": start.data},
        )
        return self._close(workspace, result, last_word(self._now(), RunState.CANCELLED, f"It ended: {reason}", reason))

    def _close(self, workspace: Place, result: RunResult, word: str) -> RunResult:
        log = self._write_log(workspace, result.run_id, word)
        whole = result.model_copy(update={"outputs": result.outputs | {"log": _pin(log)}})
        try:
            self._store.write(
                Layout(workspace).run_result(result.run_id), whole.to_bytes(), content_type=JSON_TYPE, if_absent=True
            )
        except Conflict:
            return self._records.result(workspace, result.run_id) or whole
        return whole

    def purge(self, workspace: Place, run_id: str) -> int:
        """Destroy the chunks once the whole log is there; how many are left because it was refused."""
        layout = Layout(workspace)
        numbers = self._logs.chunk_numbers(workspace, run_id)
        if not numbers:
            return 0
        try:
            self._store.facts(layout.training_log(run_id))
        except NotFound:
            return len(numbers)
        return at_once(lambda number: self._destroy(layout.training_chunk(run_id, number)), numbers).count(False)

    def _write_log(self, workspace: Place, run_id: str, word: str) -> Written | ObjectFacts:
        """Join the chunks, and the last word, to the whole log; the one that is there, if it is."""
        layout = Layout(workspace)
        numbers = self._logs.chunk_numbers(workspace, run_id)
        bodies = at_once(lambda number: self._store.read(layout.training_chunk(run_id, number)), numbers)
        text = b"".join(bodies)
        if text and not text.endswith(b"\n"):
            text += b"\n"
        key = layout.training_log(run_id)
        try:
            return self._store.write(key, text + word.encode() + b"\n", content_type=LINES_TYPE, if_absent=True)
        except Conflict:
            return self._store.facts(key)

    def _destroy(self, key: ObjectKey) -> bool:
        try:
            destroy_all(self._store, key)
        except S3mlError:
            return False
        return True

    def _manifest(self, workspace: Place, number: int) -> Manifest | None:
        key = Layout(workspace).model_manifest(number)
        try:
            return Manifest.from_bytes(self._store.read(key), key.uri)
        except (NotFound, NotSupported, StrangeAnswer):
            return None


def last_word(now: datetime, state: RunState, said: str, reason: str = "", *, model: str | None = None) -> str:
    """The line that ends the log of what could not say so itself."""
    data = {"state": state.value, "model": model, "reason": reason}
    level = Level.INFO if state is RunState.SUCCEEDED else Level.WARNING
    return Event(now.timestamp(), said, level, kind=Kind.RUN_FINISHED, data=data).line()


def _succeeded(start: RunStart, manifest: Manifest) -> RunResult:
    files = {role: manifest.files[name] for role, name in MODEL_ROLES.items() if name in manifest.files}
    return RunResult(
        run_id=start.run_id,
        name=start.spec.name,
        state=RunState.SUCCEEDED,
        started=start.started,
        ended=manifest.created,
        host=start.host,
        user=start.user,
        spec=start.spec,
        task=manifest.task,
        estimator=manifest.estimator,
        seed=start.spec.split.seed,
        features=manifest.features,
        inputs={"data": manifest.data},
        outputs=files,
        metrics=manifest.metrics,
        headline=manifest.headline,
        predictions_sha256=manifest.predictions_sha256,
        model=manifest.model,
    )


def _pin(log: Written | ObjectFacts) -> Pin:
    return Pin(log.key.uri, log.version_id, log.etag, log.sha256 if isinstance(log, Written) else "", log.size)
