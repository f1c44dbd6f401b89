"""A small app that holds Pipeline alone, over a store in memory and processes that are only pretended."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.screen import Screen

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.job import PredictionJob, TrainingJob
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.processes.end import this_host
from s3ml_tui.services.processes.launch import Launched, Launcher
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.pipeline.screen import PipelineScreen
from tests.doubles import MemoryStore
from tests.ui.harness import services_over

WORKSPACE = Place("lab", "ml/")
LAYOUT = Layout(WORKSPACE)
CHURN = b"age,plan,churned\n" + b"31,a,no\n52,b,yes\n" * 20
START_AT = 1_795_000_000.0
NO_PID = 4_190_000
"""No process has it."""


class PretendedLauncher:
    """Starts nothing: the test writes the process's output and says when it ends."""

    def __init__(self) -> None:
        self.jobs: list[TrainingJob | PredictionJob] = []
        self.outputs: list[Path] = []
        self.dead: set[int] = set()

    def launch(self, job: TrainingJob | PredictionJob, folder: Path) -> Launched:
        name = job.run_id if isinstance(job, TrainingJob) else job.batch_id
        folder.mkdir(parents=True, exist_ok=True)
        output = folder / f"{name}.jsonl"
        output.touch()
        self.jobs.append(job)
        self.outputs.append(output)
        return Launched(NO_PID + len(self.jobs), START_AT, output)

    def is_alive(self, pid: int, process_started: float) -> bool:
        return pid not in self.dead

    # what a test arranges ------------------------------------------------------------------------------------------

    def name(self, number: int = -1) -> str:
        job = self.jobs[number]
        return job.run_id if isinstance(job, TrainingJob) else job.batch_id

    def say(self, *events: Event, number: int = -1) -> None:
        with self.outputs[number].open("a") as file:
            file.writelines(event.line() + "\n" for event in events)

    def die(self, last_words: str = "", number: int = -1) -> None:
        if last_words:
            self.outputs[number].with_suffix(".err").write_text(last_words)
        self.dead.add(NO_PID + (len(self.jobs) if number == -1 else number + 1))


class PipelineApp(S3mlApp):
    """Pipeline over a session; plans, jobs, outcomes are the real app's."""

    MODES = {"pipeline": PipelineScreen, "elsewhere": Screen}  # noqa: RUF012 - as Textual declares it
    DEFAULT_MODE = "pipeline"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.went: list[messages.PlaceWanted] = []

    @property
    def pipeline(self) -> PipelineScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, PipelineScreen)
        return screen

    def begin_at(self, place: Place) -> None:
        self.pipeline.post_message(messages.WhereChanged(place))

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        self.went.append(messages.PlaceWanted(place, key))


class Lab:
    """A workspace with data in it, and the app over it."""

    def __init__(
        self, folder: Path, *, has_workspace: bool = True, read_only: bool = False, launcher: Launcher | None = None
    ) -> None:
        self.folder = folder
        self.store = MemoryStore("lab")
        self.launcher = PretendedLauncher()
        self.store.write(WORKSPACE.key("dataset/raw/churn.csv"), CHURN)
        if has_workspace:
            self.store.write(LAYOUT.workspace_record, b"{}")
        context = Context(workspace=WORKSPACE.uri, read_only=read_only)
        self.services = services_over(self.store, folder, context, launcher or self.launcher)
        self.app = PipelineApp(lambda _: self.services, context)

    def write_start(self) -> None:
        """What a run writes first."""
        job = self.launcher.jobs[-1]
        assert isinstance(job, TrainingJob)
        start = RunStart(
            run_id=job.run_id,
            started=now(),
            spec=job.spec,
            data=job.data,
            host=this_host(),
            pid=NO_PID,
            process_started=START_AT,
        )
        self.store.write(LAYOUT.run_spec(job.run_id), start.to_bytes())

    def write_result(self, state: RunState = RunState.SUCCEEDED, reason: str = "", number: int = -1) -> None:
        """What a run writes last."""
        job = self.launcher.jobs[number]
        assert isinstance(job, TrainingJob)
        is_good = state is RunState.SUCCEEDED
        result = RunResult(
            run_id=job.run_id,
            name=job.spec.name,
            state=state,
            reason=reason,
            started=now(),
            ended=now(),
            host="here",
            spec=job.spec,
            metrics={"accuracy": 0.91, "roc_auc": 0.9712} if is_good else {},
            headline="roc_auc" if is_good else "",
            outputs={"test": pin(LAYOUT.data("test", job.run_id)), "log": pin(LAYOUT.training_log(job.run_id))},
            model="models/v1" if is_good else None,
        )
        self.store.write(LAYOUT.run_result(job.run_id), result.to_bytes())

    def write_model(self, *, is_trusted: bool = True) -> None:
        """A complete models/v1."""
        made = Manifest(
            model="models/v1",
            run_id="20261123-1402-abcd",
            name="churn",
            created=now(),
            task="classification",
            estimator="sklearn.svm.SVC",
            target="churned",
            features=["age", "plan"],
            metrics={"roc_auc": 0.9},
            headline="roc_auc",
            data=pin(WORKSPACE.key("dataset/raw/churn.csv")),
            files={"model.joblib": pin(LAYOUT.model(1).key("model.joblib"))},
        )
        self.store.write(LAYOUT.model_claim(1), json.dumps({"claimant": "x", "claimed": now().isoformat()}).encode())
        self.store.write(LAYOUT.model_manifest(1), made.to_bytes())
        if is_trusted:
            plan = self.services.predictions.plan(WORKSPACE, "v1", WORKSPACE.key("dataset/raw/churn.csv"))
            assert plan.trust is not None
            self.services.predictions.trust(plan.trust)

    def write_batch(self) -> None:
        """What a prediction writes last."""
        batch_id = self.launcher.name()
        folder = LAYOUT.predictions(batch_id)
        made = BatchManifest(
            batch_id=batch_id,
            created=now(),
            model="models/v1",
            model_sha256="",
            data=pin(WORKSPACE.key("dataset/raw/churn.csv")),
            rows=40,
            outputs={"predictions.csv": pin(folder.key("predictions.csv"))},
            elapsed_s=1.5,
        )
        self.store.write(folder.key("MANIFEST.json"), made.to_bytes())


def now() -> datetime:
    return datetime.now(UTC)


def pin(key: ObjectKey) -> Pin:
    return Pin(key.uri, "1", "e", "", 1)


def event(message: str, stage: Stage | None = None, kind: Kind = Kind.LOG, **data: object) -> Event:
    return Event(now().timestamp(), message, Level.INFO, stage, kind, data)


def stage_events(*stages: Stage) -> list[Event]:
    """Whole stages."""
    found = []
    for stage in stages:
        found += [event(f"{stage} started", stage, Kind.STAGE_STARTED)]
        found += [event(f"{stage} is done", stage, Kind.STAGE_FINISHED, elapsed_s=0.4)]
    return found


def finished(state: RunState, reason: str = "", model: str | None = None) -> Event:
    return event(f"Run {state}", None, Kind.RUN_FINISHED, state=state.value, reason=reason, model=model)
