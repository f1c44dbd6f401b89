"""Runs, Models and Logs read their lists again while a run goes on: quietly, and each row stays where it was."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.services.session import Services
from s3ml_tui.ui.logs.screen import LogsScreen
from s3ml_tui.ui.models.screen import ModelsScreen
from s3ml_tui.ui.runs.screen import RunRows, RunsScreen
from s3ml_tui.ui.screens import workspace_list
from s3ml_tui.ui.screens.workspace_list import ListScreen, Reading
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.services.arranged import WORKSPACE, spec, start_record
from tests.services.memory import refusing
from tests.ui.harness import has, services_over, until, until_shown
from tests.ui.lab import LARGE, Lab, log_lines, to_mode
from tests.ui.pipeline_app import PretendedLauncher
from tests.ui.screens.test_workspace_list import readings

DOWN = Unreachable("Nobody answers at http://here", advice="Check that the server runs")
SOON_S = 0.05


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to wait ten seconds."""
    monkeypatch.setattr(workspace_list, "EVERY_S", SOON_S)


def reading(pilot: Pilot[Any]) -> Reading:
    screen = pilot.app.screen
    assert isinstance(screen, ListScreen | LogsScreen)
    return screen.reading


def asks_again(pilot: Pilot[Any]) -> bool:
    return reading(pilot)._later is not None


async def test_a_run_that_ends_is_seen_without_a_key_and_then_nothing_more_is_asked(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", f"● running    {run_id}")
        assert isinstance(pilot.app.screen, RunsScreen)
        assert asks_again(pilot)
        lab.end(run_id, *log_lines(range(3)))
        await until_shown(pilot, "✓ succeeded", "models/v1")
        await until(pilot, lambda: not asks_again(pilot), "nothing goes on any more")


@pytest.mark.parametrize("key", ["3", "4", "5"])
async def test_where_nothing_goes_on_nothing_is_asked(lab: Lab, key: str) -> None:
    lab.run(1, lines=1)
    lab.models(1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, key, "1 model" if key == "4" else "1 run")
        assert not asks_again(pilot)


async def test_a_model_that_a_run_elsewhere_makes_is_seen_without_a_key(lab: Lab) -> None:
    lab.run(0, state="running", lines=1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "No models yet")
        assert isinstance(pilot.app.screen, ModelsScreen)
        lab.models(1)
        await until_shown(pilot, "✓ models/v1", "1 model")


async def test_runs_that_come_and_end_are_seen_in_the_list_of_logs_and_the_log_stays(lab: Lab) -> None:
    first = lab.run(2, state="running", lines=3)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", f"● {first}", "candidate 2 of many")
        second = lab.run(1, state="running", lines=9)
        await until_shown(pilot, f"● {second}", "2 runs")
        assert has(pilot.app, "candidate 2 of many")
        assert not has(pilot.app, "candidate 8 of many")
        lab.end(second, *log_lines(range(9)))
        await until_shown(pilot, f"✓ {second}")


async def test_a_run_that_was_started_here_is_waited_for_before_it_has_written_anything(
    lab: Lab, tmp_path: Path
) -> None:
    services: list[Services] = []

    def open_session(context: Context) -> Services:
        services.append(services_over(lab.store, tmp_path, context, PretendedLauncher()))
        return services[-1]

    async with lab.app(open_session).run_test(size=LARGE) as pilot:
        await until(pilot, lambda: bool(services))
        runs = services[-1].runs
        started = runs.start(runs.plan_start(spec(), WORKSPACE))
        await to_mode(pilot, "3", "No runs yet")
        assert asks_again(pilot)
        record = start_record(started.run_id, started=lab.begun)
        lab.put(lab.layout.run_spec(started.run_id), record.to_bytes())
        await until_shown(pilot, f"● running    {started.run_id}")


async def test_the_row_under_the_cursor_stays_where_it_is_on_the_screen(lab: Lab) -> None:
    for number in range(2, 60):
        lab.run(number)
    lab.run(1, state="running", lines=1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", "59 runs")
        rows = pilot.app.screen.query_one(RunRows)
        await pilot.press(*["pagedown"] * 2, *["k"] * 5)
        at, height = rows.items[rows.cursor], rows.cursor - rows.scroll_offset.y
        assert 0 < height < rows.size.height - 1
        for number in (0, -1, -2):
            lab.run(number)
        await until_shown(pilot, "62 runs")
        assert rows.items[rows.cursor] == at
        assert rows.cursor - rows.scroll_offset.y == height


async def test_a_server_that_goes_away_leaves_the_list_and_says_so_until_it_is_back(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", f"● running    {run_id}", "1 run")
        lab.store.before = refusing("list_page", DOWN)
        await until_shown(pilot, "as it was before: Nobody answers at http://here")
        assert pilot.app.screen.query_one("#list", Pane).state == "ready"
        assert has(pilot.app, f"● running    {run_id}")
        lab.store.before = refusing("nothing", DOWN)
        await until_shown(pilot, "1 run")
        assert not has(pilot.app, "as it was before")


async def test_nothing_is_asked_while_another_screen_is_looked_at_and_all_is_there_on_return(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.run(0, state="running", lines=1)
    lab.models(1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "✓ models/v1")
        screen = pilot.app.screen
        assert isinstance(screen, ModelsScreen)
        await to_mode(pilot, "6", "Jobs")
        await until(pilot, lambda: len(pilot.app.workers) == 0, "what was being read is there")
        asked = readings(screen, monkeypatch)
        lab.models(2)
        await pilot.pause(6 * SOON_S)
        assert asked == []
        await to_mode(pilot, "4", "✓ models/v2")


def test_whether_a_run_goes_on_is_asked_of_the_newest_only(lab: Lab) -> None:
    services = lab.open(Context())
    assert not services.runs.is_any_running(WORKSPACE)
    for number in range(1, 40):
        lab.run(number)
    lab.store.requests.clear()
    assert not services.runs.is_any_running(WORKSPACE)
    assert sum(verb == "read" for verb, _ in lab.store.requests) <= 20
    lab.run(0, state="running", lines=1)
    assert services.runs.is_any_running(WORKSPACE)
