"""Pictures in half blocks: as large as there is room, in colours the terminal has, else format and size."""

import base64
import io

import pytest
from PIL import Image as Pillow

from s3ml_tui.domain.preview.content import Pixels
from s3ml_tui.ui.preview.image import PictureSheet
from s3ml_tui.ui.preview.sheet import Line
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_lines, screen_text, until, until_shown
from tests.ui.preview.lines import line, text

LARGE = (120, 40)
RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with all colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


def picture(width: int = 400, height: int = 300) -> bytes:
    """Red above, blue below."""
    image = Pillow.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def pixels(width: int, height: int, colours: bytes) -> Pixels:
    return Pixels(width, height, base64.b64encode(colours).decode())


def painted(app: BrowseApp) -> list[tuple[str, str]]:
    """The colours of the half blocks on the screen, line by line, the first of each."""
    found = []
    for strip in app.screen._compositor.render_strips():
        block = next((segment for segment in strip if "▀" in segment.text), None)
        if block is not None and block.style is not None and block.style.color and block.style.bgcolor:
            found.append((block.style.color.name, block.style.bgcolor.name))
    return found


def test_two_pixels_a_cell_in_their_colours() -> None:
    sheet = PictureSheet(pixels(2, 3, bytes([*RED, *RED, *BLUE, *BLUE, *RED, *BLUE])), [Line((("below", ""),))])
    assert sheet.row(0) == Line((("▀▀", "#ff0000/#0000ff"),))
    assert sheet.row(1) == Line((("▀", "#ff0000"), ("▀", "#0000ff")))
    assert [sheet.count, text(sheet, 2)] == [3, "below"]


def test_a_picture_is_shrunk_to_the_room_and_never_made_larger() -> None:
    sheet = PictureSheet(pixels(100, 50, bytes([*RED]) * 5000), [])
    assert (sheet.count, len(text(sheet, 0))) == (20, 80)
    assert sheet.fit(40, 100)
    assert (sheet.count, len(text(sheet, 0))) == (10, 40)
    assert not sheet.fit(40, 200)
    assert sheet.fit(1000, 5)
    assert (sheet.count, len(text(sheet, 0))) == (5, 20)
    assert sheet.fit(1000, 1000)
    assert (sheet.count, len(text(sheet, 0))) == (25, 100)
    assert {look for at in range(sheet.count) for _, look in line(sheet, at).parts} == {"#ff0000/#ff0000"}


def test_pixels_that_are_damaged_leave_what_stands_below() -> None:
    sheet = PictureSheet(Pixels(2, 2, "AAAA"), [Line((("below", ""),))])
    assert (sheet.count, text(sheet, 0)) == (1, "below")


@pytest.mark.usefixtures("colourful")
async def test_a_picture_is_drawn_and_grows_with_its_pane(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.png"), picture())
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "a.png · Preview · PNG picture, 400 x 300", "▀▀▀")
        small = len(painted(app))
        assert painted(app)[0] == ("#ff0000", "#ff0000")
        assert painted(app)[-1] == ("#0000ff", "#0000ff")
        await pilot.press("enter", "plus")
        await until(pilot, lambda: len(painted(app)) > 2 * small)
        reads = sum(verb == "read" for verb, _ in store.requests)
        await pilot.press("G")
        await until_shown(pilot, "400 x 300 pixels", "mode")
        assert reads == sum(verb == "read" for verb, _ in store.requests)


@pytest.mark.usefixtures("colourful")
async def test_a_torn_picture_is_drawn_with_a_sentence(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.png"), b"\x89PNG\r\n\x1a\n" + picture()[8:60])
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "PNG picture, 400 x 300")
        assert "▀" in screen_text(app) or has(app, "It cannot be drawn")


@pytest.mark.usefixtures("colourful")
async def test_without_colours_format_and_size_are_said(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    store.write(key("a.png"), picture())
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "It is not drawn: NO_COLOR is set.", "400 x 300 pixels")
        assert not [line for line in screen_lines(app) if "▀" in line]


@pytest.mark.usefixtures("colourful")
async def test_in_ascii_no_block_is_asked_for(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.png"), picture())
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        app.add_class("-ascii")
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "only ASCII is shown", "400 x 300 pixels")


async def test_a_terminal_of_eight_colours_is_told(
    store: MemoryStore, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    store.write(key("a.png"), picture())
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "fewer than 256 colours", "400 x 300 pixels")
