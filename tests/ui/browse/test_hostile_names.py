"""Names that would harm a terminal or a markup parser: seen as they are, brought back, downloaded."""

from pathlib import Path

import pytest

from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.dialogs.prompts import AskText, ConfirmPlan
from tests.doubles import MemoryStore
from tests.exhaustive import first
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, history_rows, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import screen_text, until, until_shown

HOSTILE = (
    "report[v2] [bold]\x1b[31m.csv",
    "x[/bold].csv",
    "two\nlines.csv",
    "\u202egnp.csv",
    "\x9b31mcsi.csv",
    "\x1b]52;c;aGk=\x07.csv",
)


@pytest.mark.parametrize("name", first(2, HOSTILE))
async def test_hostile_names_are_seen_as_they_are_and_never_reach_the_terminal_raw(
    store: MemoryStore, opener: Opener, name: str
) -> None:
    hostile = ObjectKey(BUCKET, "raw/" + name)
    store.write(hostile, b"first")
    store.write(hostile, b"second")
    store.write(ObjectKey(BUCKET, f"{name}/inside.csv"), b"")
    app = BrowseApp(opener, start=hostile.place)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await until_shown(pilot, _shown(hostile.name), "2 versions")
        _assert_clean(app)
        await pilot.press("y")
        await until(pilot, lambda: len(app.screen_stack) > 1, "the menu of what can be yanked")
        _assert_clean(app)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press("r", "j", "r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        _assert_clean(app)
        await pilot.press("enter")
        await until(pilot, lambda: history_rows(app) == 3)
        assert store.read(hostile) == b"first"
        _assert_clean(app)
        app.show_place(ROOT)
        await until(pilot, lambda: pointed(app) != "")
        await pilot.press("g")
        _assert_clean(app)


async def test_a_hostile_name_is_downloaded_under_a_name_that_is_shown_first(
    store: MemoryStore, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.write(ObjectKey(BUCKET, HOSTILE[0]), b"bytes")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await until_shown(pilot, "./report[v2] [bold]\\x1b[31m.csv", "are written out")
        await pilot.press("enter")
        await until(pilot, lambda: "verified: sha256" in toasts(app))
        _assert_clean(app)
        assert (tmp_path / "report[v2] [bold]\\x1b[31m.csv").read_bytes() == b"bytes"


async def test_what_is_hidden_in_a_name_is_found_as_it_is_shown(store: MemoryStore, opener: Opener) -> None:
    for name in ("plain.csv", *HOSTILE):
        store.write(ObjectKey(BUCKET, "raw/" + name), b"")
    app = BrowseApp(opener, start=ROOT.under("raw"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "plain.csv")
        await pilot.press("slash", "backslash", *"x1b")
        await until(pilot, lambda: app.browse.objects.table.row_count == 2)
        await until_shown(pilot, "x1b[31m.csv", "\\x1b]52;c;aGk=\\x07.csv")
        _assert_clean(app)


def _shown(name: str) -> str:
    for raw, written in (("\x1b", "\\x1b"), ("\n", "\\n"), ("\u202e", "\\u202e"), ("\x9b", "\\x9b"), ("\x07", "\\x07")):
        name = name.replace(raw, written)
    return name


def _assert_clean(app: BrowseApp) -> None:
    shown = screen_text(app)
    raw = [hex(ord(character)) for character in shown if character != "\n" and not character.isprintable()]
    assert not raw
