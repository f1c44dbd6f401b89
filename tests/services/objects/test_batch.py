"""Several objects at once: looked at, changed only where nothing changed meanwhile, undone together."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled, Denied, ReadOnly, Unreachable
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import HistoryPage, Version
from s3ml_tui.domain.storage.provenance import BROUGHT_FROM
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Written, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.objects import batch
from s3ml_tui.services.objects.delete import delete_seen
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import refusing
from tests.ui.harness import services_over

BUCKET = "bucket"
KEYS = [ObjectKey(BUCKET, f"raw/{name}.csv") for name in "abcdefg"]


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore(BUCKET)
    for size, key in enumerate(KEYS, 1):
        store.write(key, b"x" * size)
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def test_many_are_deleted_by_one_plan_and_brought_back_by_its_undo_and_deleted_again(
    store: MemoryStore, services: Services
) -> None:
    plan = services.many.plan_delete(KEYS)
    assert isinstance(plan, DeleteMany)
    assert plan.title == "Delete 7 objects"
    assert plan.sentences() == (
        "a.csv, b.csv, c.csv, d.csv, e.csv and 2 more: 28 B together.",
        "A delete marker is put on top of each; nothing is destroyed, and all can be brought back at once.",
    )
    deleted = services.perform(plan)
    assert deleted.title == "Deleted 7 objects"
    assert not store.keys(Place(BUCKET))
    assert isinstance(deleted.undo, BringBackMany)
    back = services.perform(deleted.undo)
    assert [store.read(key) for key in KEYS] == [b"x" * size for size in range(1, 8)]
    assert isinstance(back.undo, DeleteMany)
    services.perform(back.undo)
    assert not store.keys(Place(BUCKET))


def test_what_changed_since_the_plan_stays_and_the_outcome_says_so(store: MemoryStore, services: Services) -> None:
    plan = services.many.plan_delete(KEYS)
    store.write(KEYS[2], b"written meanwhile")
    outcome = services.perform(plan)
    assert outcome.title.startswith("Deleted 6 of 7 objects; 1 failed, the first: c.csv is no longer as it was")
    assert store.keys(Place(BUCKET)) == (KEYS[2].key,)
    assert isinstance(outcome.undo, BringBackMany)
    assert len(outcome.undo.plans) == 6


def test_the_first_error_is_raised_when_nothing_could_be_done(store: MemoryStore, services: Services) -> None:
    plan = services.many.plan_delete(KEYS[:2])

    def deny(verb: str, _address: str) -> None:
        if verb == "delete":
            raise Denied("Deleting is denied", action="s3:DeleteObject")

    store.before = deny
    with pytest.raises(Denied):
        services.perform(plan)


def test_a_cancel_in_the_middle_keeps_the_undo_of_what_was_done(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "THREADS", 1)
    stop = threading.Event()

    def after(verb: str, _address: str) -> None:
        if verb == "delete":
            stop.set()

    plan = services.many.plan_delete(KEYS)
    store.after = after
    outcome = services.perform(plan, cancelled=stop.is_set)
    assert outcome.title == "Deleted 1 of 7 objects; the rest was cancelled"
    assert isinstance(outcome.undo, BringBackMany)
    assert [single.key for single in outcome.undo.plans] == KEYS[:1]
    with pytest.raises(Cancelled):
        services.perform(services.many.plan_delete(KEYS[1:]), cancelled=lambda: True)


def test_a_cancel_while_many_are_looked_at_again_ends_the_looking_and_deletes_none(store: MemoryStore) -> None:
    keys, stop = [ObjectKey(BUCKET, f"many/{number}") for number in range(200)], threading.Event()
    seen = [Version(key, store.write(key, b"x").version_id or "", datetime.now(UTC), is_latest=True) for key in keys]
    looked: list[str] = []

    def after(verb: str, address: str) -> None:
        if verb == "history":
            looked.append(address)
            stop.set()

    store.after = after
    with pytest.raises(Cancelled):
        delete_seen(
            store, seen, place=None, versioning=Versioning.ON, now=lambda: datetime.now(UTC), cancelled=stop.is_set
        )
    assert len(looked) < len(keys)
    assert set(keys) <= {ObjectKey(BUCKET, key) for key in store.keys(Place(BUCKET))}


def test_on_a_bucket_without_versions_the_plan_says_what_is_destroyed(store: MemoryStore, services: Services) -> None:
    store._shelves[BUCKET].versioning = Versioning.OFF
    plain = [ObjectKey(BUCKET, f"plain/{name}") for name in "ab"]
    for key in plain:
        store.write(key, b"12345")
    plan = services.many.plan_delete(plain)
    assert "The bucket keeps no versions: 10 B of 2 objects are destroyed, and that cannot be undone." in (
        plan.sentences()
    )
    outcome = services.perform(plan)
    assert outcome.undo is None
    assert outcome.no_undo


def test_deleted_ones_among_others_are_brought_back_and_the_others_left_out(
    store: MemoryStore, services: Services
) -> None:
    for key in KEYS[:3]:
        store.delete(key)
    plan = services.many.plan_bring_back(KEYS)
    assert isinstance(plan, BringBackMany)
    assert (len(plan.plans), plan.skipped, plan.size) == (3, 4, 6)
    services.perform(plan)
    assert len(store.keys(Place(BUCKET))) == 7
    assert isinstance(services.many.plan_bring_back(KEYS), NothingToDo)


def test_what_was_deleted_already_is_skipped(store: MemoryStore, services: Services) -> None:
    store.delete(KEYS[0])
    plan = services.many.plan_delete(KEYS[:2])
    assert isinstance(plan, DeleteMany)
    assert plan.skipped == 1
    assert isinstance(services.many.plan_delete(KEYS[:1]), NothingToDo)


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = services.many.plan_delete(KEYS[:1])
    before = len(store.requests)
    with pytest.raises(ReadOnly):
        services.perform(plan)
    assert len(store.requests) == before


def test_too_many_are_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST", 3)
    with pytest.raises(BadInput, match="too many"):
        services.many.plan_delete(KEYS)


# the undo of a deleted folder ----------------------------------------------------------------------------------------


def deleted_folder(store: MemoryStore, services: Services, count: int = 200) -> tuple[list[ObjectKey], BringBackMany]:
    """Objects of a folder that were deleted together, and the undo."""
    keys = [ObjectKey(BUCKET, f"many/{number:03}.csv") for number in range(count)]
    for key in keys:
        store.write(key, f"of {key.key}".encode(), content_type="text/csv", metadata={"title": "mine"})
        store.describe(key, tags={"team": "a"})
    plan = services.many.plan_delete_below(Place(BUCKET, "many/"))
    assert isinstance(plan, DeleteMany)
    undo = services.perform(plan).undo
    assert isinstance(undo, BringBackMany)
    store.requests.clear()
    return keys, undo


def test_the_undo_of_a_deleted_folder_sends_one_request_an_object_and_a_few(
    store: MemoryStore, services: Services
) -> None:
    keys, undo = deleted_folder(store, services)
    outcome = services.perform(undo)
    assert outcome.title == "Brought back 200 objects"
    assert len(store.requests) <= 210
    for key in keys:
        facts = store.facts(key)
        assert (store.read(key), facts.content_type) == (f"of {key.key}".encode(), "text/csv")
        assert (facts.metadata["title"], store.tags(key)) == ("mine", {"team": "a"})
        [page] = store.history(key)
        assert [version.is_delete_marker for version in page.versions] == [False, True, False]
    assert outcome.undo is not None
    assert services.perform(outcome.undo).title == "Deleted 200 objects"


def test_what_was_written_before_or_while_a_folder_comes_back_stays_on_top(
    store: MemoryStore, services: Services
) -> None:
    keys, undo = deleted_folder(store, services)
    store.write(keys[3], b"before")

    def before(verb: str, address: str) -> None:
        if verb == "copy_version" and address == keys[7].uri:
            store.before = lambda *_: None
            store.write(keys[7], b"while")

    store.before = before
    outcome = services.perform(undo)
    assert (store.read(keys[3]), store.read(keys[7])) == (b"before", b"while")
    assert outcome.failed == 2
    assert outcome.title.startswith("Brought back 198 of 200 objects")
    told = " ".join(outcome.details)
    assert "003.csv" in told
    assert "007.csv" in told


def test_what_had_come_back_before_a_kill_does_not_come_back_again(store: MemoryStore, services: Services) -> None:
    keys, undo = deleted_folder(store, services)
    services.many.bring_back(replace(undo, plans=undo.plans[:150]))
    outcome = services.perform(undo)
    assert (outcome.title, outcome.failed) == ("Brought back 200 objects", 0)
    assert {sum(len(page.versions) for page in store.history(key)) for key in keys} == {3}


def test_deleted_objects_among_many_others_are_looked_at_one_by_one(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_OTHERS", 10)
    keys, undo = deleted_folder(store, services, 60)
    for number in range(11):
        store.write(ObjectKey(BUCKET, f"many/other{number}"), b"1")
    assert services.perform(undo).title == "Brought back 60 objects"
    assert store.facts(keys[0]).metadata[BROUGHT_FROM]


class ByKind(MemoryStore):
    """A server that lists all versions before all delete markers."""

    def versions_below(self, place: Place, *, cancelled: IsCancelled = never) -> Iterator[Sequence[Version]]:
        listed = [version for page in super().versions_below(place, cancelled=cancelled) for version in page]
        yield sorted(listed, key=lambda version: version.is_delete_marker)

    def history(self, key: ObjectKey, *, cancelled: IsCancelled = never) -> Iterator[HistoryPage]:
        for page in super().history(key, cancelled=cancelled):
            versions = sorted(page.versions, key=lambda version: (not version.is_latest, version.is_delete_marker))
            yield replace(page, versions=tuple(versions))


def test_a_listing_that_is_not_in_the_order_of_time_takes_nothing_away(tmp_path: Path) -> None:
    store = ByKind(BUCKET)
    keys, undo = deleted_folder(store, services_over(store, tmp_path), 60)
    outcome = services_over(store, tmp_path).perform(undo)
    assert (outcome.title, outcome.failed) == ("Brought back 60 objects", 0)
    assert all(store.read(key) for key in keys)


def test_what_cannot_be_taken_away_again_is_told_with_what_it_hides(store: MemoryStore, services: Services) -> None:
    keys, undo = deleted_folder(store, services, 60)
    written = [b"while"]

    def before(verb: str, address: str) -> None:
        if verb == "copy_version" and address == keys[7].uri and written:
            store.write(keys[7], written.pop())
        elif verb == "delete_version":
            raise Denied("Access is denied", action="s3:DeleteObjectVersion")

    store.before = before
    outcome = services.perform(undo)
    told = " ".join(outcome.details)
    assert outcome.failed == 1
    assert "007.csv was brought back over something newer" in told
    assert "Somebody wrote 5 B to it meanwhile" in told
    assert "could not be removed again: Access is denied" in told


def test_trouble_in_looking_again_does_not_lose_the_undo(store: MemoryStore, services: Services) -> None:
    _, undo = deleted_folder(store, services, 60)
    refused = refusing("versions_below", Unreachable("Nobody answers"))

    def before(verb: str, address: str) -> None:
        if "copy_version" in {asked for asked, _ in store.requests}:
            refused(verb, address)

    store.before = before
    outcome = services.perform(undo)
    assert outcome.title == "Brought back 60 objects"
    assert outcome.undo is not None


def test_tags_that_did_not_come_along_are_told_of_several(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, undo = deleted_folder(store, services, 3)
    copied = store.copy_version

    def untagged(key: ObjectKey, version_id: str, **said: Any) -> Written:
        made = copied(key, version_id, **said)
        return replace(made, tags_lost="The server drops them") if key == keys[1] else made

    monkeypatch.setattr(store, "copy_version", untagged)
    outcome = services.perform(undo)
    assert outcome.details[-1] == "001.csv has not the tags of what was copied. The server drops them."
