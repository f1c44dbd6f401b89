"""A list that is read again by itself, every few seconds, as long as a run goes on and the list is looked at."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.timer import Timer

EVERY_S = 10.0


class Refresher:
    """Waits after each reading; what is read, and what becomes of it, is the screen's."""

    def __init__(self, screen: Screen[Any], read: Callable[[], None]) -> None:
        self._screen = screen
        self._read = read
        self._timer: Timer | None = None

    def go_on(self, *, is_wanted: bool) -> None:
        """A reading is over: read again later, or not any more."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(EVERY_S, self._again) if is_wanted else None

    def _again(self) -> None:
        if self._screen.is_current:
            self._read()
        else:
            self.go_on(is_wanted=True)  # another mode is looked at
