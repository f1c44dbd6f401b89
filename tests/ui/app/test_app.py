"""The app around the screens: header, modes, jobs, quitting, palette, help, read-only, the end of a mistake."""

import threading
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerFailed

from s3ml_tui.domain.actions import Scope, actions_of
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, LocalTrouble, Unreachable
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress
from s3ml_tui.ui import messages
from s3ml_tui.ui.activity.activity_rows import ActivityRows
from s3ml_tui.ui.activity.job_rows import JobRows
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.dialogs.prompts import Choose, TroubleDialog
from s3ml_tui.ui.keys import keys_text
from s3ml_tui.ui.models.screen import ModelsScreen
from s3ml_tui.ui.screens.help import HelpText
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.ui.browse_app import toasts
from tests.ui.harness import has, screen_lines, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SHOWN, SIZES, SMALL, Lab, dangerous_texts, to_mode


class Work:
    """Long work that goes on until it is let go or cancelled."""

    def __init__(self, result: Any = "done", error: Exception | None = None) -> None:
        self.started, self.go = threading.Event(), threading.Event()
        self.result, self.error = result, error

    def __call__(self, progress: Progress, cancelled: IsCancelled) -> Any:
        progress(250)
        self.started.set()
        while not self.go.wait(0.01):
            if cancelled():
                raise Cancelled
        progress(750)
        if self.error is not None:
            raise self.error
        return self.result


def job(work: Work, title: str = "Download a.csv") -> messages.JobWanted:
    return messages.JobWanted(title, work, lambda result: f"It is {result}", total=1000)


async def begun(pilot: Pilot[Any], work: Work, title: str = "Download a.csv") -> None:
    pilot.app.post_message(job(work, title))
    await until(pilot, work.started.is_set, "the job began")
    await until_shown(pilot, "running")


# the header ----------------------------------------------------------------------------------------------------------


@SIZES
async def test_the_header_says_where_one_is_in_every_mode(lab: Lab, size: tuple[int, int]) -> None:
    async with lab.app(context=Context(name="prod", read_only=True)).run_test(size=size) as pilot:
        await until_shown(pilot, "versioned")
        for key, mode in zip("123456", ("Browse", "Pipeline", "Runs", "Models", "Logs", "Activity"), strict=True):
            await pilot.press(key)
            await until_shown(pilot, f"{key} {mode}")
            for text in ("s3ml", "prod", "READ-ONLY", "▸ bucket ▸ ws/"):
                assert text in screen_lines(pilot.app)[0], mode


@SIZES
async def test_a_click_on_a_mode_goes_there(lab: Lab, size: tuple[int, int]) -> None:
    async with lab.app().run_test(size=size) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        x = screen_lines(pilot.app)[0].index(" 4 " if size == SMALL else "4 Models") + 1
        await pilot.click(Top, offset=(x, 0))
        await until(pilot, lambda: pilot.app.current_mode == "models")


async def test_pressing_a_mode_while_connecting_is_not_undone_by_the_session(lab: Lab) -> None:
    gate = threading.Event()

    def slow(context: Context) -> Any:
        assert gate.wait(60)
        return lab.open(context)

    async with lab.app(slow).run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "Loading the session")
        gate.set()
        await until_shown(pilot, "No models yet")
        assert pilot.app.current_mode == "models"
        await to_mode(pilot, "1", "dataset/")


# help and palette ----------------------------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize(("key", "scope"), [("1", Scope.BROWSE), ("4", Scope.MODELS), ("5", Scope.LOGS)])
async def test_help_has_every_key_of_where_one_is(lab: Lab, size: tuple[int, int], key: str, scope: Scope) -> None:
    async with lab.app().run_test(size=size) as pilot:
        await pilot.press(key, "question_mark")
        await until_shown(pilot, f"Keys of {scope}", "escape closes")
        text = pilot.app.screen.query_one(HelpText)
        seen: set[str] = set()
        for _page in range(40):
            seen |= set(screen_lines(pilot.app))
            await pilot.press("pagedown")
            if text.scroll_offset.y == text.max_scroll_y:
                seen |= set(screen_lines(pilot.app))
                break
        for action in actions_of(scope, Scope.LIST, Scope.EVERYWHERE):
            assert any(keys_text(action) in line and action.label in line for line in seen), action.id
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is pilot.app.screen_stack[0])


async def test_the_palette_lists_the_actions_of_the_screen_and_runs_one(lab: Lab) -> None:
    lab.models(1)
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "✓ models/v1")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        pilot.app.screen.query_one(Input).value = "promote"
        await until_shown(pilot, "Promote", "Point an alias to this version")
        await pilot.press("down", "enter")
        await until_shown(pilot, "Point which alias to models/v1?")


async def test_the_palette_reaches_what_is_everywhere(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "4", "No models yet")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        pilot.app.screen.query_one(Input).value = "activity"
        await until_shown(pilot, "What goes on, what was done")
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app.current_mode == "activity")


# read-only -----------------------------------------------------------------------------------------------------------


async def test_a_read_only_context_dims_what_changes_and_says_why(lab: Lab) -> None:
    lab.models(1)
    async with lab.app(context=Context(read_only=True)).run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "4", "✓ models/v1")
        screen = pilot.app.screen
        assert isinstance(screen, ModelsScreen)
        enabled = {binding.binding.action: binding.enabled for binding in screen.active_bindings.values()}
        assert not enabled["promote"]
        assert enabled["open_output"]
        await pilot.press("p")
        await until_shown(pilot, "This context is read-only")
        assert pilot.app.screen is screen


async def test_the_palette_does_not_run_what_is_dimmed(lab: Lab) -> None:
    lab.models(1)
    async with lab.app(context=Context(read_only=True)).run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "4", "✓ models/v1")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        pilot.app.screen.query_one(Input).value = "promote"
        await until_shown(pilot, "Point an alias to this version")
        await pilot.press("down", "enter")
        await until_shown(pilot, "This context is read-only")
        assert not has(pilot.app, "Point which alias")


# jobs ----------------------------------------------------------------------------------------------------------------


@SIZES
async def test_a_job_shows_its_progress_in_every_mode(lab: Lab, size: tuple[int, int]) -> None:
    work = Work()
    async with lab.app().run_test(size=size, notifications=True) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        await begun(pilot, work, HOSTILE)
        assert has(pilot.app, "25%", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)
        await to_mode(pilot, "6", "● running", "25%")
        assert not dangerous_texts(pilot.app)
        work.go.set()
        await until_shown(pilot, "✓ done", "It is done")
        assert not has(pilot.app, "25%")


async def test_what_a_cancelled_job_keeps_is_said(lab: Lab) -> None:
    work = Work(error=Cancelled(cause="What came of a.csv is kept", advice="The same again goes on from there"))
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        work.go.set()
        said = "Cancelled: Download a.csv. What came of a.csv is kept. The same again goes on from there"
        await until(pilot, lambda: said in toasts(pilot.app))
        assert has(pilot.app, "⊘ cancelled")


async def test_ctrl_k_cancels_a_job_from_the_middle(lab: Lab) -> None:
    work = Work()
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        await pilot.press("ctrl+k")
        await until_shown(pilot, "Cancel “Download a.csv”?", "Let it go on", "Cancel it")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Choose))
        assert has(pilot.app, "● running")
        await pilot.press("ctrl+k")
        await until_shown(pilot, "Let it go on")
        await pilot.press("j", "enter")
        await until_shown(pilot, "⊘ cancelled", "Cancelled: Download a.csv")


async def test_ctrl_k_with_nothing_going_on_says_so(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        await pilot.press("ctrl+k")
        await until_shown(pilot, "Nothing is going on that could be cancelled.")


async def test_a_job_that_fails_stays_on_the_screen_until_answered(lab: Lab) -> None:
    work = Work(error=LocalTrouble(f"The disk is full {HOSTILE}", cause="No space left", advice="Free some space"))
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        work.go.set()
        await until_shown(pilot, f"The disk is full {SHOWN}", "No space left", "→ Free some space", "Close")
        assert not dangerous_texts(pilot.app)
        await pilot.press("j", "x", "3")
        assert isinstance(pilot.app.screen, TroubleDialog)
        await pilot.press("enter")
        await until_shown(pilot, "✗ failed")
        pilot.app.screen.query_one(JobRows).focus()
        await pilot.press("enter")
        await until_shown(pilot, "The disk is full")


# Activity ------------------------------------------------------------------------------------------------------------


async def test_activity_lists_outcomes_and_enter_undoes_the_one_under_the_cursor(lab: Lab) -> None:
    lab.models(1, 2, champion=1)
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "4", "✓ models/v2")
        await pilot.press("p")
        await until_shown(pilot, "Point which alias")
        await pilot.press("enter")
        await until_shown(pilot, "Make models/v2 champion")
        await pilot.press("y")
        await until_shown(pilot, "champion points to models/v2")
        note = Outcome("Looked at it", lab.begun, no_undo="There is nothing to undo.")
        pilot.app.post_message(messages.OutcomeArrived(note))
        await to_mode(pilot, "6", "Looked at it", "enter undoes it", "There is nothing to undo.", "2 outcomes")
        await pilot.press("j", "enter")
        await until_shown(pilot, "Make models/v1 champion", "Move it back")
        await pilot.press("y")
        await until_shown(pilot, "3 outcomes")
        assert lab.open(Context()).models.resolve(lab.workspace, "champion") == 1


async def test_activity_shows_hostile_titles_as_they_are(lab: Lab) -> None:
    async with lab.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "6", "Nothing was done yet")
        pilot.app.post_message(messages.OutcomeArrived(Outcome(HOSTILE, lab.begun, no_undo=HOSTILE)))
        await until_shown(pilot, "1 outcome", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)


async def test_the_cursor_stays_on_an_outcome_when_another_comes(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "Nothing was done yet")
        for name in ("first", "second"):
            pilot.app.post_message(messages.OutcomeArrived(Outcome(name, lab.begun)))
        await until_shown(pilot, "2 outcomes")
        await pilot.press("j")
        pilot.app.post_message(messages.OutcomeArrived(Outcome("third", lab.begun)))
        await until_shown(pilot, "3 outcomes")
        assert pilot.app.screen.query_one(ActivityRows).cursor == 2


async def test_u_without_anything_done_says_so(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        await pilot.press("u")
        await until_shown(pilot, "Nothing was done yet that could be undone.")


# leaving -------------------------------------------------------------------------------------------------------------


async def test_q_leaves_when_nothing_goes_on(lab: Lab) -> None:
    app = lab.app()
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


async def test_q_asks_while_a_job_goes_on(lab: Lab) -> None:
    app, work = lab.app(), Work()
    async with app.run_test(size=LARGE) as pilot:
        await begun(pilot, work)
        await pilot.press("q")
        await until_shown(pilot, "Still going on: Download a.csv", "Stay", "Wait for the job", "Quit; cancel the job")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Choose))
        await pilot.press("ctrl+c")
        await until_shown(pilot, "Still going on")
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: not app.is_running)
    assert app.jobs.all[0].is_cancelled
    assert app.return_code == 0


# a mistake of ours ---------------------------------------------------------------------------------------------------


async def crash(app: S3mlApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        secret = "AKIA-in-a-local"
        app.call_later(_break, secret)
        await until(pilot, lambda: not app.is_running)


def _break(secret: str) -> None:
    raise RuntimeError(f"boom {len(secret)}")


async def test_a_mistake_of_ours_ends_with_a_sentence_and_exit_code_1(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    app = lab.app(on_crash=lambda error: f"A mistake stopped it ({type(error).__name__}) [/bold] {HOSTILE}")
    with pytest.raises(RuntimeError):
        await crash(app)
    assert app.return_code == 1
    words = " ".join(capsys.readouterr().err.split())
    assert f"A mistake stopped it (RuntimeError) [/bold] {SHOWN}" in words
    assert "AKIA" not in words


async def test_a_mistake_in_a_worker_of_a_screen_ends_the_app_too(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_verb: str, _address: str) -> None:
        raise ZeroDivisionError

    async def break_while_reading(app: S3mlApp) -> None:
        async with app.run_test(size=SMALL) as pilot:
            await to_mode(pilot, "3", "No runs yet")
            lab.store.before = broken
            await pilot.press("R")
            await until(pilot, lambda: not app.is_running)

    app = lab.app()
    with pytest.raises((ZeroDivisionError, WorkerFailed)):
        await break_while_reading(app)
    assert app.return_code == 1
    assert "s3ml met an error of its own" in capsys.readouterr().err


async def test_a_mistake_in_a_job_ends_the_app_too(lab: Lab) -> None:
    async def break_in_a_job(app: S3mlApp) -> None:
        work = Work(error=ZeroDivisionError())
        async with app.run_test(size=SMALL) as pilot:
            await begun(pilot, work)
            work.go.set()
            await until(pilot, lambda: not app.is_running)

    app = lab.app()
    with pytest.raises(ZeroDivisionError):
        await break_in_a_job(app)
    assert app.return_code == 1


# going to an address -------------------------------------------------------------------------------------------------


async def test_an_address_that_is_none_is_refused_in_the_dialog(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        await pilot.press("colon")
        await until_shown(pilot, "Go to")
        pilot.app.screen.query_one(Input).value = "s3://"
        await pilot.press("enter")
        await until_shown(pilot, "No address was given")
        pilot.app.screen.query_one(Input).value = "s3://bucket/ws/dataset/raw/churn.csv"
        await until_shown(pilot, "tab completes")
        await pilot.press("enter")
        await until_shown(pilot, "churn.csv", "current")


async def test_a_session_that_cannot_be_had_says_so_on_every_screen(lab: Lab) -> None:
    def down(_context: Context) -> Any:
        raise Unreachable("Nobody answers at here", advice="Start it")

    async with lab.app(down).run_test(size=LARGE) as pilot:
        for key in "13452":
            await pilot.press(key)
            await until(pilot, lambda: any(pane.state == "unreachable" for pane in pilot.app.screen.query(Pane)))
            await until_shown(pilot, "Nobody answers", "Start it.")
