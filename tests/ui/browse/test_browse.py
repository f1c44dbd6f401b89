"""Browse by its keys, judged by the bucket and by the screen."""

import re
from pathlib import Path

import pytest
from textual.widgets import Input

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan, TroubleDialog
from s3ml_tui.ui.messages import PredictionWanted, TrainingWanted
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_text, until, until_shown

A = key("a.csv")


def versions(store: MemoryStore) -> tuple[Version, ...]:
    return next(iter(store.history(A))).versions


async def test_an_object_that_somebody_deleted_leaves_the_list_when_its_history_says_so(
    store: MemoryStore, opener: Opener
) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        store.write(key(name), b"1")
    asked: list[str] = []
    app = BrowseApp(opener, start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv" and history_rows(app) == 1)
        store.delete(key("b.csv"))
        store.before = lambda verb, _address: asked.append(verb)
        await pilot.press("j")
        await until(pilot, lambda: not has(app, "b.csv") and pointed(app) == "c.csv", "b.csv to leave the list")
        await until(pilot, lambda: history_rows(app) == 1)
        assert asked.count("list_page") == 1
        await pilot.press("full_stop")
        await until(pilot, lambda: has(app, "b.csv"))
        asked.clear()
        await pilot.press("k")
        await until(pilot, lambda: pointed(app) == "b.csv" and history_rows(app) == 2)
        assert "list_page" not in asked, "a deleted object that is shown as one stays in the list"


async def test_bring_back_an_old_version_puts_its_bytes_on_top_and_u_undoes_it(
    store: MemoryStore, opener: Opener
) -> None:
    first = store.write(A, b"first").version_id
    store.write(A, b"second one")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("r")
        assert app.browse.selection.is_in_history
        await pilot.press("j", "r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Bring back a.csv", "5 B", str(first), "stay in the history")
        await pilot.press("enter")
        await until(pilot, lambda: history_rows(app) == 3)
        assert store.read(A) == b"first"
        assert [version.size for version in versions(store)] == [5, 10, 5]
        assert app.browse.versions.rows.cursor == 0
        assert has(app, "●", "current", "3 versions")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: history_rows(app) == 4)
        assert store.read(A) == b"second one"


async def test_delete_show_deleted_bring_back(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    store.write(key("b.csv"), b"other")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "A delete marker is put on top")
        await pilot.press("y")
        await until(pilot, lambda: pointed(app) == "b.csv")
        assert versions(store)[0].is_delete_marker
        assert app.browse.objects.table.cursor == 0
        await pilot.press("full_stop")
        await until_shown(pilot, "✗ a.csv", "1 object, 1 deleted")
        await pilot.press("g")
        await until(pilot, lambda: history_rows(app) == 2)
        await until(pilot, lambda: re.search(r"deleted (just now|\d+ s ago|\d+ min ago)", screen_text(app)) is not None)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: history_rows(app) == 3)
        assert store.read(A) == b"bytes"
        await until(pilot, lambda: "✗ a.csv" not in screen_text(app))
        assert pointed(app) == "a.csv"


async def test_undoing_a_delete_brings_the_cursor_back_to_the_object(store: MemoryStore, opener: Opener) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        store.write(key(name), name.encode())
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("j", "x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until(pilot, lambda: pointed(app) == "c.csv")
        assert app.browse.objects.table.cursor == 1
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: pointed(app) == "b.csv")
        assert store.read(key("b.csv")) == b"b.csv"


async def test_upload_a_file_to_the_place_that_is_shown(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.write(key("raw/b.csv"), b"there")
    (tmp_path / "a.csv").write_bytes(b"new bytes")
    app = BrowseApp(opener, start=Place(BUCKET, "raw/"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "b.csv")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PickFiles))
        await pilot.press("z", "enter")
        await until_shown(pilot, "There is no file z")
        await pilot.press("backspace", "a")
        await until(pilot, lambda: app.screen.query_one(Input)._suggestion == "a.csv")
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Upload a.csv", "Nothing is there now.")
        await pilot.press("enter")
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert store.read(key("raw/a.csv")) == b"new bytes"


async def test_download_an_old_version_and_ask_before_a_file_is_overwritten(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.write(A, b"first")
    store.write(A, b"second")
    (tmp_path / "a.csv").write_bytes(b"mine")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("enter", "j", "D")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert has(app, "./a.csv")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert (tmp_path / "a.csv").read_bytes() == b"mine"
        await pilot.press("down", "enter")
        await until(pilot, lambda: "verified: sha256" in toasts(app))
        assert (tmp_path / "a.csv").read_bytes() == b"first"


async def test_verify_tells_equal_from_different(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.write(A, b"bytes")
    local = tmp_path / "a.csv"
    local.write_bytes(b"bytes")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter")
        await until(pilot, lambda: "has the bytes of" in toasts(app))
        local.write_bytes(b"other")
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert has(app, "differs from")


async def test_training_and_prediction_get_the_object_named_as_the_workspace_names_it(
    store: MemoryStore, opener: Opener
) -> None:
    old = store.write(key("ws/dataset/raw/a.csv"), b"old").version_id
    store.write(key("ws/dataset/raw/a.csv"), b"bytes")
    store.write(key("ws/.s3ml/workspace.json"), b"{}")
    app = BrowseApp(opener, start=Place(BUCKET, "ws/dataset/raw/"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 2 and app.browse.workspace is not None)
        await pilot.press("T", "P", "enter", "j", "T")
        await until(pilot, lambda: len(app.wanted) == 3)
        training, prediction, of_old = app.wanted
        assert isinstance(training, TrainingWanted)
        assert training.values == {"data": "dataset/raw/a.csv"}
        assert isinstance(prediction, PredictionWanted)
        assert prediction.data == key("ws/dataset/raw/a.csv")
        assert isinstance(of_old, TrainingWanted)
        assert of_old.values == {"data": "dataset/raw/a.csv", "version_id": old}


async def test_make_a_workspace_of_the_place_that_is_shown(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "Nothing here yet", "a uploads a file")
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until_shown(pilot, "▸ .s3ml/")
        assert ".s3ml/workspace.json" in store.keys(ROOT)


async def test_folders_open_and_close_and_the_cursor_comes_back(store: MemoryStore, opener: Opener) -> None:
    for name in ("x/1.csv", "y/2.csv", "y/3.csv", "z/4.csv"):
        store.write(key(name), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "x/")
        await pilot.press("j", "l")
        await until(pilot, lambda: pointed(app) == "2.csv")
        await pilot.press("j", "h")
        await until(pilot, lambda: pointed(app) == "y/")
        await pilot.press("enter")
        await until(pilot, lambda: pointed(app) == "3.csv")
        await pilot.press("escape")
        await until(pilot, lambda: pointed(app) == "y/")


async def test_the_tree_opens_level_by_level_and_shows_places_in_the_table(store: MemoryStore, opener: Opener) -> None:
    store.write(key("dataset/raw/a.csv"), b"")
    store.create_bucket("other")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "▸ acme-ml", "▸ other")
        assert has(app, "No place chosen")
        await pilot.press("enter")
        await until_shown(pilot, "▾ acme-ml", "  ▸ dataset", "1 folder")
        await pilot.press("j", "enter")
        await until_shown(pilot, "▾ dataset", "▸ raw")
        assert app.browse.place == Place(BUCKET, "dataset/")
        await pilot.press("enter")
        assert app.browse.objects.has_focus_within
        await pilot.press("shift+tab", "h", "h")
        assert app.browse.buckets.pointed == ROOT


async def test_the_tree_opens_the_way_to_where_one_starts(store: MemoryStore, opener: Opener) -> None:
    store.write(key("dataset/raw/2026/a.csv"), b"")
    store.write(key("models/v1/model.joblib"), b"")
    app = BrowseApp(opener, start=Place(BUCKET, "dataset/raw/"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "▾ acme-ml", "  ▾ dataset", "    ▾ raw", "      ▸ 2026", "  ▸ models")
        await until(pilot, lambda: app.browse.buckets.pointed == Place(BUCKET, "dataset/raw/"))
        assert app.browse.objects.table.has_focus


async def test_a_key_that_cannot_act_says_why(store: MemoryStore, opener: Opener) -> None:
    store.write(key("folder/a.csv"), b"")
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "folder/")
        await pilot.press("V")
        assert "is a folder" in toasts(app)
        await pilot.press("j")
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("r")
        assert "no older version" in toasts(app)


async def test_a_read_only_context_dims_what_changes_and_says_so(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("x")
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse
        assert has(app, "READ-ONLY")


async def test_going_to_a_key_puts_the_cursor_on_it(store: MemoryStore, opener: Opener) -> None:
    store.page_size = 50
    for row in range(300):
        store.write(key(f"many/{row:04}.csv"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "many/")
        wanted = key("many/0250.csv")
        app.show_place(wanted.place, wanted)
        await until(pilot, lambda: pointed(app) == "0250.csv")
        assert has(app, "0250.csv")
        app.show_place(wanted.place, key("many/nothing.csv"))
        await until(pilot, lambda: "many/nothing.csv is not here" in toasts(app))
