"""The object table at a million rows, in the whole Browse screen: from a key press to its frame, in this process.

    .venv/bin/python -m benchmarks.table [--rows 1000000]

A frame counts once its escape sequences are made, as for a terminal; nothing is written to one.
"""

import argparse
import asyncio
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from array import array
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate

from s3ml_tui.domain.entries import ListingPage
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp
from tests.ui.harness import services_over

PAGE = 1000
PRESSES = 200
KEYS = {"*": "asterisk", ".": "full_stop", "/": "slash", "-": "minus", "{": "left_curly_bracket"}
CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER", "INTELLIGENT_TIERING")


class ColumnStore(MemoryStore):
    """A bucket whose only level is made as it is listed, of columns that are ready; what was given is not kept."""

    def __init__(self, rows: int) -> None:
        super().__init__(BUCKET)
        chance = random.Random(7)
        self.rows = rows
        self._sizes = array("q", [chance.randrange(10**9) for _ in range(PAGE * 16)])
        self._modified = array("d", [1.7e9 + chance.random() * 1e7 for _ in range(PAGE * 16)])
        self._classes = [chance.choice(CLASSES) for _ in range(PAGE)]

    def _page(self, first: int) -> ListingPage:
        at = first % (PAGE * 15)
        return ListingPage(
            place=ROOT,
            keys=[f"part-{row:08}-{row * 7919 % 1000:03}.parquet" for row in range(first, first + PAGE)],
            sizes=array("q", [size + first for size in self._sizes[at : at + PAGE]]),
            modified=array("d", [moment + first for moment in self._modified[at : at + PAGE]]),
            etags=[""] * PAGE,
            storage_classes=self._classes,
            next=str(first + PAGE) if first + PAGE < self.rows else None,
        )

    def list_page(self, *_: Any, token: str | None = None, **_options: Any) -> ListingPage:
        return self._page(int(token or 0))

    def list_all(self, *_: Any, **_options: Any) -> Iterator[ListingPage]:
        for first in range(0, self.rows, PAGE):
            yield self._page(first)


class TimedApp(BrowseApp):
    """Tells when a frame is ready in which something is so."""

    is_so: Callable[[], bool] | None = None
    reached: asyncio.Event

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            renderable.render_segments(self.console)
            if self.is_so is not None and self.is_so():
                self.reached.set()

    async def rest(self) -> None:
        """As long as a key that is held leaves between two presses."""
        await asyncio.sleep(1 / 30)

    async def frame(self, is_so: Callable[[], bool], act: Callable[[], object]) -> float:
        """Milliseconds from `act` to the frame in which it `is_so`."""
        self.reached, self.is_so = asyncio.Event(), is_so
        started, started_cpu = time.perf_counter(), time.process_time()
        act()
        await asyncio.wait_for(self.reached.wait(), 60)
        self.is_so = None
        SPENT_MS.append((time.process_time() - started_cpu) * 1000)
        return (time.perf_counter() - started) * 1000

    def press(self, key: str, character: str | None = None) -> None:
        """As the driver does."""
        self.post_message(events.Key(key, character))


SPENT_MS: list[float] = []
"""Processor time of the frames since the last line of the report; on a busy machine it says more than the clock."""


def told(name: str, taken_ms: list[float], target: str = "") -> None:
    """A line of the report."""
    ordered = sorted(taken_ms)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    spent = f"cpu {statistics.median(SPENT_MS):7.1f} ms" if len(SPENT_MS) >= len(taken_ms) else " " * 14
    SPENT_MS.clear()
    figures = f"median {statistics.median(ordered):7.1f} ms  p99 {p99:7.1f} ms  {spent}  n {len(ordered):4}"
    sys.stdout.write(f"{name:44} {figures}   {target}\n")
    sys.stdout.flush()


async def moves(app: TimedApp, name: str, key: str, count: int, back: str = "") -> None:
    """A key pressed over and over, each time to its frame."""
    table, taken = app.browse.objects.table, []
    for _ in range(count):
        await app.rest()
        before = table.cursor
        taken.append(await app.frame(lambda at=before: table.cursor != at, lambda: app.press(key)))  # type: ignore[misc]  # bound by its default
        if back:
            await app.rest()
            before = table.cursor
            await app.frame(lambda at=before: table.cursor != at, lambda: app.press(back))  # type: ignore[misc]  # bound by its default
    told(name, taken, "≤ 16 / 33")


async def meanwhile(app: TimedApp, name: str, is_over: Callable[[], bool], target: str) -> None:
    """Keys pressed while something goes on."""
    table, taken = app.browse.objects.table, []
    while not is_over():
        before, key = table.cursor, "down" if table.cursor < 20 else "up"
        taken.append(await app.frame(lambda at=before: table.cursor != at, lambda k=key: app.press(k)))  # type: ignore[misc]  # bound by its default
        await app.rest()
    if taken:
        told(name, taken, target)


async def until(is_so: Callable[[], bool]) -> None:
    """Let the app go on."""
    while not is_so():
        await asyncio.sleep(0.005)


async def sorting(app: TimedApp) -> None:
    """By every column, with the UI alive meanwhile."""
    table = app.browse.objects.table
    for _ in range(7):
        started, app_alive = time.perf_counter(), []
        old = table.wish
        app.press("s")
        await until(lambda old=old: table.wish != old)  # type: ignore[misc]  # bound by its default
        while table.is_arranging:
            before = table.cursor
            key = "down" if before < 20 else "up"
            alive = await app.frame(lambda at=before: table.cursor != at, lambda k=key: app.press(k))  # type: ignore[misc]  # bound by its default
            app_alive.append(alive)
            await app.rest()
        sort = table.wish.sort
        told(f"sort by {sort.by} {sort.sign}", [(time.perf_counter() - started) * 1000], "≤ 1500")
        if app_alive:
            told("    keys meanwhile", app_alive)
    app.press("s")
    await until(lambda: not table.is_arranging and table.wish.sort.is_as_listed)


async def filtering(app: TimedApp) -> None:
    """Typed letter by letter; the last: gone again."""
    table, line = app.browse.objects.table, app.browse.objects.filter_line
    for text in ("-999", "par", "*.parquet", "/9{3}/"):
        app.press("slash", "/")
        await until(lambda: app.focused is line)
        taken, whole = [], []
        for at, character in enumerate(text, 1):
            wanted = text[:at]
            key = KEYS.get(character, character)

            def is_shown(wanted: str = wanted) -> bool:
                return table.view.wish.filter.text == wanted

            await app.rest()
            started = time.perf_counter()
            taken.append(await app.frame(is_shown, lambda k=key, c=character: app.press(k, c)))  # type: ignore[misc]  # bound by its default
            await until(lambda: not table.is_arranging)
            whole.append((time.perf_counter() - started) * 1000)
        told(f"filter {text}, a letter: hits are seen", taken, "≤ 100")
        told("    all are counted", whole)
        app.press("escape")
        await until(lambda: not table.view.wish.filter.is_on and not table.is_arranging)


async def main(rows: int) -> None:
    """All of it."""
    store = ColumnStore(rows)
    sys.stdout.write(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as folder:
        app = TimedApp(lambda context: services_over(store, Path(folder), context))
        async with app.run_test(size=(160, 48)):
            objects = app.browse.objects
            await until(lambda: objects.table.row_count >= min(rows, 20_000) and not objects.reading)
            started = time.perf_counter()
            app.press("G", "G")
            await until(lambda: bool(objects.reading) or objects.table.level.is_complete)
            app.press("g", "g")
            await until(lambda: objects.table.cursor == 0)
            await meanwhile(
                app, f"keys while {rows:,} keys arrive", lambda: objects.table.level.is_complete, "p99 ≤ 100"
            )
            told(f"{rows:,} keys into the table", [(time.perf_counter() - started) * 1000])
            runs: list[Callable[[], Awaitable[None]]] = [
                lambda: moves(app, "down", "down", PRESSES),
                lambda: moves(app, "page down", "pagedown", PRESSES),
                lambda: moves(app, "end, and back to the top", "G", PRESSES // 4, back="g"),
                lambda: filtering(app),
                lambda: sorting(app),
                lambda: marking(app),
            ]
            for run in runs:
                await run()


async def marking(app: TimedApp) -> None:
    """All, and none."""
    marks = app.browse.objects.table.marks
    told("mark all", [await app.frame(lambda: marks.count > 0, lambda: app.press("ctrl+a"))])
    told("invert", [await app.frame(lambda: marks.count == 0, lambda: app.press("asterisk", "*"))])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().rows))
