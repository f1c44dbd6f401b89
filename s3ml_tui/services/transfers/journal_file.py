"""The journal of one job as a file: a line for what begins and a line for what is done, appended, never rewritten.

One write has one line or many; what a killed process left half written is the last line, and is skipped. Lines are not
forced to the disk: they have to outlive the process, and after a power cut what they say is checked against the files
anyway.
"""

import json
import os
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.transfer import TransferRequest, Way
from s3ml_tui.domain.storage.resume_point import BegunDownload, BegunUpload, Storing

FORMAT = 1
_encoded = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Done:
    """A file that was moved."""

    size: int
    """Bytes."""
    modified_ns: int
    """Of the local file."""
    version_id: str | None
    etag: str
    over: bool = False
    """Whether it took the place of another."""
    target: str = ""
    """Where it is; "" where its name tells."""


@dataclass(slots=True)
class Record:
    """What a journal tells."""

    id: str
    transfer_request: TransferRequest
    account: str
    title: str = ""
    files: int = 0
    size: int = 0
    """Bytes."""
    host: str = ""
    pid: int = 0
    process_started: float = 0.0
    begun_at: float = 0.0
    """Seconds since the epoch, UTC."""
    is_given_up: bool = False
    """Whether the user stopped it; then it is not offered, only remembered for the same command."""
    replaced: frozenset[str] | None = None
    """Targets that were taken when it was planned; None where the journal does not tell."""
    done: dict[str, Done] = field(default_factory=dict)
    """By name."""
    uploads: dict[str, BegunUpload] = field(default_factory=dict)
    """Open ones, by target."""
    downloads: dict[str, BegunDownload] = field(default_factory=dict)
    """Open ones, by target."""
    folders: set[str] = field(default_factory=set)
    """In which temporary files with the journal's id in their names may be left."""

    @property
    def is_open(self) -> bool:
        """Whether an upload is open."""
        return bool(self.uploads)


class Lines:
    """The file of a living job, appended to from many threads."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        self._gathered: deque[bytes] = deque()
        """Lines that nobody waits for."""
        size = os.fstat(self._descriptor).st_size
        self._is_torn = size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"
        """Whether the last line is half a one, of a killed process or a full disk; it must not take the next along."""

    def add(self, line: Mapping[str, Any]) -> None:
        """One line, written when this returns; a full disk stops no transfer."""
        self._gathered.append(_line(line))
        self.flush()
        self._write_rest()

    def add_soon(self, line: Mapping[str, Any]) -> None:
        """One line that nobody waits for: whoever writes at the moment writes it too."""
        self._gathered.append(_line(line))
        self._write_rest()

    def flush(self) -> None:
        """All lines that were added before are written when this returns."""
        with self._lock:
            self._write()

    def _write_rest(self) -> None:
        """What was added while another line was being written; for whoever does not hold the lock."""
        while self._gathered and self._lock.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._lock.release()

    def _write(self) -> None:
        """All that has gathered, in its order; for whoever holds the lock."""
        data = b"".join([self._gathered.popleft() for _ in range(len(self._gathered))])
        if data and self._descriptor >= 0:
            whole = b"\n" + data if self._is_torn else data
            self._is_torn = True
            with suppress(OSError):  # what is not noted is looked for, or done again
                self._is_torn = os.write(self._descriptor, whole) < len(whole)

    def close(self) -> None:
        """No more lines."""
        with self._lock:
            self._write()
            os.close(self._descriptor)
            self._descriptor = -1


def _line(line: Mapping[str, Any]) -> bytes:
    return (_encoded(line) + "\n").encode()


def head(record: Record) -> dict[str, Any]:
    """The first line."""
    transfer_request = record.transfer_request
    return {
        "s3ml": "transfer",
        "format": FORMAT,
        "id": record.id,
        "account": record.account,
        "title": record.title,
        "files": record.files,
        "size": record.size,
        "at": record.begun_at,
        "way": transfer_request.way.value,
        "sources": list(transfer_request.sources),
        "target": transfer_request.target,
        "collision": transfer_request.collision.value,
        "storing": storing_entry(transfer_request.storing),
        "filters": [list(one) for one in transfer_request.filters],
        "sync": [transfer_request.is_sync, transfer_request.by_checksum, transfer_request.deletes],
        "at_once": transfer_request.at_once,
        "deletes_all": transfer_request.deletes_all,
        "version_id": transfer_request.version_id,
        "over": None if record.replaced is None else sorted(record.replaced),
    } | owner(record.host, record.pid, record.process_started)


def storing_entry(storing: Storing) -> list[Any]:
    """As lines have it; `Storing(*entry)` reads it."""
    return [storing.storage_class, storing.kms_key, storing.owner_has_full_control]


def owner(host: str, pid: int, process_started: float) -> dict[str, Any]:
    """Whose it is from now on."""
    return {"host": host, "pid": pid, "started": process_started}


def read(path: Path) -> Record | None:
    """What the file tells; None for one that is no journal of this format, or gone."""
    try:
        lines = path.read_bytes().split(b"\n")
        record = _record(json.loads(lines[0]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    for line in lines[1:]:
        with suppress(ValueError, KeyError, TypeError, RecursionError):  # half a line, or one of a later s3ml
            _add(record, json.loads(line))
    return record


def is_torn(path: Path) -> bool:
    """Whether there is no file, or one without a whole first line."""
    try:
        with path.open("rb") as file:
            return not file.readline().endswith(b"\n")
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _record(header: dict[str, Any]) -> Record:
    if header["s3ml"] != "transfer" or header["format"] != FORMAT:
        raise ValueError("another format")
    is_sync, by_checksum, deletes = header["sync"]
    transfer_request = TransferRequest(
        Way(header["way"]),
        tuple(header["sources"]),
        header["target"],
        Clash(header["collision"]),
        Storing(*header["storing"]),
        tuple((bool(includes), str(pattern)) for includes, pattern in header["filters"]),
        is_sync,
        by_checksum,
        deletes,
        header["at_once"],
        header["version_id"],
        bool(header.get("deletes_all")),
    )
    record = Record(header["id"], transfer_request, header["account"], header["title"], header["files"], header["size"])
    record.begun_at = float(header["at"])
    replaced = header.get("over")
    record.replaced = None if replaced is None else frozenset(map(str, replaced))
    _own(record, header)
    return record


def _own(record: Record, header: dict[str, Any]) -> None:
    record.host, record.pid, record.process_started = str(header["host"]), int(header["pid"]), float(header["started"])


def _add(record: Record, entry: dict[str, Any]) -> None:
    if "ok" in entry:
        over = bool(entry.get("o"))
        record.done[entry["ok"]] = Done(entry["n"], entry["t"], entry["v"], entry["e"], over, entry["to"])
        record.uploads.pop(entry["to"], None)
        record.downloads.pop(entry["to"], None)
    elif "up" in entry:
        # Earlier versions noted it in the first line alone.
        storing = Storing(*entry["storing"]) if "storing" in entry else record.transfer_request.storing
        record.uploads[entry["up"]] = BegunUpload(entry["id"], entry["part"], entry["op"], entry["sha256"], storing)
    elif "down" in entry:
        record.downloads[entry["down"]] = BegunDownload(Path(entry["file"]), entry["v"], entry["e"], entry["n"])
    elif "range" in entry:
        begun = record.downloads[entry["range"]]
        done = (*begun.done, (int(entry["at"]), int(entry["n"])))
        record.downloads[entry["range"]] = BegunDownload(
            begun.temporary, begun.version_id, begun.etag, begun.size, done
        )
    elif "end" in entry:
        record.uploads.pop(entry["end"], None)
        record.downloads.pop(entry["end"], None)
    elif "in" in entry:
        record.folders.add(str(entry["in"]))
    elif "given_up" in entry:
        record.is_given_up = bool(entry["given_up"])
    elif "host" in entry:
        _own(record, entry)
