"""A small app that holds Browse alone, and remembers what it asked others for."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.app import App
from textual.message import Message

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages, stylesheets
from s3ml_tui.ui.app.perform import ActingApp
from s3ml_tui.ui.browse.screen import BrowseScreen


class BrowseApp(ActingApp):
    """Browse over a session; plans, jobs, outcomes and undo are the real app's."""

    CSS_PATH = stylesheets.style_files()
    MODES: ClassVar[dict[str, Any]] = {"browse": BrowseScreen}
    DEFAULT_MODE = "browse"

    def __init__(
        self,
        open: Callable[[Context], Services],  # noqa: A002 - the real app's name
        context: Context | None = None,
        **options: Any,
    ) -> None:
        super().__init__(open, context or Context(), **options)
        self.wanted: list[Message] = []

    @property
    def browse(self) -> BrowseScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, BrowseScreen)
        return screen

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        self.browse.show_place(place, key)

    @on(messages.TrainingWanted)
    @on(messages.PredictionWanted)
    def _remember(self, message: Message) -> None:
        self.wanted.append(message)

    def action_refresh_screen(self) -> None:
        if self.services is None:
            self.trouble = None
            self._connect(self._at)
        self.browse.refresh_all()

    def action_zoom(self) -> None:
        if self.screen.maximized:
            self.screen.minimize()
        elif self.screen.focused is not None:
            self.screen.maximize(self.screen.focused)


BUCKET = "acme-ml"
ROOT = Place(BUCKET)


def key(name: str) -> ObjectKey:
    """An object of the tests' bucket."""
    return ObjectKey(BUCKET, name)


def pointed(app: BrowseApp) -> str:
    """The name under the table's cursor; "" when there is none."""
    entry = app.browse.objects.entry
    return entry.name if entry is not None else ""


def history_rows(app: BrowseApp) -> int:
    """How many versions History shows, once it has them all; 0 until then."""
    history = app.browse.versions.history
    return len(history.versions) if history is not None and app.browse.versions.state == "ready" else 0


def toasts(app: App[Any]) -> str:
    """What was told in passing, newest last."""
    return "\n".join(f"{toast.title} {toast.message}" for toast in app._notifications)
