"""One level of a bucket as columns, appended page by page: folders first, then objects in key order."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place, is_directory_bucket

_MOST_CLASSES = 256
"""A storage class is a byte in its column; S3 has ten of them. What is over is shown without a class."""


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


@dataclass(slots=True, eq=False)
class Names:
    """Whole keys or prefixes, and how many of their characters belong to the level."""

    texts: list[str]
    skip: int
    columns: dict[Callable[[str], str], list[Any]] = field(default_factory=dict)
    """What a worker made of the names to look through them, by the way they are looked at."""


class Level:
    """The columns. Folders come on any page, so that a new page may move the objects down.

    Besides the keys themselves an object takes 26 bytes: a reference, a size, a time, a class, a flag; and while a
    filter is on its name once or twice more, to be looked through.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.next: str | None = None
        """Where to go on; None before the first page and after the last."""
        self.is_complete = False
        self.is_in_order = True
        """Whether the keys came in the order of `str`, which S3 promises and some servers break."""
        self.folders: list[str] = []
        """The whole prefixes, in key order."""
        self.keys: list[str] = []
        """The whole keys, in key order; the other columns go with them."""
        self.folder_names = Names(self.folders, len(place.prefix))
        self.key_names = Names(self.keys, len(place.prefix))
        self.sizes = array("q")
        self.modified = array("d")
        self.classes = bytearray()
        """Places in `class_names`."""
        self.is_deleted = bytearray()
        self.class_names: list[str] = [""]
        self._class_codes = {"": 0}
        self._seen: set[str] = set()
        self._last = ""

    @property
    def is_unordered(self) -> bool:
        """Whether its names come in no order: in a directory bucket, and from servers that break S3's promise."""
        return not self.is_in_order or is_directory_bucket(self.place.bucket)

    def __len__(self) -> int:
        return len(self.folders) + len(self.keys)

    def append(self, page: ListingPage) -> int:
        """Add the page that follows; answers by how many rows it moved the objects down."""
        moved = self.extend(page)
        self.next = page.next
        self.is_complete = page.next is None
        return moved

    def extend(self, page: ListingPage) -> int:
        """The same for a page that does not know what follows it."""
        fresh = [prefix for prefix in page.prefixes if prefix not in self._seen]
        self._seen.update(fresh)
        self.folders.extend(fresh)
        before = len(self.keys)
        if page.deleted.keys:
            self._merge(page)
        elif page.keys:
            self.keys.extend(page.keys)
            self.sizes.extend(page.sizes)
            self.modified.extend(page.modified)
            self.classes.extend(self._coded(page.storage_classes))
            self.is_deleted.extend(bytes(len(page.keys)))
        if len(self.keys) > before:
            new = self.keys[max(before - 1, 0) :]
            self.is_in_order = self.is_in_order and new == sorted(new)
        ends = [names[-1] for names in (page.prefixes, page.keys, page.deleted.keys) if names]
        self._last = max([self._last, *ends])
        return len(fresh)

    @property
    def counts(self) -> tuple[int, int]:
        """How many folders and objects there are now."""
        return len(self.folders), len(self.keys)

    def forget_columns(self) -> None:
        """Let go of what was made to look through the names."""
        self.folder_names.columns = {}
        self.key_names.columns = {}

    def _coded(self, names: Sequence[str]) -> list[int]:
        codes = self._class_codes
        for name in set(names) - codes.keys():
            if len(self.class_names) < _MOST_CLASSES:
                codes[name] = len(self.class_names)
                self.class_names.append(name)
            else:
                codes[name] = 0
        return [codes[name] for name in names]

    def _merge(self, page: ListingPage) -> None:
        """Present and deleted objects of one page in one key order."""
        here, gone = page.keys, page.deleted
        order = sorted(
            [(key, False, row) for row, key in enumerate(here)]
            + [(key, True, row) for row, key in enumerate(gone.keys)]
        )
        codes = self._coded(page.storage_classes)
        for key, is_deleted, row in order:
            self.keys.append(key)
            self.is_deleted.append(is_deleted)
            self.sizes.append(0 if is_deleted else page.sizes[row])
            self.modified.append(gone.modified[row] if is_deleted else page.modified[row])
            self.classes.append(0 if is_deleted else codes[row])

    def folder(self, at: int) -> Entry:
        """One of `folders` as an entry."""
        return Entry(self.place, self.folders[at], is_folder=True)

    def object(self, at: int) -> Entry:
        """One of `keys` as an entry."""
        return Entry(
            self.place,
            self.keys[at],
            is_deleted=bool(self.is_deleted[at]),
            size=self.sizes[at],
            modified=self.modified[at],
            storage_class=self.class_names[self.classes[at]],
        )

    def find(self, text: str) -> tuple[bool, int] | None:
        """Whether a whole key or prefix is a folder, and its place among its kind; None when it is not here (yet)."""
        if text in self._seen:
            return True, self.folders.index(text)
        if self.is_in_order:
            at = bisect_left(self.keys, text)
            return (False, at) if at < len(self.keys) and self.keys[at] == text else None
        try:
            return False, self.keys.index(text)
        except ValueError:
            return None

    def has_passed(self, text: str) -> bool:
        """Whether a key would be here by now. Listings go by UTF-8 bytes, which is the order of `str`."""
        return self.is_complete or (self._last >= text and not is_directory_bucket(self.place.bucket))

    def count(self) -> str:
        """`12,000+ loaded` while more is to come, then exactly: `3 folders, 1,234 objects`."""
        if not self.is_complete:
            return f"{len(self):,}+ loaded"
        gone = self.is_deleted.count(1)
        parts = [
            count_text(len(self.folders), "folder") if self.folders else "",
            count_text(len(self.keys) - gone, "object"),
            f"{gone:,} deleted" if gone else "",
        ]
        return ", ".join(part for part in parts if part)
