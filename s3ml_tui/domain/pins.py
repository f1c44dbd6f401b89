"""A pin: exactly which bytes a run read or wrote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pin:
    """One object at one version, with the figures that prove it."""

    uri: str
    version_id: str | None
    """None on a bucket without versions."""
    etag: str
    sha256: str
    """Hex digest of the bytes."""
    size: int
    """Bytes."""
