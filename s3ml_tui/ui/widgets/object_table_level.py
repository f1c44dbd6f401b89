"""One level of a bucket as columns, appended page by page: folders first, then objects in key order."""

from array import array
from dataclasses import dataclass

from s3ml_tui.domain.entries import ListingPage
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place


@dataclass(frozen=True, slots=True)
class Question:
    """What a page was asked for; an answer to any but the latest is dropped."""

    place: Place
    generation: int
    token: str | None
    with_deleted: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a folder, an object, or a deleted object."""

    place: Place
    """The level it is listed on."""
    text: str
    """The whole key; for a folder the whole prefix."""
    is_folder: bool = False
    is_deleted: bool = False
    size: int = 0
    """Bytes; 0 for a folder and for a deleted object."""
    modified: float = 0.0
    """Seconds since the epoch, UTC; for a deleted object when it was deleted."""
    storage_class: str = ""

    @property
    def name(self) -> str:
        """What it is called on its level."""
        name = self.text[len(self.place.prefix) :]
        return name or f"{self.place.name}/ itself"

    @property
    def key(self) -> ObjectKey | None:
        """The object's key; None for a folder."""
        return None if self.is_folder else ObjectKey(self.place.bucket, self.text)

    @property
    def folder(self) -> Place | None:
        """The place a folder is; None for an object."""
        return Place(self.place.bucket, self.text) if self.is_folder else None

    @property
    def uri(self) -> str:
        """Its address."""
        return f"s3://{self.place.bucket}/{self.text}"


class Level:
    """The columns. Folders come on any page, so that a new page may move the objects down."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.next: str | None = None
        """Where to go on; None before the first page and after the last."""
        self.is_complete = False
        self._prefixes: list[str] = []
        self._seen: set[str] = set()
        self._keys: list[str] = []
        self._sizes = array("q")
        self._modified = array("d")
        self._classes: list[str] = []
        self._is_deleted = bytearray()
        self._last = ""

    def __len__(self) -> int:
        return len(self._prefixes) + len(self._keys)

    @property
    def folders(self) -> list[str]:
        """The whole prefixes, in key order."""
        return self._prefixes

    def append(self, page: ListingPage) -> int:
        """Add a page; answers by how many rows it moved the objects down."""
        fresh = [prefix for prefix in page.prefixes if prefix not in self._seen]
        self._seen.update(fresh)
        self._prefixes.extend(fresh)
        if page.deleted.keys:
            self._merge(page)
        else:
            self._keys.extend(page.keys)
            self._sizes.extend(page.sizes)
            self._modified.extend(page.modified)
            self._classes.extend(page.storage_classes)
            self._is_deleted.extend(bytes(len(page.keys)))
        ends = [names[-1] for names in (page.prefixes, page.keys, page.deleted.keys) if names]
        self._last = max([self._last, *ends])
        self.next = page.next
        self.is_complete = page.next is None
        return len(fresh)

    def _merge(self, page: ListingPage) -> None:
        """Present and deleted objects of one page in one key order."""
        here, gone = page.keys, page.deleted
        order = sorted(
            [(key, False, row) for row, key in enumerate(here)]
            + [(key, True, row) for row, key in enumerate(gone.keys)]
        )
        for key, is_deleted, row in order:
            self._keys.append(key)
            self._is_deleted.append(is_deleted)
            self._sizes.append(0 if is_deleted else page.sizes[row])
            self._modified.append(gone.modified[row] if is_deleted else page.modified[row])
            self._classes.append("" if is_deleted else page.storage_classes[row])

    def entry(self, row: int) -> Entry:
        """What stands in a row."""
        if row < len(self._prefixes):
            return Entry(self.place, self._prefixes[row], is_folder=True)
        at = row - len(self._prefixes)
        return Entry(
            self.place,
            self._keys[at],
            is_deleted=bool(self._is_deleted[at]),
            size=self._sizes[at],
            modified=self._modified[at],
            storage_class=self._classes[at],
        )

    def row_of(self, text: str) -> int | None:
        """The row of a whole key or prefix; None when it is not here, or not yet."""
        if text in self._seen:
            return self._prefixes.index(text)
        try:
            return len(self._prefixes) + self._keys.index(text)
        except ValueError:
            return None

    def has_passed(self, text: str) -> bool:
        """Whether a key would be here by now. Listings go by UTF-8 bytes, which is the order of `str`."""
        return self.is_complete or self._last >= text

    def count(self) -> str:
        """`12,000+ loaded` while more is to come, then exactly: `3 folders, 1,234 objects`."""
        if not self.is_complete:
            return f"{len(self):,}+ loaded"
        gone = self._is_deleted.count(1)
        parts = [
            count_text(len(self._prefixes), "folder") if self._prefixes else "",
            count_text(len(self._keys) - gone, "object"),
            f"{gone:,} deleted" if gone else "",
        ]
        return ", ".join(part for part in parts if part)
