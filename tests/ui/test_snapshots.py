"""What each mode looks like in its main states: the screens as text, and the full ones as pictures.

After a change that is meant: `python -m pytest tests/ui/test_snapshots.py -n0 --snapshot-update`; look at what differs.
"""

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from s3ml_tui.domain.errors import Denied, S3mlError, Unreachable
from s3ml_tui.ui import clock
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.doubles import MemoryStore
from tests.exhaustive import EXHAUSTIVE, first
from tests.services.arranged import WORKSPACE
from tests.ui.harness import at_rest, screen_text, until, until_shown
from tests.ui.lab import LARGE, SMALL, Lab

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
MODES = {"browse": "1", "pipeline": "2", "runs": "3", "models": "4", "logs": "5", "activity": "6"}
LISTS = {name: key for name, key in MODES.items() if name in {"browse", "runs", "models", "logs"}}
"""The modes that show what is in the bucket; the other two have something to show without it."""
FULL = {
    "browse": ("churn.csv", "current", "written by s3ml"),
    "pipeline": ("Spec",),
    "runs": ("succeeded", "failed"),
    "models": ("models/v2", "champion"),
    "logs": ("candidate",),
    "activity": ("Activity",),
}
TROUBLES: dict[str, S3mlError] = {
    "denied": Denied("Access to s3://bucket is denied", action="s3:ListBucket", advice="Ask for s3:ListBucket"),
    "unreachable": Unreachable("Nobody answers at http://here", advice="Check that the server runs"),
}


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOON.timestamp(), tz)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "datetime", Noon)
    monkeypatch.setattr("tests.ui.lab.datetime", Noon)
    monkeypatch.setattr("tests.doubles.secrets", SimpleNamespace(token_hex=lambda size: "c0" * size))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class StillLab(Lab):
    """A workspace in which nothing ages."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = self.kept = MemoryStore(WORKSPACE.bucket, now=lambda: NOON)

    def fill(self) -> None:
        """Two data sets, three versions of one, runs of every kind, two models."""
        for name, bodies in {"churn.csv": (b"one", b"second", b"the third"), "prices.csv": (b"p" * 4096,)}.items():
            for body in bodies:
                self.put(WORKSPACE.key(f"dataset/raw/{name}"), body)
        self.put(self.layout.workspace_record, b"{}")
        self.run(1, lines=30)
        self.run(2, state="failed", lines=3)
        self.run(3, state="cancelled", lines=3)
        self.models(1, 2, champion=1)


@pytest.fixture
def still(tmp_path: Path) -> StillLab:
    return StillLab(tmp_path)


def states(pilot: Pilot[Any]) -> set[str]:
    """Of all panes in sight."""
    return {pane.state for pane in pilot.app.screen.query(Pane) if pane.region}


def of_mode(name: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Go there from the start, and let it come to rest."""

    async def go(pilot: Pilot[Any]) -> None:
        await until_shown(pilot, "dataset/" if name != "browse" else "churn.csv")
        await pilot.press(MODES[name])
        await until_shown(pilot, *FULL[name])
        await at_rest(pilot)

    return go


@pytest.mark.parametrize("size", [pytest.param(LARGE, id="120x36"), pytest.param(SMALL, id="80x24", marks=EXHAUSTIVE)])
@pytest.mark.parametrize("name", MODES)
async def test_full(still: StillLab, name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    still.fill()
    start = WORKSPACE.under("dataset/raw/") if name == "browse" else WORKSPACE
    async with still.app(start=start).run_test(size=size) as pilot:
        await of_mode(name)(pilot)
        assert screen_text(pilot.app) == snapshot


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize("place", first(1, ["a new workspace", "a bucket that is none"]))
async def test_empty(still: StillLab, name: str, place: str, snapshot: SnapshotAssertion) -> None:
    if place == "a new workspace":
        still.put(still.layout.workspace_record, b"{}")
    async with still.app().run_test(size=LARGE) as pilot:
        await until(pilot, lambda: "empty" in states(pilot))
        await pilot.press(MODES[name])
        await at_rest(pilot)
        assert screen_text(pilot.app) == snapshot


@pytest.mark.parametrize("name", LISTS)
async def test_loading(still: StillLab, name: str, snapshot: SnapshotAssertion) -> None:
    opened = threading.Event()
    still.store.before = lambda _verb, _address: _wait(opened)
    async with still.app().run_test(size=LARGE) as pilot:
        await pilot.press(LISTS[name])
        await until(pilot, lambda: "loading" in states(pilot))
        await at_rest(pilot, may_ask=True)
        shown = screen_text(pilot.app)
        opened.set()
        assert shown == snapshot


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_trouble(still: StillLab, name: str, trouble: str, snapshot: SnapshotAssertion) -> None:
    def fail(_verb: str, _address: str) -> None:
        raise TROUBLES[trouble]

    still.store.before = fail
    async with still.app().run_test(size=LARGE) as pilot:
        await pilot.press(LISTS[name])
        await until(pilot, lambda: trouble in states(pilot))
        await at_rest(pilot)
        assert screen_text(pilot.app) == snapshot


@pytest.mark.parametrize("name", MODES)
def test_colours(still: StillLab, name: str, snap_compare: Callable[..., bool]) -> None:
    still.fill()
    app = still.app(start=WORKSPACE.under("dataset/raw/") if name == "browse" else WORKSPACE)
    assert snap_compare(app, terminal_size=LARGE, run_before=of_mode(name))


def _wait(opened: threading.Event) -> None:
    assert opened.wait(60), "the test never let go"
