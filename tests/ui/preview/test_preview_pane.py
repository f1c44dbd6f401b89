"""The lower part of Browse: what is inside the chosen version, its details, and who may not see them."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from s3ml_tui.domain.errors import Denied, S3mlError, Unreachable
from s3ml_tui.domain.preview.content import (
    Content,
    Empty,
    Hex,
    HexRow,
    Image,
    Model,
    Preview,
    Record,
    Section,
    StyledLine,
    Text,
)
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from s3ml_tui.ui.preview.content import notes_of, sheet_of, words_of
from s3ml_tui.ui.preview.markdown import ProseSheet
from s3ml_tui.ui.preview.rows import PreviewRows
from tests.doubles import MemoryStore
from tests.exhaustive import first
from tests.readers.files import numbers, parquet
from tests.ui.browse_app import BrowseApp, history_rows, key, pointed
from tests.ui.conftest import Opener
from tests.ui.harness import TIMEOUT_S, has, screen_lines, screen_text, until, until_shown
from tests.ui.preview.lines import line, text

HOSTILE = "\x1b]52;c;aGk=\x07 [bold]x[/bold] \u202e \x9b31m [@click=app.quit]no[/]"
WRITTEN = "\\x1b]52;c;aGk=\\x07 [bold]x[/bold] \\u202e \\x9b31m"


def rows_of(app: BrowseApp) -> PreviewRows:
    """What the shown pane lists."""
    looking = app.browse.looking
    return looking.preview.rows if looking.tab == "Preview" else looking.details.rows


def assert_clean(app: BrowseApp) -> None:
    """Nothing on the screen is a control character, or one that turns text around."""
    shown = screen_text(app)
    assert not [hex(ord(one)) for one in shown if one != "\n" and not one.isprintable()]


async def look(pilot: Any, app: BrowseApp, *texts: str, versions: int = 1) -> None:
    """Press `i` on the only object, and wait for what is inside."""
    await until(pilot, lambda: history_rows(app) == versions)
    await pilot.press("i")
    await until(pilot, lambda: app.browse.looking.preview.loader.is_complete)
    await until_shown(pilot, *texts)
    assert_clean(app)


# content by kind ----------------------------------------------------------------------------------------------------

PLAIN: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "a.csv": (b"id,name\n1,Ada\n2,Grace\n", ("CSV, 2 rows, 2 columns", "id:int", "name:text", "Grace")),
    "a.py": (b"def f():\n    return 'x'  # why\n", ("a.py · Preview · python", "1  def f():", "return 'x'  # why")),
    "a.json": (b'{"a": [1, 2], "b": null}', ("Preview · JSON", "▾ a: [ 2 values ]", "b: null")),
    "a.md": (b"# Title\n\n- one **two**\n", ("Preview · Markdown", "Title", "• one two")),
    "a.bin": (b"\x00\x01\xfe\xff" * 8, ("Preview · bytes", "00000010  00 01 fe ff")),
    "a.txt": (b"", ("Nothing to show", "The object is empty.")),
}


@pytest.mark.parametrize("name", PLAIN)
async def test_each_kind_of_content_has_its_looks(store: MemoryStore, opener: Opener, name: str) -> None:
    body, shown = PLAIN[name]
    store.write(key(name), body)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await look(pilot, app, *shown)


async def test_a_parquet_file_shows_rows_schema_and_row_groups(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.parquet"), parquet(numbers(3), row_group_size=2))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 50)) as pilot:
        await look(pilot, app, "Parquet, 3 rows, 2 columns", "First 3 rows", "Schema", "2 row groups", "unpacked")


@pytest.mark.parametrize(
    ("content", "words", "text"),
    [
        (Image("PNG", 640, 480, (("bits", "8"),)), "PNG picture, 640 x 480", "640 x 480 pixels"),
        (Model("joblib", (("sha256", "9f3c"),)), "joblib model, not loaded", "9f3c"),
        (Record("Run r1", (Section("Data", (), (("rows", "12"),)), Section("Folds", ("fold", "auc"), (("1", "0.9"),)))),
         "Run r1", "Folds"),
        (Hex((HexRow(0, "00 1b", ".."),), is_truncated=True), "bytes", "00 1b"),
    ],
)  # fmt: skip
def test_what_is_not_text_is_rows_of_names_and_values(content: Content, words: str, text: str) -> None:
    preview = Preview(key("a"), "v1", 1200, content, packed=("gzip",))
    assert words_of(preview) == f"{words} · gzip · 1.2 kB"
    assert text in _text_of(content)
    assert bool(notes_of(preview)) == isinstance(content, Hex)


def test_an_empty_object_has_no_rows() -> None:
    assert sheet_of(Empty()).count == 0


def test_one_line_is_shown_and_more_are() -> None:
    def first_lines_note(*lines: str) -> str:
        return " ".join(notes_of(Preview(key("a.txt"), None, 9, Text(lines, is_truncated=True))))

    assert first_lines_note("a").startswith("The first line is shown")
    assert first_lines_note("a", "b").startswith("The first 2 lines are shown")


def test_markdown_is_wrapped_anew_and_what_is_code_is_not() -> None:
    lines = (
        StyledLine((("• ", "accent"), ("word " * 9, ""), ("and the end", "strong")), "  "),
        StyledLine((("x" * 60, "string"),)),
        StyledLine((("", "rule"),)),
        StyledLine((("▌ ", "accent"), ("y" * 50, "comment")), "▌ "),
    )
    sheet = ProseSheet(lines)
    assert sheet.fit(40, 24)
    assert not sheet.fit(40, 99)
    assert [text(sheet, at) for at in range(sheet.count)] == [
        "• word word word word word word word", "  word word and the end", "x" * 60, "─" * 40,
        "▌ " + "y" * 38, "▌ " + "y" * 12,
    ]  # fmt: skip
    assert line(sheet, 1).parts[-1] == ("end", "strong")


def _text_of(content: Content) -> str:
    sheet = sheet_of(content)
    rows = [sheet.row(at) for at in range(sheet.count)]
    return "\n".join(getattr(row, "text", "") for row in rows)


# keys ---------------------------------------------------------------------------------------------------------------


async def test_i_goes_from_history_to_preview_to_details_and_back(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n", metadata={"owner": "ml"})
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 50)) as pilot:
        await look(pilot, app, "a.csv · Preview · CSV", "History · Preview · Details")
        assert app.browse.objects.table.has_focus
        await pilot.press("i")
        await until_shown(pilot, "a.csv · Details", "metadata owner", "s3://acme-ml/a.csv")
        await pilot.press("i")
        await until_shown(pilot, "a.csv · History · 1 version")
        assert app.browse.versions.display


async def test_nothing_is_read_of_an_object_before_its_preview_is_asked_for(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await until_shown(pilot, "written by s3ml")
        assert "read" not in {verb for verb, address in store.requests if address.endswith("a.csv")}


async def test_a_name_on_the_border_can_be_clicked(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        lines = screen_lines(app)
        y = next(at for at, line in enumerate(lines) if "Preview · Details" in line)
        await pilot.click(offset=(lines[y].index("Details") + 2, y))
        await until_shown(pilot, "a.csv · Details", "storage class")


async def test_the_version_chosen_in_history_is_previewed_and_brought_back(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id,name\n1,first\n")
    store.write(key("a.csv"), b"id,name\n1,second\n")
    old = next(iter(store.history(key("a.csv")))).versions[1].version_id
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await look(pilot, app, "second", versions=2)
        await pilot.press("i", "i", "enter", "j")
        await pilot.press("i")
        await until_shown(pilot, "first", f"version {old}"[:30])
        assert rows_of(app).has_focus
        await pilot.press("i")
        await until_shown(pilot, "Details", old)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: store.read(key("a.csv")) == b"id,name\n1,first\n")


async def test_a_deleted_object_has_nothing_to_look_into_but_its_older_versions(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(key("a.csv"), b"id,name\n1,first\n")
    store.delete(key("a.csv"))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "Nothing here yet")
        await pilot.press("full_stop")
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("i")
        await until_shown(pilot, "Deleted here")
        await pilot.press("i", "i", "enter", "j", "i")
        await until_shown(pilot, "first")


async def test_a_table_row_opens_as_names_and_values_and_back(store: MemoryStore, opener: Opener) -> None:
    header = ",".join(f"column_number_{at}" for at in range(30))
    store.write(key("a.csv"), f"{header}\n{','.join(str(at) for at in range(30))}\n".encode())
    app = BrowseApp(opener)
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot, app, "column_number_0:int", "of 30 columns fit: enter shows a whole row")
        await pilot.press("enter", "enter", "G")
        await until_shown(pilot, "column_number_29")
        await pilot.press("escape")
        assert rows_of(app).row_count == 1
        assert rows_of(app).has_focus
        await pilot.press("escape")
        assert app.browse.objects.table.has_focus


async def test_json_folds_and_unfolds(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.json"), json.dumps({"a": [1, 2, 3], "b": "x"}).encode())
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await look(pilot, app, "▾ a: [ 3 values ]")
        assert rows_of(app).row_count == 6
        await pilot.press("enter", "j", "enter")
        await until_shown(pilot, "▸ a: [ 3 values ]")
        assert rows_of(app).row_count == 3
        await pilot.press("enter")
        await until_shown(pilot, "▾ a: [ 3 values ]")


async def test_the_zoomed_preview_fills_the_screen_and_turns_into_the_zoomed_details(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot, app, "id:int")
        await pilot.press("enter", "plus")
        await until(pilot, lambda: app.screen.maximized is app.browse.looking.preview)
        await pilot.press("i")
        await until(pilot, lambda: app.screen.maximized is app.browse.looking.details)
        await until_shown(pilot, "storage class", "s3://acme-ml/a.csv")


# trouble ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", first(4, ["a.txt", "a.csv", "a.md", "[bold]\x1b[31m.txt", "a.py", "a.json", "a.jsonl", "a.yaml", "a.html"])
)
async def test_hostile_content_is_seen_as_it_is_and_never_reaches_the_terminal_raw(
    store: MemoryStore, opener: Opener, name: str
) -> None:
    body = f"{HOSTILE},x\n{HOSTILE},y\n"
    if name.endswith((".json", ".jsonl")):
        body = json.dumps({"a": HOSTILE, HOSTILE: 1}) + "\n"
    store.write(key(name), body.encode(), metadata={"who": HOSTILE.replace("\x07", "")})
    app = BrowseApp(opener)
    async with app.run_test(size=(160, 60), notifications=True) as pilot:
        await look(pilot, app, "[bold]x")
        for presses in (("enter", "enter"), ("j",), ("enter",), ("G",), ("enter",), ("i",)):
            await pilot.press(*presses)
            await pilot.pause()
            assert_clean(app)
        await until_shown(pilot, "metadata who")
        assert_clean(app)


async def test_a_readers_sentence_stands_above_what_it_read(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.parquet"), b"id,name\n1,Ada\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until(pilot, lambda: app.browse.looking.preview.loader.is_complete)
        await until_shown(pilot, "Parquet file", "Ada")
        assert_clean(app)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Denied("Reading is denied", action="s3:GetObject", advice="Ask for s3:GetObject"), "denied"),
        (Unreachable("Nobody answers at memory://", advice="Start the server"), "unreachable"),
        (S3mlError("It went wrong", advice="Look"), "failed"),
    ],
)
async def test_a_preview_that_fails_says_why_and_recovers(
    store: MemoryStore, opener: Opener, error: S3mlError, state: str
) -> None:
    store.write(key("a.csv"), b"id\n41\n")
    store.before = _failing(error, "facts")
    app = BrowseApp(opener)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until(pilot, lambda: app.browse.looking.preview.state == state)
        await pilot.press("enter")
        assert app.browse.looking.preview.has_focus
        store.before = _failing(error)
        await pilot.press("R")
        await until_shown(pilot, "41")
        assert rows_of(app).has_focus


async def test_details_name_the_action_that_tags_need(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    store.before = _failing(Denied("No", action="s3:GetObjectTagging"), "tags")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i", "i")
        await until(pilot, lambda: app.browse.looking.details.loader.is_complete)
        await pilot.press("enter", "G")
        await until_shown(pilot, "needs s3:GetObjectTagging")


async def test_a_late_answer_about_another_object_is_dropped(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n111\n")
    store.write(key("b.csv"), b"id\n222\n")
    waits, goes_on = threading.Event(), threading.Event()

    def hold(verb: str, address: str) -> None:
        if verb == "facts" and address.endswith("a.csv"):
            waits.set()
            assert goes_on.wait(TIMEOUT_S)

    store.before = hold
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        try:
            await until(pilot, lambda: history_rows(app) == 1)
            await pilot.press("i")
            await until(pilot, waits.is_set)
            await until_shown(pilot, "Loading preview")
            await pilot.press("j")
            await until_shown(pilot, "b.csv · Preview", "222")
        finally:
            goes_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert pointed(app) == "b.csv"
        assert has(app, "b.csv · Preview", "222")
        assert "111" not in screen_text(app)


async def test_without_an_object_the_preview_says_what_to_do(opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.browse.objects.state == "empty")
        await pilot.press("i")
        await until_shown(pilot, "No object chosen", "to see its preview here")


def _failing(error: S3mlError, *verbs: str) -> Callable[[str, str], None]:
    def fail(verb: str, _address: str) -> None:
        if verb in verbs:
            raise error

    return fail
