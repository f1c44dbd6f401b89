"""Who wrote the versions of a history: a bounded number of requests, remembered, and nothing claimed when denied."""

import threading
from collections.abc import Callable

import pytest

from s3ml_tui.domain.errors import Cancelled, Denied, Unreachable
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.provenance import RUN, Background, How, Origin
from s3ml_tui.domain.storage.store import OPERATION
from s3ml_tui.services.versions.provenance import AT_ONCE, Backgrounds
from tests.doubles import MemoryStore
from tests.services.memory import KEY, entries, refusing, store_with, versions

TIMEOUT_S = 20


def known(service: Backgrounds, of: tuple[Version, ...]) -> dict[str, Background]:
    return {version.version_id: background for version, background in service.of(of)}


def heads(store: MemoryStore) -> int:
    return sum(verb == "facts" for verb, _ in store.requests)


def test_each_version_is_told_apart_and_markers_have_none() -> None:
    store = store_with()
    store.write(KEY, b"1", metadata={RUN: "r1"}, operation="op1")
    store.write(KEY, b"2")
    store.describe(KEY, tags={"stage": "gold"})
    store.delete(KEY)
    marker, second, first = entries(store)
    found = known(Backgrounds(store), (marker, second, first))
    assert set(found) == {second.version_id, first.version_id}
    assert found[first.version_id] == Background(Origin(How.RUN, "r1", "op1"))
    background = found[second.version_id]
    assert background.origin is not None
    assert (background.origin.how, background.tags) == (How.WRITTEN, {"stage": "gold"})


def test_a_version_without_a_mark_is_nobodys() -> None:
    store = store_with()
    store.write(KEY, b"1")
    stored = store._shelves[KEY.bucket].histories[KEY.key]
    object.__setattr__(stored[0], "metadata", {"owner": "ml"})
    assert known(Backgrounds(store), entries(store)) == {entries(store)[0].version_id: Background()}


def test_what_was_brought_back_says_from_where() -> None:
    store = store_with(b"1", b"2")
    service, old = versions(store), entries(store)[1]
    plan = service.plan_bring_back(service.whole_history(KEY), old)
    assert plan.changes_anything
    service.perform(plan)  # type: ignore[arg-type] # it changes something, so it is a CopyForward
    origin = known(Backgrounds(store), entries(store)[:1])[entries(store)[0].version_id].origin
    assert origin is not None
    assert (origin.how, origin.source) == (How.BROUGHT_BACK, old.version_id)
    assert origin.operation == store.facts(KEY).metadata[OPERATION]


def test_what_was_told_once_is_not_asked_for_again_until_it_is_forgotten() -> None:
    store = store_with(b"1", b"2", b"3")
    service, there = Backgrounds(store), entries(store)
    store.requests.clear()
    assert known(service, there) == known(service, there)
    assert heads(store) == 3
    store.describe(KEY, tags={"stage": "gold"})
    service.forget(KEY)
    assert known(service, there[:1])[there[0].version_id].tags == {"stage": "gold"}
    assert heads(store) == 4


def test_a_version_that_is_gone_or_no_longer_current_is_not_mistaken_for_another() -> None:
    store = store_with(b"1", b"2")
    current, old = entries(store)
    store.write(KEY, b"3", metadata={RUN: "r3"})
    store.delete_version(KEY, old.version_id)
    found = known(Backgrounds(store), (current, old))
    assert found[old.version_id] == Background()
    origin = found[current.version_id].origin
    assert origin is not None
    assert origin.how is How.WRITTEN


def test_tags_that_are_denied_leave_the_rest() -> None:
    store = store_with(b"1")
    store.describe(KEY, tags={"stage": "gold"})
    store.before = refusing("tags", Denied("No", action="s3:GetObjectTagging"))
    [found] = known(Backgrounds(store), entries(store)).values()
    assert found.tags is None
    assert found.origin is not None


def test_who_may_not_look_is_asked_for_no_more_than_a_handful() -> None:
    store = store_with(*(b"%d" % number for number in range(50)))
    there = entries(store)
    store.requests.clear()
    store.before = refusing("facts", Denied("No", action="s3:GetObjectVersion"))
    with pytest.raises(Denied) as caught:
        known(Backgrounds(store), there)
    assert caught.value.action == "s3:GetObjectVersion"
    assert heads(store) <= 3 * AT_ONCE


def test_trouble_is_not_remembered() -> None:
    store = store_with(b"1")
    service = Backgrounds(store)
    store.before = refusing("facts", Unreachable("Nobody answers", advice="Start the server"))
    with pytest.raises(Unreachable):
        known(service, entries(store))
    store.before = lambda _verb, _address: None
    assert len(known(service, entries(store))) == 1


def test_so_many_are_asked_at_a_time_and_no_more_once_it_is_cancelled() -> None:
    store = store_with(*(b"%d" % number for number in range(40)))
    there, all_there, go_on = entries(store), threading.Barrier(AT_ONCE + 1), threading.Event()
    store.requests.clear()
    store.before = _held(all_there, go_on)
    answers: list[object] = []
    is_cancelled = threading.Event()

    def ask() -> None:
        try:
            answers.extend(Backgrounds(store).of(there, cancelled=is_cancelled.is_set))
        except Cancelled as error:
            answers.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    all_there.wait(TIMEOUT_S)
    assert heads(store) == AT_ONCE
    is_cancelled.set()
    asking.join(TIMEOUT_S)  # though eight of them still wait for their answers
    go_on.set()
    assert [type(answer) for answer in answers] == [Cancelled]


def _held(barrier: threading.Barrier, go_on: threading.Event) -> Callable[[str, str], None]:
    def hold(verb: str, _address: str) -> None:
        if verb == "facts":
            barrier.wait(TIMEOUT_S)
            assert go_on.wait(TIMEOUT_S)

    return hold
