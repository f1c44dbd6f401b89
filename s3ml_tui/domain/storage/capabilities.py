"""What a server and a bucket were seen to be and to support."""

from dataclasses import dataclass
from enum import StrEnum


class Versioning(StrEnum):
    """Whether a bucket keeps old versions."""

    ON = "versioned"
    SUSPENDED = "versioning suspended"
    OFF = "not versioned"
    UNKNOWN = "versioning unknown"


class PublicAccess(StrEnum):
    """What was seen of a bucket's openness; never more than was seen."""

    REFUSED = "anonymous access refused"
    """An unsigned request was refused."""
    ALLOWED = "anyone can read"
    """An unsigned request was answered."""
    UNKNOWN = "anonymous access unknown"


class PublicAccessBlock(StrEnum):
    """The bucket's block of public access."""

    ON = "block on"
    OFF = "block off"
    UNSUPPORTED = "block unsupported"
    UNKNOWN = "block unknown"


BLOCK_OF_LISTS = frozenset({"BlockPublicAcls"})
"""The part of the block that refuses writes which bring a public list of access along."""


@dataclass(frozen=True, slots=True)
class LifecycleRule:
    """A rule by which the server deletes by itself."""

    rule_id: str
    prefix: str
    is_enabled: bool
    expire_days: int | None = None
    """Current versions get a delete marker after this many days."""
    expire_noncurrent_days: int | None = None
    """Old versions are destroyed this many days after they were replaced."""
    filters_on_tags: bool = False
    """Whether the rule only means objects with certain tags or sizes."""
    only: tuple[str, ...] = ()
    """These tags and sizes in words, as `the tag team=a`; raw text from outside."""
    expire_date: str = ""
    """The day from which current versions get a delete marker, where the rule names a day; `expire_days` is 0 then."""
    keeps_noncurrent: int | None = None
    """So many of the newest old versions are spared."""
    moves: tuple[tuple[str, str], ...] = ()
    """When current versions are moved and to which storage class, as (`30 days after they were written`, `GLACIER`)."""
    moves_noncurrent: tuple[tuple[str, str], ...] = ()
    """The same for old versions."""
    abort_days: int | None = None
    """Multipart uploads that are open this long are thrown away."""
    removes_markers: bool = False
    """Whether delete markers under which nothing is left are removed."""


@dataclass(frozen=True, slots=True)
class BucketFacts:
    """What is known of a bucket, as far as these credentials may look."""

    name: str
    versioning: Versioning
    public_access: PublicAccess
    block: PublicAccessBlock
    lifecycle: tuple[LifecycleRule, ...] | None
    """None when it could not be read."""
    denied: frozenset[str] = frozenset()
    """The actions that are lacking to see what is unknown."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server was seen to do; tried once under `.s3ml/`, every trace removed."""

    conditional_create: bool
    """`If-None-Match: *` on PUT refuses an existing key."""
    conditional_replace: bool
    """`If-Match` on PUT takes the right ETag and refuses a wrong one."""
    checksums: bool
    """A wrong checksum is refused."""
