"""What was seen of the way a server lists and copies, and of its buckets."""

from dataclasses import dataclass, field

from s3ml_tui.s3.copy_guards import CopyGuards
from s3ml_tui.s3.listing_columns import S3_PAGE
from s3ml_tui.s3.plain_buckets import PlainBuckets


@dataclass(slots=True)
class Habits:
    """Of one server; shared by all threads."""

    are_pages_s3: bool | None = None
    """Whether it gives a thousand entries at most, also when asked for more; None as long as nothing showed it."""
    in_one_sequence: set[tuple[str, bool, bool]] = field(default_factory=set)
    """Buckets, whether recursively, whether versions, whose listing by ranges did not come out as S3's."""
    plain_buckets: PlainBuckets = field(default_factory=PlainBuckets)
    copies: CopyGuards = field(default_factory=CopyGuards)

    def note_page(self, asked: int, given: int, *, is_cut: bool) -> None:
        """Take a page of objects into account: how many entries were asked for at most, and how many came."""
        if given > S3_PAGE:
            self.are_pages_s3 = False
        elif self.are_pages_s3 is None and asked > S3_PAGE and is_cut and given == S3_PAGE:
            self.are_pages_s3 = True
