"""What was seen of the way a server lists and tags."""

from dataclasses import dataclass, field

from s3ml_tui.s3.connection.versioning_cache import PlainBuckets, Refusals, Versionings
from s3ml_tui.s3.parsing.fast_listing_xml import S3_PAGE


@dataclass(slots=True)
class TagHabits:
    """What was seen of tags; shared by all threads."""

    says_counts: bool = False
    """Whether HEAD was seen to tell how many tags a version has."""
    are_known: bool = True
    """False when the server was seen to know no tags at all."""
    denied_in: set[str] = field(default_factory=set)
    """Buckets where reading tags was denied."""
    kept_by: set[str] = field(default_factory=set)
    """Ways of copying after which the tags were seen to be there."""


@dataclass(slots=True)
class Habits:
    """Of one server; shared by all threads."""

    are_pages_s3: bool | None = None
    """Whether it gives a thousand entries at most, also when asked for more; None as long as nothing showed it."""
    in_one_sequence: set[tuple[str, bool, bool]] = field(default_factory=set)
    """Buckets, whether recursively, whether versions, whose listing by ranges did not come out as S3's."""
    without_version_listing: set[str] = field(default_factory=set)
    """Buckets whose versions the server does not list, whoever asks."""
    closed_histories: Refusals = field(default_factory=Refusals)
    unnamed_versions: Refusals = field(default_factory=Refusals)
    """Where reading a version by its id was refused, though what is current may be read."""
    plain_buckets: PlainBuckets = field(default_factory=PlainBuckets)
    versionings: Versionings = field(default_factory=Versionings)
    tags: TagHabits = field(default_factory=TagHabits)
    deletes_without_etags: set[str] = field(default_factory=set)
    """Buckets where a delete under an ETag was refused, and went through without: AWS wants s3:GetObject for it."""

    def note_page(self, asked: int, given: int, *, is_cut: bool) -> None:
        """Take a page of objects into account: how many entries were asked for at most, and how many came."""
        if given > S3_PAGE:
            self.are_pages_s3 = False
        elif self.are_pages_s3 is None and asked > S3_PAGE and is_cut and given == S3_PAGE:
            self.are_pages_s3 = True
