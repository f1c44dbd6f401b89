"""A small app that holds Browse alone, and remembers what it asked others for."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.app import App

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen


class BrowseApp(S3mlApp):
    """Browse over a session; plans, jobs, outcomes and undo are the real app's."""

    MODES: ClassVar[dict[str, Any]] = {"browse": BrowseScreen}

    def __init__(
        self,
        open: Callable[[Context], Services],  # noqa: A002 - the real app's name
        context: Context | None = None,
        **options: Any,
    ) -> None:
        super().__init__(open, context or Context(), **options)
        self.wanted: list[messages.TrainingWanted | messages.PredictionWanted] = []

    @property
    def browse(self) -> BrowseScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, BrowseScreen)
        return screen

    @on(messages.TrainingWanted)
    @on(messages.PredictionWanted)
    def _remember(self, message: messages.TrainingWanted | messages.PredictionWanted) -> None:
        self.wanted.append(message)
        message.prevent_default()  # there is no Pipeline here


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
