"""A picture as rows of cells, two pixels each: one above, one below."""

from itertools import pairwise

from s3ml_tui.domain.preview.content import Pixels

UPPER = "▀"
"""Painted in the colour above, on the colour below."""
Colour = tuple[int, int, int]
"""Red, green, blue."""
Cell = tuple[Colour, Colour | None]
"""None below the last row of an odd number."""


def fitted(pixels: Pixels, width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels of the picture in so many cells; never larger than it is."""
    scale = min(1.0, width / max(1, pixels.width), 2 * height / max(1, pixels.height))
    return max(1, int(pixels.width * scale)), max(1, int(pixels.height * scale))


def cells(pixels: Pixels, size: tuple[int, int]) -> list[list[Cell]]:
    """The picture made as large as `size`, in rows of cells; no rows when its pixels are damaged."""
    rgb = pixels.rgb()
    rows = _shrunk(rgb, pixels.width, pixels.height, size) if rgb else []
    found: list[list[Cell]] = []
    for at in range(0, len(rows), 2):
        below = rows[at + 1] if at + 1 < len(rows) else None
        found.append([(above, below[x] if below else None) for x, above in enumerate(rows[at])])
    return found


def _shrunk(rgb: bytes, width: int, height: int, size: tuple[int, int]) -> list[list[Colour]]:
    """Rows of `size` pixels, each the mean of those it stands for."""
    columns = _stretches(width, size[0])
    rows = []
    for top, bottom in _stretches(height, size[1]):
        band = [rgb[3 * width * at : 3 * width * (at + 1)] for at in range(top, bottom)]
        rows.append([_mean(band, left, right) for left, right in columns])
    return rows


def _stretches(length: int, parts: int) -> list[tuple[int, int]]:
    """`length` cut into so many parts, none of them empty."""
    cuts = [at * length // parts for at in range(parts + 1)]
    return [(start, max(start + 1, end)) for start, end in pairwise(cuts)]


def _mean(band: list[bytes], left: int, right: int) -> Colour:
    count = len(band) * (right - left)
    red, green, blue = (sum(sum(row[3 * left + at : 3 * right : 3]) for row in band) // count for at in range(3))
    return red, green, blue
