"""Pictures made small: every format, upright, bounded, torn ones as far as they go."""

import io
from collections.abc import Iterator
from functools import partial

import pytest
from PIL import Image as Pillow

from s3ml_tui.domain.preview.content import Hex, Image, Pixels, Reading, Text
from s3ml_tui.readers.detect import look
from s3ml_tui.readers.source import Ranged
from s3ml_tui.services.preview.process import PreviewProcess
from tests.readers.files import request

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def process() -> Iterator[PreviewProcess]:
    there = PreviewProcess()
    yield there
    there.close()


def quarters(width: int = 64, height: int = 32) -> Pillow.Image:
    """Red and green above, blue and white below."""
    picture = Pillow.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(WHITE, (width // 2, height // 2, width, height))
    return picture


def packed(picture: Pillow.Image, form: str, **more: object) -> bytes:
    body = io.BytesIO()
    picture.save(body, form, **more)
    return body.getvalue()


def read(data: bytes, *, room: tuple[int, int] = (16, 16), budget: int = 1024 * 1024, name: str = "a.png") -> Reading:
    source = Ranged(len(data), budget, partial(_part, data))
    return look(request(name, len(data), budget=budget, room=room), source)


def _part(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length]


def drawn(data: bytes, **more: object) -> tuple[Image, Pixels]:
    content = read(data, **more).content  # type: ignore[arg-type] # options of `read`
    assert isinstance(content, Image)
    assert content.pixels is not None
    return content, content.pixels


def corners(pixels: Pixels) -> list[tuple[int, ...]]:
    """The colours of the four corners, rounded: JPEG and WebP are not exact."""
    rgb = pixels.rgb()
    at = [0, pixels.width - 1, (pixels.height - 1) * pixels.width, pixels.height * pixels.width - 1]
    return [tuple(round(value / 32) for value in rgb[3 * one : 3 * one + 3]) for one in at]


def rounded(*colours: tuple[int, int, int]) -> list[tuple[int, ...]]:
    return [tuple(round(value / 32) for value in colour) for colour in colours]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_every_format_is_drawn_within_the_room(form: str) -> None:
    image, pixels = drawn(packed(quarters(), form))
    assert (image.width, image.height) == (64, 32)
    assert (pixels.width, pixels.height) == (16, 8)
    assert corners(pixels) == rounded(RED, GREEN, BLUE, WHITE)
    assert not image.is_truncated


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F"])
def test_every_mode_becomes_eight_bits_a_channel(mode: str) -> None:
    grey = Pillow.linear_gradient("L")
    deep = grey.convert("I").point(lambda value: value * 250) if mode.startswith("I") else grey
    form = "PNG" if mode in {"1", "L", "LA", "P", "RGBA", "I;16"} else "TIFF"
    image, pixels = drawn(packed(deep.convert(mode), form))
    rgb = pixels.rgb()
    assert ("mode", mode) in image.details
    assert rgb[0] < 40
    assert rgb[-1] > 215


def test_small_pictures_are_not_made_larger() -> None:
    assert (drawn(packed(quarters(4, 4), "PNG"))[1].width) == 4


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(3, (WHITE, BLUE, GREEN, RED)), (6, (BLUE, RED, WHITE, GREEN)), (8, (GREEN, WHITE, RED, BLUE))],
)
def test_a_photo_is_turned_upright(orientation: int, expected: tuple[tuple[int, int, int], ...]) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    _, pixels = drawn(packed(quarters(), "JPEG", exif=exif), room=(16, 16))
    assert corners(pixels) == rounded(*expected)
    assert (pixels.width > pixels.height) == (orientation == 3)


def test_what_is_clear_shows_a_chequerboard() -> None:
    _, pixels = drawn(packed(Pillow.new("RGBA", (16, 16), (255, 0, 0, 0)), "PNG"))
    assert len({pixels.rgb()[at : at + 3] for at in range(0, 3 * 256, 3)}) == 2


def test_without_room_nothing_is_decoded_and_only_the_beginning_is_read() -> None:
    content = read(packed(quarters(), "PNG"), room=(0, 0)).content
    assert content == Image("PNG", 64, 32, (("bits a channel", "8"), ("colours", "RGB")))


def test_a_picture_beyond_the_budget_is_drawn_as_far_as_it_was_read() -> None:
    noise = packed(Pillow.effect_noise((640, 640), 200).convert("RGB"), "PNG")
    assert len(noise) > 300_000
    image, pixels = drawn(noise, budget=100_000)
    assert image.is_truncated
    assert len(pixels.rgb()) == 3 * 16 * 16


def test_a_torn_and_a_damaged_picture_are_a_sentence_or_what_is_left() -> None:
    body = packed(quarters(640, 320), "JPEG")
    assert drawn(body[: len(body) // 2])
    damaged = packed(quarters(), "WEBP")
    reading = read(damaged[:40] + b"\xff" * (len(damaged) - 40))
    assert isinstance(reading.content, Image)
    assert reading.content.pixels is None
    assert "cannot be drawn" in reading.notes[0]
    torn = read(packed(quarters(), "PNG")[:30])
    assert isinstance(torn.content, Hex)
    assert torn.notes == ("It begins as a picture, and its header is torn or damaged.",)
    assert isinstance(read(b"BMW is a text", name="a.txt").content, Text)


def test_a_picture_that_takes_more_memory_than_there_is_is_not_called_damaged(process: PreviewProcess) -> None:
    large = packed(Pillow.new("RGBA", (6000, 6000), (1, 2, 3, 4)), "PNG")
    reading = process.ask(request("a.png", len(large), room=(100, 100)), partial(_part, large))
    assert isinstance(reading.content, Image)
    assert reading.notes == ("It is not drawn: 6,000 x 6,000 pixels are more than a preview decodes.",)


def test_a_bomb_is_not_decoded(process: PreviewProcess) -> None:
    bomb = packed(Pillow.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 1_000_000
    reading = process.ask(request("a.png", len(bomb), room=(100, 100)), partial(_part, bomb))
    assert isinstance(reading.content, Image)
    assert (reading.content.width, reading.content.pixels) == (30_000, None)
    assert reading.notes == ("It is not drawn: 30,000 x 30,000 pixels are more than a preview decodes.",)


def test_a_large_picture_is_drawn_in_the_process(process: PreviewProcess) -> None:
    large = packed(quarters(4000, 4000), "PNG")
    reading = process.ask(request("a.png", len(large), room=(200, 100)), partial(_part, large))
    assert isinstance(reading.content, Image)
    assert reading.content.pixels is not None
    assert corners(reading.content.pixels) == rounded(RED, GREEN, BLUE, WHITE)


def test_pixels_that_are_not_as_many_as_they_say_are_none() -> None:
    assert Pixels(2, 1, "AAAAAAAA").rgb() == b"\0" * 6
    assert Pixels(2, 2, "AAAAAAAA").rgb() == b""
    assert Pixels(2, 1, "no base64!").rgb() == b""
    assert Pixels(-2, -1, "AAAAAAAA").rgb() == b""
