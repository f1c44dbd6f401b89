"""Sizes, counts and times of the work with a server; tests lower them."""

from dataclasses import dataclass

MIB = 1024 * 1024
LEAST_PART = 5 * MIB
"""Servers refuse smaller parts, except the last."""
_FEWEST_PARTS = 4
MAX_PARTS = 10_000
"""Most parts a multipart upload may have (S3 user guide, "Amazon S3 multipart upload limits")."""


@dataclass(frozen=True, slots=True)
class TransferSettings:
    """How one store moves bytes and how long it waits."""

    multipart_threshold: int = 16 * MIB
    """Bytes; a file this large goes up in parts and comes down in ranges."""
    part_size: int = 16 * MIB
    """Bytes of a part; those of a smaller file are smaller, see `upload_part_size`."""
    range_size: int = 8 * MIB
    """Bytes; what is asked for at once of a large object, where its ETag does not tell its parts."""
    copy_threshold: int = 256 * MIB
    """Bytes; a copy this large is made in parts, so that no single request outlasts the read timeout."""
    copy_part_size: int = 64 * MIB
    """Bytes."""
    direct_size: int = MIB
    """Bytes; a file up to this large is read into memory and sent as one request that needs no boto3."""
    threads: int = 16
    """Requests of transfers under way at once, over all files and their parts."""
    page_size: int = 1000
    """Entries asked for in one listing request."""
    attempts: int = 5
    """Times a request is sent, the first included."""
    backoff_s: float = 0.25
    """The first wait before a change is sent again; doubled each time, with jitter."""
    connect_timeout_s: float = 3
    read_timeout_s: float = 15

    def upload_part_size(self, size: int) -> int:
        """Bytes of the parts of a file: so many parts that one which is broken off has some to go on from."""
        quarter = -(-size // (_FEWEST_PARTS * MIB)) * MIB
        return min(self.part_size, max(quarter, LEAST_PART))


def part_ranges(size: int, part_size: int) -> list[tuple[int, int]]:
    """Start and length of each part of `size` bytes; parts grow where there would be too many."""
    step = max(part_size, -(-size // MAX_PARTS))
    return [(start, min(step, size - start)) for start in range(0, size, step)]
