"""Uploads that were asked for and perhaps begun: noted before, settled after, swept when nobody settled them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.plans.transfer import Move, Swept, TransferRequest, Way
from s3ml_tui.domain.storage.resume_point import BegunUpload, WantedUpload
from s3ml_tui.domain.storage.store import OpenUpload, never
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.parallel import each
from s3ml_tui.services.session import Services
from s3ml_tui.services.transfers.journal import Journals
from tests.doubles import MemoryStore
from tests.services.transfers.test_journal import account, append, home, journal_folder, left_behind
from tests.services.transfers.test_service import objects, services, store

__all__ = ["home", "objects", "services", "store"]
KEY, TARGET = ObjectKey("bucket", "up/big"), "bucket/up/big"
WANTED = WantedUpload(1.5, frozenset({"theirs"}))


def opened(*names: str) -> list[tuple[ObjectKey, OpenUpload]]:
    return [(KEY, OpenUpload(KEY.key, name, datetime.now(UTC))) for name in names]


def left(store: MemoryStore) -> set[str]:
    return {one.upload_id for _, one in store.uploads}


def test_what_was_asked_for_is_known_until_it_is_settled(tmp_path: Path) -> None:
    journals, transfer_request = Journals(tmp_path / "transfers", "me"), TransferRequest(Way.UP, ("/big",), KEY.uri)
    journal = journals.begin(transfer_request, title="Upload big", files=1, size=9, now=1.0)
    notes = journal.notes(Move("big", "/big", TARGET, 9, 0))
    assert (notes.is_again, notes.has_open) == (False, False)
    notes.upload_wanted(WANTED)
    found = journals.of(transfer_request)
    assert found is not None
    assert (notes.has_open, found.wanted) == (True, {TARGET: WANTED})
    notes.upload_begun(BegunUpload("ours", 5, "op", "sha"))
    notes.upload_settled()
    assert journals.known_uploads() == {"ours"}
    notes.upload_closed()
    journal.leave()
    again = journals.begin(transfer_request, title="Upload big", files=1, size=9, now=2.0)
    later = again.notes(Move("big", "/big", TARGET, 9, 0))
    assert (later.is_again, later.has_open, later.wanted_upload) == (True, False, None)
    again.remove()


@pytest.mark.parametrize("may", [True, False], ids=["allowed", "denied"])
def test_it_is_swept_where_that_is_allowed_and_tried_again_where_not(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, may: bool
) -> None:
    def denied(*_: object) -> int:
        raise Denied("Access is denied")

    store.uploads = opened("ours", "theirs", "known")
    gone = left_behind(journal_folder(home), TransferRequest(Way.UP, (f"{tmp_path}/gone",), KEY.uri), account=account())
    append(journal_folder(home), gone, {"want": TARGET, "asked": 1.5, "seen": ["theirs"]})
    other = left_behind(
        journal_folder(home), TransferRequest(Way.UP, (f"{tmp_path}",), "s3://bucket/x/"), account=account()
    )
    append(journal_folder(home), other, {"up": TARGET, "id": "known", "part": 5, "op": "x", "sha256": "y"})
    if not may:
        monkeypatch.setattr(store, "abort_unclaimed", denied)
    assert services.transfers.sweep() == (Swept(jobs=1, uploads=1) if may else Swept())
    assert left(store) == ({"theirs", "known"} if may else {"ours", "theirs", "known"})
    monkeypatch.undo()


def test_what_would_fail_for_all_is_tried_for_few() -> None:
    tried = list[int]()

    def do(number: int) -> None:
        tried.append(number)
        if number:
            raise Unreachable("Nobody answers")

    results = each(range(1000), do, never, threads=2)
    assert len(tried) < 10
    assert len(results.done) == 1
    assert results.left + len(results.failed) + 1 == 1000
    assert "the rest was not begun" in results.title("Tagged")
    with pytest.raises(Unreachable):
        each(range(1, 1000), do, never, threads=2)
