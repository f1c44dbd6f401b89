"""While a plan over many objects is made: a dialog counts, escape stops it, and a late answer is not taken."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.errors import Denied, S3mlError, Unreachable
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.plan_progress import Counting
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan, TroubleDialog
from tests.doubles import MemoryStore
from tests.services.memory import changes
from tests.ui.browse_app import BUCKET, BrowseApp, key, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown


@dataclass
class Held:
    """A verb of the store that waits until it is let go."""

    store: MemoryStore
    verb: str
    came: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    error: S3mlError | None = None

    def __call__(self, verb: str, _address: str) -> None:
        if verb == self.verb:
            self.came.set()
            assert self.go.wait(60)
            if self.error is not None:
                raise self.error


@pytest.fixture
def held(store: MemoryStore) -> Iterator[Held]:
    for number in range(30):
        store.write(key(f"raw/{number:02}.csv"), b"1")
    held = Held(store, "versions_below")
    yield held
    held.go.set()


async def delete_all(pilot: Pilot[Any], held: Held) -> None:
    """`x` on the folder: its objects are counted, and the answer waits."""
    await until_shown(pilot, "raw/")
    held.store.before = held
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, Counting))


async def test_escape_stops_the_planning_and_nothing_follows(store: MemoryStore, opener: Opener, held: Held) -> None:
    app = BrowseApp(opener, start=Place(BUCKET))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await delete_all(pilot, held)
        assert has(app, "Delete all of raw/", "Asking the server", "escape stops it; nothing is changed yet")
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped: nothing was changed." in toasts(app))
        assert not isinstance(app.screen, Counting)
        held.go.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not isinstance(app.screen, ConfirmPlan)
        assert [verb for verb in changes(store) if verb.startswith("delete")] == []


async def test_the_plan_takes_the_place_of_the_dialog(opener: Opener, held: Held) -> None:
    app = BrowseApp(opener, start=Place(BUCKET))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await delete_all(pilot, held)
        held.go.set()
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert not any(isinstance(screen, Counting) for screen in app.screen_stack)
        assert has(app, "Delete 30 objects")


async def test_an_answer_that_comes_just_when_the_dialog_opens_closes_it_once(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(key("a.csv"), b"1")
    app = BrowseApp(opener, start=Place(BUCKET))
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "a.csv")
        for _ in range(3):
            dialog = Counting("Delete all of raw/", JobControl())
            app.push_screen(dialog)
            await dialog.end()
            await pilot.pause()
            dialog.on_screen_resume()  # heard late
            dialog.action_stop()
            await pilot.pause()
            assert app.screen_stack == [app.browse]


async def test_an_error_takes_the_place_of_the_dialog(opener: Opener, held: Held) -> None:
    app = BrowseApp(opener, start=Place(BUCKET))
    held.error = Unreachable("The server does not answer", advice="Try again")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await delete_all(pilot, held)
        held.go.set()
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert not any(isinstance(screen, Counting) for screen in app.screen_stack)


async def test_what_was_marked_is_counted_while_each_is_looked_at(
    store: MemoryStore, opener: Opener, held: Held
) -> None:
    app = BrowseApp(opener, start=Place(BUCKET, "raw/"))
    held.verb = "history"
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "16.csv")
        await pilot.press("*")
        store.before = held
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Counting))
        assert has(app, "Delete 30 objects")
        held.go.set()
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))


async def test_a_newer_question_stops_the_older_one(store: MemoryStore, opener: Opener, held: Held) -> None:
    app = BrowseApp(opener, start=Place(BUCKET))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "raw/")
        store.before = held
        await pilot.press("x")
        assert held.came.wait(60)
        first = app.browse.questions.control
        assert first is not None
        await pilot.press("x")
        await until(pilot, lambda: bool(first()))
        await until(pilot, lambda: isinstance(app.screen, Counting))
        await pilot.press("escape")


async def test_what_lies_over_the_dialog_does_not_keep_it_there(opener: Opener, held: Held) -> None:
    app = BrowseApp(opener, start=Place(BUCKET))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await delete_all(pilot, held)
        over = TroubleDialog(Denied("Something else"))
        app.push_screen(over)
        await until(pilot, lambda: app.screen is over)
        held.go.set()
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is over)
        await pilot.press("escape")
        await until(pilot, lambda: not any(isinstance(screen, Counting) for screen in app.screen_stack))
