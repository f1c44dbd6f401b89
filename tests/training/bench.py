"""A workbench: data into a store in memory, a spec through the whole process, and what came of it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.events import Event, Kind, Level, parse_line
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.job import PredictionJob, TrainingJob
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.records.spec import spec_from
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.exit import Farewell
from s3ml_tui.training.predict import run_prediction
from s3ml_tui.training.run import run_training
from tests.doubles import MemoryStore

ROOT = Place("bench", "team/")
QUICK = {"estimator": {"family": "decision_tree"}}
"""For tests that are about something else."""


def csv_of(frame: pd.DataFrame) -> bytes:
    """The frame as CSV."""
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()


@dataclass
class Bench:
    """One workspace in memory."""

    store: MemoryStore = field(default_factory=lambda: MemoryStore("bench"))
    layout: Layout = field(default_factory=lambda: Layout(ROOT))
    stop: Stop = field(default_factory=Stop)
    events: list[Event] = field(default_factory=list)
    runs: int = 0

    def put(self, name: str, body: bytes) -> Pin:
        """Data of the user's; its pin as a plan has it, not read yet."""
        return self.pin(self.store.write(ROOT.key(f"dataset/raw/{name}"), body).key)

    def pin(self, key: ObjectKey) -> Pin:
        """The current version of an object, not read yet."""
        facts = self.store.facts(key)
        return Pin(key.uri, facts.version_id, facts.etag, "", facts.size)

    def train(self, data: Pin, **spec: Any) -> RunResult:
        """A run; its record."""
        self.last_word(data, **spec)
        return self.result(f"run{self.runs}")

    def last_word(self, data: Pin, **spec: Any) -> Farewell:
        """A run; how it ended."""
        self.runs += 1
        self.events.clear()
        document = {"name": "bench", "data": data.uri} | spec
        job = TrainingJob(
            context=Context(),
            workspace=ROOT.uri,
            data=data,
            run_id=f"run{self.runs}",
            spec=spec_from(document),
        )
        return run_training(job, self.store, self.journal(), self.stop, now)

    def predict(self, data: Pin, model: str = "models/v1", batch_id: str = "batch1") -> Farewell:
        """A batch of predictions; how it ended."""
        self.events.clear()
        job = PredictionJob(context=Context(), workspace=ROOT.uri, data=data, batch_id=batch_id, model=model)
        return run_prediction(job, self.store, self.journal(), self.stop, now)

    def journal(self) -> Journal:
        return Journal([lambda line: self.events.append(parse_line(line))])

    def result(self, run_id: str) -> RunResult:
        return RunResult.from_bytes(self.store.read(self.layout.run_result(run_id)), run_id)

    def manifest(self, number: int) -> Manifest:
        return Manifest.from_bytes(self.store.read(self.layout.model_manifest(number)), str(number))

    def log(self, run_id: str) -> list[Event]:
        body = self.store.read(self.layout.training_log(run_id)).decode()
        return [parse_line(line) for line in body.splitlines()]

    def kinds(self) -> list[Kind]:
        return [event.kind for event in self.events if event.kind is not Kind.LOG]

    def said(self, level: Level) -> str:
        return "\n".join(event.message for event in self.events if event.level is level)

    def exists(self, key: ObjectKey) -> bool:
        return key.key in self.store.keys(ROOT)


def now() -> datetime:
    return datetime.now(UTC)


def when(verb: str, part: str, do: Callable[[], None]) -> Callable[[str, str], None]:
    """A hook of the store: `do` once a request with this verb names an address with `part` in it."""

    def hook(asked: str, address: str) -> None:
        if asked == verb and part in address:
            do()

    return hook


def write(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path
