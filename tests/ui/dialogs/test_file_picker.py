"""Picking files of this machine: the list follows the line, keys and mouse choose, what cannot be taken is said."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input

from s3ml_tui.domain.uri import Place
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.dialogs import file_picker
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.local_paths import no_file, no_source
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from s3ml_tui.ui.widgets.local_files import LocalRows
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, BrowseApp, key, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_text, until, until_shown

SIZE = (110, 36)
ESC = "odd\x1b[31m.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: two folders, two files, a hidden one and one with an escape sequence."""
    monkeypatch.chdir(tmp_path)
    for name in ("data", "Models"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "churn.csv").write_bytes(b"x" * 1500)
    (tmp_path / "data" / "wine.csv").write_bytes(b"y")
    for name in ("a.csv", "b.csv", ".hidden", ESC):
        (tmp_path / name).write_bytes(b"z")
    return tmp_path


class PickApp(App[None]):
    """The dialog alone."""

    CSS_PATH = stylesheets.style_files()
    answer: tuple[Path, ...] | str | None = "none yet"

    def __init__(self, dialog: PickFiles) -> None:
        super().__init__()
        self._dialog = dialog

    def on_mount(self) -> None:
        self.push_screen(self._dialog, self._keep)

    def _keep(self, answer: tuple[Path, ...] | None) -> None:
        self.answer = answer


@asynccontextmanager
async def picked(**options: Any) -> Any:
    """The dialog, its first folder listed."""
    app = PickApp(PickFiles("Upload to s3://bucket/", check=options.pop("check", no_source), **options))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, PickFiles) and len(names(app)) > 1)
        yield app, pilot


def names(app: App[Any]) -> list[str]:
    rows = app.screen.query_one(LocalRows)
    return [_text(rows.row(index)[0]) for index in range(rows.row_count)]


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(cell.text)


def under_cursor(app: App[Any]) -> str:
    return names(app)[app.screen.query_one(LocalRows).cursor]


async def test_folders_come_first_and_what_is_typed_narrows_the_list() -> None:
    async with picked() as (app, pilot):
        assert names(app) == ["../", "data/", "Models/", "a.csv", "b.csv", r"odd\x1b[31m.csv"]
        assert has(app, "5 names", "enter takes it")
        await pilot.press("m")
        await until(pilot, lambda: names(app) == ["../", "Models/"])
        await pilot.press("backspace", ".")
        await until(pilot, lambda: names(app) == ["../", ".hidden"])
        await pilot.press("ctrl+u", *"data/")
        await until(pilot, lambda: names(app) == ["../", "churn.csv", "wine.csv"])
        assert has(app, "1.5 kB", "2 names in ")
        await pilot.press("x")
        await until(pilot, lambda: names(app) == ["../"])
        assert has(app, "0 names in ")


async def test_the_list_is_walked_with_the_keys_of_every_list(folder: Path) -> None:
    async with picked() as (app, pilot):
        await pilot.press("down")
        await until_shown(pilot, "space marks")
        assert under_cursor(app) == "data/"
        await pilot.press("l")
        await until(pilot, lambda: names(app) == ["../", "churn.csv", "wine.csv"])
        assert app.screen.query_one(Input).value == f"{folder}/data/"
        await pilot.press("h")
        await until(pilot, lambda: under_cursor(app) == "data/")
        await pilot.press("k", "enter")
        await until(pilot, lambda: f"{folder.name}/" in names(app))
        assert under_cursor(app) == f"{folder.name}/"
        await pilot.press("enter")
        await until(pilot, lambda: "a.csv" in names(app))
        await pilot.press("j", "j", "enter")
        assert app.answer == (folder / "a.csv",)


async def test_marks_are_kept_from_folder_to_folder_and_taken_together(folder: Path) -> None:
    async with picked() as (app, pilot):
        await pilot.press("tab", "j", "j", "space", "space")
        await until_shown(pilot, "2 marked")
        await pilot.press("k", "space")
        await until_shown(pilot, "1 marked")
        await pilot.press("g", "j", "enter")
        await until(pilot, lambda: "churn.csv" in names(app))
        await pilot.press("space", "a")
        assert app.answer == (folder / "a.csv", folder / "data" / "churn.csv")


async def test_a_takes_the_folder_under_the_cursor_and_enter_in_the_empty_line_what_is_marked(folder: Path) -> None:
    async with picked() as (app, pilot):
        await pilot.press("down", "a")
        assert app.answer == (folder / "data",)
    async with picked() as (app, pilot):
        await pilot.press("down", "space", "tab", "enter")
        assert app.answer == (folder / "data",)


async def test_the_mouse_marks_the_cursor_and_opens_with_two_clicks(folder: Path) -> None:
    async with picked() as (app, pilot):
        await pilot.click(LocalRows, offset=(4, 3))
        assert under_cursor(app) == "Models/"
        await pilot.click(LocalRows, offset=(4, 4), times=2)
        await until(pilot, lambda: app.answer == (folder / "a.csv",))


async def test_what_cannot_be_taken_is_said_and_one_may_go_on(folder: Path) -> None:
    async with picked(check=no_file, can_mark=False) as (app, pilot):
        await pilot.press("down", "space", "k", "a")
        await until_shown(pilot, "give one of its files")
        await pilot.press("tab", *"none", "enter")
        await until_shown(pilot, "There is no file none.")
        await pilot.press("escape")
        assert app.answer is None


async def test_a_folder_that_may_not_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> Iterator[object]:
        raise PermissionError(13, "Permission denied", str(path))

    async with picked() as (app, pilot):
        monkeypatch.setattr("s3ml_tui.ui.widgets.local_files.os.scandir", refuse)
        await pilot.press(*"data/")
        await until_shown(pilot, "This folder cannot be read: Permission denied")
        assert names(app) == ["../"]


async def test_of_a_folder_with_very_many_names_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_picker, "MOST_NAMES", 2)
    async with picked() as (app, _pilot):
        await until_shown(_pilot, "of the first 2")
        assert len(names(app)) <= 3


async def test_a_name_with_an_escape_sequence_is_shown_and_taken(folder: Path) -> None:
    async with picked() as (app, pilot):
        assert "\x1b" not in screen_text(app)
        await pilot.press("down", "G", "enter")
        assert app.answer == (folder / ESC,)


async def test_several_are_uploaded_each_under_its_name(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, start=Place(BUCKET, "raw/"))
    store.write(key("raw/z"), b"")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_shown(pilot, "1 object")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PickFiles) and "a.csv" in names(app))
        await pilot.press("down", "space", "j", "space", "a")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Upload 3 files")
        await pilot.press("enter")
        await until(pilot, lambda: "Uploaded 3 files" in toasts(app))
        assert store.read(key("raw/data/churn.csv")) == b"x" * 1500
        assert store.read(key("raw/a.csv")) == b"z"


async def test_at_80x24_the_whole_dialog_is_there() -> None:
    app = PickApp(PickFiles("Upload to s3://bucket/", check=no_source))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, PickFiles) and len(names(app)) > 1)
        assert has(app, "Upload to", "data/", "enter takes it"), screen_text(app)
