"""A tree with more lines than the screen has: whichever way one comes to a place, it and what is in it are in sight."""

from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from tests.doubles import MemoryStore
from tests.ui.conftest import Opener
from tests.ui.harness import paste, screen_lines, until

BUCKETS, FOLDERS = 90, 80
FAR = "bucket-070"
PLACES = (Place(FAR), Place(FAR, "p060/x/"), Place("bucket-089"), Place("bucket-000"), Place(FAR, "p079/"))


@pytest.fixture
def opened(opener: Opener, store: MemoryStore) -> Opener:
    for number in range(BUCKETS):
        store.create_bucket(f"bucket-{number:03}")
    for number in range(FOLDERS):
        store.write(ObjectKey(FAR, f"p{number:03}/x/y.csv"), b"1")
    return opener


def browse_of(pilot: Pilot[Any]) -> BrowseScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, BrowseScreen)
    return screen


async def at(pilot: Pilot[Any], place: Place) -> None:
    """The tree has come there, and shows it between what it is in and what is in it."""
    tree = browse_of(pilot).buckets.tree_rows

    def is_there() -> bool:
        node = tree.nodes.find(place)
        return tree.pointed == place and node is not None and node.is_expanded and not node.is_loading

    await until(pilot, is_there, f"the tree at {place.uri}")
    await pilot.pause()
    if not tree.size.height:
        return
    top, end = int(tree.scroll_offset.y), int(tree.scroll_offset.y) + tree.size.height
    line, node = tree.nodes.line_of(place), tree.nodes.find(place)
    assert line is not None
    assert node is not None
    assert top <= line < end
    assert top <= max(line - 1, 0), "something above it is seen"
    if node.prefixes:
        assert line + 1 < end, "something in it is seen"
    assert any(place.name in text.partition("││")[0] for text in screen_lines(pilot.app))


@pytest.mark.parametrize("size", [(120, 30), (80, 24)])
@pytest.mark.parametrize("place", PLACES[:2])
async def test_starting_at_a_place(opened: Opener, place: Place, size: tuple[int, int]) -> None:
    async with S3mlApp(opened, Context(), start=place).run_test(size=size) as pilot:
        await until(pilot, lambda: browse_of(pilot).place == place)
        await at(pilot, place)
        if size[0] == 80:
            while not browse_of(pilot).selection.is_in_tree:
                await pilot.press("h")
            await at(pilot, Place(FAR))


async def test_going_from_place_to_place_and_back(opened: Opener) -> None:
    async with S3mlApp(opened, Context(), start=PLACES[0]).run_test(size=(120, 30)) as pilot:
        await at(pilot, PLACES[0])
        for place in PLACES[1:]:
            await pilot.press("colon", "ctrl+u")
            await paste(pilot, place.uri)
            await pilot.press("enter")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
            await at(pilot, place)
        for place in reversed(PLACES[:-1]):
            await pilot.press("less_than_sign")
            await at(pilot, place)
        await pilot.press("greater_than_sign")
        await at(pilot, PLACES[1])


async def test_after_reading_again_and_after_the_screen_became_lower(opened: Opener) -> None:
    async with S3mlApp(opened, Context(), start=PLACES[1]).run_test(size=(120, 50)) as pilot:
        await at(pilot, PLACES[1])
        await pilot.press("R")
        await at(pilot, PLACES[1])
        await pilot.resize_terminal(120, 20)
        await at(pilot, PLACES[1])
