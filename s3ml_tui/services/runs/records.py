"""Run records read from the bucket: one run's documents, and the list of all runs as summaries.

The one figure that stands for a run or a model in a list.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from s3ml_tui.domain.errors import NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import LOST_AFTER_S, RunState, RunSummary, state_without_result
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.services.browse.recursive import folders
from s3ml_tui.services.parallel import at_once


def headline_text(name: str, metrics: Mapping[str, float]) -> str:
    """`roc_auc 0.871`, of the metric called `name`; `name` itself when there is no such metric."""
    if name not in metrics:
        return name
    value = metrics[name]
    return f"{name} {value:.3f}" if abs(value) < 100 else f"{name} {value:,.1f}"


_NEWEST = 20
"""So many runs may have been started while one goes on."""
_STARTED = re.compile(r"(\d{8}-\d{4})(?:\d{2})?-.*")


class RunRecords:
    """The records below `.s3ml/runs/`."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._ended: dict[ObjectKey, RunSummary] = {}
        """A result is written once: what was read of it stays true."""

    def start(self, workspace: Place, run_id: str) -> RunStart | None:
        """spec.json; None when it is not there. Raises StrangeAnswer, NotSupported (a newer format)."""
        key = Layout(workspace).run_spec(run_id)
        body = self._body(key)
        return None if body is None else RunStart.from_bytes(body, key.uri)

    def result(self, workspace: Place, run_id: str) -> RunResult | None:
        """result.json; None while there is none. Raises StrangeAnswer, NotSupported (a newer format)."""
        key = Layout(workspace).run_result(run_id)
        body = self._body(key)
        return None if body is None else RunResult.from_bytes(body, key.uri)

    def state(self, workspace: Place, start: RunStart) -> RunState:
        """Of a run without a result: running, or lost; by the server's times, since its own clock may be wrong."""
        recorded = self._store.facts(Layout(workspace).run_spec(start.run_id)).modified
        return state_without_result(self._newest_sign(workspace, start.run_id, recorded), self._now())

    def is_any_running(self, workspace: Place) -> bool:
        """Whether one of the newest runs goes on; their ids begin with the time."""
        newest = sorted(folders(self._store, Layout(workspace).runs), reverse=True)[:_NEWEST]
        return any(one.state is RunState.RUNNING for one in at_once(lambda run: self.summary(workspace, run), newest))

    def summaries(self, workspace: Place) -> tuple[RunSummary, ...]:
        """All runs, newest first; a record that cannot be read gives a summary that says so.

        A run counts from when the server took its first record, or from when it says it began, if that is earlier: one
        whose clock is ahead does not stay on top, and a copied workspace keeps its order.
        """
        recorded = self._recorded(workspace)
        found = at_once(lambda run_id: self.summary(workspace, run_id, recorded[run_id]), list(recorded))
        return tuple(sorted(found, key=lambda one: (min(recorded[one.run_id], one.started), one.run_id), reverse=True))

    def _recorded(self, workspace: Place) -> dict[str, datetime]:
        """When the server took the first record of each run."""
        place = Layout(workspace).runs
        found: dict[str, float] = {}
        token: str | None = None
        while True:
            page = self._store.list_page(place, token=token, is_recursive=True)
            for key, modified in zip(page.keys, page.modified, strict=True):
                run_id, slash, _ = key[len(place.prefix) :].partition("/")
                if run_id and slash:
                    found[run_id] = min(modified, found.get(run_id, modified))
            token = page.next
            if token is None:
                return {run_id: datetime.fromtimestamp(seconds, UTC) for run_id, seconds in found.items()}

    def summary(self, workspace: Place, run_id: str, recorded: datetime | None = None) -> RunSummary:
        """One run, as a list shows it; a record that cannot be read gives a summary that says so.

        `recorded` is when the server took its first record, where that is known.
        """
        key = Layout(workspace).run_result(run_id)
        if key in self._ended:
            return self._ended[key]
        try:
            result = self.result(workspace, run_id)
            if result is not None:
                self._ended[key] = summary_of(result)
                return self._ended[key]
            start = self.start(workspace, run_id)
            if start is None:
                raise NotFound("Its spec.json is missing")
            return self._of_start(workspace, start, recorded)
        except (NotFound, NotSupported, StrangeAnswer) as error:
            return _unreadable(run_id, error)

    def _of_start(self, workspace: Place, start: RunStart, recorded: datetime | None) -> RunSummary:
        recorded = recorded or self._store.facts(Layout(workspace).run_spec(start.run_id)).modified
        sign = self._newest_sign(workspace, start.run_id, recorded)
        state = state_without_result(sign, self._now())
        until = self._now() if state is RunState.RUNNING else sign
        lost = f"Nothing was heard from {start.host} for over {LOST_AFTER_S:.0f} s, and it wrote no result"
        return RunSummary(
            run_id=start.run_id,
            name=start.spec.name,
            state=state,
            started=start.started,
            elapsed_s=max(0.0, (until - min(recorded, start.started)).total_seconds()),
            host=start.host,
            data=start.data,
            estimator=start.spec.estimator.family,
            reason=lost if state is RunState.LOST else "",
        )

    def _newest_sign(self, workspace: Place, run_id: str, recorded: datetime) -> datetime:
        """When the newest chunk was written; when its first record was, if there is none."""
        newest = recorded
        token: str | None = None
        while True:
            page = self._store.list_page(Layout(workspace).training_chunks(run_id), token=token)
            if page.modified:
                newest = max(newest, datetime.fromtimestamp(max(page.modified), UTC))
            token = page.next
            if token is None:
                return newest

    def _body(self, key: ObjectKey) -> bytes | None:
        try:
            return self._store.read(key)
        except NotFound:
            return None


def summary_of(result: RunResult) -> RunSummary:
    """A run that is over, as a list shows it."""
    return RunSummary(
        run_id=result.run_id,
        name=result.name,
        state=result.state,
        started=result.started,
        elapsed_s=(result.ended - result.started).total_seconds(),
        host=result.host,
        data=result.inputs.get("data"),
        estimator=result.estimator.rpartition(".")[2] or result.spec.estimator.family,
        model=result.model,
        metrics=result.metrics,
        headline=headline_text(result.headline, result.metrics),
        reason=result.reason,
        perfect_features=tuple(result.perfect_features),
    )


def _unreadable(run_id: str, error: S3mlError) -> RunSummary:
    return RunSummary(run_id, name="", state=RunState.FAILED, started=_started(run_id), reason=error.sentence)


def _started(run_id: str) -> datetime:
    """The minute in a run's id; the epoch when it has none."""
    match = _STARTED.fullmatch(run_id)
    try:
        return datetime.strptime(match[1] if match else "", "%Y%m%d-%H%M").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
