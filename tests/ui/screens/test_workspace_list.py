"""Runs and Models: each state is a sight of its own, R recovers, keys lead on."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.ml.runs import RunSummary
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.runs.screen import RunRows
from s3ml_tui.ui.screens import workspace_list
from s3ml_tui.ui.screens.workspace_list import ListScreen
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.services.arranged import LAYOUT, WORKSPACE
from tests.services.memory import refusing
from tests.ui.harness import at_rest, has, screen_text, until, until_shown
from tests.ui.lab import ELSEWHERE, HOSTILE, LARGE, SHOWN, SIZES, SMALL, Gate, Lab, dangerous_texts, to_mode

MODES = pytest.mark.parametrize(("key", "noun"), [("3", "Runs"), ("4", "Models")])
DOWN = Unreachable("Nobody answers at http://here", advice="Check that the server runs")


def state(pilot: Pilot[Any]) -> str:
    return pilot.app.screen.query_one("#list", Pane).state


def readings(screen: ListScreen[Any], monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """What is read from now on."""
    seen: list[Place] = []
    read = screen.read

    def noted(services: Services, workspace: Place) -> tuple[tuple[Any, ...], bool]:
        seen.append(workspace)
        return read(services, workspace)

    monkeypatch.setattr(screen, "read", noted)
    return seen


@MODES
async def test_waiting_for_the_session_is_said(lab: Lab, key: str, noun: str) -> None:
    gate = threading.Event()

    def slow(context: Context) -> Services:
        assert gate.wait(60)
        return lab.open(context)

    async with lab.app(slow).run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, key, "Loading the session")
        gate.set()
        await until_shown(pilot, f"No {noun.lower()} yet", "2 opens Pipeline")


@MODES
async def test_a_session_that_cannot_be_had_says_why_and_r_connects_again(lab: Lab, key: str, noun: str) -> None:
    is_down = True

    def open_session(context: Context) -> Services:
        if is_down:
            raise DOWN
        return lab.open(context)

    async with lab.app(open_session).run_test(notifications=True, size=SMALL) as pilot:
        await to_mode(pilot, key, "Nobody answers at http://here", "Check that the server runs. R asks again.")
        assert state(pilot) == "unreachable"
        await pilot.press("R")
        await until_shown(pilot, "Nobody answers")
        is_down = False
        await pilot.press("R", key)
        await until(pilot, lambda: pilot.app.screen_stack[0].query_one("#list", Pane) is not None)
        await to_mode(pilot, key, f"No {noun.lower()} yet")


@MODES
async def test_no_place_chosen_is_no_missing_workspace(lab: Lab, key: str, noun: str) -> None:
    lab.store.create_bucket("other")
    async with lab.app(start=None).run_test(notifications=True, size=SMALL) as pilot:
        await to_mode(pilot, key, "No bucket chosen", f"{noun} are kept in a workspace", "1 opens Browse")


@MODES
async def test_a_bucket_without_a_workspace_offers_to_make_one(lab: Lab, key: str, noun: str) -> None:
    lab.store.create_bucket("other")
    async with lab.app(start=ELSEWHERE).run_test(notifications=True, size=SMALL) as pilot:
        await to_mode(pilot, key, "s3://other/ is no workspace", "1 and then W makes it one", "s3ml init s3://other/")
        assert state(pilot) == "empty"


async def test_a_workspace_made_here_is_found_at_once(lab: Lab) -> None:
    lab.store.create_bucket("other")
    async with lab.app(start=ELSEWHERE).run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", "is no workspace")
        await pilot.press("1", "W")
        await until_shown(pilot, "Cancel")
        await pilot.press("y")
        await until(pilot, lambda: bool(pilot.app.changes.outcomes), "the workspace was made")  # type: ignore[attr-defined]  # the app under test
        await to_mode(pilot, "3", "Runs ▸ s3://other/", "No runs yet")


@MODES
async def test_a_search_for_the_workspace_that_fails_says_why_and_r_looks_again(lab: Lab, key: str, noun: str) -> None:
    lab.store.before = refusing("facts", DOWN)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, key, "Nobody answers at http://here")
        lab.store.before = refusing("nothing", DOWN)
        await pilot.press("R")
        await until_shown(pilot, f"No {noun.lower()} yet")


@MODES
async def test_a_denied_list_names_the_permission_and_r_recovers(lab: Lab, key: str, noun: str) -> None:
    lab.run(1)
    lab.models(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, key, "1 run" if key == "3" else "1 model")
        lab.store.before = refusing(
            "list_page",
            Denied("Access to s3://bucket is denied", action="s3:ListBucket", advice="Ask for s3:ListBucket"),
        )
        await pilot.press("R")
        await until_shown(pilot, "Access to s3://bucket is denied", "Ask for s3:ListBucket. R asks again.")
        assert state(pilot) == "denied"
        await pilot.press("o")
        await until_shown(pilot, f"There is no {noun.lower()[:-1]} here to do that with.")
        lab.store.before = refusing("nothing", DOWN)
        await pilot.press("R")
        await until_shown(pilot, "churn")
        assert state(pilot) == "ready"


@SIZES
async def test_runs_show_how_each_ended(lab: Lab, size: tuple[int, int]) -> None:
    going = lab.run(0, state="running", lines=1)
    lab.run(1)
    lab.run(2, state="failed", reason="target has one class")
    lab.run(3, state="cancelled")
    async with lab.app().run_test(notifications=True, size=size) as pilot:
        await to_mode(pilot, "3", going, "● running", "✓ succeeded", "✗ failed", "⊘ cancelled", "4 runs")
        assert has(pilot.app, "roc_auc 0.871", "target has one class", "1:12", "models/v1")


@SIZES
async def test_models_show_their_alias_and_what_is_incomplete(lab: Lab, size: tuple[int, int]) -> None:
    lab.models(1, 2, champion=2)
    lab.store.write(LAYOUT.model_claim(3), b"{}")
    async with lab.app().run_test(notifications=True, size=size) as pilot:
        await to_mode(pilot, "4", "○ models/v3", "incomplete", "✓ models/v2", "champion", "roc_auc 0.871")
        await pilot.press("p")
        await until_shown(pilot, "models/v3 is incomplete")


@SIZES
async def test_hostile_text_is_shown_as_it_is(lab: Lab, size: tuple[int, int]) -> None:
    lab.run(1, state="failed", name=HOSTILE, reason=HOSTILE, host=HOSTILE)
    lab.store.write(LAYOUT.runs.key(f"{HOSTILE}/result.json"), b"no json")
    lab.hostile_model(1)
    async with lab.app().run_test(notifications=True, size=size) as pilot:
        await to_mode(pilot, "3", "2 runs", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)
        await to_mode(pilot, "4", "1 model", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)


async def test_markup_in_a_reason_is_no_markup(lab: Lab) -> None:
    lab.run(1, state="failed", reason=HOSTILE)
    async with lab.app().run_test(notifications=True, size=(160, 30)) as pilot:
        await to_mode(pilot, "3", SHOWN)


async def test_the_cursor_stays_on_its_run_when_another_starts(lab: Lab) -> None:
    lab.run(2)
    chosen = lab.run(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", chosen)
        lab.run(0, state="running", lines=1)
        await pilot.press("R")
        await until_shown(pilot, "3 runs")
        assert pilot.app.screen.query_one(RunRows).cursor == 1


async def test_a_late_answer_to_an_older_question_is_dropped(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.run(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", "1 run")
        screen = pilot.app.screen
        assert isinstance(screen, ListScreen)
        came, go, read = threading.Event(), threading.Event(), screen.read

        def late(_services: Services, _workspace: Place) -> tuple[tuple[RunSummary, ...], bool]:
            came.set()
            assert go.wait(60)
            return (), False

        monkeypatch.setattr(screen, "read", late)
        await pilot.press("R")
        await until(pilot, came.is_set, "the older question was asked")
        monkeypatch.setattr(screen, "read", read)
        lab.run(2)
        await pilot.press("R")
        await until_shown(pilot, "2 runs")
        go.set()
        await at_rest(pilot)
        assert has(pilot.app, "2 runs")


async def test_the_old_list_stays_while_it_is_read_again(lab: Lab) -> None:
    lab.run(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", "1 run")
        gate = Gate("list_page")
        lab.store.before = gate
        await pilot.press("R")
        await until(pilot, gate.arrived.is_set, "the list is being read")
        assert has(pilot.app, "✓ succeeded")
        lab.store.before = refusing("nothing", DOWN)
        gate.opened.set()


async def test_promoting_asks_for_the_alias_shows_the_plan_and_u_undoes(lab: Lab) -> None:
    lab.models(1, 2, champion=1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "4", "models/v2", "champion")
        await pilot.press("p")
        await until_shown(pilot, "Point which alias to models/v2?", "champion")
        await pilot.press("enter")
        await until_shown(pilot, "Make models/v2 champion", "points to models/v2 from now on", "Promote")
        await pilot.press("enter")
        await until_shown(pilot, "champion points to models/v2", "u undoes it")
        assert lab.open(Context()).models.resolve(WORKSPACE, "champion") == 2
        await pilot.press("u")
        await until_shown(pilot, "Make models/v1 champion", "this rolls back", "Move it back")
        await pilot.press("enter")
        await until_shown(pilot, "champion points to models/v1")
        assert lab.open(Context()).models.resolve(WORKSPACE, "champion") == 1


async def test_an_alias_that_cannot_be_is_refused_in_a_dialog_that_stays(lab: Lab) -> None:
    lab.models(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "4", "models/v1")
        await pilot.press("p")
        await until_shown(pilot, "Point which alias")
        await pilot.press("backspace", "space", "home", "1", "enter")
        await until_shown(pilot, "cannot be an alias", "Choose a name such as champion", "Close")
        await pilot.press("enter")
        await until(pilot, lambda: not has(pilot.app, "cannot be an alias"))


async def test_keys_lead_from_a_run_and_a_model_to_their_objects(lab: Lab) -> None:
    run_id = lab.run(1)
    lab.run(2, state="failed")
    lab.store.write(LAYOUT.report(run_id).key("report.md"), b"# good")
    lab.models(7)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", run_id)
        await pilot.press("o")
        await until_shown(pilot, "report.md")
        await to_mode(pilot, "3", run_id)
        await pilot.press("j", "o")
        await until_shown(pilot, "result.json", "spec.json")
        await to_mode(pilot, "4", "models/v7")
        await pilot.press("o")
        await until_shown(pilot, "MANIFEST.json")


async def test_running_again_opens_pipeline_with_the_data_version_of_the_run(lab: Lab) -> None:
    lab.run(1)
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", "✓ succeeded")
        await pilot.press("a")
        await until_shown(pilot, "Spec ▸ churn", "dataset/raw/churn.csv", "v1")


async def test_a_run_without_a_readable_spec_says_so(lab: Lab, tmp_path: Path) -> None:
    run_id = lab.run(1)
    lab.store.delete(LAYOUT.run_spec(run_id))
    async with lab.app().run_test(notifications=True, size=LARGE) as pilot:
        await to_mode(pilot, "3", "✓ succeeded")
        await pilot.press("a")
        await until_shown(pilot, "no spec that could be read")
        assert "Traceback" not in screen_text(pilot.app)


async def test_who_passes_through_screens_asks_for_nothing_and_who_stays_asks_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.run(1)
    lab.models(1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "1 model")
        await to_mode(pilot, "5", "1 run", "There is no log")
        await to_mode(pilot, "3", "1 run")
        runs = pilot.app.screen
        assert isinstance(runs, ListScreen)
        await pilot.press("1")
        await at_rest(pilot)
        monkeypatch.setattr(workspace_list, "LOOKED_AT_S", 3600)
        asked = readings(runs, monkeypatch)
        lab.store.requests.clear()
        await pilot.press(*"3456345634563456")
        await at_rest(pilot)
        assert lab.store.requests == []
        monkeypatch.setattr(workspace_list, "LOOKED_AT_S", 0.01)
        await pilot.press("3")
        await until(pilot, lambda: len(asked) == 1 and bool(lab.store.requests), "the runs were read")


async def test_a_screen_that_is_not_looked_at_asks_for_nothing_when_another_session_comes(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.run(1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", "1 run")
        runs = pilot.app.screen
        assert isinstance(runs, ListScreen)
        await to_mode(pilot, "6", "Jobs")
        asked = readings(runs, monkeypatch)
        runs.services = lab.open(Context())
        await to_mode(pilot, "4", "No models yet")  # its moment began after that of Runs
        assert asked == []
        await pilot.press("3")
        await until(pilot, lambda: len(asked) == 1, "the runs were read")
