"""Logs: runs on the left, the log of one on the right: followed, paused, searched, filtered."""

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.ml.events import Event, Level
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.logs import pane as logs_pane
from s3ml_tui.ui.logs.pane import LogPane
from s3ml_tui.ui.logs.screen import LogRows, LogsScreen
from s3ml_tui.ui.logs.view import LogView
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.services.memory import refusing
from tests.ui.harness import at_rest, has, screen_lines, until, until_shown
from tests.ui.lab import ELSEWHERE, HOSTILE, LARGE, SHOWN, SIZES, SMALL, Lab, dangerous_texts, log_lines, to_mode

NOTHING = Unreachable("never")


@pytest.fixture(autouse=True)
def quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_pane, "POLL_S", 0.3)
    monkeypatch.setattr(logs_pane, "MAX_POLL_S", 0.6)


def log(pilot: Pilot[int]) -> LogView:
    return pilot.app.screen.query_one(LogView)


def pane(pilot: Pilot[int]) -> LogPane:
    return pilot.app.screen.query_one(LogPane)


def chosen(pilot: Pilot[int]) -> str:
    rows = pilot.app.screen.query_one(LogRows)
    return rows.items[rows.cursor].run_id


async def ask(pilot: Pilot[int], *keys: str) -> None:
    """Search for what these keys type."""
    await pilot.press("slash")
    await until_shown(pilot, "Search the log")
    await pilot.press(*keys, "enter")


async def test_each_state_has_its_next_step(lab: Lab) -> None:
    lab.store.create_bucket("other")
    async with lab.app(start=ELSEWHERE).run_test(size=(120, 36), notifications=True) as pilot:
        await to_mode(pilot, "5", "s3://other/ is no", "No run chosen", "Choose one on the left")
        await pilot.press("f")
        await until_shown(pilot, "There is no log here: choose a run on the left.")


async def test_no_runs_yet(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "No runs yet", "2 opens Pipeline")


async def test_f_on_a_run_opens_its_log(lab: Lab) -> None:
    lab.run(1, lines=3)
    wanted = lab.run(2, lines=7)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", wanted)
        await pilot.press("j", "f")
        await until_shown(pilot, "candidate 6 of many", "whole log · level info · 7 lines")
        assert isinstance(pilot.app.screen, LogsScreen)
        assert pane(pilot).run == (lab.workspace, wanted)
        await until(pilot, lambda: chosen(pilot) == wanted)
        assert log(pilot).has_focus


async def test_a_log_is_followed_only_while_its_screen_is_looked_at(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_pane, "POLL_S", 0.01)
    run, asked = lab.run(1, state="running", lines=3), list[str]()
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "candidate 2 of many")
        lab.store.before = lambda _verb, address: asked.append(address) if "logs/training" in address else None
        await until(pilot, lambda: len(asked) > 2, "the log to be followed")
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.current_mode == "browse")
        await at_rest(pilot, may_ask=True)
        asked.clear()
        await pilot.pause(0.3)
        assert asked == []
        lab.chunk(run, 2, *log_lines(range(3, 4)))
        await to_mode(pilot, "5", "candidate 3 of many")


async def test_f_again_on_another_run_goes_to_that_one(lab: Lab) -> None:
    first, second = lab.run(1, lines=3), lab.run(2, lines=7)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", first)
        await pilot.press("f")
        await until_shown(pilot, "3 lines")
        await to_mode(pilot, "3", second)
        await pilot.press("j", "f")
        await until_shown(pilot, "7 lines")
        await until(pilot, lambda: chosen(pilot) == second)


async def test_a_growing_log_is_followed_to_its_end(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=50)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "candidate 49 of many", "following · level info · 50 lines")
        lab.chunk(run_id, 2, *log_lines(range(50, 90)))
        await until_shown(pilot, "candidate 89 of many", "90 lines")
        lab.end(run_id, *log_lines(range(100)))
        await until_shown(pilot, "candidate 99 of many", "whole log", f"✓ {run_id}")
        assert log(pilot).total == 100
        assert pilot.app.screen.run_to_cancel() is None  # type: ignore[attr-defined]  # the screen in front


async def test_scrolling_up_pauses_and_end_follows_again(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=80)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "candidate 79 of many")
        await pilot.press("enter", "pageup")
        await until_shown(pilot, "paused: end follows again")
        lab.chunk(run_id, 2, *log_lines(range(80, 85)))
        await until_shown(pilot, "85 lines")
        assert not has(pilot.app, "candidate 84 of many")
        await pilot.press("end")
        await until_shown(pilot, "candidate 84 of many", "following")


async def test_f_pauses_and_follows(lab: Lab) -> None:
    lab.run(0, state="running", lines=5)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "following")
        await pilot.press("f")
        await until_shown(pilot, "paused")
        await pilot.press("f")
        await until_shown(pilot, "following")


async def test_search_goes_from_hit_to_hit(lab: Lab) -> None:
    lab.run(1, lines=30)
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "5", "30 lines")
        await pilot.press("n")
        await until_shown(pilot, "Search for something first")
        await ask(pilot, *"date", "space", "7")
        await until_shown(pilot, "1 line has it")
        assert log(pilot).cursor == 7
        assert pane(pilot).border_subtitle == "paused: end follows again · level info · 30 lines · /date 7"
        await pilot.press("slash")
        await until_shown(pilot, "Search the log", "date 7")
        await pilot.press("backspace", "2", "enter")
        await until_shown(pilot, "11 lines have it")
        at = log(pilot).cursor
        await pilot.press("n")
        assert log(pilot).cursor != at
        await pilot.press("N")
        assert log(pilot).cursor == at
        await ask(pilot, "end", "ctrl+u", *"nowhere")
        await until_shown(pilot, "No line has it.")


async def test_levels_go_round(lab: Lab) -> None:
    lab.run(1, lines=60)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "level info · 60 lines")
        await pilot.press("w")
        await until_shown(pilot, "level warnings · 7 lines")
        await pilot.press("w")
        await until_shown(pilot, "level errors · 2 lines", "candidate 24", "candidate 49")
        await pilot.press("w")
        await until_shown(pilot, "level everything · 60 lines")


async def test_enter_on_a_line_shows_all_of_it_and_left_goes_back_to_the_runs(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=0)
    event = Event(1_795_000_000.0, "a" * 300 + HOSTILE, Level.ERROR, data={"why": HOSTILE})
    lab.chunk(run_id, 2, event.line())
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "1 line")
        await pilot.press("enter", "enter")
        await until_shown(pilot, "error", "why = evil\\x1b[31m [bold red]x[/bold]", "escape closes")
        assert not dangerous_texts(pilot.app)
        await pilot.press("escape", "h")
        assert pilot.app.screen.query_one(LogRows).has_focus


async def test_o_goes_to_the_log_and_while_it_goes_on_to_its_chunks(lab: Lab) -> None:
    going = lab.run(0, state="running", lines=1)
    over = lab.run(1, lines=1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", going, "1 line")
        await pilot.press("o")
        await until_shown(pilot, "00000001.jsonl")
        await to_mode(pilot, "5", over)
        await pilot.press("j")
        await until_shown(pilot, "whole log")
        await pilot.press("o")
        await until_shown(pilot, f"{over}.jsonl", "logs/training/")


async def test_trouble_while_following_is_said_and_the_log_goes_on_afterwards(lab: Lab) -> None:
    run_id = lab.run(0, state="running", lines=3)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "3 lines")
        lab.store.before = refusing("list_page", Unreachable("Nobody answers at here", advice="Start it"))
        await until_shown(pilot, "Nobody answers at here", "Start it. R asks again.")
        assert pane(pilot).state == "unreachable"
        lab.store.before = refusing("nothing", NOTHING)
        lab.chunk(run_id, 2, *log_lines(range(3, 5)))
        await pilot.press("R")
        await until_shown(pilot, "candidate 0 of many", "candidate 4 of many", "5 lines")


async def test_runs_that_may_not_be_listed_leave_the_log_alone(lab: Lab) -> None:
    lab.run(1, lines=3)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "3 lines")
        lab.store.before = refusing("list_page", Denied("Access is denied", advice="Ask for s3:ListBucket"))
        await pilot.press("R")
        await until(pilot, lambda: pilot.app.screen.query_one("#log-runs-pane", Pane).state == "denied")
        assert has(pilot.app, "candidate 2 of many")
        lab.store.before = refusing("nothing", NOTHING)
        await pilot.press("R")
        await until(pilot, lambda: pilot.app.screen.query_one("#log-runs-pane", Pane).state == "ready")


async def test_a_run_that_starts_elsewhere_does_not_take_the_log_away(lab: Lab) -> None:
    reading = lab.run(1, lines=3)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "3 lines")
        lab.run(0, state="running", lines=9)
        await pilot.press("R")
        await until_shown(pilot, "2 runs")
        await pilot.pause()
        assert pane(pilot).run == (lab.workspace, reading)
        assert chosen(pilot) == reading


async def test_a_run_that_wrote_nothing(lab: Lab) -> None:
    lab.run(1, state="failed")
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "5", "There is no log", "The run ended before it wrote a line")


@SIZES
async def test_hostile_names_and_lines_are_shown_as_they_are(lab: Lab, size: tuple[int, int]) -> None:
    run_id = lab.run(0, state="running", lines=0)
    lab.chunk(run_id, 2, HOSTILE, Event(1.0, HOSTILE).line())
    folder = HOSTILE.replace("/", "|")
    lab.store.write(lab.layout.runs.key(f"{folder}/result.json"), b"no json")
    async with lab.app().run_test(size=size) as pilot:
        await to_mode(pilot, "5", "2 runs", "2 lines", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, SHOWN)
        assert not dangerous_texts(pilot.app)
        await pilot.press("left", "G")
        await until(pilot, lambda: chosen(pilot) == folder)
        await until_shown(pilot, "There is no log")
        assert not dangerous_texts(pilot.app)


async def test_in_a_small_terminal_the_log_takes_the_width_while_it_is_read(lab: Lab) -> None:
    run_id = lab.run(1, lines=3)
    async with lab.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "5", run_id, "3 lines")
        await pilot.press("enter")
        await until(pilot, lambda: pane(pilot).size.width > 70)
        assert any(f"─ {run_id} ─" in line for line in screen_lines(pilot.app))
        await pilot.press("h")
        await until(pilot, lambda: pane(pilot).size.width < 60)
        assert isinstance(pilot.app, S3mlApp)
