"""Fixtures of the UI tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from s3ml_tui.domain.context import Context
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET
from tests.ui.harness import services_over
from tests.ui.lab import Lab

Opener = Callable[[Context], Services]
TOAST_S = 15.0
"""A part of the time that a test waits for something, so that what a toast hides is seen in time too."""


@pytest.fixture(autouse=True)
def toasts_that_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told in passing stays long enough to be read on a busy machine."""
    really = App.notify

    def notify(app: App[Any], message: str, *, timeout: float | None = None, **options: Any) -> None:
        really(app, message, timeout=max(TOAST_S, timeout or 0), **options)

    monkeypatch.setattr(App, "notify", notify)


@pytest.fixture
def store() -> MemoryStore:
    """One versioned bucket with nothing in it."""
    return MemoryStore(BUCKET)


@pytest.fixture
def opener(store: MemoryStore, tmp_path: Path) -> Iterator[Opener]:
    """What the app is handed: a session over `store` in the context asked for; its preview process is ended."""
    opened: list[Services] = []

    def opening(context: Context) -> Services:
        opened.append(services_over(store, tmp_path, context))
        return opened[-1]

    yield opening
    for services in opened:
        services.previews.close()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A workspace in memory."""
    return Lab(tmp_path)
