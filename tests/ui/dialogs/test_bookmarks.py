"""Bookmarks: kept in the settings file, gone to from anywhere, taken away and put back."""

from typing import Any

from textual.pilot import Pilot

from s3ml_tui import settings
from s3ml_tui.settings.bookmarks import add_bookmark, bookmarks
from s3ml_tui.settings.file import Bookmark
from s3ml_tui.ui.dialogs.bookmarks import BookmarkList
from s3ml_tui.ui.dialogs.prompts import AskText
from s3ml_tui.ui.widgets.address_input import AddressInput
from tests.ui.harness import has, screen_text, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SIZES, SMALL, Lab, dangerous_texts, to_mode


async def listed(pilot: Pilot[Any]) -> BookmarkList:
    """The list, from Browse."""
    await until_shown(pilot, "dataset/")
    await pilot.press("b")
    await until(pilot, lambda: isinstance(pilot.app.screen, BookmarkList), "the list")
    dialog = pilot.app.screen
    assert isinstance(dialog, BookmarkList)
    return dialog


@SIZES
async def test_the_place_at_hand_is_kept_under_a_name(lab: Lab, size: tuple[int, int]) -> None:
    async with lab.app().run_test(size=size, notifications=True) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        await pilot.press("B")
        await until_shown(pilot, "Bookmark s3://bucket/ws/", "ws")
        await pilot.press("ctrl+u", *"my work", "enter")
        await until_shown(pilot, "Bookmarked as my work", "b goes back to it")
        assert bookmarks() == (Bookmark("my work", "s3://bucket/ws/"),)
        await pilot.press("B")
        await until_shown(pilot, "It is bookmarked as my work")


async def test_a_name_that_is_taken_is_said_and_the_next_free_one_offered(lab: Lab) -> None:
    add_bookmark(Bookmark("ws", "s3://elsewhere/"))
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        await pilot.press("B")
        await until_shown(pilot, "Bookmark s3://bucket/ws/", "ws 2")
        await pilot.press("backspace", "backspace", "enter")
        await until_shown(pilot, "There is a bookmark ws already, for s3://elsewhere/")
        await pilot.press("escape")
        assert len(bookmarks()) == 1


async def test_a_bookmark_leads_to_a_place_and_to_an_object_from_any_mode(lab: Lab) -> None:
    add_bookmark(Bookmark("raw", "s3://bucket/ws/dataset/raw/"))
    add_bookmark(Bookmark("churn", "s3://bucket/ws/dataset/raw/churn.csv"))
    async with lab.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "3", "No runs yet")
        await pilot.press("b")
        await until_shown(pilot, "raw    s3://bucket/ws/dataset/raw/", "churn  s3://")
        await pilot.press("enter")
        await until_shown(pilot, "1 Browse", "▸ bucket ▸ ws/dataset/raw/", "churn.csv")
        await pilot.press("6", "b")
        await until(pilot, lambda: isinstance(pilot.app.screen, BookmarkList))
        await pilot.press("j", "enter")
        await until_shown(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv · History · 1 version")


async def test_one_is_removed_and_put_back(lab: Lab) -> None:
    for name in ("one", "two", "three"):
        add_bookmark(Bookmark(name, f"s3://bucket/{name}/"))
    async with lab.app().run_test(size=LARGE) as pilot:
        await listed(pilot)
        await pilot.press("j", "x")
        await until_shown(pilot, "two is removed", "u puts it back")
        assert [mark.name for mark in bookmarks()] == ["one", "three"]
        await pilot.press("x")
        await until_shown(pilot, "three is removed")
        await pilot.press("u")
        await until_shown(pilot, "three is back")
        await pilot.press("u")
        await until_shown(pilot, "two is back")
        assert sorted(mark.name for mark in bookmarks()) == ["one", "three", "two"]


async def test_the_last_one_removed_leaves_a_word(lab: Lab) -> None:
    add_bookmark(Bookmark("one", "s3://bucket/one/"))
    async with lab.app().run_test(size=SMALL) as pilot:
        await listed(pilot)
        await pilot.press("x")
        await until_shown(pilot, "one is removed", "No bookmarks. B keeps the place that is shown.")
        await pilot.press("u")
        await until_shown(pilot, "one is back", "one  s3://bucket/one/")


async def test_without_any_the_list_says_how_to_make_one(lab: Lab) -> None:
    async with lab.app().run_test(size=SMALL) as pilot:
        await listed(pilot)
        await until_shown(pilot, "No bookmarks. B keeps the place that is shown.", "escape leaves")
        await pilot.press("escape")
        await until_shown(pilot, "dataset/")


async def test_one_that_cannot_be_removed_alone_says_so_and_stays(lab: Lab) -> None:
    path = settings.config_file()
    path.parent.mkdir(parents=True)
    path.write_text('bookmarks = { raw = "s3://acme/raw/", old = "s3://old/" }\n')
    async with lab.app().run_test(size=LARGE) as pilot:
        await listed(pilot)
        path.write_text("[bookmarks\n")
        await pilot.press("x")
        await until_shown(pilot, "Expected ']' at the end")
        assert has(pilot.app, "raw  s3://acme/raw/", "old  s3://old/")
    assert path.read_text() == "[bookmarks\n"


async def test_one_in_an_inline_table_is_removed_alone(lab: Lab) -> None:
    path = settings.config_file()
    path.parent.mkdir(parents=True)
    path.write_text('bookmarks = { raw = "s3://acme/raw/", old = "s3://old/" }\n')
    async with lab.app().run_test(size=LARGE) as pilot:
        await listed(pilot)
        await pilot.press("x")
        await until_shown(pilot, "raw is removed", "old  s3://old/")
    assert path.read_text() == 'bookmarks = {  old = "s3://old/" }\n'


async def test_a_file_that_is_no_toml_is_said(lab: Lab) -> None:
    path = settings.config_file()
    path.parent.mkdir(parents=True)
    path.write_text("[bookmarks\n")
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        for key in ("b", "B"):
            await pilot.press(key)
            await until_shown(pilot, "Mend that line")
            await pilot.press("escape")
            await until(pilot, lambda: not has(pilot.app, "Mend that line"))


async def test_without_a_place_there_is_nothing_to_keep(lab: Lab) -> None:
    lab.store.create_bucket("another")
    async with lab.app(start=None).run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "another", "No place chosen")
        await pilot.press("B")
        await until_shown(pilot, "There is no place to keep")


async def test_names_that_mean_harm_are_shown_as_they_are(lab: Lab) -> None:
    path = settings.config_file()
    path.parent.mkdir(parents=True)
    path.write_text('[bookmarks]\n"evil\\u001b[31m [bold]" = "s3://bucket/[/x\\u0007/"\n')
    async with lab.app().run_test(size=LARGE) as pilot:
        await listed(pilot)
        await until_shown(pilot, "evil\\x1b[31m [bold]  s3://bucket/[/x\\x07/")
        assert not dangerous_texts(pilot.app)


async def test_a_place_whose_name_means_harm_can_be_kept(lab: Lab) -> None:
    lab.put(lab.workspace.key(f"{HOSTILE.partition('/')[0]}/x"), b"x")
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "evil\\x1b[31m")
        await pilot.press("colon")
        await until(pilot, lambda: bool(pilot.app.screen.query(AddressInput)))
        await pilot.press(*"bucket/ws/evil")
        await pilot.press("tab")
        await until(pilot, lambda: "\\x1b" in pilot.app.screen.query_one(AddressInput).value, "it is completed")
        await pilot.press("enter")
        await until_shown(pilot, "▸ bucket ▸ ws/evil\\x1b[31m")
        await pilot.press("B")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        await pilot.press("ctrl+u", *"odd", "enter")
        await until_shown(pilot, "Bookmarked as odd")
        [mark] = bookmarks()
        assert mark.uri == f"s3://bucket/ws/{HOSTILE.partition('/')[0]}/"
        assert "\x1b" not in settings.config_file().read_text()
        assert not dangerous_texts(pilot.app)
        assert "odd" in screen_text(pilot.app)
