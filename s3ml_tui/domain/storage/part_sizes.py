"""The sizes of the parts an object may have been uploaded in, and the ETag that such parts give.

S3 makes the ETag of an upload in parts from the MD5s of its parts, and appends their number. Size and number leave few
sizes that clients use; whoever tries them can check the bytes without asking the server for more.
"""

import hashlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

_MIB = 1024 * 1024
_USUAL_MIB = (8, 16, 5, 64, 10, 32, 50, 128, 100, 15, 25, 20, 256, 512, 1024)
"""boto3 and aws, s3ml and MinIO, rclone and most SDKs, s5cmd, Spark and Hadoop, s3cmd."""
_MB = 1_000_000
_USUAL_MB = (8, 10, 16, 64, 50, 100, 128, 25, 20, 32, 256, 500, 512, 1000)
MOST_TRIED = 12
"""Sizes; each costs reading the file once more."""


def likely_part_sizes(size: int, count: int) -> list[int]:
    """Sizes of which `count` parts, the last one perhaps smaller, make `size` bytes; likeliest first."""
    if count < 2:
        return [size] if count == 1 else []
    least, most = -(-size // count), (size - 1) // (count - 1)
    usual = [number * _MIB for number in _USUAL_MIB] + [number * _MB for number in _USUAL_MB]
    whole_mib = range(-(-least // _MIB) * _MIB, most + 1, _MIB)
    found = [one for one in (*usual, least, *islice(whole_mib, MOST_TRIED)) if least <= one <= most]
    return list(dict.fromkeys(found))[:MOST_TRIED]


def etag_of_parts(path: Path, sizes: Iterable[int]) -> str:
    """The ETag of an upload of a file in parts of these sizes. Raises OSError."""
    whole, count = hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        for size in sizes:
            part, left = hashlib.md5(usedforsecurity=False), size
            while left and (block := file.read(min(left, _MIB))):
                part.update(block)
                left -= len(block)
            whole.update(part.digest())
            count += 1
    return f"{whole.hexdigest()}-{count}"


def part_lengths(size: int, part_size: int) -> list[int]:
    """The length of each part; the last one has what is left."""
    return [min(part_size, size - start) for start in range(0, size, part_size)] if part_size else [0]
