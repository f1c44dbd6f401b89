"""What lies at a source or a target, as columns: a folder of this machine, or everything below a place in S3.

What lies in a folder of this machine: every plain file below it, and every name that cannot go, with its reason.

Links are followed, as a copy of what is seen; a folder that contains itself is entered once.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.include_exclude import is_folder_wanted, is_wanted
from s3ml_tui.domain.job_control import report_found
from s3ml_tui.domain.plans.transfer import Refusal, There
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place, bucket_and_key

_PART = ".part"
_OURS = ".s3ml-"


@dataclass(slots=True)
class Tree:
    """The files of a folder; columns of equal length."""

    root: str
    names: list[str] = field(default_factory=list)
    """Below the root, with slashes."""
    sizes: list[int] = field(default_factory=list)
    """Bytes."""
    modified: list[int] = field(default_factory=list)
    """Nanoseconds since the epoch."""
    refused: list[Refusal] = field(default_factory=list)

    def path(self, name: str) -> str:
        """The absolute path of a file."""
        return f"{self.root}/{name}"


def tree_of(folder: Path, filters: Sequence[tuple[bool, str]] = (), cancelled: Cancelled = never) -> Tree:
    """All files below `folder`, in the order of their names. Raises LocalTrouble, Cancelled."""
    root = os.path.abspath(folder)  # noqa: PTH100 - a link as the folder itself keeps its name
    tree = Tree(root)
    if not os.path.isdir(root):  # noqa: PTH112 - as above
        raise LocalTrouble(f"There is no folder {folder}", advice="Check the path")
    if not os.access(root, os.R_OK | os.X_OK):
        raise LocalTrouble(f"{folder} may not be read", advice="Change its permissions, or give another folder")
    _walk(tree, "", (_identity(os.stat(root)),), filters, cancelled)  # noqa: PTH116 - as above
    return tree


def _walk(
    tree: Tree,
    below: str,
    inside: tuple[tuple[int, int], ...],
    filters: Sequence[tuple[bool, str]],
    cancelled: Cancelled,
) -> None:
    """Add what lies in `below`; `inside` are the folders this one lies in, itself among them."""
    if cancelled():
        raise Stopped
    try:
        entries = sorted(os.scandir(f"{tree.root}/{below}"), key=lambda entry: entry.name)
    except OSError as error:
        tree.refused.append(Refusal(below, f"the folder cannot be read ({error.strerror})"))
        return
    report_found(cancelled, len(entries))
    for entry in entries:
        name = below + entry.name
        try:
            state = entry.stat()
        except OSError as error:
            if is_wanted(name, filters):
                tree.refused.append(Refusal(name, _unreadable(entry, error)))
            continue
        if stat.S_ISDIR(state.st_mode):
            if not is_folder_wanted(name + "/", filters):
                continue
            if _identity(state) in inside and is_wanted(name, filters):
                tree.refused.append(Refusal(name + "/", "it is a link to a folder it lies in"))
            elif _identity(state) not in inside:
                _walk(tree, name + "/", (*inside, _identity(state)), filters, cancelled)
        elif is_wanted(name, filters) and not _is_ours(entry.name):
            _add(tree, name, state)


def _add(tree: Tree, name: str, state: os.stat_result) -> None:
    reason = "" if stat.S_ISREG(state.st_mode) else "it is no plain file"
    if not name.isascii():
        try:
            name.encode()
        except UnicodeEncodeError:
            reason = "its name is not UTF-8"
    if reason:
        tree.refused.append(Refusal(name, reason))
        return
    tree.names.append(name)
    tree.sizes.append(state.st_size)
    tree.modified.append(state.st_mtime_ns)


def _unreadable(entry: "os.DirEntry[str]", error: OSError) -> str:
    return "it is a link to nothing" if entry.is_symlink() else f"it cannot be read ({error.strerror})"


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


def _is_ours(name: str) -> bool:
    """Whether it is the temporary file of a download that goes on, or was broken off."""
    return name.startswith(".") and name.endswith(_PART) and _OURS in name


def parents(name: str) -> Iterator[str]:
    """The folders a name lies in, outermost first: `a`, `a/b` for `a/b/c`."""
    at = name.find("/")
    while at >= 0:
        yield name[:at]
        at = name.find("/", at + 1)


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
        report_found(cancelled, len(names))
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
