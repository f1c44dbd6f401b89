"""What somebody writes between the last look and a delete: never hidden, whoever deletes, on servers of either kind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict, Denied, NotSupported, S3mlError
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.plans.undo import Made, TakeUploadsBack
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.objects.delete import FEW
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import bodies, refusing
from tests.ui.harness import services_over

RAW = Place("acme", "raw/")
KEY = RAW.key("000.csv")
MANY = FEW + 10
Plans = Callable[[Services], Plan]


def filled(count: int, *, honours_conditions: bool, page_size: int = 25) -> MemoryStore:
    store = MemoryStore("acme", honours_conditions=honours_conditions, page_size=page_size)
    for number in range(count):
        store.write(RAW.key(f"{number:03}.csv"), b"old")
    return store


def somebody_writes(store: MemoryStore, *keys: ObjectKey, body: bytes = b"newer") -> None:
    """At the last moment before the first delete of any kind."""
    waiting = list(keys)

    def write(verb: str, _address: str) -> None:
        if verb in {"delete", "delete_many"}:
            while waiting:
                store.write(waiting.pop(), body)

    store.in_between = store.before = write


def planned(plan: object) -> Plan:
    assert isinstance(plan, Plan)
    return plan


def take_back(services: Services) -> Plan:
    current = services.versions.whole_history(KEY).versions[0]
    return TakeUploadsBack((Made(KEY, current.version_id, current.etag, has_replaced=False),), Versioning.ON)


ONE: dict[str, Plans] = {
    "rm": lambda services: planned(services.objects.plan_delete(KEY)),
    "undo of put -r": take_back,
    "rm of several": lambda services: planned(services.many.plan_delete([KEY])),
    "rm -r": lambda services: planned(services.many.plan_delete_below(RAW)),
}


@pytest.mark.parametrize("honours_conditions", [True, False], ids=["honoured", "ignored"])
@pytest.mark.parametrize("plan_of", ONE.values(), ids=ONE)
def test_what_is_written_before_the_delete_stays_on_top(
    plan_of: Plans, tmp_path: Path, *, honours_conditions: bool
) -> None:
    store = filled(1, honours_conditions=honours_conditions)
    services = services_over(store, tmp_path)
    plan = plan_of(services)
    somebody_writes(store, KEY)
    with pytest.raises(Conflict) as refused:
        services.perform(plan)
    assert "no longer" in refused.value.title
    assert bodies(store, KEY) == [b"newer", b"old"]
    store.before = store.in_between = lambda *_: None
    services.perform(planned(services.objects.plan_delete(KEY)))
    assert bodies(store, KEY) == [None, b"newer", b"old"]


def move(services: Services, *, count: int) -> CopyObjects:
    to = Place("acme", "new/")
    plan = services.copies.plan_place(RAW, to, is_move=True) if count > 1 else None
    plan = plan or services.copies.plan_object(KEY, to.key("000.csv"), is_move=True)
    assert isinstance(plan, CopyObjects)
    return plan


@pytest.mark.parametrize("honours_conditions", [True, False], ids=["honoured", "ignored"])
@pytest.mark.parametrize("count", [1, 3, MANY])
def test_what_is_written_to_the_source_of_a_move_stays_and_is_named(
    tmp_path: Path, count: int, *, honours_conditions: bool
) -> None:
    store = filled(count, honours_conditions=honours_conditions)
    services = services_over(store, tmp_path)
    plan = move(services, count=count)
    somebody_writes(store, KEY)
    outcome = services.perform(plan)
    assert "1 object could not be deleted and is in both places" in outcome.title
    assert any("000.csv" in line and "Somebody wrote 5 B to it" in line for line in outcome.details)
    assert bodies(store, KEY) == [b"newer", b"old"]
    assert bodies(store, ObjectKey("acme", "new/000.csv")) == [b"old"]
    assert store.keys(RAW) == (KEY.key,)
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert bodies(store, KEY)[0] == b"newer"
    assert len(store.keys(RAW)) == count


@pytest.mark.parametrize("honours_conditions", [True, False], ids=["honoured", "ignored"])
def test_below_a_prefix_each_that_was_written_stays_and_the_undo_leaves_it(
    tmp_path: Path, *, honours_conditions: bool
) -> None:
    store = filled(MANY, honours_conditions=honours_conditions)
    services = services_over(store, tmp_path)
    plan = services.many.plan_delete_below(RAW)
    written = [RAW.key(f"{number:03}.csv") for number in (3, 24, 25)]
    somebody_writes(store, *written)
    outcome = services.perform(plan)
    assert outcome.title.startswith(f"Deleted {MANY - 3} of {MANY} objects; 3 failed, the first: ")
    assert store.keys(RAW) == tuple(sorted(key.key for key in written))
    assert all(bodies(store, key) == [b"newer", b"old"] for key in written)
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert len(store.keys(RAW)) == MANY
    assert all(bodies(store, key)[0] == b"newer" for key in written)


def test_what_was_written_on_top_of_our_marker_is_no_conflict(tmp_path: Path) -> None:
    store = filled(1, honours_conditions=False)
    services = services_over(store, tmp_path)
    plan = planned(services.objects.plan_delete(KEY))

    def later(verb: str, _address: str) -> None:
        if verb == "delete":
            store.write(KEY, b"later")

    store.after = later
    services.perform(plan)
    assert bodies(store, KEY) == [b"later", None, b"old"]


@pytest.mark.parametrize("error", [Denied("No", action="s3:ListBucketVersions"), NotSupported("No")])
def test_a_delete_that_cannot_be_looked_at_is_done_all_the_same(tmp_path: Path, error: S3mlError) -> None:
    store = filled(MANY, honours_conditions=False)
    services = services_over(store, tmp_path)
    plan = services.many.plan_delete_below(RAW)
    refused = refusing("versions_below", error)

    def hook(verb: str, address: str) -> None:
        if "delete_many" in {asked for asked, _ in store.requests}:
            refused(verb, address)

    store.before = hook
    assert services.perform(plan).title == f"Deleted {MANY} objects"


def test_a_marker_that_cannot_be_removed_is_told_with_what_it_hides(tmp_path: Path) -> None:
    store = filled(1, honours_conditions=False)
    services = services_over(store, tmp_path)
    plan = planned(services.objects.plan_delete(KEY))
    somebody_writes(store, KEY)
    store.before = refusing("delete_many", Denied("Access is denied", action="s3:DeleteObjectVersion"))
    with pytest.raises(Conflict, match="is deleted, though it is no longer as it was") as told:
        services.perform(plan)
    marker, newer, _ = services.versions.whole_history(KEY).versions
    assert marker.is_delete_marker
    assert "our delete marker on top could not be removed: Access is denied" in told.value.cause
    assert told.value.advice == f"Bring back version {newer.version_id}"


def test_a_server_known_to_refuse_unmet_deletes_is_asked_nothing_more(tmp_path: Path) -> None:
    store = filled(1, honours_conditions=True)
    services = services_over(store, tmp_path)
    plan = planned(services.objects.plan_delete(KEY))
    store.is_known_to_refuse = True
    store.requests.clear()
    services.perform(plan)
    assert store.requests[-1] == ("delete", KEY.uri)
