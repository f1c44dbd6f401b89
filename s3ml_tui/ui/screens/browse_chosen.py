"""What a key acts on: the object or version that is chosen."""

from dataclasses import dataclass

from s3ml_tui.domain.uri import ObjectKey


@dataclass(frozen=True, slots=True)
class Chosen:
    """An object in the table, or one of its versions in History."""

    key: ObjectKey
    version_id: str | None = None
    """None for the newest."""
    size: int | None = None
    """Bytes; None when unknown."""
    is_deleted: bool = False
    """Whether it is a delete marker, or an object with one on top."""
