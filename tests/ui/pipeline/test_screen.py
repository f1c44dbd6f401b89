"""The Pipeline screen: its states, and the spec as rows."""

import threading
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.services.session import Services
from s3ml_tui.ui.pipeline.spec_fields import FIELDS, field_at
from s3ml_tui.ui.pipeline.spec_rows import SpecRows
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.ui.harness import paste, until, until_shown
from tests.ui.pipeline_app import WORKSPACE, Lab, PipelineApp

SIZE = (120, 36)
DATA = {"data": "dataset/raw/churn.csv"}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def form_values(app: PipelineApp) -> dict[str, object]:
    return app.pipeline.query_one(SpecRows).form.values


# states ------------------------------------------------------------------------------------------------------------


async def test_before_there_is_a_session_it_says_what_it_waits_for(tmp_path: Path) -> None:
    gate = threading.Event()
    lab = Lab(tmp_path)

    def open_slowly(_: Context) -> Services:
        gate.wait(60)
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
        assert len(row) == len(FIELDS) + 1 == 28
        spec.go_to(field_at("split.test_size"))
        await pilot.press("enter", *"nan", "enter")
        await until_shown(pilot, "split.test_size: must be")
        await pilot.press("ctrl+u", *"-1", "enter")
        await until_shown(pilot, "must be greater than or equal to 0")
        await pilot.press("ctrl+u", *"0.3", "enter")
        await until(pilot, lambda: form_values(lab.app).get("split.test_size") == 0.3)
        spec.go_to(field_at("estimator.params"))
        await pilot.press("enter", *"C=1.5, kernel='linear'", "enter")
        await until(pilot, lambda: form_values(lab.app).get("estimator.params") == {"C": 1.5, "kernel": "linear"})
        spec.go_to(field_at("features.scale"))
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: form_values(lab.app).get("features.scale") is True)
        spec.go_to(field_at("features.exclude"))
        await pilot.press("enter")
        await until_shown(pilot, "space marks")
        await pilot.press("down", "space", "enter")
        await until(pilot, lambda: form_values(lab.app).get("features.exclude") == ["plan"])
        spec.go_to(field_at("estimator.family"))
        await pilot.press("enter", "down", "down", "enter")
        await until(pilot, lambda: form_values(lab.app).get("estimator.family") == "random_forest")
        spec.go_to(field_at("target"))
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
        await pilot.press("ctrl+w", "ctrl+u")
        await paste(pilot, str(path))
        await pilot.press("enter")
        await until(pilot, path.exists)
        lab.app.pipeline.fill({**DATA, "name": "other", "target": "age"})
        await pilot.press("ctrl+o")
        await paste(pilot, str(path))
        await pilot.press("enter")
        await until_shown(pilot, "Spec ▸ churn")
        assert form_values(lab.app)["cv"] == 5
        await pilot.press("ctrl+w", "ctrl+u")
        await paste(pilot, str(path))
        await pilot.press("enter")
        await until_shown(pilot, "is there already")
        await pilot.press("escape", "ctrl+o", *"/nowhere.toml", "enter")
        await until_shown(pilot, "There is no spec /nowhere.toml")
