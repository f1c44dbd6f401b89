"""Removing what a killed process left behind: temporary files, open uploads, work folders; never a living one's."""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.transfer import Swept, Way
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.services.local_state.work_folders import sweep_folders
from s3ml_tui.services.transfers.journal import Journal, Journals
from s3ml_tui.services.transfers.journal_file import Record
from s3ml_tui.services.transfers.sources import object_key


def why_not(record: Record) -> str:
    """Why an interrupted job cannot go on, as far as this machine tells; "" when it can."""
    transfer_request = record.transfer_request
    if transfer_request.way is Way.UP or (
        transfer_request.is_sync and not transfer_request.sources[0].startswith("s3://")
    ):
        gone = next((source for source in transfer_request.sources if not Path(source).exists()), None)
        if gone is not None:
            return f"{gone} is gone"
    folder = (
        Path(transfer_request.target) if transfer_request.target.endswith("/") else Path(transfer_request.target).parent
    )
    if transfer_request.way is Way.DOWN and record.downloads and not folder.is_dir():
        return f"{folder} is gone"
    return ""


def sweep(store: Store, journals: Journals, records: Sequence[Record], *, run_folders: bool = False) -> Swept:
    """Remove what these jobs left open, and their journals. What cannot be removed now is tried again next time."""
    jobs, files, uploads = 0, 0, 0
    for record in records:
        journal = journals.take(record)
        if journal is None:
            continue
        is_clear = True
        for begun in record.downloads.values():
            files += _remove(begun.temporary)
        files += _remove_small(record, keep=())
        for target, upload in record.uploads.items():
            try:
                store.abort_upload(object_key(target), upload.upload_id)
                uploads += 1
            except S3mlError:
                is_clear = False
        if is_clear:
            journal.remove()
            jobs += 1
        else:
            journal.leave()
    return Swept(jobs, files, uploads, sweep_folders() if run_folders else 0)


def clear_leftovers(store: Store, journal: Journal, targets: Collection[str]) -> None:
    """Remove what an earlier attempt left open and this one will not use: of other `targets`, or without a range."""
    record = journal.record
    _remove_small(record, keep=[begun.temporary for begun in record.downloads.values()])
    for target, begun in list(record.downloads.items()):
        if target not in targets or (not begun.done and begun.temporary.exists()):
            _remove(begun.temporary)
            journal.closed(target)
            del record.downloads[target]
    for target, upload in list(record.uploads.items()):
        if target not in targets:
            with suppress(S3mlError):  # it stays in the journal, for the next time
                store.abort_upload(object_key(target), upload.upload_id)
                journal.closed(target)
                del record.uploads[target]


def _remove_small(record: Record, keep: Collection[Path]) -> int:
    """Remove small files that were being made, by the journal's id in their names; how many."""
    count = 0
    for folder in record.folders:
        try:
            names = [entry.name for entry in os.scandir(folder) if entry.name.endswith(f".s3ml-{record.id}.part")]
        except OSError:
            continue
        count += sum(_remove(Path(folder, name)) for name in names if Path(folder, name) not in keep)
    return count


def _remove(temporary: Path) -> int:
    """1 when a temporary file of ours was there."""
    name = temporary.name
    if not (name.startswith(".") and name.endswith(".part") and ".s3ml-" in name):
        return 0
    try:
        temporary.unlink()
    except OSError:
        return 0
    return 1
