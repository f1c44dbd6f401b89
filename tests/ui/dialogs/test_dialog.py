"""What holds for every dialog: it is answered once, takes nobody else's screen away, and goes with its question."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import work
from textual.app import App
from textual.widgets import Input

import s3ml_tui.ui
from s3ml_tui.domain.actions import Action
from s3ml_tui.ui.app.palette import ActionCommands
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.dialogs.dialog import Dialog, Palette
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from tests.ui.harness import until, until_shown
from tests.ui.lab import LARGE, Lab
from tests.ui.test_keys_twice import in_one_read

UI = Path(s3ml_tui.ui.__file__).parent


class Asking(PausingApp):
    """Asks in a worker, as screens do."""

    answers: list[str | None]

    def on_mount(self) -> None:
        self.answers = []

    @work
    async def ask(self) -> None:
        self.answers.append(await self.push_screen_wait(Choose("Which?", [("a", "A"), ("b", "B")])))


class Failing(Dialog[None]):
    """Its worker fails in a way that nobody foresaw."""

    @work(exit_on_error=False)
    async def on_mount(self) -> None:
        raise ZeroDivisionError


async def test_an_error_of_our_own_in_a_dialogs_worker_ends_the_app() -> None:
    async def fail() -> None:
        app = PausingApp()
        async with app.run_test() as pilot:
            app.push_screen(Failing())
            await until(pilot, lambda: app._exception is not None)

    with pytest.raises(ZeroDivisionError):
        await fail()


def dialogs(app: App[Any]) -> list[type[Any]]:
    return [type(screen) for screen in app.screen_stack[1:]]


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(UI.rglob("*.py")):
        yield str(path.relative_to(UI)), path.read_text()


def test_there_is_no_other_kind_of_dialog() -> None:
    others = [name for name, source in sources() if re.search(r"\bModalScreen\b|\bCommandPalette\b", source)]
    assert others == ["dialogs/dialog.py"]


@pytest.mark.parametrize(("keys", "answer"), [(("enter",) * 3, "a"), (("escape",) * 3, None)])
async def test_an_answer_after_the_answer_is_dropped(keys: tuple[str, ...], answer: str | None) -> None:
    app = Asking()
    async with app.run_test() as pilot:
        app.ask()
        await until(pilot, lambda: dialogs(app) == [Choose])
        in_one_read(app, *keys)
        await until(pilot, lambda: app.answers == [answer])
        await pilot.pause()
        assert dialogs(app) == []


async def test_an_answer_under_another_dialog_leaves_that_one_open() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        app.ask()
        await until(pilot, lambda: dialogs(app) == [Choose])
        below = app.screen
        app.push_screen(AskText("Name"))
        await until(pilot, lambda: dialogs(app) == [Choose, AskText])
        assert isinstance(below, Choose)
        below.dismiss("b")
        await pilot.pause()
        assert dialogs(app) == [Choose, AskText]
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == ["b"])
        assert dialogs(app) == []


async def test_a_dialog_goes_with_the_worker_that_asked() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        asked = [app.ask()]
        await until(pilot, lambda: dialogs(app) == [Choose])
        asked.append(app.ask())
        await until(pilot, lambda: dialogs(app) == [Choose, Choose])
        asked[0].cancel()
        await until(pilot, lambda: asked[0].is_finished)
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.answers == ["b"])
        await until(pilot, lambda: dialogs(app) == [])


async def test_a_command_of_the_palette_is_run_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    async def run(_commands: ActionCommands, action: Action) -> None:
        ran.append(action.id)

    monkeypatch.setattr(ActionCommands, "_run", run)
    async with lab.app().run_test(size=LARGE) as pilot:
        app = pilot.app
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = "activity"
        await until_shown(pilot, "What goes on, what was done")
        await pilot.press("down")
        in_one_read(app, "enter", "enter", "enter")
        await until(pilot, lambda: dialogs(app) == [])
        await until(pilot, lambda: bool(ran))
        await pilot.pause()
        assert len(ran) == 1
