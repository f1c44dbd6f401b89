"""Names that would harm a terminal, or a parser of markup: uploaded, seen as they are, brought back, downloaded."""

import re
from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree, upload
from tests.terminal.pty_screen import PtyScreen

ESC_NAME = "report[v2] [bold]\x1b[31m.csv"
SHOWN = r"report[v2] [bold]\x1b[31m.csv"
FIRST, SECOND = b"first\n", b"the second\n"

_STYLE = rb"(?:[0-9]|2[1-9]|[34]8;2;\d+;\d+;\d+)"
TEXTUALS_OWN = re.compile(
    rb"\x1b(?:"
    rb"\[\d+;\d+H"  # the cursor goes to a place
    rb"|\[" + _STYLE + rb"(?:;" + _STYLE + rb")*m"  # bold, reverse …, true colours
    rb"|\[\?\d+(?:[hl]|\$p)"  # modes are set, reset, asked about
    rb"|\[<u|\[>\d+u"  # the kitty keyboard protocol
    rb"|\]22;"  # the shape of the pointer
    rb")"
)
"""All that may follow an ESC. The plain colours (30-37, 40-47), as the name has one, are not among it."""


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """An empty bucket, and a folder to work in."""
    return Bench(seaweed, tmp_path, seaweed.bucket())


@EXHAUSTIVE  # closing markup goes the same way
def test_a_name_with_an_escape_sequence_goes_all_the_way(bench: Bench) -> None:
    bench.write(ESC_NAME, FIRST)
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        screen.press("a")
        screen.wait_for("Upload to s3://")
        screen.type("rep")
        screen.wait_for(rf"▊ +{re.escape(SHOWN)}")
        screen.press("right", "enter")
        agree(screen, "Upload", plan=rf"from {re.escape(SHOWN)} become")
        screen.wait_for(rf"{re.escape(SHOWN)} · History · 1 version ")
        assert bench.content(ESC_NAME) == FIRST

        bench.write(ESC_NAME, SECOND)
        _walk(bench, screen, ESC_NAME, SHOWN, typed=SHOWN)
        _assert_clean(screen)


def test_a_key_with_closing_markup_in_it_goes_all_the_way(bench: Bench) -> None:
    bench.write("bold].csv", FIRST)
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        screen.press(":")
        screen.wait_for("Go to")
        screen.press("ctrl+u")
        screen.type(f"s3://{bench.bucket}/x[/")
        screen.press("enter")
        screen.wait_for("Enter again goes there")
        screen.press("enter")
        screen.wait_for(r"▸ test-\w+ ▸ x\[")
        screen.wait_for("Nothing here")
        upload(screen, "bold].csv", plan=r"/x\[/bold\]\.csv")
        screen.wait_for(r"bold\]\.csv · History · 1 version ")
        assert bench.content("x[/bold].csv") == FIRST

        bench.write("bold].csv", SECOND)
        _walk(bench, screen, "x[/bold].csv", "bold].csv", typed="bold].csv")
        screen.press("escape", "escape")
        screen.wait_for(r"▸ x\[/")
        _assert_clean(screen)


def test_a_name_pasted_as_it_was_shown_is_found(bench: Bench) -> None:
    bench.write(ESC_NAME, FIRST)
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        screen.press("a")
        screen.wait_for("Upload to s3://")
        screen.paste(SHOWN)
        screen.wait_for(re.escape(SHOWN))
        screen.press("enter")
        agree(screen, "Upload")
        screen.wait_for(rf"{re.escape(SHOWN)} · History · 1 version ")
        assert bench.content(ESC_NAME) == FIRST
        _assert_clean(screen)


def test_commands_take_and_show_such_names(bench: Bench) -> None:
    uri = f"s3://{bench.bucket}/{ESC_NAME}"
    raw = bytearray()
    for number, content in enumerate((FIRST, SECOND)):
        file = bench.write(ESC_NAME, content)
        raw += _in_terminal(bench, "put", file, f"s3://{bench.bucket}/", "--yes", shows=SHOWN)
        assert bench.content(ESC_NAME) == content, number
    raw += _in_terminal(bench, "ls", f"s3://{bench.bucket}/", shows=SHOWN)
    raw += _in_terminal(bench, "history", uri, shows="current")
    oldest = bench.line("history", uri, "--json").rows[-1]["version_id"]
    raw += _in_terminal(bench, "restore", uri, "--version-id", oldest, "--yes", shows=SHOWN)
    assert bench.content(ESC_NAME) == FIRST
    raw += _in_terminal(bench, "get", uri, bench.folder / "back.csv", shows="back.csv")
    assert (bench.folder / "back.csv").read_bytes() == FIRST
    assert b"\x1b[31m" not in raw


def _walk(bench: Bench, screen: PtyScreen, key: str, shown: str, *, typed: str) -> None:
    """Upload again, see two versions, bring back the first, download it, delete it, see it, bring it back."""
    name = re.escape(shown)
    upload(screen, typed)
    screen.wait_for(rf"{name} · History · 2 versions")
    screen.wait_for(rf"{name} +11 B")
    assert bench.content(key) == SECOND
    screen.press("tab", "j", "r")
    agree(screen, "Bring back", plan="6 B from ")
    screen.wait_for(rf"{name} · History · 3 versions")
    screen.wait_for(rf"{name} +6 B")
    assert bench.content(key) == FIRST

    screen.press("D")
    screen.wait_for(rf"Download {name}")
    screen.press("ctrl+u")
    screen.type("back.csv")
    screen.press("enter")
    screen.wait_for(r"back\.csv(?s:.*)verified:(?s:.*)sha256")
    assert (bench.folder / "back.csv").read_bytes() == FIRST

    screen.press("x")
    agree(screen, "Delete", plan="nothing is destroyed")
    screen.wait_for("Nothing here")
    screen.press(".")
    screen.wait_for(rf"✗ {name} .*deleted")
    screen.wait_for(rf"{name} · History · 4 versions")
    screen.press("r")
    agree(screen, "Bring back")
    screen.wait_for(rf"[^✗] {name} +6 B")
    assert bench.content(key) == FIRST
    assert (len(bench.versions()), len(bench.markers())) == (4, 1)


def _in_terminal(bench: Bench, *arguments: object, shows: str) -> bytes:
    """What a command sent to its terminal."""
    with bench.terminal(*arguments, columns=200) as screen:
        assert screen.wait_for_exit() == 0, screen.text
        assert shows in screen.text.replace("\n", "")
        return bytes(screen.raw)


def _assert_clean(screen: PtyScreen) -> None:
    """No control sequence reached the terminal that is not the program's own."""
    raw = bytes(screen.raw)
    raw = raw[: raw.rindex(b"\x1b")]  # the last one may have been read in half
    starts = [found.start() for found in re.finditer(b"\x1b", raw)]
    assert b"\x1b[31m" not in raw
    assert not {raw[start : start + 24] for start in starts if not TEXTUALS_OWN.match(raw, start)}
    assert not re.search(rb"\xc2[\x80-\x9f]", raw), "C1 controls"
