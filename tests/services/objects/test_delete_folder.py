"""Deleting all below a prefix: counted, looked at again, deleted many at a time, undone together."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, Denied, NotFound, NotSupported, ReadOnly, S3mlError
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.objects import delete
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import changes, refusing
from tests.ui.harness import services_over

RAW = Place("acme", "raw/")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = tuple(f"{number:03}.csv" for number in range(60))


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("acme", page_size=25)
    for name in NAMES:
        store.write(RAW.key(name), b"12")
    store.write(Place("acme").key("raw-else.csv"), b"not below")
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def planned(services: Services) -> DeleteMany:
    plan = services.many.plan_delete_below(RAW)
    assert isinstance(plan, DeleteMany)
    return plan


def test_all_below_gets_markers_by_few_requests_and_the_undo_brings_all_back(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete, "BATCH", 40)
    plan = planned(services)
    assert plan.title == "Delete 60 objects"
    assert plan.sentences() == (
        "All below s3://acme/raw/: 000.csv, 001.csv, 002.csv, 003.csv, 004.csv and 55 more: 120 B together.",
        "A delete marker is put on top of each; nothing is destroyed, and all can be brought back at once. "
        "What is written below meanwhile stays.",
    )
    store.requests.clear()
    outcome = services.perform(plan)
    assert outcome.title == "Deleted 60 objects"
    assert changes(store) == ["delete_many", "delete_many"]
    assert store.keys(Place("acme")) == ("raw-else.csv",)
    assert isinstance(outcome.undo, BringBackMany)
    services.perform(outcome.undo)
    assert len(store.keys(RAW)) == 60


def test_what_is_written_meanwhile_stays(store: MemoryStore, services: Services) -> None:
    plan = planned(services)
    store.write(RAW.key("007.csv"), b"meanwhile")
    store.write(RAW.key("new.csv"), b"new")
    outcome = services.perform(plan)
    assert outcome.title.startswith("Deleted 59 of 60 objects; 1 failed, the first: 007.csv is no longer as it was")
    assert outcome.failed == 1
    assert store.keys(RAW) == ("raw/007.csv", "raw/new.csv")


def test_deleted_ones_are_left_out_and_nothing_is_said_to_be_nothing(store: MemoryStore, services: Services) -> None:
    store.delete(RAW.key("000.csv"))
    assert planned(services).skipped == 1
    services.perform(planned(services))
    assert isinstance(services.many.plan_delete_below(RAW), NothingToDo)
    with pytest.raises(NotFound, match="nothing below"):
        services.many.plan_delete_below(Place("acme", "none/"))


def test_with_versioning_suspended_what_is_destroyed_is_said(store: MemoryStore, services: Services) -> None:
    store.suspend_versioning("acme")
    store.write(RAW.key("000.csv"), b"null")
    plan = planned(services)
    assert "Versioning is suspended: 4 B of 1 object are destroyed" in plan.sentences()[1]
    outcome = services.perform(plan)
    assert isinstance(outcome.undo, BringBackMany)
    assert len(outcome.undo.plans) == 59


def test_without_versions_nothing_comes_back(store: MemoryStore, services: Services) -> None:
    store.create_bucket("plain")
    place = Place("plain", "d/")
    store.write(place.key("a"), b"123")
    plan = services.many.plan_delete_below(place)
    assert "The bucket keeps no versions: 3 B of 1 object are destroyed" in plan.sentences()[1]
    outcome = services.perform(plan)
    assert (outcome.undo, store.keys(place)) == (None, ())
    assert "keeps no versions" in outcome.no_undo


def test_who_may_not_list_versions_deletes_by_the_plain_listing(store: MemoryStore, services: Services) -> None:
    store.before = refusing("versions_below", Denied("no", action="s3:ListBucketVersions"))
    outcome = services.perform(planned(services))
    assert outcome.title == "Deleted 60 objects"
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert len(store.keys(RAW)) == 60


@pytest.mark.parametrize("error", [Denied("no", action="s3:ListBucketVersions"), NotSupported("no versions")])
def test_where_versions_cannot_be_listed_and_none_are_kept_the_loss_is_said(
    store: MemoryStore, services: Services, error: S3mlError
) -> None:
    store.create_bucket("plain")
    place = Place("plain", "d/")
    store.write(place.key("a"), b"123")
    store.before = refusing("versions_below", error)
    plan = services.many.plan_delete_below(place)
    assert isinstance(plan, DeleteMany)
    assert plan.plans[0].current.version_id == ""
    assert "The bucket keeps no versions: 3 B of 1 object are destroyed" in plan.sentences()[1]
    assert services.perform(plan).undo is None


def test_a_cancel_between_the_requests_keeps_the_undo_of_what_was_done(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete, "BATCH", 20)
    plan = planned(services)
    outcome = services.perform(plan, cancelled=lambda: "delete_many" in changes(store))
    assert outcome.title == "Deleted 20 of 60 objects; the rest was cancelled"
    assert outcome.failed == 40
    assert len(store.keys(RAW)) == 40
    with pytest.raises(Cancelled):
        services.perform(plan, cancelled=lambda: True)


def test_a_request_that_is_refused_leaves_the_others_and_their_undo(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete, "BATCH", 20)
    monkeypatch.setattr(delete, "AT_ONCE", 1)
    plan = planned(services)
    refused = refusing("delete_many", Denied("no", action="s3:DeleteObject"))
    store.before = lambda verb, address: refused(verb, address) if changes(store).count("delete_many") == 2 else None
    outcome = services.perform(plan)
    assert outcome.title.startswith("Deleted 40 of 60 objects; 20 failed, the first: no")
    assert isinstance(outcome.undo, BringBackMany)
    assert len(outcome.undo.plans) == 40
    assert isinstance(outcome.retry, DeleteMany)
    assert len(outcome.retry.plans) == 20
    store.before = lambda *_: None
    services.perform(outcome.retry)
    assert store.keys(RAW) == ()


@pytest.mark.parametrize(
    ("count", "batches"),
    [(1, [1]), (100, [100]), (101, [100, 1]), (2000, [500] * 4), (10_000, [834] * 11 + [826]), (0, [])],
)
def test_batches_are_of_like_size_and_keep_all_requests_busy(count: int, batches: list[int]) -> None:
    versions = [Version(RAW.key(f"{number}"), "v", NOW) for number in range(count)]
    found = delete._batches(versions)
    assert [len(batch) for batch in found] == batches
    assert [version for batch in found for version in batch] == versions


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = planned(services)
    store.requests.clear()
    with pytest.raises(ReadOnly):
        services.perform(plan)
    assert store.requests == []
