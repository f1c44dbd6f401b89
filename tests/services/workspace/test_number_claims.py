"""Numbers are claimed: every racer gets another one, on servers with and without conditions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from s3ml_tui.domain.errors import Conflict, Denied
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.uri import Place
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
    number, _written = claim(store, LAYOUT.model_claim, 1, body)
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
    assert claim(store, LAYOUT.model_claim, 1, body)[0] == 2


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
