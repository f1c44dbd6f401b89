"""Versions listed by ranges come out exactly as one sequence, whatever the keys and however the server behaves."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.listing_server import Asked, ListingServer
from benchmarks.listing_server_versions import Versions
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.listing.range_pages import Answer, Where
from s3ml_tui.s3.listing.range_scheduler import RangeListing
from s3ml_tui.s3.parsing.fast_listing_xml import Listing, RawVersion
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.listing.test_ranges import SLOW_S, names
from tests.s3.seeing import pages_of

PLACE = Place("bench")
HISTORIES = [(f"d/part-{number:05}.csv", "vdv" if number % 3 else "dv") for number in range(500)]
Row = tuple[str, str]


@dataclass
class Bucket:
    """Answers pages of versions without a server."""

    versions: Versions
    page: int
    prefix: str = ""
    delimiter: str = ""
    asked: list[Where] = field(default_factory=list)
    skipped: str = ""
    """What a wrong server adds to the name it is to start after."""

    def __call__(self, where: Where) -> Answer:
        self.asked.append(where)
        key, _, version = where.token.rpartition("\0")
        after = (key, version) if where.token else (where.start_after and where.start_after + self.skipped, "")
        cut = self.versions.cut(prefix=self.prefix, delimiter=self.delimiter, after=after, most=self.page)
        entries = [self.versions.entries[at] for at in cut.places]
        rows = [RawVersion(one.key, one.version_id, one.is_latest, one.is_marker, 1.0, 0, "", "") for one in entries]
        token = f"{cut.key_marker}\0{cut.version_marker}" if cut.key_marker else ""
        listing = Listing(versions=rows, prefixes=list(cut.prefixes), is_truncated=bool(token), token=token)
        return Answer(listing, SLOW_S)

    def in_ranges(self) -> list[Row]:
        """What the listing by ranges gives."""
        listing = RangeListing(self, skip=len(self.prefix), delimiter=self.delimiter)
        return [row for page in listing.pages() for row in rows_of(page)]

    def in_sequence(self) -> list[Row]:
        """What one page after another gives."""
        rows: list[Row] = []
        where = Where()
        while True:
            listing = self(where).listing
            rows += rows_of(listing)
            if not listing.is_truncated:
                return rows
            where = Where(token=listing.token)


def rows_of(page: Listing) -> list[Row]:
    order = [(one.key, at, one.version_id) for at, one in enumerate(page.versions)]
    return [(key, version) for key, _, version in sorted([*order, *((prefix, -1, "") for prefix in page.prefixes)])]


histories = st.lists(st.tuples(names, st.text("vd", min_size=1, max_size=6)), max_size=60)


@settings(max_examples=250, deadline=None)
@given(histories, st.integers(1, 7), st.sampled_from(["", "a", "part-", "/"]))
def test_any_histories_come_out_as_in_one_sequence(histories: list[tuple[str, str]], page: int, prefix: str) -> None:
    bucket = Bucket(Versions(histories), page, prefix)
    expected = [(one.key, one.version_id) for one in bucket.versions.entries if one.key.startswith(prefix)]
    assert bucket.in_ranges() == bucket.in_sequence() == expected


@settings(max_examples=200, deadline=None)
@given(histories, st.integers(1, 7), st.sampled_from(["", "a/", "/", "part-00/"]))
def test_one_level_of_any_histories_comes_out_as_in_one_sequence(
    histories: list[tuple[str, str]], page: int, prefix: str
) -> None:
    bucket = Bucket(Versions(histories), page, prefix, "/")
    assert bucket.in_ranges() == bucket.in_sequence()


@settings(max_examples=100, deadline=None)
@given(histories, st.integers(1, 5))
def test_a_wrong_key_marker_loses_nothing(histories: list[tuple[str, str]], page: int) -> None:
    bucket = Bucket(Versions(histories), page, skipped="/\U0010ffff")
    assert bucket.in_ranges() == bucket.in_sequence()


def test_a_key_with_more_versions_than_pages_hold_is_one_key() -> None:
    bucket = Bucket(Versions([("a", "v" * 40), ("b", "dv" * 30), ("c", "v")]), page=7)
    assert bucket.in_ranges() == bucket.in_sequence()
    assert len(bucket.in_ranges()) == 101


def store_at(server: ListingServer, page_size: int = 10) -> S3Store:
    store = connect(
        Context(endpoint_url=server.endpoint), ("key", "secret"), settings=TransferSettings(page_size=page_size)
    )
    store.habits.are_pages_s3 = True
    return store


def names_of(pages: list[ListingPage]) -> tuple[list[str], list[str], list[str]]:
    """Prefixes, present keys, deleted keys."""
    return (
        [name for page in pages for name in page.prefixes],
        [name for page in pages for name in page.keys],
        [name for page in pages for name in page.deleted.keys],
    )


def test_deleted_objects_of_a_large_place_are_asked_for_at_many_places_at_once() -> None:
    with ListingServer(versions=HISTORIES, latency_s=0.03) as server:
        store = store_at(server)
        _, here, gone = names_of(list(store.list_all(PLACE, with_deleted=True)))
        assert here == [key for key, histories in HISTORIES if histories[0] == "v"]
        assert gone == [key for key, histories in HISTORIES if histories[0] == "d"]
        assert server.most_at_once >= 4
        assert not store.habits.in_one_sequence
        store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(names, st.text("vd", min_size=1, max_size=3)), max_size=30), st.booleans())
def test_any_histories_come_over_http_as_they_are(histories: list[tuple[str, str]], is_recursive: bool) -> None:
    with ListingServer(versions=histories, latency_s=0.012) as server:
        store = store_at(server, page_size=4)
        expected = names_of(pages_of(store, PLACE, is_recursive=is_recursive, with_deleted=True))
        assert names_of(list(store.list_all(PLACE, is_recursive=is_recursive, with_deleted=True))) == expected
        store.close()


@pytest.mark.parametrize("are_pages_s3", [True, False])
def test_versions_go_by_ranges_only_where_pages_are_s3s(are_pages_s3: bool) -> None:
    keys = [f"{number:05}" for number in range(5000)]
    with ListingServer(keys, versions=[(key, "v") for key in keys], latency_s=0.03) as server:

        def answer(asked: Asked) -> tuple[int, bytes]:
            if asked.is_versions or are_pages_s3:
                return server.usual(asked)
            return with_one_more(server, asked)

        server.answer = answer
        store = connect(Context(endpoint_url=server.endpoint), ("key", "secret"))
        _, here, _ = names_of(list(store.list_all(PLACE, with_deleted=True)))
        assert here == keys
        assert (server.most_at_once > 1) == are_pages_s3
        assert sum(not asked.is_versions for asked in server.asked) == 1
        store.close()


def with_one_more(server: ListingServer, asked: Asked) -> tuple[int, bytes]:
    """More than a thousand entries, as some servers give when asked for more."""
    status, body = server.usual(asked)
    more = b"<Contents><Key>zzzz</Key><LastModified>2026-01-02T03:04:05Z</LastModified><Size>1</Size></Contents>"
    return status, body.replace(b"</ListBucketResult>", more + b"</ListBucketResult>")


def test_where_objects_may_not_be_listed_versions_are_in_one_sequence() -> None:
    with ListingServer(versions=HISTORIES, latency_s=0.02) as server:
        server.answer = lambda asked: (
            server.usual(asked) if asked.is_versions else (403, b"<Error><Code>AccessDenied</Code></Error>")
        )
        store = connect(
            Context(endpoint_url=server.endpoint), ("key", "secret"), settings=TransferSettings(page_size=100)
        )
        _, here, gone = names_of(list(store.list_all(PLACE, with_deleted=True)))
        assert len(here) + len(gone) == len(HISTORIES)
        assert server.most_at_once == 1
        store.close()
