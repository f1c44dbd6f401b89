"""The object table at a million rows, in the whole Browse screen: from a key press to its frame, in this process.

    .venv/bin/python -m benchmarks.table [--rows 1000000]

A frame counts once its escape sequences are made, as for a terminal; nothing is written to one.
"""

import argparse
import asyncio
import random
import tempfile
import time
from array import array
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.timed_app import SIZE, TimedApp, head, print_row, until
from s3ml_tui.domain.storage.history import HistoryPage
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.uri import ObjectKey
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT
from tests.ui.harness import services_over

PAGE = 1000
PRESSES = 200
TIMES = 5
KEYS = {
    "*": "asterisk",
    ".": "full_stop",
    "/": "slash",
    "-": "minus",
    "{": "left_curly_bracket",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "+": "plus",
    "$": "dollar_sign",
}
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

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        if key.key not in self.keys(ROOT):
            self.write(key, b"")  # where no version is, the table would be read again
        return super().history(key, cancelled=cancelled)


class Ticks:
    """How long Textual's loop did not come round, in milliseconds, while something was worked out in a thread."""

    def __init__(self) -> None:
        self.apart_ms: list[float] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the app go on, and look every millisecond whether it does."""
        last_s = time.perf_counter()
        while not condition():
            await asyncio.sleep(0.001)
            now_s = time.perf_counter()
            self.apart_ms.append((now_s - last_s) * 1000)
            last_s = now_s


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
    print_row(name, taken, "16 / 33")


async def sorting(app: TimedApp) -> None:
    """By every column, some times over; then with keys pressed meanwhile."""
    table = app.browse.objects.table
    taken: dict[str, list[float]] = {}
    ticks, alive = Ticks(), list[float]()
    for round_ in range(TIMES):
        while True:
            started, old = time.perf_counter(), table.arrangement
            app.press("s")
            await until(lambda old=old: table.arrangement != old)  # type: ignore[misc]  # bound by its default
            if table.arrangement.is_as_listed:
                break
            if round_ == 0:
                while table.is_arranging:
                    alive.append(await up_or_down(app))
                    await app.rest()
                continue
            await ticks.until(lambda: not table.is_arranging)
            by = f"sort by {table.arrangement.sort.by}"
            taken.setdefault(by, []).append((time.perf_counter() - started) * 1000)
            await app.rest()
    print_row("keys while it sorts", alive)
    print_row("the loop comes round while it sorts", ticks.apart_ms, "16")
    for by, times in taken.items():
        print_row(by, times, "1,500")


async def up_or_down(app: TimedApp) -> float:
    """A key to its frame, near the top."""
    table = app.browse.objects.table
    before, key = table.cursor, "down" if table.cursor < 20 else "up"
    return await app.frame(lambda: table.cursor != before, lambda: app.press(key))


async def filtering(app: TimedApp) -> None:
    """Typed letter by letter, some times over."""
    for text in ("-999", "par", "*.parquet", "/9{3}/", "/(a+)+$/"):
        taken, ticks = [], Ticks()
        for _ in range(TIMES):
            taken += await typing(app, text, ticks)
        print_row(f"filter `{text}` typed: a letter to its hits", taken, "300")
        print_row(f"the loop comes round while `{text}` is looked for", ticks.apart_ms, "16")


async def typing(app: TimedApp, text: str, ticks: Ticks) -> list[float]:
    """Each letter to the frame with what it hits, or with what is wrong with it; then it is cleared again."""
    objects = app.browse.objects
    table, line, taken = objects.table, objects.filter_line, []
    app.press("slash", "/")
    await until(lambda: app.focused is line)
    for at, character in enumerate(text, 1):
        wanted, key = text[:at], KEYS.get(character, character)
        await app.rest()

        def is_answered(wanted: str = wanted) -> bool:
            return wanted in {table.view.arrangement.filter.text, table.refused[0]}

        watched = asyncio.ensure_future(ticks.until(is_answered))
        taken.append(await app.frame(is_answered, lambda key=key, character=character: app.press(key, character)))  # type: ignore[misc]  # bound by its default
        await watched
    app.press("escape")
    await until(lambda: not table.view.arrangement.filter.is_on and not table.is_arranging)
    return taken


async def main(rows: int) -> None:
    """All of it."""
    store = ColumnStore(rows)
    head()
    with tempfile.TemporaryDirectory() as folder:
        app = TimedApp(lambda context: services_over(store, Path(folder), context))
        async with app.run_test(size=SIZE):
            objects = app.browse.objects
            await until(lambda: objects.table.row_count >= min(rows, 20_000) and not objects.is_reading)
            app.press("G", "G")
            await until(lambda: objects.table.level.is_complete)
            app.press("g", "g")
            await until(lambda: objects.table.cursor == 0)
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
    marks, marked, inverted = app.browse.objects.table.marks, [], []
    for _ in range(TIMES):
        marked.append(await app.frame(lambda: marks.count > 0, lambda: app.press("ctrl+a")))
        inverted.append(await app.frame(lambda: marks.count == 0, lambda: app.press("asterisk", "*")))
    print_row("mark all", marked)
    print_row("invert the marks", inverted)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().rows))
