"""Plans: what is decided, and what the user reads before saying yes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.plans.copy_move import CopyItem, CopyObjects
from s3ml_tui.domain.plans.plan import (
    CopyForward,
    DeleteObject,
    NothingToDo,
    Plan,
    RemoveMarker,
    UploadFile,
    plan_bring_back,
    plan_undelete,
    when,
)
from s3ml_tui.domain.storage.capabilities import Versioning
from tests.domain.things import KEY, history, marker, version

OLD, NEW, NULL = version("v1", size=11), version("v2", size=22, minutes=5), version("null", size=33, minutes=2)
GONE = marker("m1", minutes=9)
FILE = Path("/home/ada/a.csv")
KINDS = st.lists(st.booleans(), min_size=1, max_size=6)


def said(plan: Plan) -> str:
    return " ".join(plan.sentences())


def test_the_same_command_goes_on_only_with_what_has_a_journal() -> None:
    back = plan_bring_back(history([NEW, OLD]), OLD)
    copied = CopyObjects((CopyItem(NEW, KEY),), KEY.uri, is_move=False, versioning=Versioning.ON)
    uploaded = UploadFile(FILE, 1, KEY, None, Versioning.ON)
    assert [plan.can_go_on for plan in (back, copied, uploaded)] == [False, False, True]


# bringing back --------------------------------------------------------------------------------------------------


@given(KINDS, st.data())
def test_bringing_back_copies_bytes_that_are_there_and_never_the_current_ones(
    kinds: list[bool], data: st.DataObject
) -> None:
    there = history([version(f"v{n}", is_marker=is_marker) for n, is_marker in enumerate(kinds)])
    chosen = data.draw(st.sampled_from(there.versions))
    plan = plan_bring_back(there, chosen)
    if isinstance(plan, NothingToDo):
        below = there.versions[there.versions.index(chosen) :]
        assert chosen == there.current or all(entry.is_delete_marker for entry in below)
    else:
        assert not plan.source.is_delete_marker
        assert plan.source != plan.current == there.current
        assert not plan.is_destructive


def test_bringing_back_names_the_bytes_their_time_and_what_stays() -> None:
    plan = plan_bring_back(history([NEW, OLD]), OLD)
    assert plan.sentences() == (
        f"11 B from {when(OLD)} (version v1) become the current version of {KEY.uri}.",
        f"The current 22 B of {when(NEW)} stay in the history, one below.",
    )
    assert (plan.title, plan.affirmative, plan.changes_anything) == ("Bring back a.csv", "Bring back", True)


def test_bringing_back_a_deleted_object_takes_the_version_below_the_marker_and_says_that_the_deletion_stays() -> None:
    plan = plan_bring_back(history([GONE, NEW, OLD]), GONE)
    assert plan == CopyForward(KEY, NEW, GONE)
    assert "The deletion of" in said(plan)
    assert "stays in the history" in said(plan)


def test_bringing_back_the_current_version_is_nothing_to_do() -> None:
    plan = plan_bring_back(history([NEW, OLD]), NEW)
    assert plan == NothingToDo("Bring back a.csv", "This version is the current one already.")
    assert not plan.changes_anything


def test_bringing_back_where_only_markers_are_left_is_nothing_to_do() -> None:
    assert isinstance(plan_bring_back(history([GONE, marker("m0")]), GONE), NothingToDo)


def test_bringing_back_where_versioning_is_suspended_names_the_bytes_that_are_destroyed() -> None:
    plan = plan_bring_back(history([NEW, NULL, OLD]), OLD, Versioning.SUSPENDED)
    assert isinstance(plan, CopyForward)
    assert plan.is_destructive
    assert plan.loses == NULL
    assert "Versioning is suspended: the 33 B" in said(plan)
    assert "stay in the history, one below" not in said(plan)


def test_bringing_back_the_null_version_itself_destroys_nothing() -> None:
    plan = plan_bring_back(history([NEW, NULL]), NULL, Versioning.SUSPENDED)
    assert not plan.is_destructive


def test_a_null_marker_leaves_the_history_when_something_is_written_where_versioning_is_suspended() -> None:
    plan = plan_bring_back(history([marker("null", minutes=9), OLD]), OLD, Versioning.SUSPENDED)
    assert "the deletion leaves the history" in said(plan)
    assert not plan.is_destructive


# undeleting -----------------------------------------------------------------------------------------------------


def test_undeleting_says_that_the_deletion_is_erased() -> None:
    plan = plan_undelete(history([GONE, NEW]))
    assert plan == RemoveMarker(KEY, GONE, NEW)
    assert plan.is_destructive
    assert "22 B" in said(plan)
    assert "no longer show that it was deleted" in said(plan)


@pytest.mark.parametrize("entries", [[NEW, OLD], [], [GONE], [GONE, marker("m0"), NEW]])
def test_undeleting_needs_bytes_right_below_one_marker(entries: list[object]) -> None:
    plan = plan_undelete(history(entries))  # type: ignore[arg-type]  # the table mixes kinds
    assert isinstance(plan, NothingToDo)
    assert plan.reason.endswith(".")


# deleting -------------------------------------------------------------------------------------------------------


def test_deleting_on_a_versioned_bucket_destroys_nothing_and_says_so() -> None:
    plan = DeleteObject(KEY, NEW, Versioning.ON)
    assert plan.keeps_bytes
    assert plan.loses is None
    assert "nothing is destroyed" in said(plan)


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED, Versioning.UNKNOWN])
def test_deleting_a_null_version_anywhere_else_destroys_it_and_says_so(versioning: Versioning) -> None:
    plan = DeleteObject(KEY, NULL, versioning)
    assert not plan.keeps_bytes
    assert plan.loses == NULL
    assert "33 B" in said(plan)
    assert "are destroyed" in said(plan)
    assert "nothing is destroyed" not in said(plan)


def test_deleting_where_versioning_is_suspended_may_spare_the_current_and_destroy_one_below() -> None:
    plan = DeleteObject(KEY, NEW, Versioning.SUSPENDED, buried=NULL)
    assert plan.keeps_bytes
    assert plan.loses == NULL
    assert "its current 22 B stay" in said(plan)
    assert "the 33 B written on" in said(plan)


def test_deleting_a_version_with_an_id_where_versioning_is_suspended_destroys_nothing() -> None:
    assert DeleteObject(KEY, NEW, Versioning.SUSPENDED).keeps_bytes


# uploading ------------------------------------------------------------------------------------------------------


def test_uploading_where_nothing_is_says_so() -> None:
    plan = UploadFile(FILE, 5, KEY, None, Versioning.OFF)
    assert plan.sentences() == (f"5 B from {FILE} become {KEY.uri}.", "Nothing is there now.")
    assert not plan.is_destructive


def test_uploading_over_something_on_a_versioned_bucket_keeps_it() -> None:
    plan = UploadFile(FILE, 5, KEY, NEW, Versioning.ON)
    assert not plan.is_destructive
    assert f"The 22 B of {when(NEW)} that are there now stay as an older version." in said(plan)


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED, Versioning.UNKNOWN])
def test_uploading_over_a_null_version_anywhere_else_destroys_it_and_says_so(versioning: Versioning) -> None:
    plan = UploadFile(FILE, 5, KEY, NULL, versioning)
    assert plan.is_destructive
    assert "the 33 B" in said(plan)
    assert "are destroyed" in said(plan)


def test_uploading_where_it_was_deleted_says_when() -> None:
    plan = UploadFile(FILE, 5, KEY, GONE, Versioning.ON)
    assert not plan.is_destructive
    assert f"It was deleted on {when(GONE)}" in said(plan)


@pytest.mark.parametrize(("versioning", "is_destructive"), [(Versioning.ON, False), (Versioning.UNKNOWN, True)])
def test_uploading_where_nothing_can_be_seen_never_promises_more_than_is_known(
    versioning: Versioning, is_destructive: bool
) -> None:
    plan = UploadFile(FILE, 5, KEY, None, versioning, is_seen=False)
    assert plan.is_destructive == is_destructive
    assert "cannot see" in said(plan)


# all of them ----------------------------------------------------------------------------------------------------

PLANS: list[Plan] = [
    CopyForward(KEY, OLD, NEW),
    RemoveMarker(KEY, GONE, NEW),
    DeleteObject(KEY, NEW, Versioning.ON),
    UploadFile(FILE, 5, KEY, NEW, Versioning.ON),
    NothingToDo("Delete a.csv", "It is not there."),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: type(plan).__name__)
def test_every_plan_is_a_plan_whose_sentences_are_sentences(plan: Plan) -> None:
    assert isinstance(plan, Plan)
    assert plan.title
    assert plan.affirmative
    assert plan.sentences()
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in plan.sentences())
    assert all(sentence.endswith((".", ":")) for sentence in plan.sentences())


def test_plans_are_values() -> None:
    assert CopyForward(KEY, OLD, NEW) == CopyForward(KEY, replace(OLD), replace(NEW))
