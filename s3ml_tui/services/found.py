"""What lies at a source or a target, as columns: a folder of this machine, or everything below a place in S3."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from s3ml_tui.domain.filters import is_wanted
from s3ml_tui.domain.job_control import finds
from s3ml_tui.domain.moving import Refusal, There
from s3ml_tui.domain.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place, bucket_and_key
from s3ml_tui.services.local_tree import tree_of

NS = 1_000_000_000


@dataclass(slots=True)
class Found:
    """Files or objects; columns of equal length."""

    names: list[str] = field(default_factory=list)
    """Below the source, with slashes."""
    sources: list[str] = field(default_factory=list)
    """Absolute paths, or `bucket/key`."""
    sizes: list[int] = field(default_factory=list)
    """Bytes."""
    modified: list[float] = field(default_factory=list)
    """Seconds since the epoch, UTC."""
    etags: list[str] = field(default_factory=list)
    """Empty for files."""
    refused: list[Refusal] = field(default_factory=list)

    def add(self, name: str, source: str, size: int, modified: float, etag: str = "") -> None:
        """One more."""
        self.names.append(name)
        self.sources.append(source)
        self.sizes.append(size)
        self.modified.append(modified)
        self.etags.append(etag)

    def join(self, other: "Found") -> None:
        """All of another."""
        self.names += other.names
        self.sources += other.sources
        self.sizes += other.sizes
        self.modified += other.modified
        self.etags += other.etags
        self.refused += other.refused

    @property
    def by_name(self) -> dict[str, int]:
        """Where in the columns a name stands."""
        return dict(zip(self.names, range(len(self.names)), strict=True))

    def there(self, at: int) -> There:
        """One of them, as what is at a target."""
        return There(self.sizes[at], self.modified[at], self.etags[at])


def files_below(
    folder: Path, *, under: str = "", filters: Sequence[tuple[bool, str]] = (), cancelled: Cancelled = never
) -> Found:
    """All files of a folder, their names under `under`. Raises LocalTrouble, Cancelled."""
    tree = tree_of(folder, filters, cancelled)
    return Found(
        [under + name for name in tree.names] if under else tree.names,
        [tree.path(name) for name in tree.names],
        tree.sizes,
        [nanoseconds / NS for nanoseconds in tree.modified],
        [""] * len(tree.names),
        [Refusal(under + one.name, one.reason) for one in tree.refused],
    )


def objects_below(
    store: Store,
    place: Place,
    *,
    under: str = "",
    filters: Sequence[tuple[bool, str]] = (),
    cancelled: Cancelled = never,
) -> Found:
    """All objects of a place, their names under `under`; empty objects that stand for folders are left out."""
    found, cut = Found(), len(place.prefix)
    for page in store.list_all(place, cancelled=cancelled):
        names = [key[cut:] for key in page.keys]
        finds(cancelled, len(names))
        if filters or any(not name or name[-1] == "/" for name in names):
            for name, key, size, modified, etag in zip(
                names, page.keys, page.sizes, page.modified, page.etags, strict=True
            ):
                if not name or (name[-1] == "/" and not size):
                    continue
                if is_wanted(name, filters):
                    found.add(under + name, f"{place.bucket}/{key}", size, modified, etag)
            continue
        found.names += [under + name for name in names] if under else names
        found.sources += [f"{place.bucket}/{key}" for key in page.keys]
        found.sizes += page.sizes
        found.modified += page.modified
        found.etags += page.etags
    return found


def object_key(source: str) -> ObjectKey:
    """The key that `bucket/key` stands for."""
    return ObjectKey(*bucket_and_key(source))
