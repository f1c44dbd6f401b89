"""The folder of an embedded server: where it is, what lies in it, and how its files are written.

The folder is for its owner alone (0700), the files we write have mode 0600 from their first byte, and a file is
replaced whole or not at all.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.domain.serialization import json_text
from s3ml_tui.domain.text import size_text

MINIMUM_FREE = 200_000_000
"""Bytes that must be free before a start: a volume file of 64 MB, its indexes, and room for a small data set."""

KEPT_FREE = 0.01
"""The share of a disk that the server leaves free: beyond it, it writes no more (weed's -volume.minFreeSpace)."""

FreeBytes = Callable[[Path], int]
"""How many bytes are free where a folder lies."""


def default_folder() -> Path:
    """Where the embedded server lives unless told otherwise: below the user's data folder of this platform."""
    return platformdirs.user_data_path("s3ml", appauthor=False) / "local"


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write there."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths in one server's folder."""

    root: Path

    @property
    def data(self) -> Path:
        """The server's own files."""
        return self.root / "data"

    @property
    def lock(self) -> Path:
        """Held while a start or a stop goes on."""
        return self.root / "lock"

    @property
    def keys(self) -> Path:
        """Credentials and signing keys."""
        return self.root / "keys.json"

    @property
    def state(self) -> Path:
        """Ports, and the process that runs."""
        return self.root / "server.json"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.root / "server.log"


def layout(folder: Path) -> Layout:
    """The paths below `folder`, made absolute. Raises BadInput for a name the server cannot take."""
    root = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 - resolve() would follow links, absolute() keeps ".."
    if "," in str(root):
        raise BadInput(
            f"The local server cannot use the folder {root}",
            cause="The server reads a comma in its path as two folders",
            advice="Choose a folder without a comma with --dir",
        )
    return Layout(root)


def prepare(paths: Layout) -> None:
    """Make the folders, private from the start. Raises LocalTrouble when they cannot be made or written."""
    with translated(paths.root):
        paths.root.parent.mkdir(parents=True, exist_ok=True)
        for folder in (paths.root, paths.data):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                folder.chmod(0o700)


def check_free(paths: Layout, free: FreeBytes = free_bytes) -> None:
    """Raise LocalTrouble when too little is left for a server to begin with."""
    with translated(paths.root):
        left = free(paths.root)
    if left < MINIMUM_FREE:
        raise _disk_full(paths.root, f"{size_text(left)} are free, the local server needs {size_text(MINIMUM_FREE)}")


def check_room(paths: Layout, free: FreeBytes = free_bytes) -> None:
    """Raise LocalTrouble when so little is left that a server that runs may refuse to write."""
    with translated(paths.root):
        left = free(paths.root)
        least = max(MINIMUM_FREE, int(shutil.disk_usage(paths.root).total * KEPT_FREE))
    if left < least:
        raise _disk_full(paths.root, f"{size_text(left)} are free, the local server needs {size_text(least)}")


def write_private(path: Path, document: object) -> None:
    """Replace a file by JSON, at once and for its owner alone. Raises LocalTrouble."""
    with translated(path.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json_text(document, indent=2))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def sweep_unfinished(paths: Layout) -> None:
    """Remove what a writer that was killed left behind; only under the lock."""
    for target in (paths.keys, paths.state):
        for left in paths.root.glob(f".{target.name}.*"):
            left.unlink(missing_ok=True)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a sentence about this folder."""
    try:
        yield
    except OSError as error:
        raise _trouble(folder, error) from error


def _trouble(folder: Path, error: OSError) -> LocalTrouble:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(folder, "Nothing more can be written there")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LocalTrouble(
            f"The local server's folder {folder} cannot be written",
            cause=error.strerror or "",
            advice="Make it yours, or choose another folder with --dir",
        )
    return LocalTrouble(
        f"The local server's folder {folder} cannot be used",
        cause=error.strerror or type(error).__name__,
        advice="Choose another folder with --dir",
    )


def _disk_full(folder: Path, cause: str) -> LocalTrouble:
    return LocalTrouble(
        f"The disk of {folder} is full",
        cause=cause,
        advice="Free some space, or choose a folder on another disk with --dir",
    )
