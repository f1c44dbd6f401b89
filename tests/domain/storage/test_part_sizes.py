"""Sizes of parts, guessed from the size and the number of parts."""

from pathlib import Path

import pytest

from s3ml_tui.domain.storage.part_sizes import MOST_TRIED, etag_of_parts, likely_part_sizes, part_lengths

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "count", "likeliest"),
    [
        (80 * MIB, 10, 8 * MIB),
        (80 * MIB - 1, 10, 8 * MIB),
        (72 * MIB + 1, 10, 8 * MIB),
        (100 * MIB, 7, 16 * MIB),
        (1_000_000_000, 100, 10_000_000),
        (30 * MIB, 3, 10 * MIB),
        (44 * MIB, 4, 11 * MIB),
        (10_000_001, 2, 8 * MIB),
        (5 << 40, 10_000, -(-(5 << 40) // 10_000)),
        (7, 1, 7),
        (0, 1, 0),
    ],
)
def test_the_likeliest_size_comes_first(size: int, count: int, likeliest: int) -> None:
    sizes = likely_part_sizes(size, count)
    assert sizes[0] == likeliest
    assert len(sizes) <= MOST_TRIED
    assert all(len(part_lengths(size, one)) == count for one in sizes)


def test_there_may_be_none() -> None:
    assert likely_part_sizes(5, 0) == []
    assert likely_part_sizes(3, 9) == []


def test_the_etag_is_what_s3_makes_of_parts(tmp_path: Path) -> None:
    """The right value is that of `md5(md5("ab") + md5("c"))`, by openssl."""
    (tmp_path / "f").write_bytes(b"abc")
    assert etag_of_parts(tmp_path / "f", [2, 1]) == "d833159094d1d7ad96ffcc78414e3682-2"
