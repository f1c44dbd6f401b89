"""How a change is undone, where the bucket's versioning could not be seen or the answer said too little."""

from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject
from s3ml_tui.domain.plans.undo import undo_of_delete, undo_of_write
from s3ml_tui.domain.storage.capabilities import Versioning
from tests.domain.things import KEY, marker, version

UNKNOWN = Versioning.UNKNOWN


def test_a_version_id_shows_that_the_bucket_keeps_versions() -> None:
    undo, why = undo_of_write(KEY, version("null"), version("v2"), UNKNOWN)
    assert undo == CopyForward(KEY, version("null"), version("v2"))
    assert why == ""


def test_a_null_version_over_a_null_version_has_no_undo() -> None:
    undo, why = undo_of_write(KEY, version("null"), version("null", size=1), UNKNOWN)
    assert undo is None
    assert why == "The bucket seems to keep no versions: what was there before is gone."


def test_a_write_that_cannot_be_told_from_others_has_no_undo() -> None:
    undo, why = undo_of_write(KEY, version("v1"), None, Versioning.ON)
    assert undo is None
    assert "look at the history" in why


def test_a_bucket_without_versions_owes_nobody_a_version() -> None:
    assert undo_of_write(KEY, version("null"), None, Versioning.OFF) == (
        None,
        "The bucket keeps no versions: what was there before is gone.",
    )
    assert undo_of_write(KEY, None, None, Versioning.OFF) == (
        None,
        "The bucket keeps no versions; deleting it takes it back.",
    )


def test_a_delete_that_left_a_marker_is_undone_whatever_was_known_of_the_bucket() -> None:
    undo, _ = undo_of_delete(DeleteObject(KEY, version("null"), UNKNOWN), marker("m1"))
    assert isinstance(undo, CopyForward)
    assert undo.source == version("null")
    undo, why = undo_of_delete(DeleteObject(KEY, version("null"), UNKNOWN), marker("null"))
    assert undo is None
    assert why.startswith("The bucket seems to keep no versions")
