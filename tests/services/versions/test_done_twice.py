"""What is as it was to be already is not done twice: by a restore or an undo that was killed before it could tell."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict, Throttled
from s3ml_tui.domain.plans.batch import DeleteMany
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Plan
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.services.undo.activity import Activity
from s3ml_tui.services.versions.unchanged_since_plan import DONE_BEFORE
from tests.doubles import MemoryStore
from tests.services.memory import KEY, bodies, store_with
from tests.ui.harness import services_over

RAW = KEY.place
OTHER = ObjectKey(KEY.bucket, "dataset/raw/b.csv")


@pytest.fixture
def store() -> MemoryStore:
    store = store_with(b"old", b"new")
    store.write(OTHER, b"other")
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path, activity=Activity())


def undo_of(services: Services, plan: Plan | NothingToDo) -> Plan:
    """The undo of a plan that is performed."""
    undo = services.perform(plan).undo
    assert undo is not None
    return undo


def everything(store: MemoryStore) -> list[Version]:
    """All versions and markers in the bucket."""
    return [version for page in store.versions_below(Place(KEY.bucket)) for version in page]


def twice(services: Services, store: MemoryStore, plan: Plan) -> tuple[Sequence[str], int]:
    """A plan is performed, and once more, as after a kill; what the second time told, and how much it failed at."""
    services.perform(plan)
    before = everything(store)
    outcome = services.perform(plan)
    assert everything(store) == before, "nothing is changed the second time"
    return outcome.details, outcome.failed


def restored(services: Services, number: int) -> CopyForward:
    history = services.versions.whole_history(KEY)
    plan = services.versions.plan_bring_back(history, history.versions[number])
    assert isinstance(plan, CopyForward)
    return plan


def test_a_version_that_was_brought_back_over_what_was_seen_is_not_brought_back_twice(
    services: Services, store: MemoryStore
) -> None:
    details, _ = twice(services, store, restored(services, 1))
    assert details[-1] == DONE_BEFORE
    assert bodies(store) == [b"old", b"new", b"old"]


def test_a_version_whose_copy_is_current_is_seen_to_be_so(services: Services, store: MemoryStore) -> None:
    assert not services.versions.is_copied_already(restored(services, 1))
    services.perform(restored(services, 1))
    assert services.versions.is_copied_already(restored(services, -1))
    assert not services.versions.is_copied_already(restored(services, 1))
    store.write(KEY, b"old")
    assert not services.versions.is_copied_already(restored(services, -1)), "it is somebody's"


@pytest.mark.parametrize("written", [b"old", b"somebody's"])
def test_what_somebody_wrote_is_still_a_conflict(services: Services, store: MemoryStore, written: bytes) -> None:
    plan = restored(services, 1)
    store.write(KEY, written)
    with pytest.raises(Conflict, match="nothing was done"):
        services.perform(plan)


def test_what_was_brought_back_and_described_anew_since_is_still_a_conflict(
    services: Services, store: MemoryStore
) -> None:
    plan = restored(services, 1)
    services.perform(plan)
    described = services.describing.plan(KEY, {"rows": "4"})
    assert isinstance(described, ChangeDescription)
    services.perform(described)
    assert not services.versions.is_copied_already(restored(services, -1))
    with pytest.raises(Conflict, match="nothing was done"):
        services.perform(plan)


def test_what_was_brought_back_and_tagged_since_is_still_a_conflict(services: Services, store: MemoryStore) -> None:
    plan = restored(services, 1)
    services.perform(plan)
    store.write_tags(KEY, {"team": "a"})
    assert not services.versions.is_copied_already(restored(services, -1))
    with pytest.raises(Conflict, match="nothing was done"):
        services.perform(plan)


def test_undoing_a_folders_deletion_again_brings_back_what_is_missing(services: Services, store: MemoryStore) -> None:
    undo = undo_of(services, services.many.plan_delete_below(RAW))

    def refuse(verb: str, address: str) -> None:
        if (verb, address) == ("copy_version", OTHER.uri):
            raise Throttled("not now")

    undisturbed, store.before = store.before, refuse
    assert services.perform(undo).failed == 1
    store.before = undisturbed
    assert services.perform(undo).failed == 0
    assert bodies(store) == [b"new", None, b"new", b"old"]
    assert bodies(store, OTHER) == [b"other", None, b"other"]
    assert twice(services, store, undo)[1] == 0


def test_an_upload_that_was_taken_back_is_taken_back(services: Services, store: MemoryStore, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"c")
    key = ObjectKey(KEY.bucket, "dataset/raw/c.csv")
    undo = undo_of(services, services.objects.plan_upload(tmp_path / "c.csv", key))
    assert isinstance(undo, DeleteObject)
    details, _ = twice(services, store, undo)
    assert details[-1] == DONE_BEFORE
    assert bodies(store, key) == [None, b"c"]


def test_a_folder_that_was_taken_back_is_taken_back(services: Services, store: MemoryStore, tmp_path: Path) -> None:
    folder = tmp_path / "up"
    folder.mkdir()
    for name in ("a.csv", "c.csv"):
        (folder / name).write_bytes(b"uploaded")
    plan = services.transfers.plan_upload([folder / "a.csv", folder / "c.csv"], RAW)
    assert isinstance(plan, MoveFiles)
    undo = undo_of(services, plan)
    assert twice(services, store, undo)[1] == 0
    assert bodies(store) == [b"new", b"uploaded", b"new", b"old"]


def test_what_was_moved_and_came_back_has_come_back(services: Services, store: MemoryStore) -> None:
    plan = services.copies.plan_place(RAW, Place(KEY.bucket, "moved/"), is_move=True)
    assert isinstance(plan, CopyObjects)
    undo = undo_of(services, plan)
    assert twice(services, store, undo)[1] == 0
    assert bodies(store) == [b"new", None, b"new", b"old"]
    assert bodies(store, ObjectKey(KEY.bucket, "moved/a.csv")) == [None, b"new"]


def test_a_copy_is_made_once_and_a_second_one_is_refused(services: Services, store: MemoryStore) -> None:
    target = ObjectKey(KEY.bucket, "copied/a.csv")
    plan = services.copies.plan_object(KEY, target)
    assert isinstance(plan, CopyObjects)
    services.perform(plan)
    with pytest.raises(Conflict):
        services.perform(plan)
    assert bodies(store, target) == [b"new"]


def test_tags_that_are_as_wanted_are_no_conflict(services: Services, store: MemoryStore) -> None:
    below = services.all_below(RAW)
    plan = services.tagging.plan_each(below, {"team": "a"})
    assert isinstance(plan, ChangeTags)
    undo = undo_of(services, plan)
    assert twice(services, store, undo)[1] == 0
    assert (dict(store.tags(KEY)), dict(store.tags(OTHER))) == ({}, {})


def test_many_that_were_deleted_by_somebody_are_told_so(services: Services, store: MemoryStore) -> None:
    plan = services.many.plan_delete([KEY, OTHER])
    assert isinstance(plan, DeleteMany)
    store.delete(OTHER)
    assert services.perform(plan).failed == 1
