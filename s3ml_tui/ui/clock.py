"""The screens' clock: now, in this machine's zone."""

from datetime import UTC, datetime


def local_now() -> datetime:
    """Aware, in the local zone."""
    return datetime.now(UTC).astimezone()
