"""History rows that find out who wrote the versions in sight, and those alone, once the scrolling rests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.events import Hide, Show
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, S3mlError
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.provenance import Background
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.rows import MarkedHistoryRows

if TYPE_CHECKING:
    from textual.timer import Timer

REST_S = 0.25
"""So long the rows must rest before anything is asked about them."""


class InformedHistoryRows(MarkedHistoryRows):
    """Each version in sight costs a request, once; a key with a thousand versions costs a screenful."""

    @dataclass
    class BackgroundArrived(Message):
        """What is known of a version, or why it may not be known."""

        generation: int
        version: Version | None = None
        background: Background | None = None
        error: S3mlError | None = None

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(clock, **options)
        self.services: Services | None = None
        self._generation = 0
        """Of what is asked; answers to an older question are dropped."""
        self._fresh: set[str] = set()
        """The ids of those whose background was told since the last `ask_again`."""
        self._resting: Timer | None = None

    def forget(self) -> None:
        """Other versions come."""
        self.backgrounds = {}
        self.ask_again()

    def ask_again(self) -> None:
        """What is known stays until it is known anew; but a `null` version may be another one by now."""
        self._generation += 1
        self._fresh = set()
        self.backgrounds.pop(NULL_VERSION, None)
        self.denied = ""
        self.workers.cancel_group(self, "background")

    def rows_changed(self, cursor: int | None = None) -> None:
        """Other rows are in sight."""
        super().rows_changed(cursor)
        self._rest()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self._rest()

    def on_resize(self) -> None:
        """More rows are in sight; Textual calls the base class's as well."""
        self._rest()

    def on_show(self, _event: Show) -> None:
        """They come in sight."""
        self._rest()

    def on_hide(self, _event: Hide) -> None:
        """They are out of sight."""
        self._stop_resting()

    @property
    def visible_versions(self) -> list[Version]:
        """The versions with bytes that are on the screen."""
        top = int(self.scroll_offset.y)
        return [one for one in self.versions[top : top + self._page()] if not one.is_delete_marker]

    def _rest(self) -> None:
        self._stop_resting()
        if self.versions and self.services is not None:
            self._resting = self.set_timer(REST_S, self._ask)

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = None

    def _ask(self) -> None:
        self._resting = None
        unknown = [] if self.denied else [one for one in self.visible_versions if one.version_id not in self._fresh]
        if unknown and self.services is not None and self.size.height and self.is_on_screen:
            self.workers.cancel_group(self, "background")
            self._find_out(self.services, self._generation, unknown)

    @work(thread=True, group="background", exit_on_error=False)
    def _find_out(self, services: Services, generation: int, versions: list[Version]) -> None:
        worker = get_current_worker()
        try:
            for version, background in services.backgrounds.of(versions, cancelled=lambda: worker.is_cancelled):
                self.post_message(self.BackgroundArrived(generation, version, background))
        except Stopped:
            return
        except S3mlError as error:
            self.post_message(self.BackgroundArrived(generation, error=error))

    @on(BackgroundArrived)
    def _background_arrived(self, message: BackgroundArrived) -> None:
        message.stop()
        if message.generation != self._generation:
            return
        if isinstance(message.error, Denied):
            self.denied = message.error.action or "s3:GetObjectVersion"
        elif message.version is not None and message.background is not None:
            self.backgrounds[message.version.version_id] = message.background
            self._fresh.add(message.version.version_id)
        self.refresh()
