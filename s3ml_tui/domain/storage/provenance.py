"""Who wrote a version, as far as the marks tell that every write of ours carries in the metadata.

A version without a mark is nobody's: nothing is claimed of it. Marks are metadata, which anybody may write, so they
tell and prove nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from s3ml_tui.domain.storage.store import OPERATION, ObjectFacts
from s3ml_tui.domain.uri import ObjectKey

RUN = "s3ml-run"
"""The training run that wrote it."""
BATCH = "s3ml-batch"
"""The prediction batch that wrote it."""
BROUGHT_FROM = "s3ml-from"
"""The version of the same key it was brought back from."""
COPIED_FROM = "s3ml-copied-from"
"""The object it was copied from: `bucket/key?versionId=id`, each part percent-encoded."""
SHA256 = "s3ml-sha256"
"""The hex digest of all bytes of a file that was uploaded."""
_MOST_BYTES = 2000
"""Of all metadata; S3 takes 2 KB (S3 user guide, "Working with object metadata"), and the operation id comes too."""


class How(StrEnum):
    """The ways a version comes about."""

    RUN = "run"
    BATCH = "batch"
    BROUGHT_BACK = "brought back"
    COPIED = "copied"
    UPLOADED = "uploaded"
    WRITTEN = "written"
    """By s3ml, and no more is known."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How one version came about."""

    how: How
    source: str = ""
    """The run, the batch, the version it was brought back from, or the object it was copied from; raw."""
    operation: str = ""
    """The operation id of the write."""

    @property
    def words(self) -> str:
        """As `by run 20261123-0911-p2aa`; raw text from outside in it."""
        match self.how:
            case How.RUN | How.BATCH:
                return f"by {self.how} {self.source}"
            case How.BROUGHT_BACK | How.COPIED:
                return f"{self.how} from {self.source}"
            case How.UPLOADED:
                return "uploaded with s3ml"
        return "written by s3ml"


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of a version besides what the history lists."""

    origin: Origin | None = None
    """None when nothing says who wrote it."""
    tags: Mapping[str, str] | None = None
    """None when they were not asked for, or may not be seen."""


def origin_of(metadata: Mapping[str, str]) -> Origin | None:
    """Who wrote the version with this metadata (keys in lower case); None when it carries no mark of ours.

    The last act counts: a run's output that was brought back was brought back.
    """
    operation = metadata.get(OPERATION, "")
    for mark, how in ((BROUGHT_FROM, How.BROUGHT_BACK), (COPIED_FROM, How.COPIED), (RUN, How.RUN), (BATCH, How.BATCH)):
        if source := metadata.get(mark, ""):
            return Origin(how, _address(source) if how is How.COPIED else source, operation)
    if metadata.get(SHA256):
        return Origin(How.UPLOADED, operation=operation)
    return Origin(How.WRITTEN, operation=operation) if operation else None


def brought_back(metadata: Mapping[str, str], version_id: str) -> dict[str, str]:
    """`metadata` of a version that is brought back, with the mark that says from where."""
    return _with(metadata, BROUGHT_FROM, version_id, instead_of={COPIED_FROM})


def copied(facts: ObjectFacts) -> dict[str, str]:
    """The metadata of an object that is copied to another key, with the mark that says from where; ASCII."""
    source = copy_mark(facts.key, facts.version_id)
    return _with(facts.metadata, COPIED_FROM, source, instead_of={BROUGHT_FROM, RUN, BATCH})


def copy_mark(key: ObjectKey, version_id: str | None) -> str:
    """What `COPIED_FROM` says of a copy of this version; ASCII."""
    version = f"?versionId={quote(version_id, safe='')}" if version_id else ""
    return f"{quote(key.bucket, safe='')}/{quote(key.key, safe='/')}{version}"


def _with(metadata: Mapping[str, str], mark: str, text: str, *, instead_of: set[str]) -> dict[str, str]:
    """A mark among the metadata, left out where it would make them too many for S3."""
    kept = {name: value for name, value in metadata.items() if name not in {mark, *instead_of}}
    marked = {**kept, mark: text}
    return marked if sum(len((name + value).encode()) for name, value in marked.items()) <= _MOST_BYTES else kept


def _address(source: str) -> str:
    """The s3:// address in the mark of a copy, without its version."""
    bucket, _, key = source.partition("?")[0].partition("/")
    return ObjectKey(unquote(bucket), unquote(key)).uri if bucket and key else source
