"""The Pipeline screen: its states, the spec, and a run from plan to end."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.events import Kind, Level, Stage
from s3ml_tui.domain.runs import RunState
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.pipeline_watching import FollowedWatch
from s3ml_tui.ui.widgets.metrics import MetricRows
from s3ml_tui.ui.widgets.notice import Pane
from s3ml_tui.ui.widgets.spec_rows import SpecRows
from s3ml_tui.ui.widgets.stages_progress import StepState
from tests.ui.harness import has, screen_text, until, until_shown
from tests.ui.pipeline_app import LAYOUT, WORKSPACE, Lab, PipelineApp, event, finished, stage_events

SIZE = (120, 36)
SMALL = (80, 24)
DATA = {"data": "dataset/raw/churn.csv"}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def steps(app: PipelineApp) -> list[StepState]:
    shown = app.pipeline.query_one(FollowedWatch).shown
    assert shown is not None
    return [step.state for step in shown.progress.steps]


def form_values(app: PipelineApp) -> dict[str, object]:
    return app.pipeline.query_one(SpecRows).form.values


# states ------------------------------------------------------------------------------------------------------------


async def test_before_there_is_a_session_it_says_what_it_waits_for(tmp_path: Path) -> None:
    import threading

    gate = threading.Event()
    lab = Lab(tmp_path)

    def open_slowly(_: Context) -> Services:
        gate.wait(10)
        return lab.services

    app = PipelineApp(open_slowly, Context(workspace=WORKSPACE.uri))
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "Loading the session")
        gate.set()
        await until_shown(pilot, "Spec ▸ new", "needed")


async def test_without_a_workspace_it_says_so_and_what_makes_one(tmp_path: Path) -> None:
    lab = Lab(tmp_path, has_workspace=False)
    async with lab.app.run_test(size=SIZE, notifications=True) as pilot:
        await until_shown(pilot, "no workspace", "s3ml init")
        await pilot.press("S")
        await until_shown(pilot, "There is no workspace here")
        assert not lab.launcher.jobs


async def test_a_server_that_does_not_answer_is_said_and_r_recovers(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    answers: list[Services | Unreachable] = [Unreachable("Nobody answers at :1", advice="Start it"), lab.services]

    def connect(_: Context) -> Services:
        answer = answers.pop(0)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    app = PipelineApp(connect, Context(workspace=WORKSPACE.uri))
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "Nobody answers", "R asks again")
        assert app.pipeline.query_one("#spec-pane", Pane).state == "unreachable"
        await pilot.press("R")
        await until_shown(pilot, "needed")


async def test_in_a_read_only_context_nothing_is_started(tmp_path: Path) -> None:
    lab = Lab(tmp_path, read_only=True)
    async with lab.app.run_test(size=SIZE, notifications=True) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill({**DATA, "name": "churn", "target": "churned"})
        await pilot.press("G", "enter")
        await until_shown(pilot, "read-only")
        assert not lab.launcher.jobs


# the spec ----------------------------------------------------------------------------------------------------------


async def test_from_data_the_columns_are_read_and_target_and_name_guessed(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill(DATA)
        await until_shown(pilot, "churned  guessed", "churn  guessed", "Spec ▸ churn")
        assert form_values(lab.app) == {**DATA, "target": "churned", "name": "churn"}


async def test_data_that_cannot_be_read_is_doubted_in_its_row(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill({"data": "dataset/raw/none.csv"})
        await pilot.press("j")
        await until_shown(pilot, "data: There is no", "none.csv")


async def test_rows_are_edited_and_a_wrong_value_is_refused_in_the_dialog(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill(DATA)
        await until_shown(pilot, "churned  guessed")
        spec = lab.app.pipeline.query_one(SpecRows)
        row = [spec.row(index)[0] for index in range(spec.row_count)]
        assert len(row) == 19
        spec.cursor = 11  # test_size
        await pilot.press("enter", *"nan", "enter")
        await until_shown(pilot, "split.test_size: must be")
        await pilot.press("ctrl+u", *"-1", "enter")
        await until_shown(pilot, "must be greater than or equal to 0")
        await pilot.press("ctrl+u", *"0.3", "enter")
        await until(pilot, lambda: form_values(lab.app).get("split.test_size") == 0.3)
        spec.cursor = 14  # params
        await pilot.press("enter", *"C=1.5, kernel='linear'", "enter")
        await until(pilot, lambda: form_values(lab.app).get("estimator.params") == {"C": 1.5, "kernel": "linear"})
        spec.cursor = 7  # scale
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: form_values(lab.app).get("features.scale") is True)
        spec.cursor = 6  # exclude, of the columns
        await pilot.press("enter")
        await until_shown(pilot, "space marks")
        await pilot.press("down", "space", "enter")
        await until(pilot, lambda: form_values(lab.app).get("features.exclude") == ["plan"])
        spec.cursor = 13  # estimator
        await pilot.press("enter", "down", "down", "enter")
        await until(pilot, lambda: form_values(lab.app).get("estimator.family") == "random_forest")
        spec.cursor = 3  # target, of the columns
        await pilot.press("enter", "enter")
        await until(pilot, lambda: form_values(lab.app).get("target") == "age")
        await pilot.press("escape")


async def test_data_and_version_are_chosen_of_what_is_there(lab: Lab) -> None:
    lab.store.write(WORKSPACE.key("dataset/raw/churn.csv"), b"x,y\n1,2\n")
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        await pilot.press("j", "enter")
        await until_shown(pilot, "Another: type")
        await pilot.press("enter")
        await until_shown(pilot, "y  guessed")
        await pilot.press("j", "enter")
        await until_shown(pilot, "newest, whatever")
        await pilot.press("end", "enter")
        await until_shown(pilot, "churned  guessed")
        assert form_values(lab.app)["version_id"]


async def test_an_unfinished_spec_is_not_started_and_says_what_is_wrong_where(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE, notifications=True) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill({"name": "churn", "target": "churned", "split": {"test_size": -1}, "nonsense": 1})
        await until_shown(pilot, "✗ must be greater")
        await pilot.press("S")
        await until_shown(pilot, "data: field required")
        assert lab.app.pipeline.query_one(SpecRows).cursor == 1


async def test_a_spec_is_saved_and_loaded(lab: Lab) -> None:
    path = lab.folder / "churn.toml"
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill({**DATA, "name": "churn", "target": "churned", "cv": 5, "estimator": {"family": "svc"}})
        await pilot.press("ctrl+w", "ctrl+u", *str(path), "enter")
        await until(pilot, path.exists)
        lab.app.pipeline.fill({**DATA, "name": "other", "target": "age"})
        await pilot.press("ctrl+o", *str(path), "enter")
        await until_shown(pilot, "Spec ▸ churn")
        assert form_values(lab.app)["cv"] == 5
        await pilot.press("ctrl+w", "ctrl+u", *str(path), "enter")
        await until_shown(pilot, "is there already")
        await pilot.press("escape", "ctrl+o", *"/nowhere.toml", "enter")
        await until_shown(pilot, "There is no spec /nowhere.toml")


# a run -------------------------------------------------------------------------------------------------------------


async def started(lab: Lab, pilot: object) -> None:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await until_shown(pilot, "Spec ▸")
    await until(pilot, lambda: lab.app.pipeline.workspace is not None)
    lab.app.pipeline.fill(DATA)
    await until_shown(pilot, "guessed")
    count = len(lab.launcher.jobs)
    await pilot.press("S")
    await until_shown(pilot, "Train churn")
    await pilot.press("enter")
    await until(pilot, lambda: len(lab.launcher.jobs) == count + 1)
    await until_shown(pilot, lab.launcher.name())


async def test_a_run_is_planned_started_watched_and_its_model_and_metrics_shown(lab: Lab) -> None:
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        job = lab.launcher.jobs[0]
        assert isinstance(job, TrainingJob)
        assert job.spec.target == "churned"
        assert app.pipeline.run_to_cancel() == (WORKSPACE, job.run_id)
        assert [outcome.title for outcome in app.outcomes] == [f"Started run {job.run_id}"]
        lab.launcher.say(
            *stage_events(Stage.PREPARE, Stage.SPLIT), event("Train started", Stage.TRAIN, Kind.STAGE_STARTED)
        )
        lab.launcher.say(event("Fold 3 of 5", Stage.TRAIN, Kind.PROGRESS, done=3, total=5))
        await until_shown(pilot, "60%", "Fold 3 of 5", "running")
        assert steps(app) == [StepState.DONE] * 2 + [StepState.RUNNING] + [StepState.WAITING] * 2
        lab.launcher.say(*stage_events(Stage.TRAIN, Stage.EVALUATE, Stage.PUBLISH))
        lab.launcher.say(finished(RunState.SUCCEEDED, model="models/v1"))
        lab.write_result()
        lab.launcher.die()
        await until_shown(pilot, "models/v1 — roc_auc 0.971", "accuracy", "succeeded")
        assert steps(app) == [StepState.DONE] * 5
        first = app.pipeline.query_one(MetricRows).row(0)
        assert [cell if isinstance(cell, str) else cell.text for cell in first][:2] == ["roc_auc", "0.9712"]
        assert app.pipeline.run_to_cancel() is None
        assert app.outcomes[0].title == f"Run {job.run_id} succeeded: models/v1"
        await pilot.press("o")
        await until_shown(pilot, "Model models/v1", "Test rows", "Log: ")
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.went))
        assert app.went[0].place == LAYOUT.model(1)


async def test_a_failed_run_keeps_its_reason_in_sight(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        lab.launcher.say(event("Prepare started", Stage.PREPARE, Kind.STAGE_STARTED))
        lab.launcher.say(finished(RunState.FAILED, "The target churned has one class only"))
        lab.write_result(RunState.FAILED, "The target churned has one class only")
        lab.launcher.die()
        await until_shown(pilot, "The target churned has one class only", "S starts another", "failed")
        assert steps(lab.app)[0] is StepState.FAILED
        assert lab.app.outcomes[0].title.endswith("failed")


async def test_a_process_that_dies_without_a_word_is_lost_and_its_last_words_are_shown(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        lab.launcher.say(event("Prepare started", Stage.PREPARE, Kind.STAGE_STARTED))
        lab.launcher.die("MemoryError: \x1b[31mno room")
        await until_shown(pilot, "Its process died: MemoryError", "lost")
        assert "\x1b[31mno" not in screen_text(lab.app)


async def test_cancelling_asks_and_the_stages_say_so(lab: Lab) -> None:
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        lab.write_start()
        lab.launcher.say(event("Prepare started", Stage.PREPARE, Kind.STAGE_STARTED))
        await until(pilot, lambda: steps(app)[0] is StepState.RUNNING)
        await pilot.press("ctrl+k")
        await until(pilot, lambda: app.screen is not app.pipeline)
        lab.launcher.die()
        await pilot.press("y")
        await until_shown(pilot, "cancelled by the user", "⊘")
        assert steps(app)[0] is StepState.CANCELLED
        assert app.pipeline.run_to_cancel() is None


async def test_a_second_run_is_shown_while_the_first_ends_unseen(lab: Lab) -> None:
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        first = lab.launcher.name(0)
        await started(lab, pilot)
        second = lab.launcher.name(1)
        lab.launcher.say(*stage_events(*Stage), finished(RunState.SUCCEEDED, model="models/v1"), number=0)
        lab.write_result(number=0)
        lab.launcher.die(number=0)
        await until(pilot, lambda: app.outcomes[0].title.startswith(f"Run {first} succeeded"))
        assert steps(app) == [StepState.WAITING] * 5
        assert app.pipeline.run_to_cancel() == (WORKSPACE, second)


async def test_it_goes_on_while_the_user_looks_elsewhere(lab: Lab) -> None:
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        await app.switch_mode("elsewhere")
        lab.launcher.say(*stage_events(*Stage), finished(RunState.SUCCEEDED, model="models/v1"))
        lab.write_result()
        lab.launcher.die()
        await until(pilot, lambda: "succeeded" in app.outcomes[0].title)
        await app.switch_mode("pipeline")
        await until_shown(pilot, "models/v1 — roc_auc 0.971", "publish is done")


async def test_data_that_is_not_there_is_trouble_with_what_to_do(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        lab.app.pipeline.fill({"name": "churn", "data": "dataset/raw/chrun.csv", "target": "churned"})
        await pilot.press("S")
        await until_shown(pilot, "There is no s3://lab/ml/dataset/raw/chrun.csv", "Did you mean")
        await pilot.press("escape")
        await until_shown(pilot, "Spec ▸ churn")
        assert not lab.launcher.jobs


async def test_a_record_that_may_not_be_read_is_said_and_the_state_of_the_log_stays(lab: Lab) -> None:
    def refuse(verb: str, address: str) -> None:
        if address.endswith("result.json"):
            raise Denied("You may not read result.json", action="s3:GetObject", advice="Ask for s3:GetObject")

    async with lab.app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        lab.store.before = refuse
        lab.launcher.say(*stage_events(*Stage), finished(RunState.SUCCEEDED, model="models/v1"))
        lab.launcher.die()
        await until_shown(pilot, "succeeded", "You may not read result.json")


# predictions -------------------------------------------------------------------------------------------------------


async def test_a_prediction_asks_for_model_and_data_and_shows_what_it_made(lab: Lab) -> None:
    lab.write_model()
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        await pilot.press("P")
        await until_shown(pilot, "Predict with", "models/v1")
        await pilot.press("enter")
        await until_shown(pilot, "Another: type")
        await pilot.press("enter")
        await until_shown(pilot, "Predict with models/v1")
        await pilot.press("enter")
        await until(pilot, lambda: bool(lab.launcher.jobs))
        lab.launcher.say(event("Batch with models/v1", None, Kind.RUN_STARTED))
        await until_shown(pilot, "● predict")
        lab.write_batch()
        lab.launcher.say(finished(RunState.SUCCEEDED, model="models/v1"))
        lab.launcher.die()
        batch = lab.launcher.name()
        await until_shown(pilot, "40 rows predicted with models/v1", f"outputs/predictions/{batch}")
        assert app.outcomes[0].title == f"Prediction {batch} succeeded: models/v1"
        await pilot.press("o", "enter")
        await until(pilot, lambda: bool(app.went))
        assert app.went[0].place == LAYOUT.predictions(batch)


async def test_a_prediction_wanted_before_there_is_a_session_waits_for_it(lab: Lab) -> None:
    lab.write_model()
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.pipeline.predict("models/v1", WORKSPACE.key("dataset/raw/churn.csv"))
        await until_shown(pilot, "Predict with models/v1", "churn.csv")
        await pilot.press("escape")


async def test_without_a_model_predicting_says_so(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        await pilot.press("P")
        await until_shown(pilot, "There is no model version to predict with")


# the small terminal ------------------------------------------------------------------------------------------------


async def test_at_80x24_spec_stages_figures_and_log_are_all_there(lab: Lab) -> None:
    async with lab.app.run_test(size=SMALL) as pilot:
        await started(lab, pilot)
        lab.launcher.say(*stage_events(*Stage), finished(RunState.SUCCEEDED, model="models/v1"))
        lab.write_result()
        lab.launcher.die()
        await until_shown(pilot, "models/v1 — roc_auc", "publish", "0.9712", "target")
        assert has(lab.app, "publish is done")


async def test_a_line_of_the_log_opens_whole_and_f_follows(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("f")
        await started(lab, pilot)
        lab.launcher.say(event("A warning " + "x" * 150 + " end of it", Stage.TRAIN), event("last"))
        await until_shown(pilot, "last")
        log = lab.app.pipeline.query_one(FollowedWatch).log_view
        log.focus()
        await pilot.press("k")
        await until_shown(pilot, "paused")
        await pilot.press("enter")
        await until_shown(pilot, "end of it")
        await pilot.press("escape", "f")
        await until_shown(pilot, "following")
        assert log.event_at(0).level is Level.INFO
