"""Versions and histories for tests of the rules."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from s3ml_tui.domain.storage.history import History, Version
from s3ml_tui.domain.uri import ObjectKey

KEY = ObjectKey("acme", "dataset/raw/a.csv")
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def version(version_id: str, *, size: int = 12_400, minutes: int = 0, is_marker: bool = False) -> Version:
    """One entry, `minutes` after noon."""
    return Version(
        KEY,
        version_id,
        NOON + timedelta(minutes=minutes),
        size=0 if is_marker else size,
        etag="" if is_marker else f"etag-{version_id}",
        is_delete_marker=is_marker,
    )


def marker(version_id: str, *, minutes: int = 0) -> Version:
    """One delete marker, `minutes` after noon."""
    return version(version_id, minutes=minutes, is_marker=True)


def history(versions: Sequence[Version]) -> History:
    """The history of KEY, newest first."""
    return History(KEY, tuple(versions))
