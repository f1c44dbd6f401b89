"""A dialog that comes late takes no key that is meant for something else; one that was just asked for opens at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.ui.app import pauses
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.dialogs.go_to import GoTo
from s3ml_tui.ui.dialogs.prompts import Choose, ConfirmPlan, TroubleDialog
from tests.doubles import MemoryStore
from tests.services.transfers.test_service import filled
from tests.ui.app.test_app import Work, begun
from tests.ui.app.test_unfinished_transfers import Look, interrupted
from tests.ui.browse_app import ROOT, BrowseApp, key, pointed
from tests.ui.conftest import Opener
from tests.ui.dialogs.test_plan_progress import Held
from tests.ui.harness import until, until_shown
from tests.ui.lab import Lab


class Clock:
    """Time as the app sees it, which passes when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def rest(self) -> None:
        """Nothing is typed for long enough."""
        self.now_s += pauses.PAUSE_S


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pauses, "time", clock)
    return clock


def dialogs(app: App[Any]) -> list[type[Any]]:
    return [type(screen) for screen in app.screen_stack[1:]]


async def test_interrupted_transfers_are_offered_once_nothing_is_typed(
    clock: Clock, opener: Opener, tmp_path: Path, no_aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(monkeypatch)
    interrupted(no_aws, filled(tmp_path / "folder"))
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.session.services is not None)
        await pilot.press("j")
        look.may_begin.set()
        await until(pilot, lambda: bool(app.unfinished.offered))
        await pilot.press("colon")
        await until(pilot, lambda: dialogs(app) == [GoTo])
        await pilot.press("a", "escape", "enter")
        assert dialogs(app) == []
        clock.rest()
        await until(pilot, lambda: dialogs(app) == [Choose])
        await until_shown(pilot, "1 transfer was interrupted", "Go on where it stopped")


@asynccontextmanager
async def deleting(store: MemoryStore, opener: Opener) -> AsyncIterator[tuple[BrowseApp, Pilot[Any], Held]]:
    """A delete was asked for; what its plan needs to know is held back."""
    store.write(key("a.csv"), b"1")
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        held = Held(store, "history")
        store.before = held
        await pilot.press("x")
        await until(pilot, held.came.is_set)
        yield app, pilot, held


async def test_a_plan_that_comes_late_waits_until_nothing_is_typed(
    clock: Clock, store: MemoryStore, opener: Opener
) -> None:
    async with deleting(store, opener) as (app, pilot, held):
        await pilot.press("j")
        held.go.set()
        await until(pilot, lambda: app.browse.questions.control is None)
        await pilot.press("enter")
        assert dialogs(app) == []
        clock.rest()
        await until(pilot, lambda: dialogs(app) == [ConfirmPlan])


async def test_a_plan_opens_at_once_when_nothing_was_typed_since(
    clock: Clock, store: MemoryStore, opener: Opener
) -> None:
    async with deleting(store, opener) as (app, pilot, held):
        assert not dialogs(app)
        held.go.set()
        await until(pilot, lambda: dialogs(app) == [ConfirmPlan])


async def test_a_job_that_fails_while_something_is_typed_is_told_of_afterwards(clock: Clock, lab: Lab) -> None:
    work = Work(error=LocalTrouble("The disk is full"))
    app = lab.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.session.services is not None)
        await begun(pilot, work)
        await pilot.press("j")
        work.go.set()
        await until(pilot, lambda: not app.jobs.active)
        await pilot.press("enter")
        assert dialogs(app) == []
        clock.rest()
        await until(pilot, lambda: dialogs(app) == [TroubleDialog])
