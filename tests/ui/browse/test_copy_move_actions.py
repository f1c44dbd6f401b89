"""Copy, move, rename and delete folders by their keys, judged by the bucket and by the screen."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, until, until_shown

NAMES = ("a.csv", "b.csv", "folder/x.csv", "folder/deep/y.csv", "old/a.csv")


@pytest.fixture
def filled(store: MemoryStore) -> MemoryStore:
    for name in NAMES:
        store.write(key(name), name.encode())
    return store


def bodies(store: MemoryStore, place: Place = ROOT) -> dict[str, bytes]:
    return {name: store.read(key(name)) for name in store.keys(place)}


async def answer(app: BrowseApp, pilot: Pilot[int], text: str) -> None:
    """Put an address in place of the one that is there, and enter it."""
    await until(pilot, lambda: isinstance(app.screen, AskText))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def agree(app: BrowseApp, pilot: Pilot[int], *texts: str) -> None:
    """See the plan, and do it."""
    await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
    await until_shown(pilot, *texts)
    await pilot.press("y")
    await until(pilot, lambda: app.screen is app.browse)


async def test_an_object_is_renamed_where_it_is_and_u_renames_it_back(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j", "m")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert app.screen.query_one(Input).value == "s3://acme-ml/a.csv"
        await pilot.press(*["backspace"] * 5, *"z.csv", "enter")
        await agree(app, pilot, "Rename a.csv", "s3://acme-ml/z.csv", "a delete marker is put")
        await until(pilot, lambda: pointed(app) == "z.csv")
        assert bodies(filled)["z.csv"] == b"a.csv"
        assert "a.csv" not in bodies(filled)
        await until(pilot, lambda: "Renamed a.csv" in toasts(app))
        await pilot.press("u")
        await agree(app, pilot, "Undo renaming a.csv", "become current again")
        await until_shown(pilot, "a.csv ")
        await until(pilot, lambda: set(bodies(filled)) == set(NAMES))


async def test_marked_objects_are_copied_and_what_is_there_is_asked_about_once(
    filled: MemoryStore, opener: Opener
) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j", "space", "space", "c")
        await until_shown(pilot, "Copy 2 objects to")
        await answer(app, pilot, "s3://acme-ml/old")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await until_shown(pilot, "1 object is there already: a.csv", "stays as an older version")
        await pilot.press("j", "j", "enter")
        await agree(app, pilot, "Copy 2 objects", "Nothing of these names is there now")
        await until(pilot, lambda: "Copied 2 objects" in toasts(app))
        assert bodies(filled, Place(BUCKET, "old/")) == {
            "old/a.csv": b"old/a.csv",
            "old/a (2).csv": b"a.csv",
            "old/b.csv": b"b.csv",
        }
        await pilot.press("u")
        await agree(app, pilot, "Undo copying 2 objects")
        await until(pilot, lambda: set(bodies(filled)) == set(NAMES))


async def test_without_versions_skipping_is_what_enter_means(filled: MemoryStore, opener: Opener) -> None:
    filled._shelves[BUCKET].versioning = Versioning.OFF
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j", "c")
        await answer(app, pilot, "s3://acme-ml/old/")
        await until_shown(pilot, "what is overwritten is lost")
        await pilot.press("enter")
        await until_shown(pilot, "already and stay as they are")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.browse)
        assert bodies(filled)["old/a.csv"] == b"old/a.csv"


async def test_a_folder_is_moved_whole(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "folder/")
        await pilot.press("m")
        await until_shown(pilot, "Move or rename all of folder/ to", "s3://acme-ml/folder/")
        await answer(app, pilot, "acme-ml/new")
        await agree(app, pilot, "Move 2 objects", "s3://acme-ml/new/")
        await until_shown(pilot, "▸ new/")
        assert bodies(filled, Place(BUCKET, "new/")) == {
            "new/deep/y.csv": b"folder/deep/y.csv",
            "new/x.csv": b"folder/x.csv",
        }
        assert bodies(filled, Place(BUCKET, "folder/")) == {}


async def test_a_folder_is_deleted_whole_and_comes_back(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "folder/")
        await pilot.press("x")
        await agree(app, pilot, "Delete 2 objects", "All below s3://acme-ml/folder/", "nothing is destroyed")
        await until_shown(pilot, "1 folder, 2 objects")
        assert bodies(filled, Place(BUCKET, "folder/")) == {}
        await pilot.press("u")
        await agree(app, pilot, "Bring back 2 objects")
        await until_shown(pilot, "2 folders, 2 objects")


async def test_an_old_version_is_copied_from_history_and_a_move_means_the_object(
    filled: MemoryStore, opener: Opener
) -> None:
    filled.write(key("a.csv"), b"newer")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j")
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("enter", "j", "c")
        await answer(app, pilot, "s3://acme-ml/was.csv")
        await agree(app, pilot, "Copy a.csv", "(version ")
        await until(pilot, lambda: bodies(filled).get("was.csv") == b"a.csv")


async def test_a_name_with_control_characters_is_moved_as_it_is(store: MemoryStore, opener: Opener) -> None:
    odd = "re\x1b[31mport.csv"
    store.write(key(odd), b"odd")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "1 object")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert app.screen.query_one(Input).value == "s3://acme-ml/re\\x1b[31mport.csv"
        await pilot.press(*".bak", "enter")
        await agree(app, pilot, "Copy re\\x1b[31mport.csv")
        await until(pilot, lambda: set(bodies(store)) == {odd, odd + ".bak"})


async def test_an_address_is_completed_from_what_is_there(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j", "c")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        field = app.screen.query_one(Input)
        field.value = ""
        await pilot.press(*"s3://acme-ml/fol")
        await until(pilot, lambda: field._suggestion == "s3://acme-ml/folder/")
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "s3://acme-ml/folder/a.csv")


async def test_a_wrong_address_is_said_and_nothing_is_done(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press("j", "j", "c")
        await answer(app, pilot, "https://example.com/x")
        await until_shown(pilot, "is no S3 address")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browse)
        assert set(bodies(filled)) == set(NAMES)


@pytest.mark.parametrize("pressed", ["c", "m"])
async def test_in_a_read_only_context_the_keys_say_why_they_do_nothing(
    filled: MemoryStore, opener: Opener, pressed: str
) -> None:
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "2 objects")
        await pilot.press(pressed)
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse
