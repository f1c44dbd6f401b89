"""Keys that come faster than the app answers: every key of the registry twice, then Enter twice, each in one read.

A slow line, or fingers that type ahead, give the terminal several keys at once. Textual hands all of them to what has
the focus before the first has done anything, so a dialog gets keys after it was answered.
"""

import random
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot

from s3ml_tui.domain.actions import Action, Scope, actions_of
from s3ml_tui.domain.context import Context
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from tests.exhaustive import EXHAUSTIVE
from tests.ui.harness import at_rest, services_over
from tests.ui.lab import LARGE, Lab
from tests.ui.pipeline_app import PretendedLauncher

SCREENS = {
    "1": Scope.BROWSE,
    "2": Scope.PIPELINE,
    "3": Scope.RUNS,
    "4": Scope.MODELS,
    "5": Scope.LOGS,
    "6": Scope.ACTIVITY,
}
SEED = 20261201
USUAL = 3
"""So many keys of each screen are pressed in `make test`."""
MOST_DIALOGS = 12
ENDS_IT = {"app.quit"}


def keys_of(scope: Scope) -> list[str]:
    """All keys of a screen but those that end the app."""
    actions: tuple[Action, ...] = actions_of(scope, Scope.LIST, Scope.EVERYWHERE)
    return [key for action in actions if action.id not in ENDS_IT for key in action.keys]


def some_keys_of(scope: Scope) -> list[str]:
    """Others on every screen, the same every time."""
    return random.Random(f"{SEED} {scope}").sample(keys_of(scope), USUAL)


def in_one_read(app: App[Any], *keys: str) -> None:
    """Give the app keys as its driver does when a terminal gives it all of them at once."""
    assert app._driver is not None
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        app._driver.send_message(Key(name, key_to_character(name)))


async def settle(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await at_rest(pilot, may_ask=True)


async def leave_dialogs(pilot: Pilot[Any]) -> None:
    for _ in range(MOST_DIALOGS):
        if isinstance(pilot.app.screen, ModeScreen):
            return
        in_one_read(pilot.app, "escape", "escape")
        await settle(pilot)
        if not isinstance(pilot.app.screen, ModeScreen):
            await pilot.press("enter")  # a dialog that cannot be left without an answer
            await settle(pilot)
    raise AssertionError(f"a dialog that cannot be left: {pilot.app.screen}")


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path)
    for number in range(3):
        lab.run(number, lines=30)
    lab.models(1, 2, champion=1)
    return lab


async def walk(lab: Lab, screen_key: str, keys: list[str]) -> None:
    def open_(context: Context) -> Services:
        return services_over(lab.store, lab.folder, context, PretendedLauncher())

    async with lab.app(open_).run_test(size=LARGE) as pilot:
        app = pilot.app
        await at_rest(pilot, may_ask=True)
        for key in keys:
            await pilot.press(screen_key)
            await settle(pilot)
            in_one_read(app, key, key)
            await settle(pilot)
            in_one_read(app, "enter", "enter")
            await settle(pilot)
            assert app._exception is None, (key, app._exception)
            await leave_dialogs(pilot)
            in_one_read(app, key, key, "enter", "enter")
            await settle(pilot)
            assert app._exception is None, (key, app._exception)
            assert app.is_running, key
            await leave_dialogs(pilot)


@pytest.mark.parametrize("screen", SCREENS)
async def test_some_keys_twice_and_enter_twice_leave_the_app_alive(lab: Lab, screen: str) -> None:
    await walk(lab, screen, some_keys_of(SCREENS[screen]))


@EXHAUSTIVE
@pytest.mark.parametrize("screen", SCREENS)
async def test_every_key_twice_and_enter_twice_leave_the_app_alive(lab: Lab, screen: str) -> None:
    await walk(lab, screen, keys_of(SCREENS[screen]))
