"""The one door: every plan finds its service, and closing lets go."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, NotSupported, ReadOnly
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.job import PredictionJob, TrainingJob
from s3ml_tui.services.processes.launch import Launched, Launcher, TrainingLauncher
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.arranged import DATA, DOUBLE, WORKSPACE, memory, planned, publish, spec
from tests.services.memory import Clock, bodies


@dataclass
class RecordingLauncher:
    """Starts nothing and remembers what it was to start."""

    jobs: list[TrainingJob | PredictionJob] = field(default_factory=list)

    def launch(self, job: TrainingJob | PredictionJob, folder: Path) -> Launched:
        self.jobs.append(job)
        return Launched(4242, 1.0, folder / "output")

    def is_alive(self, pid: int, process_started: float) -> bool:
        return False


def session(
    store: MemoryStore, folder: Path, context: Context | None = None, launcher: Launcher | None = None
) -> Services:
    at = context or Context()
    return Services(store, at, Clock(), runs_folder=folder, launcher=launcher or RecordingLauncher())


def with_models(store: MemoryStore, *numbers: int) -> MemoryStore:
    publish(store, *numbers)
    return store


def test_objects_and_versions_are_performed_and_undone_through_it(tmp_path: Path) -> None:
    store = memory()
    services = session(store, tmp_path)
    key = WORKSPACE.key("dataset/raw/a.csv")
    path = tmp_path / "a.csv"
    for body in (b"first", b"second"):
        path.write_bytes(body)
        services.perform(services.objects.plan_upload(path, key))
    history = services.versions.whole_history(key)
    outcome = services.perform(services.versions.plan_bring_back(history, history.versions[1]))
    assert bodies(store, key) == [b"first", b"second", b"first"]
    assert outcome.undo is not None
    services.perform(outcome.undo)
    deleted = services.perform(services.objects.plan_delete(key))
    services.perform(services.versions.plan_undelete(services.versions.whole_history(key)))
    assert bodies(store, key) == [b"second", b"first", b"second", b"first"]
    assert deleted.title == "Deleted a.csv"


def test_a_download_is_an_outcome_with_its_digest_and_nothing_to_undo(tmp_path: Path) -> None:
    store = memory()
    services = session(store, tmp_path)
    plan = services.objects.plan_download(WORKSPACE.key("dataset/raw/churn.csv"), tmp_path)
    moved: list[int] = []
    outcome = services.perform(plan, progress=moved.append)
    assert (tmp_path / "churn.csv").read_bytes() == b"a,churned\n1,0\n"
    assert sum(moved) == len(b"a,churned\n1,0\n")
    assert outcome.title == "Downloaded churn.csv"
    assert outcome.undo is None
    assert any(sentence.startswith("sha256 ") for sentence in outcome.details)


def test_a_workspace_is_made_through_it(tmp_path: Path) -> None:
    services = session(MemoryStore(), tmp_path)
    outcome = services.perform(services.workspaces.plan_make(Place("acme")))
    assert outcome.title == "Made the workspace s3://acme/"
    again = services.perform(services.workspaces.plan_make(Place("acme")))
    assert again.details == ("s3://acme/ is a workspace already.",)


def test_a_run_is_started_through_it(tmp_path: Path) -> None:
    launcher = RecordingLauncher()
    services = session(memory(), tmp_path, launcher=launcher)
    outcome = services.perform(services.runs.plan_start(spec(), WORKSPACE))
    (job,) = launcher.jobs
    assert isinstance(job, TrainingJob)
    assert outcome.title == f"Started run {job.run_id}"
    assert "4242" in outcome.details[0]
    assert outcome.no_undo


def test_a_prediction_is_started_through_it(tmp_path: Path) -> None:
    launcher = RecordingLauncher()
    services = session(with_models(memory(), 1), tmp_path, launcher=launcher)
    outcome = services.perform(planned(services.predictions))
    (job,) = launcher.jobs
    assert isinstance(job, PredictionJob)
    assert outcome.title == f"Started prediction {job.batch_id}"


class LastingLauncher(RecordingLauncher):
    """What it was to start goes on."""

    def is_alive(self, pid: int, process_started: float) -> bool:
        return True


def test_what_goes_on_is_told_as_the_plans_that_cancel_it(tmp_path: Path) -> None:
    services = session(with_models(memory(), 1), tmp_path, launcher=LastingLauncher())
    assert services.going_on() == ()
    services.perform(services.runs.plan_start(spec(), WORKSPACE))
    services.perform(planned(services.predictions))
    run, batch = services.going_on()
    assert (run.name[:4], run.title) == ("run ", f"Cancel {run.name}")
    assert (batch.name[:11], batch.title) == ("prediction ", f"Cancel {batch.name}")


def test_a_prediction_is_cancelled_through_it(tmp_path: Path) -> None:
    program = DOUBLE[2].replace('job["model"]', '"patient"')
    services = session(with_models(memory(), 1), tmp_path, launcher=TrainingLauncher((DOUBLE[0], "-c", program)))
    services.perform(planned(services.predictions))
    (batch,) = services.going_on()
    assert services.perform(batch).title == f"Cancelled {batch.name}"
    assert services.going_on() == ()


def test_an_alias_is_moved_and_moved_back_through_it(tmp_path: Path) -> None:
    services = session(with_models(memory(), 1, 2), tmp_path)
    services.perform(services.models.plan_promote(WORKSPACE, "champion", 1))
    outcome = services.perform(services.models.plan_promote(WORKSPACE, "champion", 2))
    assert [alias.number for alias in services.models.aliases(WORKSPACE)] == [2]
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert [alias.number for alias in services.models.aliases(WORKSPACE)] == [1]


def test_nothing_to_do_is_done_by_saying_so(tmp_path: Path) -> None:
    outcome = session(MemoryStore(), tmp_path).perform(NothingToDo("Delete a.csv", "It was deleted already."))
    assert outcome.details == ("It was deleted already.",)
    assert outcome.undo is None
    assert outcome.no_undo == "Nothing was changed."


class Unheard(Plan):
    """A plan no service knows."""

    title, affirmative = "Fly", "Fly"

    def sentences(self) -> tuple[str, ...]:
        return ("Up.",)


def test_a_plan_no_service_knows_is_refused(tmp_path: Path) -> None:
    plan = Unheard()
    assert isinstance(plan, Plan)
    with pytest.raises(NotSupported, match="Fly cannot be performed"):
        session(MemoryStore(), tmp_path).perform(plan)


def test_a_read_only_session_performs_no_change_of_any_kind(tmp_path: Path) -> None:
    store = with_models(memory(), 1)
    path = tmp_path / "a.csv"
    path.write_bytes(b"x")
    services = session(store, tmp_path, Context(name="prod", read_only=True))
    data = WORKSPACE.key("dataset/raw/churn.csv")
    plans: list[Plan] = [
        services.objects.plan_upload(path, data),
        services.objects.plan_delete(data),
        services.workspaces.plan_make(Place("acme")),
        services.runs.plan_start(spec(), WORKSPACE),
        services.predictions.plan(WORKSPACE, "v1", data),
        services.models.plan_promote(WORKSPACE, "champion", 1),
    ]
    store.requests.clear()
    for plan in plans:
        assert plan.changes_anything
        with pytest.raises(ReadOnly, match="read-only"):
            services.perform(plan)
    assert store.requests == []


def test_closing_lets_go_of_the_connection(tmp_path: Path) -> None:
    store = MemoryStore()
    session(store, tmp_path).close()
    assert store.is_closed


def test_what_a_change_will_ask_is_asked_without_waiting(tmp_path: Path) -> None:
    store = memory()
    asked, may_answer = threading.Event(), threading.Event()

    def hold(verb: str, _address: str) -> None:
        if verb == "versioning":
            asked.set()
            assert may_answer.wait(30)

    store.before = hold
    session(store, tmp_path).foresee(WORKSPACE.bucket)
    assert asked.wait(30)
    may_answer.set()


def test_versioning_that_was_suspended_since_the_plan_stops_whoever_would_lose_by_it(tmp_path: Path) -> None:
    store = memory()
    services = session(store, tmp_path)
    delete = services.objects.plan_delete(DATA)
    file = tmp_path / "new.csv"
    file.write_bytes(b"new")
    on_top, new = services.objects.plan_upload(file, DATA), services.objects.plan_upload(file, WORKSPACE.key("new"))
    copy = services.copies.plan_object(DATA, WORKSPACE.key("copy"), is_move=True)
    store.suspend_versioning(WORKSPACE.bucket)
    for plan in (delete, on_top, copy):
        with pytest.raises(Conflict, match="keeps no versions any more"):
            services.perform(plan)
    services.perform(new)
    assert store.read(DATA) == b"a,churned\n1,0\n"
    assert store.read(WORKSPACE.key("new")) == b"new"


def test_tags_that_were_changed_here_are_asked_for_again(tmp_path: Path) -> None:
    store = memory()
    services = session(store, tmp_path)
    current = next(services.versions.history(DATA)).versions[0]
    assert [known.tags for _, known in services.backgrounds.of([current])] == [None]
    plan = services.tagging.plan(DATA, {"team": "a"})
    services.perform(plan)
    assert [known.tags for _, known in services.backgrounds.of([current])] == [{"team": "a"}]
