"""What the body of a listing held: columns of objects, prefixes, versions, and where it goes on."""

from dataclasses import dataclass, field
from typing import NamedTuple

USUAL_CLASS = "STANDARD"
"""The storage class of what bears none."""


S3_PAGE = 1000
"""Most entries S3 gives in one page, whatever is asked for."""


class RawVersion(NamedTuple):
    """One version or delete marker as the server told it."""

    key: str
    version_id: str
    is_latest: bool
    is_delete_marker: bool
    modified: float
    """Seconds since the epoch, UTC."""
    size: int
    etag: str
    storage_class: str


@dataclass(slots=True)
class Listing:
    """What one body held, in its order."""

    keys: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    modified: list[float] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    storage_classes: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    versions: list[RawVersion] = field(default_factory=list)
    is_truncated: bool = False
    token: str = ""
    key_marker: str = ""
    version_marker: str = ""
    waited_s: float = 0
    """From sending the request to having the whole body."""
