"""Numbers are claimed: every racer gets another one, on servers with and without conditions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from s3ml_tui.domain.errors import Conflict, Denied, NotSupported, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.store import Written
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.workspace.number_claims import ATTEMPTS, claim, deciding_version, highest_seen
from tests.doubles import MemoryStore

LAYOUT = Layout(Place("bucket", "ws/"))


def body(number: int) -> bytes:
    return f'{{"claimant": "{number}"}}'.encode()


def take(store: MemoryStore, *, conditional: bool | None = None, attempts: int = ATTEMPTS) -> int:
    first = highest_seen(store, LAYOUT.models) + 1
    return claim(store, LAYOUT.model_claim, first, body, conditional=conditional, attempts=attempts)[0]


def race(racers: int, take_one: Callable[[], int]) -> list[int]:
    barrier = threading.Barrier(racers)

    def run(_index: int) -> int:
        barrier.wait(timeout=30)
        return take_one()

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


@pytest.mark.parametrize("honours_conditions", [True, False])
@pytest.mark.parametrize("conditional", [None, True, False])
def test_thirty_two_racers_get_thirty_two_numbers_three_times(
    honours_conditions: bool, conditional: bool | None
) -> None:
    store = MemoryStore("bucket", honours_conditions=honours_conditions)
    taken: list[int] = []
    for _round in range(3):
        taken += race(32, lambda: take(store, conditional=conditional))
    assert len(set(taken)) == 96


def test_racers_that_all_write_before_any_looks_still_get_different_numbers() -> None:
    """The worst case without conditions: every write is in the history before the first is judged."""
    barrier = threading.Barrier(8)
    first_key = LAYOUT.model_claim(1).uri
    waited = threading.local()

    def before(verb: str, address: str) -> None:
        if verb == "history" and address == first_key and not getattr(waited, "done", False):
            waited.done = True
            barrier.wait(timeout=30)

    store = MemoryStore("bucket", honours_conditions=False, before=before)
    taken = race(8, lambda: claim(store, LAYOUT.model_claim, 1, body, conditional=True)[0])
    assert sorted(taken) == list(range(1, 9))


def test_on_a_bucket_without_versions_conditions_alone_decide() -> None:
    store = MemoryStore()
    store.create_bucket("bucket")
    assert len(set(race(16, lambda: take(store)))) == 16


def test_without_versions_and_without_conditions_a_claim_that_is_there_is_left_alone() -> None:
    store = MemoryStore(honours_conditions=False)
    store.create_bucket("bucket")
    store.write(LAYOUT.model_claim(1), b"theirs")
    number, _written = claim(store, LAYOUT.model_claim, 1, body, wait=lambda _seconds: None)
    assert (number, store.read(LAYOUT.model_claim(1))) == (2, b"theirs")


def test_without_versions_and_without_conditions_an_overwritten_claim_is_noticed() -> None:
    store = MemoryStore(honours_conditions=False)
    store.create_bucket("bucket")
    key = LAYOUT.model_claim(1)
    overwritten: list[str] = []

    def after(verb: str, address: str) -> None:
        if verb == "write" and address == key.uri and not overwritten:
            overwritten.append(address)
            store.write(key, b"theirs")

    store.after = after
    assert claim(store, LAYOUT.model_claim, 1, body, wait=lambda _seconds: None)[0] == 2


class Together:
    """The wait of racers that all claim in the same second: nobody looks again before all that race have claimed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._racing: set[int] = set()
        self._waiting: set[int] = set()

    def begin(self) -> None:
        with self._changed:
            self._racing.add(threading.get_ident())

    def end(self) -> None:
        with self._changed:
            self._racing.discard(threading.get_ident())
            self._changed.notify_all()

    def __call__(self, _seconds: float) -> None:
        with self._changed:
            self._waiting.add(threading.get_ident())
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: threading.get_ident() not in self._waiting or self._all(), 30)
            self._waiting.clear()
            self._changed.notify_all()

    def _all(self) -> bool:
        return self._racing <= self._waiting


def bare(**more: Any) -> MemoryStore:
    """A store without versions and without conditions, whose clock tells whole seconds."""
    store = MemoryStore(honours_conditions=False, now=lambda: datetime(2026, 11, 23, tzinfo=UTC), **more)
    store.create_bucket("bucket")
    return store


def test_without_versions_and_without_conditions_racers_get_different_numbers() -> None:
    store, together = bare(), Together()
    ours = threading.local()
    barrier = threading.Barrier(8)

    def body_of(_number: int) -> bytes:
        return str(threading.get_ident()).encode()

    def before(verb: str, _address: str) -> None:
        if verb == "write" and not getattr(ours, "has_begun", False):
            ours.has_begun = True
            barrier.wait(timeout=30)  # all have seen that the number is free

    def take_one() -> int:
        together.begin()
        try:
            number, _ = claim(store, LAYOUT.model_claim, 1, body_of, wait=together, warn=said.append)
        finally:
            together.end()
        assert store.read(LAYOUT.model_claim(number)) == body_of(number)
        return number

    said: list[str] = []
    store.before = before
    taken = race(8, take_one)
    assert len(set(taken)) == 8
    assert len(said) == 8
    assert all("neither versions nor conditional writes" in sentence for sentence in said)
    claims = [key for key in store.keys(LAYOUT.models) if ".claims/" in key]
    assert len(claims) == 8, "each loser takes its own claim away"


def test_the_oldest_claim_wins_and_is_put_back_where_a_loser_overwrote_it() -> None:
    store = bare()
    key = LAYOUT.model_claim(1)
    older = Place("bucket", f"{key.key}.claims/").key("0" * 32)

    def meanwhile(_seconds: float) -> None:
        store.write(older, b"theirs")

    assert claim(store, LAYOUT.model_claim, 1, body, attempts=9, wait=meanwhile)[0] == 2
    assert store.read(key) == b"theirs"
    assert store.keys(Place("bucket", f"{key.key}.claims/")) == (older.key,)


class Forgetful(MemoryStore):
    """A server that drops user metadata."""

    def write(self, key: ObjectKey, body: bytes, **more: Any) -> Written:
        written = super().write(key, body, **more)
        self.forget_metadata(key)
        return written

    def forget_metadata(self, key: ObjectKey) -> None:
        self._alter(key, None, metadata={})


@pytest.mark.parametrize("honours_conditions", [True, False])
@pytest.mark.parametrize("is_versioned", [True, False])
def test_where_user_metadata_is_dropped_one_number_is_taken(honours_conditions: bool, is_versioned: bool) -> None:
    store = Forgetful(honours_conditions=honours_conditions)
    store.create_bucket("bucket")
    if is_versioned:
        store.enable_versioning("bucket")
    number, _ = claim(store, LAYOUT.model_claim, 1, body, wait=lambda _seconds: None, attempts=20)
    assert number == 1
    assert [key for key in store.keys(LAYOUT.models) if key.endswith("_claim.json")] == [LAYOUT.model_claim(1).key]


def test_after_three_claims_that_the_server_does_not_show_no_more_are_written() -> None:
    store = bare()
    hidden = store.list_page
    store.list_page = lambda place, **more: replace(hidden(place, **more), keys=(), modified=())  # type: ignore[method-assign]
    with pytest.raises(StrangeAnswer, match="does not show what was just written"):
        claim(store, LAYOUT.model_claim, 1, body, wait=lambda _seconds: None)
    assert len([key for key in store.keys(LAYOUT.models) if key.endswith("_claim.json")]) == 3


def test_a_loser_removes_exactly_its_own_version() -> None:
    """Else it lies on top, and is all that is left once old versions expire."""
    store = MemoryStore("bucket", honours_conditions=False)
    key = LAYOUT.alias_move("champion", 1)
    winner: list[Written] = []

    def before(verb: str, address: str) -> None:
        if verb == "write" and address == key.uri and not winner:
            winner.append(Written(key, "", "", 0))
            winner[0] = store.write(key, b"theirs")

    store.before = before
    with pytest.raises(Conflict):
        claim(store, lambda _number: key, 1, body, attempts=1)
    [page] = store.history(key)
    assert [version.version_id for version in page.versions] == [winner[0].version_id]


def test_a_loser_that_may_not_remove_its_version_has_lost_all_the_same() -> None:
    store = MemoryStore("bucket", honours_conditions=False)
    raced: list[str] = []

    def before(verb: str, address: str) -> None:
        if verb == "write" and not raced:
            raced.append(address)
            store.write(LAYOUT.model_claim(1), b"theirs")
        if verb == "delete_version":
            raise Denied("Not allowed", action="s3:DeleteObjectVersion")

    store.before = before
    assert claim(store, LAYOUT.model_claim, 1, body, wait=lambda _seconds: None)[0] == 2


def test_a_server_that_refuses_the_condition_itself_is_asked_without_it() -> None:
    class Refusing(MemoryStore):
        def write(self, key: ObjectKey, body: bytes, **more: Any) -> Written:
            if more.get("if_absent"):
                raise NotSupported("A header is not implemented")
            return super().write(key, body, **more)

    assert claim(Refusing("bucket"), LAYOUT.model_claim, 1, body)[0] == 1


def test_a_number_whose_claim_was_deleted_is_never_given_again() -> None:
    store = MemoryStore("bucket")
    assert take(store) == 1
    store.delete(LAYOUT.model_claim(1))
    assert take(store) == 2
    assert claim(store, LAYOUT.model_claim, 1, body)[0] == 3


def test_the_highest_number_is_seen_among_markers_gaps_and_other_objects() -> None:
    store = MemoryStore("bucket", page_size=2)
    for number in (1, 2, 10):
        store.write(LAYOUT.model_claim(number), b"{}")
    for name in ("readme.md", "v99", "vx/_claim.json", "v011/_claim.json"):
        store.write(LAYOUT.models.key(name), b"x")
    store.delete(LAYOUT.model_claim(10))
    assert highest_seen(store, LAYOUT.models) == 99
    assert highest_seen(store, LAYOUT.aliases.under("champion")) == 0


def test_alias_moves_are_counted_too() -> None:
    store = MemoryStore("bucket")
    for number in (1, 12):
        store.write(LAYOUT.alias_move("champion", number), b"{}")
    store.write(LAYOUT.alias_move("staging", 40), b"{}")
    assert highest_seen(store, LAYOUT.aliases.under("champion")) == 12


def test_one_attempt_only_is_a_conflict_when_somebody_was_faster() -> None:
    store = MemoryStore("bucket")
    store.write(LAYOUT.model_claim(1), b"theirs")
    with pytest.raises(Conflict, match="Somebody else was faster"):
        claim(store, LAYOUT.model_claim, 1, body, attempts=1)


def test_where_the_history_may_not_be_read_the_claim_is_read_back() -> None:
    def before(verb: str, _address: str) -> None:
        if verb == "history":
            raise Denied("Not allowed", action="s3:ListBucketVersions")

    store = MemoryStore("bucket", before=before)
    assert claim(store, LAYOUT.model_claim, 1, body)[0] == 1
    assert deciding_version(store, LAYOUT.model_claim(1)) is None
