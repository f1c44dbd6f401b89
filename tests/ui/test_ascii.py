"""Where only ASCII is shown every line is ASCII, in as many cells, and what it says can still be read."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size
from textual.pilot import Pilot

import s3ml_tui
from s3ml_tui.domain.context import Context
from s3ml_tui.settings import Settings
from s3ml_tui.ui.glyphs import SIGNS, in_ascii, sign_of
from tests.services.arranged import WORKSPACE
from tests.ui.harness import at_rest, screen_lines, screen_text, until, until_shown
from tests.ui.lab import LARGE, SIZES, Lab, to_mode

SOURCES = Path(s3ml_tui.__file__).parent
OF_OTHERS = {"training", "runner", "s3", "local_server"}
"""Packages that draw nothing."""
ASCII = Settings(Context(), is_ascii=True)


# the table -----------------------------------------------------------------------------------------------------------


def texts_of(source: str) -> Iterator[str]:
    """The string constants of a module that are no docstrings."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_every_sign_in_the_sources_has_something_to_stand_for_it() -> None:
    missing = {
        (character, str(path.relative_to(SOURCES)))
        for path in SOURCES.rglob("*.py")
        if path.relative_to(SOURCES).parts[0] not in OF_OTHERS
        for text in texts_of(path.read_text(encoding="utf-8"))
        for character in text
        if not character.isascii() and character.isprintable()  # what is not printable is never drawn
        if get_character_cell_size(character) and sign_of(character) is None
    }
    assert missing == set(), "give them a form in ui/glyphs.py"


def test_forms_are_ascii_and_as_wide_as_their_signs() -> None:
    for sign, form in SIGNS.items():
        assert form.isascii(), sign
        assert len(sign_of(sign) or "") == get_character_cell_size(sign), sign


@given(st.text())
def test_any_text_is_drawn_in_as_many_cells(text: str) -> None:
    drawn = in_ascii(text)
    assert drawn.isascii()
    assert len(drawn) == sum(get_character_cell_size(character) or (ord(character) < 0x80) for character in text)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain", "plain"),
        ("Loading buckets …", "Loading buckets.."),
        ("customers_2026…", "customers_2026~"),
        ("✓ succeeded · 0:41", "+ succeeded - 0:41"),
        ("╭─ History ─╮│┃", "+- History -+||"),
        ("▓▓▓░░", "###.."),
        ("⣿⠀⠁", "# ."),
        ("café 東京", "caf? ????"),
        ("⚡ Unreachable", "!  Unreachable"),
    ],
)
def test_what_it_looks_like(text: str, drawn: str) -> None:
    assert in_ascii(text) == drawn
    assert cell_len(in_ascii(text)) == cell_len(text)


# the screens ---------------------------------------------------------------------------------------------------------


def arranged(lab: Lab) -> Lab:
    for number in range(1, 4):
        lab.run(number, lines=30)
    lab.run(0, state="running", lines=30)
    lab.run(5, state="failed")
    lab.run(6, state="cancelled")
    lab.models(1, 2, champion=1)
    lab.put(WORKSPACE.key("café 東京.csv"), b"a,b\n1,2\n")
    lab.put(WORKSPACE.key("notes.md"), "# Título\n\n* ein Pünktchen\n\n> quoted\n".encode())
    return lab


def assert_ascii(pilot: Pilot[Any]) -> None:
    assert screen_text(pilot.app).isascii(), [line for line in screen_lines(pilot.app) if not line.isascii()]
    assert len({len(line) for line in _raw_lines(pilot)}) == 1, "all lines are as long as they were"


def _raw_lines(pilot: Pilot[Any]) -> list[str]:
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


@SIZES
async def test_all_modes_are_ascii(lab: Lab, size: tuple[int, int]) -> None:
    async with arranged(lab).app(settings=ASCII).run_test(size=size, notifications=True) as pilot:
        await until_shown(pilot, "> bucket > ws/", "caf? ????.csv", "notes.md", "versioned - anonymous")
        assert_ascii(pilot)
        await pilot.press("G", "space", "k", "j", "i")
        await until_shown(pilot, "Preview")
        await at_rest(pilot)
        assert_ascii(pilot)
        await pilot.press("i")
        await until_shown(pilot, "Details")
        assert_ascii(pilot)
        for key, texts in {
            "2": ("Spec", "No run yet"),
            "3": ("* running", "+ succeeded", "x failed", "! cancelled"),
            "4": ("+ models/v2", "champion"),
            "5": ("candidate",),
            "6": ("No jobs yet",),
        }.items():
            await to_mode(pilot, key, *texts)
            assert_ascii(pilot)


@SIZES
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("question_mark", "Keys of Browse"),
        ("colon", "tab completes"),
        ("C", "* prod"),
        ("b", "No bookmarks."),
        ("B", "Bookmark s3://bucket/ws/"),
        ("a", "Upload"),
        ("x", "Delete"),
        ("ctrl+p", "/ "),
    ],
)
async def test_dialogs_are_ascii(lab: Lab, size: tuple[int, int], key: str, text: str) -> None:
    async with arranged(lab).app(settings=ASCII).run_test(size=size) as pilot:
        await until_shown(pilot, "caf? ????.csv", "versioned")
        await pilot.press("G", key)
        await until_shown(pilot, text)
        assert_ascii(pilot)


async def test_states_of_panes_are_ascii(lab: Lab) -> None:
    async with lab.app(start=None, settings=ASCII).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "> bucket")  # there is a session
        assert_ascii(pilot)
        await pilot.press("colon", *"bucket/none/", "enter")
        await until_shown(pilot, "Nothing lies under")
        assert_ascii(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "- Nothing here")
        assert_ascii(pilot)


async def test_help_spells_the_arrows(lab: Lab) -> None:
    async with lab.app(settings=ASCII).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/")
        await pilot.press("question_mark")
        await until_shown(pilot, "Keys of Browse")
        await pilot.press("G")
        await until(
            pilot, lambda: "j down" in screen_text(pilot.app) or "h left bksp" in screen_text(pilot.app), "keys"
        )
