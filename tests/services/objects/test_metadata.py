"""Metadata and headers: the object is copied onto itself, said so, and the undo brings the old version back."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, NotFound, ReadOnly
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import OURS
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import KEY, bodies, changes, store_with
from tests.ui.harness import services_over

RAW = Place("acme", "dataset/raw/")


def arranged(versioning: Versioning = Versioning.ON) -> MemoryStore:
    store = store_with(versioning=versioning)
    store.write(KEY, b"bytes", content_type="text/plain", metadata={"rows": "3"})
    store.describe(KEY, headers={"CacheControl": "no-cache"}, tags={"team": "a"})
    store.requests.clear()
    return store


@pytest.fixture
def store() -> MemoryStore:
    return arranged()


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def theirs(store: MemoryStore) -> dict[str, str]:
    return {name: value for name, value in store.facts(KEY).metadata.items() if not name.startswith(OURS)}


def test_fields_are_replaced_by_a_new_version_with_the_same_bytes_and_tags(
    store: MemoryStore, services: Services
) -> None:
    assert services.describing.fields(KEY) == {
        "content-type": "text/plain",
        "cache-control": "no-cache",
        "rows": "3",
    }
    plan = services.describing.plan(KEY, {"content-type": "text/csv", "rows": "4", "cols": "2"})
    assert isinstance(plan, ChangeDescription)
    assert plan.sentences()[:2] == (
        f"Of {KEY.uri}:",
        "cache-control is removed (it was no-cache); cols = 2; content-type: text/plain → text/csv; rows: 3 → 4.",
    )
    assert "copied onto itself with it: this makes a new version" in plan.sentences()[2]
    outcome = services.perform(plan)
    facts = store.facts(KEY)
    assert (outcome.title, outcome.version_id) == ("Changed the metadata of a.csv", facts.version_id)
    assert (facts.content_type, dict(facts.headers), theirs(store)) == ("text/csv", {}, {"rows": "4", "cols": "2"})
    assert bodies(store) == [b"bytes", b"bytes"]
    assert store.tags(KEY) == {"team": "a"}
    assert changes(store) == ["copy"]
    assert isinstance(outcome.undo, CopyForward)
    services.perform(outcome.undo)
    assert theirs(store) == {"rows": "3"}
    assert store.facts(KEY).content_type == "text/plain"


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED])
def test_without_versions_the_undo_writes_back_what_was_kept(versioning: Versioning, tmp_path: Path) -> None:
    store = arranged(versioning)
    if versioning is Versioning.SUSPENDED:
        store.write(KEY, b"bytes", content_type="text/plain", metadata={"rows": "3"})
    services = services_over(store, tmp_path)
    plan = services.describing.plan(KEY, {"rows": "4"})
    assert "keeps no versions now: the bytes stay the same" in plan.sentences()[2]
    outcome = services.perform(plan)
    assert theirs(store) == {"rows": "4"}
    assert isinstance(outcome.undo, ChangeDescription)
    services.perform(outcome.undo)
    assert theirs(store) == {"rows": "3"}
    assert bodies(store)[0] == b"bytes"


def test_some_fields_of_each_are_set_and_removed_and_the_rest_stays(store: MemoryStore, services: Services) -> None:
    store.write(RAW.key("b.csv"), b"b", content_type="text/plain")
    plan = services.describing.plan_each(services.all_below(RAW), {"Content-Type": "text/csv"}, ["rows"])
    assert isinstance(plan, ChangeDescription)
    assert plan.title == "Change the metadata of 2 objects"
    outcome = services.perform(plan)
    assert outcome.title == "Changed the metadata of 2 objects"
    assert {store.facts(key).content_type for key in (KEY, RAW.key("b.csv"))} == {"text/csv"}
    assert (theirs(store), store.facts(KEY).headers["CacheControl"]) == ({}, "no-cache")
    assert isinstance(outcome.undo, TakeBack)
    services.perform(outcome.undo)
    assert theirs(store) == {"rows": "3"}


def test_what_is_so_already_is_left_alone(store: MemoryStore, services: Services) -> None:
    assert isinstance(services.describing.plan_each(services.current_of([KEY]), {"rows": "3"}), NothingToDo)
    assert isinstance(services.describing.plan(KEY, services.describing.fields(KEY)), NothingToDo)


def test_what_somebody_wrote_meanwhile_is_not_covered(store: MemoryStore, services: Services) -> None:
    plan = services.describing.plan(KEY, {"rows": "4"})
    store.write(KEY, b"meanwhile")
    with pytest.raises(Conflict):
        services.perform(plan)
    assert store.read(KEY) == b"meanwhile"


def test_what_cannot_be_sent_is_refused(store: MemoryStore, services: Services) -> None:
    with pytest.raises(BadInput, match="only ASCII"):
        services.describing.plan(KEY, {"k": "ä"})
    with pytest.raises(BadInput, match="bytes"):
        services.describing.plan_each(services.current_of([KEY]), {"k": "v" * 2046})
    store.delete(KEY)
    with pytest.raises(NotFound, match="deleted"):
        services.describing.plan(KEY, {"k": "v"})
    with pytest.raises(NotFound, match="nothing to change"):
        services.describing.plan_each([], {"k": "v"})


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = services.describing.plan(KEY, {"rows": "4"})
    store.requests.clear()
    with pytest.raises(ReadOnly):
        services.perform(plan)
    assert store.requests == []
