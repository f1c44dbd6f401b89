"""Browse in this process, from what is done to the frame that shows it, escape sequences included."""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate

from tests.ui.browse_app import BrowseApp

SIZE = (160, 48)


class TimedApp(BrowseApp):
    """Tells when a frame is ready in which something is so."""

    condition: Callable[[], bool] | None = None
    reached: asyncio.Event

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            renderable.render_segments(self.console)
            if self.condition is not None and self.condition():
                self.reached.set()

    async def rest(self) -> None:
        """As long as a key that is held leaves between two presses."""
        await asyncio.sleep(1 / 30)

    async def frame(self, condition: Callable[[], bool], act: Callable[[], object]) -> float:
        """Milliseconds from `act` to the frame in which it `condition`."""
        self.reached, self.condition = asyncio.Event(), condition
        started, started_cpu = time.perf_counter(), time.process_time()
        act()
        await asyncio.wait_for(self.reached.wait(), 60)
        self.condition = None
        SPENT_MS.append((time.process_time() - started_cpu) * 1000)
        return (time.perf_counter() - started) * 1000

    def press(self, key: str, character: str | None = None) -> None:
        """As the driver does."""
        self.post_message(events.Key(key, character))


SPENT_MS: list[float] = []
"""Processor time of the frames since the last line of the report; on a busy machine it says more than the clock."""


def print_row(name: str, taken_ms: list[float], at_most: str = "–") -> None:
    """A line of the report."""
    ordered = sorted(taken_ms)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    spent = f"{statistics.median(SPENT_MS):.1f}" if len(SPENT_MS) >= len(taken_ms) else "–"
    SPENT_MS.clear()
    median = statistics.median(ordered)
    sys.stdout.write(f"| {name} | {median:.1f} / {p99:.1f} | {spent} | {len(ordered)} | {at_most} |\n")
    sys.stdout.flush()


def head() -> None:
    """What the columns of the report are."""
    sys.stdout.write("\n| work | ms, median / p99 | of it CPU | times | at most |\n|---|---|---|---|---|\n")


async def until(condition: Callable[[], bool]) -> None:
    """Let the app go on."""
    while not condition():
        await asyncio.sleep(0.005)
