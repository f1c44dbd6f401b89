"""What is asked before a plan writes where something lies: how much, which, and what overwriting means."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from s3ml_tui.domain.plans.copy_move import Clash, CopyItem, CopyObjects
from s3ml_tui.domain.plans.transfer import Move, MoveFiles, There, TransferRequest, Way
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import ObjectKey

SOURCE, TARGET = ObjectKey("acme", "a"), ObjectKey("acme", "b")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ITEM = CopyItem(Version(SOURCE, "1", NOW), TARGET, there=Version(TARGET, "2", NOW))
COPY = CopyObjects((ITEM, ITEM), "s3://acme/", is_move=False, versioning=Versioning.ON)
MOVES = tuple(Move(f"{n}.csv", f"/x/{n}.csv", f"acme/{n}.csv", 1, 0.0, over=There(1, 0.0)) for n in range(7))
UPLOAD = MoveFiles(TransferRequest(Way.UP, ("/x/",), "s3://acme/"), collisions=MOVES)


@pytest.mark.parametrize(
    ("versioning", "means"),
    [
        (Versioning.ON, "What is overwritten stays as an older version."),
        (Versioning.SUSPENDED, "The bucket keeps no versions now: what is overwritten is lost."),
    ],
)
def test_a_copy_onto_objects_must_be_answered(versioning: Versioning, means: str) -> None:
    taken = replace(COPY, versioning=versioning).taken
    assert taken is not None
    assert (taken.count, taken.names, taken.first) == ("2 objects are there already", "b, b", "s3://acme/b")
    assert (taken.means, taken.loses) == (means, versioning is not Versioning.ON)
    assert taken.must_be_answered
    assert COPY.decided(Clash.OVERWRITE).taken is None
    assert replace(COPY, items=(replace(ITEM, there=None),)).taken is None


def test_an_upload_onto_names_is_asked_about_and_a_sync_is_not() -> None:
    taken = UPLOAD.taken
    assert taken is not None
    assert taken.count == "7 names are taken there already"
    assert taken.names == "0.csv, 1.csv, 2.csv …"
    assert (taken.means, taken.must_be_answered) == ("What is overwritten stays as an older version.", False)
    assert replace(UPLOAD, transfer_request=replace(UPLOAD.transfer_request, is_sync=True)).taken is None
    assert replace(UPLOAD, collisions=()).taken is None


def test_a_download_onto_files_says_that_they_are_lost() -> None:
    taken = replace(UPLOAD, transfer_request=TransferRequest(Way.DOWN, ("s3://acme/",), "/x/")).taken
    assert taken is not None
    assert (taken.means, taken.loses) == ("What is overwritten is lost on this machine.", True)
    lost = replace(UPLOAD, versioning=Versioning.OFF).taken
    assert lost is not None
    assert lost.means == "What is overwritten is lost for good: the bucket keeps no versions."
