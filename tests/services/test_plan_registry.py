"""Of several things that were done only in part, the outcome has a plan for exactly the rest."""

from pathlib import Path

import pytest

from s3ml_tui.domain.errors import ServerFault
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import Clock
from tests.ui.harness import services_over

NAMES = ("a", "b", "c")
KEYS = [ObjectKey("acme", name) for name in NAMES]


class Faulty:
    """A hook of the store that refuses one verb for some keys until it is mended."""

    def __init__(self, verb: str, *names: str) -> None:
        self.verb = verb
        self.addresses = {f"s3://acme/{name}" for name in names}

    def __call__(self, verb: str, address: str) -> None:
        if verb == self.verb and address in self.addresses:
            raise ServerFault("The server failed", advice="Try again")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("acme", now=Clock())
    for key in KEYS:
        store.write(key, key.key.encode())
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def names_of(plan: Plan | None) -> list[str]:
    assert isinstance(plan, DeleteMany | BringBackMany)
    return [single.key.key for single in plan.plans]


def retried(services: Services, store: MemoryStore, outcome: Outcome) -> Outcome:
    """The rest, planned again and done, once nothing stands in the way."""
    store.before = lambda _verb, _address: None
    assert outcome.retry is not None
    again = services.perform(services.plan_again(outcome.retry))
    assert again.failed == 0
    assert again.retry is None
    return again


def keys_there(store: MemoryStore) -> list[str]:
    return list(store.list_page(Place("acme")).keys)


def test_the_deletes_that_failed(services: Services, store: MemoryStore) -> None:
    plan = services.many.plan_delete(KEYS)
    store.before = Faulty("delete", "b")
    outcome = services.perform(plan)
    assert outcome.failed == 1
    assert names_of(outcome.retry) == ["b"]
    retried(services, store, outcome)
    assert keys_there(store) == []


def test_the_objects_that_could_not_be_brought_back(services: Services, store: MemoryStore) -> None:
    services.perform(services.many.plan_delete(KEYS))
    plan = services.many.plan_bring_back(KEYS)
    store.before = Faulty("copy_version", "a", "c")
    outcome = services.perform(plan)
    assert names_of(outcome.retry) == ["a", "c"]
    retried(services, store, outcome)
    assert keys_there(store) == ["a", "b", "c"]


def test_the_downloads_that_failed(services: Services, store: MemoryStore, tmp_path: Path) -> None:
    folder = tmp_path / "down"
    folder.mkdir()
    plan = services.transfers.plan_download(KEYS, folder)
    store.before = Faulty("download", "b", "c")
    outcome = services.perform(plan)
    assert isinstance(outcome.retry, MoveFiles)
    assert sorted(name for name, _ in outcome.failures) == ["b", "c"]
    retried(services, store, outcome)
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "c"]


def test_what_was_cancelled(services: Services, store: MemoryStore) -> None:
    plan = services.many.plan_delete(KEYS)
    deleted = list[str]()

    def note(verb: str, address: str) -> None:
        if verb == "delete":
            deleted.append(address)

    store.before = note
    outcome = services.perform(plan, cancelled=lambda: bool(deleted))
    assert outcome.retry is not None
    assert len(names_of(outcome.retry)) + len(deleted) == 3
    retried(services, store, outcome)
    assert keys_there(store) == []


def test_steps_of_an_undo_that_failed(services: Services, store: MemoryStore) -> None:
    for key in KEYS:
        services.perform(services.objects.plan_delete(key))
    undos = [services.activity.undo_of(record) for record in services.activity.records()]
    store.before = Faulty("copy_version", "b")
    outcome = services.perform(TakeBack("deleting 3 objects", tuple((undo,) for undo in undos)))
    assert isinstance(outcome.retry, TakeBack)
    assert [plan.title for plan in outcome.retry.plans] == ["Bring back b"]


def test_what_is_planned_again_is_seen_again(services: Services, store: MemoryStore, tmp_path: Path) -> None:
    """A plan whose guard does not hold any more would fail in the same way."""
    plan = services.objects.plan_delete(KEYS[0])
    store.write(KEYS[0], b"by somebody else")
    again = services.plan_again(plan)
    assert again != plan
    services.perform(again)
    assert keys_there(store) == ["b", "c"]


def test_every_plan_that_can_be_planned_again_stays_what_it_was(
    services: Services, store: MemoryStore, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(b"new")
    services.perform(services.objects.plan_delete(KEYS[2]))
    history = services.versions.whole_history(KEYS[2])
    for plan in (
        services.objects.plan_delete(KEYS[0]),
        services.objects.plan_upload(file, KEYS[0]),
        services.objects.plan_download(KEYS[0], tmp_path / "down.csv"),
        services.versions.plan_bring_back(history, history.versions[1]),
        services.versions.plan_undelete(history),
        services.many.plan_delete(KEYS[:2]),
        services.many.plan_bring_back(KEYS[2:]),
    ):
        assert services.plan_again(plan) == plan
