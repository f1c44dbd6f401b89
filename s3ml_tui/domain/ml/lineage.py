"""Which model versions were made from which versions of an object, as their manifests pin them.

A pin: exactly which bytes a run read or wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from s3ml_tui.domain.storage.history import NULL_VERSION, Version


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


_MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class Use:
    """A model version that was trained on a version of an object."""

    model: str
    """As `models/v3`."""
    aliases: tuple[str, ...] = ()
    """The names that point to it now; raw."""

    @property
    def words(self) -> str:
        """As `models/v3 (champion)`."""
        return f"{self.model} ({', '.join(self.aliases)})" if self.aliases else self.model


@dataclass(frozen=True, slots=True)
class KeyUses:
    """What was made from the versions of one key."""

    by_version: Mapping[tuple[str, str], Sequence[Use]] = field(default_factory=dict)
    """By what `which` says of a version; the newest model first."""

    def of(self, version: Version) -> tuple[Use, ...]:
        """The models made from this version: those an alias points to first, then the newest."""
        found = self.by_version.get(which(version.version_id, version.etag), ())
        return tuple(sorted(found, key=lambda use: not use.aliases))


def which(version_id: str | None, etag: str) -> tuple[str, str]:
    """What tells a version from another: its id; what was written without one may be written again, so its ETag too."""
    return (NULL_VERSION, etag) if version_id in {None, NULL_VERSION} else (str(version_id), "")


def pinned(pin: Pin) -> tuple[str, str]:
    """`which` of the version that is pinned."""
    return which(pin.version_id, pin.etag)


def uses_text(uses: Sequence[Use]) -> str:
    """As `used by models/v3 (champion), models/v2 and 3 more`; "" for none. Raw text from outside in it."""
    if not uses:
        return ""
    named = ", ".join(use.words for use in uses[:_MOST_NAMED])
    more = len(uses) - _MOST_NAMED
    return f"used by {named} and {more:,} more" if more > 0 else f"used by {named}"
