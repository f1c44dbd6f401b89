"""The user's keys and theme are in force; a theme chosen is kept; without colours everything can still be told."""

from pathlib import Path
from typing import Any

import pytest
from rich.style import Style
from textual.app import App
from textual.command import CommandPalette
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Footer, Input

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.settings.schema import THEMES
from s3ml_tui.ui import keys
from s3ml_tui.ui.object_table.table import ObjectTable
from s3ml_tui.ui.screens.help import HelpScreen
from s3ml_tui.ui.widgets.status_pane import Pane
from s3ml_tui.ui.widgets.suggestions import Suggestions
from tests.exhaustive import first
from tests.services.arranged import WORKSPACE
from tests.ui.harness import has, screen_text, until, until_shown
from tests.ui.lab import LARGE, SIZES, Lab, to_mode

MINE = """\
theme = "light"
[keys]
browse.delete = "ctrl+x,delete"
browse.mark = "0"
browse.go_back = "minus"
app.refresh_screen = "f8"
app.help = "f2"
app.undo = "U"
list.cursor_down = "ctrl+n,down"
list.back = "backspace"
"""


def written(text: str) -> settings.Settings:
    path = settings.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return settings.load(settings.Flags())


# keys ----------------------------------------------------------------------------------------------------------------


@SIZES
async def test_the_users_keys_are_in_the_footer_and_work(lab: Lab, size: tuple[int, int]) -> None:
    lab.put(WORKSPACE.key("z.csv"), b"x")
    async with lab.app(settings=written(MINE)).run_test(size=size) as pilot:
        await until_shown(pilot, "z.csv", "versioned", "f2 help", "^x delete")
        assert has(pilot.app, "0 mark")
        assert not has(pilot.app, " x delete")
        await pilot.press("G")
        await until(pilot, lambda: "z.csv" in screen_text(pilot.app).split("History")[0])
        await pilot.press("x")  # nothing any more
        await pilot.press("ctrl+x")
        await until_shown(pilot, "Delete z.csv")
        await pilot.press("escape")
        await pilot.press("0")
        await until_shown(pilot, "1 marked")
        await pilot.press("delete")
        await until_shown(pilot, "Delete")


async def test_keys_of_lists_follow_too(lab: Lab) -> None:
    async with lab.app(settings=written(MINE)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        table = pilot.app.screen.query_one(ObjectTable)
        await pilot.press("j")
        assert table.cursor == 0
        await pilot.press("ctrl+n")
        assert table.cursor == 1
        await pilot.press("enter")
        await until_shown(pilot, "▸ ws/dataset/")
        await pilot.press("h")
        assert has(pilot.app, "▸ ws/dataset/")
        await pilot.press("minus")
        await until_shown(pilot, "▸ ws/ ")
        await pilot.press("enter")
        await until_shown(pilot, "▸ ws/dataset/")
        await pilot.press("backspace")
        await until_shown(pilot, "▸ ws/ ")


async def test_help_palette_and_sentences_have_the_users_keys(lab: Lab) -> None:
    async with lab.app(settings=written(MINE)).run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "dataset/")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until_shown(pilot, "^x delete", "delete")
        await pilot.press("escape", "ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        pilot.app.screen.query_one(Input).value = "refresh"
        await until_shown(pilot, "f8 — Ask the server again.")
        await pilot.press("escape", "greater_than_sign")
        await until_shown(pilot, "- goes back first")


async def test_a_dimmed_key_of_the_users_says_why(lab: Lab) -> None:
    at = Context(read_only=True)
    async with lab.app(settings=written(MINE), context=at).run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        await pilot.press("x")
        assert not has(pilot.app, "This context is read-only")
        await pilot.press("ctrl+x")
        await until_shown(pilot, "This context is read-only")


async def test_another_app_has_the_registrys_keys_again(lab: Lab) -> None:
    async with lab.app(settings=written(MINE)).run_test(size=LARGE):
        assert keys.key_for("browse.delete") == "^x"
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "? help", "x delete")
        assert keys.key_for("browse.delete") == "x"


# themes --------------------------------------------------------------------------------------------------------------


def test_the_settings_know_all_themes() -> None:
    assert sorted(App().available_themes) == sorted(THEMES)


async def test_the_theme_of_the_file_is_worn_and_one_that_is_chosen_is_kept(lab: Lab) -> None:
    found = written("# mine\n" + MINE)
    async with lab.app(settings=found).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/")
        assert not pilot.app.current_theme.dark
        pilot.app.search_themes()
        await until_shown(pilot, "gruvbox")
        pilot.app.screen.query_one(Input).value = "nord"
        await until(pilot, lambda: "dracula" not in screen_text(pilot.app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app.theme == "nord")
        await until(pilot, lambda: 'theme = "nord"' in settings.config_file().read_text(), "it is kept")
    assert settings.config_file().read_text() == "# mine\n" + MINE.replace('"light"', '"nord"')


async def test_starting_writes_nothing(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/")
    assert not settings.config_file().exists()


async def test_a_theme_that_cannot_be_kept_is_said(lab: Lab) -> None:
    found = written('theme = "light"\n')
    async with lab.app(settings=found).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/")
        settings.config_file().write_text("theme = [\n")
        pilot.app.theme = "nord"
        await until_shown(pilot, "Mend that line")


@pytest.mark.parametrize(
    "theme", first(3, ["textual-light", "textual-dark", "ansi-dark", "ansi-light", "gruvbox", "rose-pine-dawn"])
)
async def test_every_kind_of_theme_can_be_worn(lab: Lab, theme: str) -> None:
    lab.run(1)
    async with lab.app(settings=settings.Settings(Context(), theme=theme)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        await to_mode(pilot, "3", "✓ succeeded")
        runs = pilot.app.screen
        for key in ("question_mark", "C"):
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not runs, f"what {key} opens")
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is runs, "it is closed")
        await pilot.press("colon")
        await until_shown(pilot, "Go to")


# no colours ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def colourless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def styles_of(pilot: Pilot[Any], region: Region) -> list[tuple[str, Style]]:
    """Texts and styles of a region, from its first line on."""
    strips = pilot.app.screen._compositor.render_strips()
    return [
        (segment.text, segment.style or Style())
        for strip in strips[region.y : region.bottom]
        for segment in strip.crop(region.x, region.right)
    ]


@pytest.mark.usefixtures("colourless")
@SIZES
async def test_no_colour_reaches_the_terminal(lab: Lab, size: tuple[int, int]) -> None:
    lab.run(1, state="failed")
    async with lab.app(context=Context(colour="red", read_only=True)).run_test(size=size) as pilot:
        await until_shown(pilot, "dataset/", "▸ bucket ▸ ws/")
        for key in ("1", "3", "4", "6", "1", "colon"):
            await pilot.press(key)
            await pilot.pause()
            for text, style in styles_of(pilot, pilot.app.screen.region):
                for color in (style.color, style.bgcolor):
                    assert color is None or color.is_default, (key, text, style)


@pytest.mark.usefixtures("colourless")
async def test_cursor_marks_focus_and_states_are_told_without_colours(lab: Lab) -> None:
    for name in ("a.csv", "b.csv"):
        lab.put(WORKSPACE.key(name), b"x")
    lab.run(1, state="failed")
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "b.csv", "versioned")
        await pilot.press("G", "space")
        table = pilot.app.screen.query_one(ObjectTable)
        cursor = [style for text, style in styles_of(pilot, table.region) if "b.csv" in text]
        assert cursor
        assert all(style.reverse for style in cursor)
        others = [style for text, style in styles_of(pilot, table.region) if "a.csv" in text]
        assert others
        assert not any(style.reverse for style in others)
        assert has(pilot.app, "▌", "┏", "1 marked")
        focused = pilot.app.focused
        assert focused is not None
        pane = next(one for one in focused.ancestors if isinstance(one, Pane))
        corner = styles_of(pilot, Region(pane.region.x, pane.region.y, 1, 1))[0][0]
        assert corner == "┏"
        assert screen_text(pilot.app).count("┏") == 1
        await to_mode(pilot, "3", "✗ failed")
        await pilot.press("colon")
        await until_shown(pilot, "Go to")
        await pilot.press(*"bucket/ws/")
        options = pilot.app.screen.query_one(Suggestions)
        await until(pilot, lambda: len(options.found) > 1, "the level")
        await pilot.press("down", "down")
        chosen = [style for text, style in styles_of(pilot, options.region) if "dataset/" in text]
        assert chosen
        assert all(style.underline for style in chosen)


@pytest.mark.usefixtures("colourless")
async def test_what_a_read_only_context_forbids_is_struck_out_in_the_footer(lab: Lab) -> None:
    async with lab.app(context=Context(read_only=True)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "versioned", "READ-ONLY")
        footer = styles_of(pilot, pilot.app.screen.query_one(Footer).region)
        struck = "".join(text for text, style in footer if style.strike)
        assert "delete" in struck
        assert "share" not in struck


# at start ------------------------------------------------------------------------------------------------------------


def test_mistakes_in_keys_and_theme_are_named_at_start(tmp_path: Path) -> None:
    from s3ml_tui.domain.errors import BadInput

    with pytest.raises(BadInput) as refused:
        written('theme = "nrod"\n[keys]\nbrowse.delet = "x"\napp.undo = "ctrl+i"\n')
    for said in ("theme is 'nrod', and there is no such theme; did you mean nord?", "browse.delete?", "ctrl+i cannot"):
        assert said in refused.value.sentence
    with pytest.raises(BadInput, match="r would mean"):
        written('[keys]\napp.undo = "r"\n')
