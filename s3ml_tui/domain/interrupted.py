"""Transfers whose process ended before they did."""

from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.moving import Wish


@dataclass(frozen=True, slots=True)
class Interrupted:
    """One of them."""

    id: str
    title: str
    """As its plan had it."""
    wish: Wish
    files: int
    """So many were to be moved."""
    done: int
    """So many of them are."""
    size: int
    """Bytes of all."""
    begun: datetime
    """Aware, UTC."""
    why_not: str = ""
    """Why it cannot go on; "" when it can."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed."""

    jobs: int = 0
    files: int = 0
    """Temporary ones."""
    uploads: int = 0
    """Open ones, aborted."""
    folders: int = 0
    """Of runs whose process is gone."""

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to remove."""
        return not (self.jobs or self.files or self.uploads or self.folders)
