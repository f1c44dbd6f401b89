"""Purging: exactly the chosen versions, the locked ones refused by name, nothing else touched."""

from datetime import timedelta
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, NotFound, ReadOnly
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.plans.purge import PurgeVersions
from s3ml_tui.services.objects.purge import lock_words
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import KEY, Clock, bodies, changes, entries, refusing, store_with
from tests.ui.harness import services_over


@pytest.fixture
def store() -> MemoryStore:
    return store_with(b"1", b"22", b"333")


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def planned(services: Services, *rows: int) -> PurgeVersions:
    history = services.versions.whole_history(KEY)
    plan = services.purging.plan(history, [history.versions[row].version_id for row in rows])
    assert isinstance(plan, PurgeVersions)
    return plan


def test_chosen_old_versions_are_destroyed_and_the_current_one_stays(store: MemoryStore, services: Services) -> None:
    plan = planned(services, 1, 2)
    assert (plan.title, plan.must_type) == ("Purge 2 versions of a.csv", "a.csv")
    first, versions_sentence, after = plan.sentences()
    assert first == "3 B of s3://acme/dataset/raw/a.csv are destroyed for good. Nobody can undo this:"
    assert all(version.version_id in versions_sentence for version in plan.versions)
    assert after == "What is current now stays so."
    outcome = services.perform(plan)
    assert outcome.title == "Purged 2 versions of a.csv"
    assert (outcome.undo, outcome.no_undo) == (None, "What was purged is gone for good.")
    assert bodies(store) == [b"333"]
    assert changes(store) == ["delete_many"]


def test_what_is_on_top_afterwards_is_said(store: MemoryStore, services: Services) -> None:
    assert "The 2 B of" in planned(services, 0).sentences()[2]
    assert planned(services, 0, 1, 2).sentences()[2] == "Nothing of it is left then: no version, and no history."
    store.delete(KEY)
    store.write(KEY, b"again")
    plan = planned(services, 0)
    assert "is on top then: the object is gone from plain listings" in plan.sentences()[2]
    assert planned(services, 1).title == "Purge 1 delete marker of a.csv"
    assert planned(services, 0, 1).title == "Purge 1 version and 1 delete marker of a.csv"


def test_a_locked_version_stays_and_is_named_and_the_others_go(store: MemoryStore, services: Services) -> None:
    store.describe(KEY, states={"ObjectLockLegalHoldStatus": "ON"})
    held = entries(store)[0].version_id
    plan = planned(services, 0, 1)
    assert [version.size for version in plan.versions] == [2]
    assert plan.sentences()[-1].startswith(f"Version {held} of ")
    assert plan.sentences()[-1].endswith("is on legal hold: it stays.")
    outcome = services.perform(plan)
    assert bodies(store) == [b"333", b"1"]
    assert outcome.details[-1] == f"Version {held} is on legal hold: it stayed."
    alone = planned(services, 0)
    assert not alone.changes_anything
    assert alone.sentences()[-1] == "Nothing is left to purge."


def test_a_lock_that_could_not_be_seen_is_refused_by_the_server_by_name(store: MemoryStore, services: Services) -> None:
    plan = planned(services, 0, 1)
    store.describe(KEY, states={"ObjectLockLegalHoldStatus": "ON"})
    outcome = services.perform(plan)
    assert outcome.title.startswith("Purged 1 of 2 versions; 1 failed, the first: Version ")
    assert "is locked, or may not be destroyed" in outcome.title
    assert outcome.failed == 1
    with pytest.raises(Denied) as raised:
        services.perform(planned_blindly(store, services))
    assert raised.value.action == "s3:DeleteObjectVersion"


def planned_blindly(store: MemoryStore, services: Services) -> PurgeVersions:
    """As somebody plans who may not look at locks."""
    store.before = refusing("facts", Denied("no"))
    try:
        return planned(services, 0)
    finally:
        store.before = lambda *_: None


def test_locks_in_words() -> None:
    now = Clock()()
    assert lock_words({}, now) == ""
    assert lock_words({"ObjectLockLegalHoldStatus": "OFF"}, now) == ""
    past, future = now - timedelta(days=1), now + timedelta(days=1)
    assert lock_words({"ObjectLockRetainUntilDate": str(past)}, now) == ""
    assert lock_words({"ObjectLockRetainUntilDate": str(future)}, now).startswith("retained until 2026-11-2")
    assert lock_words({"ObjectLockRetainUntilDate": "some day"}, now) == "retained until some day"


def test_what_is_gone_meanwhile_is_told(store: MemoryStore, services: Services) -> None:
    plan = planned(services, 1, 2)
    store.delete_version(KEY, plan.versions[0].version_id)
    outcome = services.perform(plan)
    assert outcome.title.startswith("Purged 1 of 2 versions; 1 failed")
    assert bodies(store) == [b"333"]


def test_what_is_not_there_is_said(store: MemoryStore, services: Services) -> None:
    history = services.versions.whole_history(KEY)
    with pytest.raises(NotFound, match="has no version nope"):
        services.purging.plan(history, ["nope"])
    assert isinstance(services.purging.plan(history, []), NothingToDo)
    with pytest.raises(NotFound, match="no history"):
        services.purging.plan(services.versions.whole_history(KEY.place.key("none")), ["x"])


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = planned(services, 1)
    store.requests.clear()
    with pytest.raises(ReadOnly):
        services.perform(plan)
    assert store.requests == []
