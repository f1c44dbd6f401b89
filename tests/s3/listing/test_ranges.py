"""A listing by ranges comes out exactly as one sequence, whatever the keys and however the server behaves."""

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.listing_server import Asked, Keys
from s3ml_tui.domain.errors import Cancelled, NotSupported, ServerFault, StrangeAnswer, Throttled
from s3ml_tui.s3.listing.range_pages import Answer, Where
from s3ml_tui.s3.listing.range_scheduler import MOST_AT_ONCE, RangeListing
from s3ml_tui.s3.listing.split_points import Alphabet, split_points
from s3ml_tui.s3.parsing.fast_listing_xml import Listing

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_S = 0.5
"""What answers say they took, so that ranges are worth it."""


class Bucket:
    """Answers pages of keys without a server; slow as far as it says."""

    def __init__(self, *keys: str, page: int = 3, prefix: str = "", delimiter: str = "") -> None:
        self.keys = Keys(keys)
        self.asked: list[Where] = []
        self.asked_for = Asked(prefix=prefix, delimiter=delimiter, most=page)
        self.start_after: Callable[[str], str] = lambda name: name

    def __call__(self, where: Where) -> Answer:
        self.asked.append(where)
        asked = replace(
            self.asked_for,
            token=bytes.fromhex(where.token).decode("utf-8", "surrogatepass"),
            start_after=self.start_after(where.start_after) if where.start_after else "",
        )
        if asked.delimiter:
            found, prefixes, following = self.keys.level(asked)
        else:
            start, end, prefixes, following = self.keys.page(asked)
            found = list(range(start, end))
        keys = [self.keys.keys[at] for at in found]
        token = following.encode("utf-8", "surrogatepass").hex()
        columns = (keys, found, [1.0] * len(keys), ["e"] * len(keys), ["STANDARD"] * len(keys))
        return Answer(Listing(*columns, prefixes=prefixes, is_truncated=bool(following), token=token), SLOW_S)

    def in_ranges(self) -> list[tuple[str, int]]:
        """What the listing by ranges gives."""
        listing = RangeListing(self, skip=len(self.asked_for.prefix), delimiter=self.asked_for.delimiter)
        return [row for page in listing.pages() for row in rows_of(page)]

    def in_sequence(self) -> list[tuple[str, int]]:
        """What one page after another gives."""
        rows: list[tuple[str, int]] = []
        where = Where()
        while True:
            listing = self(where).listing
            rows += rows_of(listing)
            if not listing.is_truncated:
                return rows
            where = Where(token=listing.token)


def rows_of(page: Listing) -> list[tuple[str, int]]:
    return sorted([*zip(page.keys, page.sizes, strict=True), *((prefix, -1) for prefix in page.prefixes)])


characters = st.one_of(
    st.sampled_from("ab01/-"),
    st.characters(codec="utf-8", exclude_characters="\0"),
    st.sampled_from("\U0010ffff\ue000\ud7ff\x01\x1f \U0001f600"),
)
names = st.one_of(
    st.text(characters, min_size=1, max_size=6),
    st.from_regex(r"part-[0-9]{2}(/[0-9a-f]{2})?", fullmatch=True),
    st.text("ab", min_size=1, max_size=3).map(lambda text: "x" * 40 + text),
    st.text("/", min_size=1, max_size=4),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(names, max_size=120), st.integers(1, 7), st.sampled_from(["", "a", "part-", "/"]))
def test_any_keys_come_out_as_in_one_sequence(keys: list[str], page: int, prefix: str) -> None:
    bucket = Bucket(*keys, page=page, prefix=prefix)
    assert bucket.in_ranges() == bucket.in_sequence() == sorted(bucket.in_sequence())


@settings(max_examples=250, deadline=None)
@given(st.lists(names, max_size=120), st.integers(1, 7), st.sampled_from(["", "a/", "/", "part-00/"]))
def test_one_level_of_any_keys_comes_out_as_in_one_sequence(keys: list[str], page: int, prefix: str) -> None:
    bucket = Bucket(*keys, page=page, prefix=prefix, delimiter="/")
    assert bucket.in_ranges() == bucket.in_sequence()


@settings(max_examples=100, deadline=None)
@given(st.lists(names, max_size=100), st.integers(1, 5))
def test_a_wrong_start_after_loses_nothing(keys: list[str], page: int) -> None:
    bucket = Bucket(*keys, page=page)
    bucket.start_after = lambda name: name + "/\U0010ffff"  # everything under name/ is skipped
    assert bucket.in_ranges() == bucket.in_sequence()


@settings(max_examples=100, deadline=None)
@given(st.lists(names, max_size=100, unique=True), st.integers(1, 5))
def test_an_order_of_the_servers_own_is_kept(keys: list[str], page: int) -> None:
    order = sorted(keys, key=lambda key: key.split("/"))

    def ask(where: Where) -> Answer:
        start = int(where.token or 0)
        if where.start_after:
            start = next(
                (at for at, key in enumerate(order) if key.split("/") > where.start_after.split("/")), len(order)
            )
        found = order[start : start + page]
        end = start + len(found)
        columns = (found, [0] * len(found), [1.0] * len(found), [""] * len(found), [""] * len(found))
        return Answer(Listing(*columns, is_truncated=end < len(order), token=str(end)), SLOW_S)

    listing = RangeListing(ask, skip=0)
    assert [key for page in listing.pages() for key in page.keys] == order


def test_a_small_prefix_costs_one_request() -> None:
    bucket = Bucket("a", "b", page=3)
    assert len(bucket.in_ranges()) == 2
    assert bucket.asked == [Where()]


def test_two_pages_cost_few_requests() -> None:
    bucket = Bucket(*[f"file-{number:04}" for number in range(15)], page=10)
    assert len(bucket.in_ranges()) == 15
    assert len(bucket.asked) <= 9


@pytest.mark.parametrize("shape", ["file-{0:06}.csv", "{1:032x}", "{0}", "d{2}/part-{0:05}", "é/{1:x}\U0001f600"])
def test_many_pages_are_asked_for_at_once_with_little_waste(shape: str) -> None:
    keys = [shape.format(number, number * 0x9E3779B97F4A7C15 % 2**128, number // 1000) for number in range(20_000)]
    bucket, together, most = Bucket(*keys, page=100), set[int](), 0
    lock = threading.Lock()

    def ask(where: Where) -> Answer:
        nonlocal most
        with lock:
            together.add(threading.get_ident())
            most = max(most, len(together))
        barrier.wait(0.002)
        answer = bucket(where)
        with lock:
            together.discard(threading.get_ident())
        return answer

    barrier = threading.Event()
    listing = RangeListing(ask, skip=0)
    assert [key for page in listing.pages() for key in page.keys] == bucket.keys.keys
    assert not listing.is_one_sequence
    assert 8 <= most <= MOST_AT_ONCE
    assert len(bucket.asked) < 400


def test_being_throttled_lowers_the_number_at_once_and_loses_nothing() -> None:
    bucket, left = Bucket(*[f"{number:04}" for number in range(2000)], page=10), [5]

    def ask(where: Where) -> Answer:
        if where.start_after and left[0]:
            left[0] -= 1
            raise Throttled("Slow down")
        return replace(bucket(where), was_throttled=left[0] > 3)

    listing = RangeListing(ask, skip=0)
    assert [key for page in listing.pages() for key in page.keys] == bucket.keys.keys
    assert left == [0]


def test_a_server_that_goes_on_throttling_is_told() -> None:
    def ask(where: Where) -> Answer:
        if where != Where():
            raise Throttled("Slow down")
        return bucket(where)

    bucket = Bucket(*[f"{number:04}" for number in range(50)], page=10)
    with pytest.raises(Throttled):
        list(RangeListing(ask, skip=0).pages())


def test_where_only_start_after_is_refused_one_sequence_does_it() -> None:
    bucket = Bucket(*[f"{number:04}" for number in range(500)], page=10)

    def ask(where: Where) -> Answer:
        if where.start_after:
            raise NotSupported("No StartAfter here")
        return bucket(where)

    listing = RangeListing(ask, skip=0)
    assert [key for page in listing.pages() for key in page.keys] == bucket.keys.keys
    assert listing.is_one_sequence


def test_an_error_in_the_middle_is_told_after_the_pages_before_it() -> None:
    bucket = Bucket(*[f"{number:04}" for number in range(500)], page=10)

    def ask(where: Where) -> Answer:
        if len(bucket.asked) > 4:
            raise ServerFault("It failed")
        return bucket(where)

    seen: list[str] = []
    pages = RangeListing(ask, skip=0).pages()
    with pytest.raises(ServerFault):
        seen.extend(key for page in pages for key in page.keys)
    assert seen == bucket.keys.keys[: len(seen)]
    assert seen


def test_a_token_that_is_given_again_is_an_error() -> None:
    page = Listing(["a"], [1], [1.0], [""], [""], is_truncated=True, token="t")
    with pytest.raises(StrangeAnswer):
        list(RangeListing(lambda _: Answer(page), skip=0).pages())


def test_empty_pages_that_go_on_are_gone_past() -> None:
    bucket = Bucket(*[f"{number:03}" for number in range(100)], page=10)

    def ask(where: Where) -> Answer:
        if where.token.startswith("e"):
            return bucket(Where(token=where.token[1:]))
        answer = bucket(where)
        if not where.token:
            return answer
        listing = Listing(is_truncated=True, token="e" + where.token)
        return Answer(listing, SLOW_S)

    listing = RangeListing(ask, skip=0)
    assert [key for page in listing.pages() for key in page.keys] == bucket.keys.keys


def test_it_stops_when_it_is_cancelled_and_when_nobody_listens() -> None:
    bucket, answers = Bucket(*[f"{number:04}" for number in range(2000)], page=10), [False]
    pages = RangeListing(bucket, skip=0, cancelled=lambda: answers[0]).pages()
    assert next(pages).keys
    answers[0] = True
    with pytest.raises(Cancelled):
        next(pages)
    with contextlib.closing(RangeListing(bucket, skip=0).pages()) as left:
        assert next(left).keys


def test_keys_that_come_and_go_meanwhile_do_not_matter() -> None:
    bucket = Bucket(*[f"{number:04}" for number in range(3000)], page=10)
    steady = [f"{number:04}" for number in range(0, 3000, 2)]
    lock, turn = threading.Lock(), [0]

    def ask(where: Where) -> Answer:
        with lock:
            turn[0] += 1
            passing = (f"{number:04}" for number in range(1, 3000, 2) if number % 7 == turn[0] % 7)
            bucket.keys = Keys([*steady, *passing])
            return bucket(where)

    seen = [key for page in RangeListing(ask, skip=0).pages() for key in page.keys]
    assert seen == sorted(set(seen))
    assert set(steady) <= set(seen)


@pytest.mark.parametrize(
    ("first", "last", "end", "most", "are_any"),
    [
        ("f-000", "f-009", None, 8, True),
        ("f-000", "f-009", "f-1", 3, True),
        ("a", "b", None, 0, False),
        ("0f", "1a", "1b", 5, False),
    ],
)
def test_split_points_lie_between(first: str, last: str, end: str | None, most: int, *, are_any: bool) -> None:
    alphabet = Alphabet(set("0123456789"))
    points = split_points(first, last, end, alphabet, skip=0, most=most)
    assert points == sorted(points)
    assert len(points) <= most
    assert all(last < point and (end is None or point < end) for point in points)
    assert bool(points) == are_any


def test_a_split_point_never_holds_half_a_character_or_the_delimiter() -> None:
    alphabet = Alphabet()
    assert split_points("\ud7fe", "\ud7ff", None, alphabet, skip=0, most=3) == ["\ue000"]
    assert split_points("a-", "a.", None, alphabet, skip=0, most=3, forbidden="/") == ["a0"]
    assert split_points("a", "\U0010ffff", None, alphabet, skip=0, most=3) == []
