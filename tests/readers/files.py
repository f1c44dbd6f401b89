"""Files that previews are tried on, and the way to read them without a process."""

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image as Pillow

from s3ml_tui.domain.preview.content import READ_BYTES, UNPACKED_BYTES, Reading
from s3ml_tui.domain.preview.protocol import Request
from s3ml_tui.readers.detect import look
from s3ml_tui.readers.source import Ranged


def picture(form: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    body = io.BytesIO()
    Pillow.new(mode, size).save(body, form)
    return body.getvalue()


PNG = picture("PNG", (640, 480))


def request(
    name: str,
    size: int,
    *,
    number: int = 1,
    budget: int = READ_BYTES,
    unpacked: int = UNPACKED_BYTES,
    kind: str = "",
    room: tuple[int, int] = (0, 0),
    is_styled: bool = False,
) -> Request:
    return Request(number, name, kind, size, budget, unpacked, *room, is_styled)


def read(
    name: str,
    data: bytes,
    *,
    budget: int = READ_BYTES,
    unpacked: int = UNPACKED_BYTES,
    kind: str = "",
    is_styled: bool = False,
) -> Reading:
    """What the readers make of a file, here and now."""
    source = Ranged(len(data), budget, lambda start, length: data[start : start + length])
    asked = request(name, len(data), budget=budget, unpacked=unpacked, kind=kind, is_styled=is_styled)
    return look(asked, source)


def counted(data: bytes, fetched: list[int]) -> Callable[[int, int], bytes]:
    """A way to fetch that notes how many bytes were."""

    def fetch(start: int, length: int) -> bytes:
        fetched.append(length)
        return data[start : start + length]

    return fetch


def parquet(table: pa.Table, **more: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **more)
    return buffer.getvalue()


def numbers(rows: int) -> pa.Table:
    return pa.table({"id": list(range(rows)), "name": [f"n{at}" for at in range(rows)]})
