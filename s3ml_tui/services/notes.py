"""What one transfer writes down of itself in a journal: what it has begun, how far it came, what is over."""

import hashlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from s3ml_tui.domain.moving import Move
from s3ml_tui.domain.resuming import BegunDownload, BegunUpload, WantedUpload
from s3ml_tui.services.journal_file import Record

if TYPE_CHECKING:
    from s3ml_tui.services.journal import Journals


class Notepad(Protocol):
    """What takes lines of a journal."""

    def add(self, line: Mapping[str, Any]) -> None:
        """One line."""
        ...


class Notes:
    """Upload and download notes of one file, kept in the journal."""

    def __init__(
        self,
        lines: Notepad,
        journals: "Journals",
        record: Record,
        move: Move,
        folders: set[str],
        *,
        is_again: bool,
    ) -> None:
        self._lines = lines
        self._journals = journals
        self._move = move
        self._folders = folders
        self.token = record.id
        self.is_again = is_again
        self.begun_upload: BegunUpload | None = record.uploads.get(move.target)
        self.wanted_upload: WantedUpload | None = record.wanted.get(move.target)
        self.begun_download: BegunDownload | None = record.downloads.get(move.target)
        self.operation = operation_of(record.id, move.target)

    @property
    def has_open(self) -> bool:
        """Whether something is open on the server, or may be, that only these notes know of."""
        return self.begun_upload is not None or self.wanted_upload is not None

    def known_uploads(self) -> set[str] | None:
        """Ids of what is open by any journal here; None while another job asks for an upload of the same key."""
        is_in_doubt = self._journals.is_asked_for(self._move.target, self.token)
        return None if is_in_doubt else self._journals.known_uploads()

    def upload_wanted(self, wanted: WantedUpload) -> None:
        """An upload is about to be asked for."""
        self.wanted_upload = wanted
        self._lines.add(
            {
                "want": self._move.target,
                "asked": wanted.asked_at,
                "seen": sorted(wanted.seen),
                "unheard": wanted.unheard,
            }
        )

    def upload_settled(self) -> None:
        """Nothing was begun that is not known."""
        self.wanted_upload = None
        self._lines.add({"settled": self._move.target})

    def upload_begun(self, begun: BegunUpload) -> None:
        """An upload is open."""
        self.begun_upload = begun
        self._lines.add(
            {
                "up": self._move.target,
                "id": begun.upload_id,
                "part": begun.part_size,
                "op": begun.operation,
                "sha256": begun.sha256,
            }
        )

    def upload_closed(self) -> None:
        """It is no longer."""
        self.begun_upload = None
        self._lines.add({"end": self._move.target})

    def uses(self, folder: str) -> None:
        """Temporary files may be left there."""
        if folder not in self._folders:
            self._folders.add(folder)
            self._lines.add({"in": os.path.abspath(folder)})  # noqa: PTH100 - links are not followed

    def download_begun(self, begun: BegunDownload) -> None:
        """A temporary file is about to be made."""
        self._lines.add(
            {
                "down": self._move.target,
                "file": str(begun.temporary.absolute()),
                "v": begun.version_id,
                "e": begun.etag,
                "n": begun.size,
            }
        )

    def range_done(self, start: int, length: int) -> None:
        """More of it is there."""
        self._lines.add({"range": self._move.target, "at": start, "n": length})

    def download_closed(self, *, is_done: bool) -> None:
        """It has its final name, which `note_done` tells soon, or is gone."""
        if not is_done:
            self._lines.add({"end": self._move.target})


def operation_of(record_id: str, target: str) -> str:
    """The operation id of one file of a job: the same in each attempt, so that an upload is known again."""
    return hashlib.sha256(f"{record_id}\0{target}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
