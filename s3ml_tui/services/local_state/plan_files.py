"""Plans that are too large for a line of the record: a compressed file each, private, removed with its line."""

import gzip
import json
import os
import time
import zlib
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble, NotFound

_SUFFIX = ".json.gz"
_YOUNG_S = 3600
"""A file this young may be one whose line is about to be written."""


class PlanFiles:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, record_id: str, text: str) -> None:
        """Keep a plan's JSON. Raises LocalTrouble."""
        path = self._path(record_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(gzip.compress(text.encode(), compresslevel=3))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):  # the first trouble is the one to tell
                path.unlink()
            raise LocalTrouble(
                "What was done is not remembered",
                cause=f"{path} cannot be written: {error.strerror or error}",
                advice="Check the folder's permissions and the space on its disk",
            ) from error

    def read(self, record_id: str) -> object:
        """The JSON that was kept. Raises NotFound when it is gone or damaged."""
        try:
            found: object = json.loads(gzip.decompress(self._path(record_id).read_bytes()))
        except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
            raise NotFound("The file that says how to undo it is gone or damaged") from error
        return found

    def keep_only(self, record_ids: Container[str]) -> None:
        """Remove all others, as far as that can be done."""
        with suppress(OSError):  # the next time does it
            for path in self._folder.glob(f"*{_SUFFIX}"):
                is_young = path.stat().st_mtime > time.time() - _YOUNG_S
                if path.name.removesuffix(_SUFFIX) not in record_ids and not is_young:
                    path.unlink()

    def _path(self, record_id: str) -> Path:
        return self._folder / f"{record_id}{_SUFFIX}"
