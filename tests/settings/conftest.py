"""A settings file for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from s3ml_tui import settings

Write = Callable[[str], Path]


@pytest.fixture
def write() -> Write:
    """Puts a text where the settings file is looked for."""

    def put(text: str) -> Path:
        path = settings.config_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put
