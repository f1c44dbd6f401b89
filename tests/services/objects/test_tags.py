"""Tags of one version, several objects, a prefix: no version is made, the undo puts back exactly what was."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, ReadOnly
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.plans.tags_metadata import ChangeTags
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse import recursive
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import KEY, changes, entries, store_with
from tests.ui.harness import services_over

RAW = Place("acme", "dataset/raw/")
OTHER = RAW.key("b.csv")


@pytest.fixture
def store() -> MemoryStore:
    store = store_with(b"1", b"22")
    store.describe(KEY, tags={"team": "a", "stage": "raw"})
    store.write(OTHER, b"b")
    store.requests.clear()
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def test_the_tags_of_a_version_are_replaced_and_put_back(store: MemoryStore, services: Services) -> None:
    old = entries(store)[1].version_id
    plan = services.tagging.plan(KEY, {"new": "1"}, old)
    assert isinstance(plan, ChangeTags)
    assert plan.title == "Tag a.csv"
    assert plan.sentences() == (
        f"The tags of version {old} of {KEY.uri} become:",
        "new = 1.",
        "No new version is made, and the tags of other versions stay.",
    )
    outcome = services.perform(plan)
    assert (outcome.title, outcome.version_id) == ("Tagged a.csv", old)
    assert store.tags(KEY, old) == {"new": "1"}
    assert store.tags(KEY) == {"team": "a", "stage": "raw"}
    assert changes(store) == ["write_tags"]
    assert outcome.undo is not None
    back = services.perform(outcome.undo)
    assert store.tags(KEY, old) == {}
    assert back.undo is not None
    services.perform(back.undo)
    assert store.tags(KEY, old) == {"new": "1"}


def test_what_somebody_tagged_meanwhile_stays(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan(KEY, {"new": "1"})
    store.write_tags(KEY, {"other": "2"})
    with pytest.raises(Conflict, match="no longer what was seen"):
        services.perform(plan)
    assert store.tags(KEY) == {"other": "2"}


def test_some_tags_of_each_are_set_and_removed_and_the_rest_stays(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan_each(services.all_below(RAW), {"stage": "gold"}, ["team"])
    assert isinstance(plan, ChangeTags)
    assert plan.title == "Tag 2 objects"
    assert "They had different ones before." in plan.sentences()[1]
    outcome = services.perform(plan)
    assert outcome.title == "Tagged 2 objects"
    assert store.tags(KEY) == store.tags(OTHER) == {"stage": "gold"}
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert (store.tags(KEY), store.tags(OTHER)) == ({"team": "a", "stage": "raw"}, {})


def test_those_that_are_tagged_so_are_left_out(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan_each(services.current_of([KEY, OTHER]), {"team": "a"})
    assert isinstance(plan, ChangeTags)
    assert (len(plan.changes), plan.same) == (1, 1)
    assert isinstance(services.tagging.plan_each(services.current_of([KEY]), {"team": "a"}), NothingToDo)
    assert isinstance(services.tagging.plan(KEY, {"team": "a", "stage": "raw"}), NothingToDo)


def test_what_s3_does_not_take_is_refused_before_anything_is_sent(store: MemoryStore, services: Services) -> None:
    with pytest.raises(BadInput, match="not allowed"):
        services.tagging.plan(KEY, {"a": "x;y"})
    many = {str(number): "" for number in range(9)}
    with pytest.raises(BadInput, match=r"a\.csv: These are 11 tags"):
        services.tagging.plan_each(services.current_of([KEY]), many)
    assert changes(store) == []


def test_one_that_fails_does_not_stop_the_others(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan_each(services.all_below(RAW), {"x": "1"})

    def deny(verb: str, address: str) -> None:
        if verb == "write_tags" and address == OTHER.uri:
            raise Denied("Tagging is denied", action="s3:PutObjectTagging")

    store.before = deny
    outcome = services.perform(plan)
    assert outcome.title.startswith("Tagged 1 of 2 objects; 1 failed")
    assert isinstance(outcome.undo, ChangeTags)
    assert [change.key for change in outcome.undo.changes] == [KEY]


def test_who_may_not_name_versions_tags_what_is_current(store: MemoryStore, services: Services) -> None:
    current = services.current_of([KEY])
    asked: list[str] = []

    def deny(verb: str, _address: str) -> None:
        if verb == "tags" and not asked:
            asked.append(verb)
            raise Denied("no", action="s3:GetObjectVersionTagging")

    store.before = deny
    plan = services.tagging.plan_each(current, {"x": "1"})
    assert isinstance(plan, ChangeTags)
    assert plan.changes[0].version_id is None


def test_nothing_and_too_many_are_said(store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    store.delete(OTHER)
    assert services.current_of([OTHER]) == []
    with pytest.raises(NotFound, match="nothing to tag"):
        services.tagging.plan_each([], {"x": "1"})
    with pytest.raises(NotFound, match="nothing below"):
        services.all_below(Place("acme", "none/"))
    monkeypatch.setattr(recursive, "MOST", 0)
    with pytest.raises(BadInput, match="too many"):
        services.current_of([KEY])


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = services.tagging.plan(KEY, {"new": "1"})
    store.requests.clear()
    with pytest.raises(ReadOnly):
        services.perform(plan)
    assert store.requests == []


# what others do meanwhile ---------------------------------------------------------------------------------------


def test_a_put_between_look_and_change_does_not_get_the_tags_of_the_version_before(
    store: MemoryStore, services: Services
) -> None:
    tagging, old = services.tagging, entries(store)[0].version_id
    seen = tagging.seen(KEY)
    store.write(KEY, b"newer")
    services.perform(tagging.plan_over(seen, {**seen.tags, "checked": "yes"}))
    assert store.tags(KEY) == {}
    assert store.tags(KEY, old) == {"team": "a", "stage": "raw", "checked": "yes"}


def test_tags_that_somebody_writes_at_the_same_moment_are_told(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan(KEY, {"mine": "1"})
    version_id = entries(store)[0].version_id

    def at_once(verb: str, _address: str) -> None:
        if verb == "write_tags":
            store.after = lambda *_: None
            store.write_tags(KEY, {"theirs": "2"}, version_id)

    store.after = at_once
    with pytest.raises(Conflict, match="are not what was written") as told:
        services.perform(plan)
    assert "to: theirs = 2" in told.value.cause


def test_what_somebody_tagged_before_is_told(store: MemoryStore, services: Services) -> None:
    plan = services.tagging.plan(KEY, {"mine": "1"})
    store.write_tags(KEY, {"theirs": "2"})
    with pytest.raises(Conflict, match="no longer what was seen") as told:
        services.perform(plan)
    assert "to: theirs = 2" in told.value.cause


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED])
def test_without_versions_whatever_is_current_is_tagged(tmp_path: Path, versioning: Versioning) -> None:
    store = store_with(b"1", versioning=versioning)
    store.write(KEY, b"2")
    services = services_over(store, tmp_path)
    assert services.tagging.seen(KEY).version_id is None
    services.perform(services.tagging.plan(KEY, {"x": "1"}))
    assert store.tags(KEY) == {"x": "1"}
