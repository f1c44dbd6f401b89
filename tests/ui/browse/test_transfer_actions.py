"""Folders up and down by keys; what is taken is asked once."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from tests.doubles import MemoryStore
from tests.services.transfers.test_service import filled, tree
from tests.ui.browse_app import BUCKET, BrowseApp, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown


def objects(store: MemoryStore, prefix: str) -> dict[str, bytes]:
    return {name[len(prefix) :]: store.read(key(name)) for name in store.keys(Place(BUCKET, prefix))}


async def test_a_folder_is_uploaded_under_its_name_and_that_is_undone(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = filled(tmp_path / "folder")
    store.write(key("raw/b.csv"), b"there")
    app = BrowseApp(opener, start=Place(BUCKET, "raw/"))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "b.csv")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PickFiles))
        assert has(app, "path of a file or folder")
        await pilot.press(*"folder", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Upload 4 files", "4 files, 60 B, go from")
        await pilot.press("enter")
        await until(pilot, lambda: "Uploaded 4 files" in toasts(app))
        assert objects(store, "raw/folder/") == tree(folder)
        await until_shown(pilot, "folder/")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Take 4 uploads back")
        await pilot.press("y")
        await until(pilot, lambda: not objects(store, "raw/folder/"))


async def test_names_that_are_taken_are_asked_about_once(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = filled(tmp_path / "folder")
    store.write(key("folder/a.csv"), b"old")
    store.write(key("z"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "1 object")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PickFiles))
        await pilot.press(*"folder", "enter")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert has(app, "1 name is taken there already: a.csv", "stays as an older version")
        await pilot.press("down", "down", "enter")  # keep both
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: "Uploaded 4 files" in toasts(app))
        assert objects(store, "folder/")["a.csv"] == b"old"
        assert objects(store, "folder/")["a (2).csv"] == tree(folder)["a.csv"]


async def test_a_folder_of_the_bucket_is_downloaded_into_a_new_one(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("data/a.csv", "data/b/c.csv", "data/../out"):
        store.write(key(name), name.encode())
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "data/")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert has(app, "Download all of data/", "./data/")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Download 2 objects", "1 name left out. ../out")
        await pilot.press("enter")
        await until(pilot, lambda: "Downloaded 2 objects" in toasts(app))
        assert tree(tmp_path / "data") == {"a.csv": b"data/a.csv", "b/c.csv": b"data/b/c.csv"}
        assert not (tmp_path / "out").exists()


async def test_a_folder_goes_nowhere_from_a_read_only_context(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.write(key("data/a.csv"), b"x")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "data/")
        await pilot.press("a")
        await until(pilot, lambda: "read-only" in toasts(app))
        await pilot.press("D", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText | ConfirmPlan))
