"""Pipeline: a run from plan to end, predictions, the small terminal."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.ml.events import Kind, Level, Stage
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.services.processes.launch import TrainingLauncher
from s3ml_tui.ui.pipeline.follow import POLL_S
from s3ml_tui.ui.pipeline.metrics import MetricRows
from s3ml_tui.ui.pipeline.run_pane import FollowedWatch
from s3ml_tui.ui.pipeline.stages import StepState
from tests.services.arranged import DOUBLE, alive_in
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


# a run -------------------------------------------------------------------------------------------------------------


async def started(lab: Lab, pilot: Pilot[int]) -> None:
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
        assert [outcome.title for outcome in app.changes.outcomes] == [f"Started run {job.run_id}"]
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
        assert app.changes.outcomes[0].title == f"Run {job.run_id} succeeded: models/v1"
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
        assert lab.app.changes.outcomes[0].title.endswith("failed")


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
        await until_shown(pilot, "cancelled by", "⊘")
        assert steps(app)[0] is StepState.CANCELLED
        assert app.pipeline.run_to_cancel() is None


async def test_a_run_whose_record_comes_after_its_end_is_not_lost(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await started(lab, pilot)
        lab.launcher.say(event("Prepare started", Stage.PREPARE, Kind.STAGE_STARTED))
        lab.launcher.die()
        await pilot.pause(2 * POLL_S)  # its process is seen to be gone
        lab.write_result(RunState.CANCELLED, "cancelled on another machine")
        await until_shown(pilot, "cancelled on another machine", "⊘")
        assert not has(lab.app, "Its process died")


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
        await until(pilot, lambda: app.changes.outcomes[0].title.startswith(f"Run {first} succeeded"))
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
        await until(pilot, lambda: "succeeded" in app.changes.outcomes[0].title)
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
        assert app.changes.outcomes[0].title == f"Prediction {batch} succeeded: models/v1"
        await pilot.press("o", "enter")
        await until(pilot, lambda: bool(app.went))
        assert app.went[0].place == LAYOUT.predictions(batch)


async def test_a_prediction_wanted_before_there_is_a_session_waits_for_it(lab: Lab) -> None:
    lab.write_model()
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.pipeline.predict("models/v1", WORKSPACE.key("dataset/raw/churn.csv"))
        await until_shown(pilot, "Predict with models/v1", "churn.csv")
        await pilot.press("escape")


async def test_a_model_of_unknown_origin_is_asked_about_once_and_not_loaded_without_a_yes(lab: Lab) -> None:
    lab.write_model(is_trusted=False)
    app, data = lab.app, WORKSPACE.key("dataset/raw/churn.csv")
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        app.pipeline.predict("models/v1", data)
        await until_shown(pilot, "Trust models/v1?", "runs whatever its maker", "Somebody may have put it there")
        await pilot.press("enter")  # Cancel has the focus
        await until(pilot, lambda: app.screen is app.pipeline)
        assert not lab.launcher.jobs
        app.pipeline.predict("models/v1", data)
        await until_shown(pilot, "Trust models/v1?")
        await pilot.press("y")
        await until_shown(pilot, "Predict with models/v1", "churn.csv")
        await pilot.press("enter")
        await until(pilot, lambda: len(lab.launcher.jobs) == 1)
        app.pipeline.predict("models/v1", data)
        await until_shown(pilot, "Predict with models/v1", "churn.csv")
        await pilot.press("escape")


async def test_a_prediction_is_cancelled_with_the_cancel_key_and_leaves_nothing_alive(tmp_path: Path) -> None:
    program = DOUBLE[2].replace('job["model"]', '"patient"')
    lab = Lab(tmp_path, launcher=TrainingLauncher((DOUBLE[0], "-c", program)))
    lab.write_model()
    app = lab.app
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "needed")
        app.pipeline.predict("models/v1", WORKSPACE.key("dataset/raw/churn.csv"))
        await until_shown(pilot, "Predict with models/v1", "churn.csv")
        await pilot.press("enter")
        await until_shown(pilot, "● predict", "ready")
        (batch,) = lab.services.predictions.running_here()
        assert alive_in(batch.pid) == [batch.pid]
        assert app.changes.outcomes[0].no_undo.endswith("k cancels it.")
        await pilot.press("ctrl+k")
        await until_shown(pilot, f"Cancel prediction {batch.batch_id}", "without a manifest")
        await pilot.press("y")
        await until_shown(pilot, f"prediction {batch.batch_id} · cancelled", "cancelled by", "P starts it again")
        assert alive_in(batch.pid) == []
        assert app.pipeline.plan_to_cancel() is None
        assert lab.store.read(LAYOUT.inference_log(batch.batch_id))


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
