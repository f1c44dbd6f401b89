"""Before the first change to a bucket that is no workspace: what is asked, and when nothing is."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Denied, S3mlError, Unreachable
from s3ml_tui.domain.ml.workspace import MakeWorkspace
from s3ml_tui.domain.plans.batch import DeleteMany
from s3ml_tui.domain.plans.copy_move import CopyItem, CopyObjects
from s3ml_tui.domain.plans.plan import DeleteObject, NothingToDo, Plan, UploadFile
from s3ml_tui.domain.plans.tags_metadata import ChangeTags, TagChange
from s3ml_tui.domain.plans.transfer import Move, MoveFiles, TransferRequest, Way
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.buckets.first_change import FirstChanges
from tests.services.arranged import WORKSPACE, memory
from tests.ui.harness import services_over

RAW = Place("acme-raw")
ASKED = "acme-raw is not a workspace of s3ml: is it the bucket you mean to change?"


def upload(key: ObjectKey) -> UploadFile:
    return UploadFile(Path("a"), 1, key, None, Versioning.ON)


class Finding:
    """Looks for workspaces, and counts."""

    def __init__(self, workspace: Place | None = None, error: S3mlError | None = None) -> None:
        self.workspace, self.error, self.asked = workspace, error, list[Place]()

    def __call__(self, place: Place) -> Place | None:
        self.asked.append(place)
        if self.error is not None:
            raise self.error
        found = self.workspace
        return found if found is not None and place.bucket == found.bucket else None


def test_it_asks_until_it_was_agreed_to_and_then_never_again() -> None:
    first_changes = FirstChanges(Finding())
    plan = upload(RAW.key("deep/a"))
    assert first_changes.question(plan) == ASKED
    assert first_changes.question(plan) == ASKED, "nobody has agreed yet"
    first_changes.agreed(plan)
    assert first_changes.question(upload(RAW.key("b"))) == ""
    assert first_changes.question(upload(ObjectKey("other", "b"))).startswith("other is not a workspace")


def test_what_is_looked_for_while_the_plan_is_made_is_not_looked_for_again() -> None:
    finding = Finding(WORKSPACE)
    first_changes = FirstChanges(finding)
    first_changes.foresee(RAW)
    assert first_changes.question(upload(RAW.key("a"))) == ASKED
    assert len(finding.asked) == 1
    first_changes.foresee(WORKSPACE.under("deep"))
    assert first_changes.question(upload(WORKSPACE.key("deep/down/c"))) == ""
    assert len(finding.asked) == 2
    first_changes.foresee(WORKSPACE.under("other"))
    first_changes.foresee(RAW, known=RAW)
    assert len(finding.asked) == 2, "what is known is not looked for"


def test_what_goes_wrong_while_the_plan_is_made_is_told_when_it_is_asked() -> None:
    first_changes = FirstChanges(Finding(error=Denied("No")))
    first_changes.foresee(RAW)
    assert "could not be seen" in first_changes.question(upload(RAW.key("a")))


def test_of_a_workspace_nothing_is_asked_and_it_is_looked_for_once() -> None:
    finding = Finding(WORKSPACE)
    first_changes = FirstChanges(finding)
    for name in ("a", "deep/b", "deep/down/c"):
        assert first_changes.question(upload(WORKSPACE.key(name))) == ""
    assert len(finding.asked) == 1


def test_a_workspace_that_is_known_is_not_looked_for() -> None:
    finding = Finding()
    assert FirstChanges(finding).question(upload(WORKSPACE.key("a")), WORKSPACE) == ""
    assert not finding.asked


def test_what_lies_beside_a_workspace_is_no_part_of_it() -> None:
    first_changes = FirstChanges(Finding())
    assert first_changes.question(upload(ObjectKey(WORKSPACE.bucket, "elsewhere/a")), WORKSPACE)


def test_what_cannot_be_seen_is_asked_about_and_what_cannot_be_reached_is_not() -> None:
    denied = FirstChanges(Finding(error=Denied("No", action="s3:GetObject")))
    assert denied.question(upload(RAW.key("a"))).startswith("Whether acme-raw is a workspace of s3ml could not be seen")
    assert FirstChanges(Finding(error=Unreachable("No"))).question(upload(RAW.key("a"))) == ""


def test_an_access_point_goes_by_its_name() -> None:
    point = Place("arn:aws:s3:eu-west-1:123456789012:accesspoint/mine")
    assert FirstChanges(Finding()).question(upload(point.key("a"))).startswith("mine (access point) is not a workspace")


def test_the_session_looks_for_real_workspaces() -> None:
    services = services_over(memory(), Path("unused"))
    assert services.first_changes.question(upload(WORKSPACE.key("a"))) == ""
    assert services.first_changes.question(upload(ObjectKey(WORKSPACE.bucket, "other/a")))


KEY = RAW.key("deep/a")
CURRENT = Version(KEY, "1", datetime(2026, 11, 23, tzinfo=UTC), is_latest=True)
DELETION = DeleteObject(KEY, CURRENT, Versioning.ON)
HERE = Place("acme-raw", "deep/")
MOVES = (Move("a", "here", "there", 1, 0.0),)


@pytest.mark.parametrize(
    ("plan", "places"),
    [
        (upload(KEY), (HERE,)),
        (DELETION, (HERE,)),
        (DeleteMany((DELETION, DELETION)), (HERE,)),
        (ChangeTags((TagChange(KEY, None, {}, {"a": "b"}),)), (HERE,)),
        (MoveFiles(TransferRequest(Way.UP, ("/tmp/a/",), "s3://acme-raw/deep/"), MOVES), (HERE,)),
        (MoveFiles(TransferRequest(Way.ACROSS, ("s3://b/",), "s3://acme-raw/deep/"), MOVES), (HERE,)),
        (MoveFiles(TransferRequest(Way.DOWN, ("s3://acme-raw/",), "/tmp/a/"), MOVES), ()),
        (NothingToDo("Delete a", "It is gone"), ()),
        (MakeWorkspace(RAW, facts=None), ()),
    ],
    ids=lambda part: type(part).__name__ if not isinstance(part, tuple) else "",
)
def test_what_a_plan_changes(plan: Plan, places: tuple[Place, ...]) -> None:
    assert plan.places == places


def test_a_move_changes_both_ends() -> None:
    item = CopyItem(CURRENT, ObjectKey("other", "k"))
    copied = CopyObjects((item,), "s3://other/k", is_move=False, versioning=Versioning.ON)
    assert copied.places == (Place("other"),)
    assert replace(copied, is_move=True).places == (Place("other"), HERE)
