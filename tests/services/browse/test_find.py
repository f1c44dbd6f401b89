"""Everything under a place: how much, where, and what answers a question."""

import pytest

from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse.find import Query, Searching
from s3ml_tui.services.browse.folder_size import Share
from tests.doubles import MemoryStore
from tests.services.memory import Clock

PLACE = Place("acme", "data/")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("acme", page_size=2, now=Clock())
    for name, size in {"a.csv": 10, "deep/b.csv": 100, "deep/er/c.json": 1000, "other/d.csv": 1, "z.csv": 5}.items():
        store.write(PLACE.key(name), b"x" * size)
    store.write(Place("acme").key("elsewhere.csv"), b"x" * 99)
    store.describe(PLACE.key("other/d.csv"), storage_class="GLACIER")
    return store


def test_usage_is_told_while_it_grows_and_exact_at_the_end(store: MemoryStore) -> None:
    *partial, last = Searching(store).usage(PLACE)
    assert [usage.total.count for usage in partial] == [2, 4]
    assert not any(usage.is_complete for usage in partial)
    assert last.is_complete
    assert last.total == Share(5, 1116)
    assert list(last.by_prefix.items()) == [
        ("data/deep/", Share(2, 1100)),
        ("", Share(2, 15)),
        ("data/other/", Share(1, 1)),
    ]
    assert last.by_class == {"STANDARD": Share(4, 1115), "GLACIER": Share(1, 1)}
    assert last.newest_key == "data/z.csv"


def test_usage_of_nothing(store: MemoryStore) -> None:
    (only,) = Searching(store).usage(Place("acme", "nothing/"))
    assert (only.total, only.newest, only.is_complete) == (Share(), None, True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Query(), ["a.csv", "deep/b.csv", "deep/er/c.json", "other/d.csv", "z.csv"]),
        (Query(text="DEEP"), ["deep/b.csv", "deep/er/c.json"]),
        (Query(text="data"), []),
        (Query(glob="*.csv"), ["a.csv", "deep/b.csv", "other/d.csv", "z.csv"]),
        (Query(glob="deep/*"), ["deep/b.csv", "deep/er/c.json"]),
        (Query(glob="[ab].csv"), ["a.csv", "deep/b.csv"]),
        (Query(regex="^[az]"), ["a.csv", "z.csv"]),
        (Query(at_least=10, at_most=100), ["a.csv", "deep/b.csv"]),
        (Query(glob="*.csv", at_least=11), ["deep/b.csv"]),
    ],
)
def test_find_gives_what_answers_everything_asked(store: MemoryStore, query: Query, names: list[str]) -> None:
    hits = list(Searching(store).find(PLACE, query))
    assert [key for one in hits for key in one.page.keys] == [PLACE.prefix + name for name in names]
    assert all(len(one.page.keys) == len(one.page.sizes) == len(one.page.etags) for one in hits)
    assert hits[-1].seen == 5


def test_find_by_age(store: MemoryStore) -> None:
    moment = store.facts(PLACE.key("deep/er/c.json")).modified.timestamp()
    searching = Searching(store)
    found = [key for one in searching.find(PLACE, Query(after=moment)) for key in one.page.keys]
    assert found == ["data/deep/er/c.json", "data/other/d.csv", "data/z.csv"]
    found = [key for one in searching.find(PLACE, Query(before=moment)) for key in one.page.keys]
    assert found == ["data/a.csv", "data/deep/b.csv"]


def test_hits_come_before_the_listing_is_over(store: MemoryStore) -> None:
    store.requests.clear()
    hits = Searching(store).find(PLACE, Query(glob="a.csv"))
    assert next(hits).page.keys == ["data/a.csv"]
    assert len(store.requests) == 1


def test_a_bad_expression_is_refused_before_anything_is_asked(store: MemoryStore) -> None:
    store.requests.clear()
    with pytest.raises(BadInput, match="no regular expression"):
        Searching(store).find(PLACE, Query(regex="("))
    assert store.requests == []


def test_both_stop_when_cancelled(store: MemoryStore) -> None:
    with pytest.raises(Cancelled):
        list(Searching(store).usage(PLACE, cancelled=lambda: True))
    with pytest.raises(Cancelled):
        list(Searching(store).find(PLACE, Query(), cancelled=lambda: True))
