"""What an address may become, asked once a level; where one leads, before anybody goes there."""

import pytest

from s3ml_tui.domain.errors import Denied, NotFound, Unreachable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.browse.address_completion import Completing, Destination, looks_like
from tests.doubles import MemoryStore

NAMES = (
    "dataset/raw/a.csv",
    "dataset/raw/b.csv",
    "dataset/train/t",
    "datasheet.md",
    "README.md",
    "x\x1b[31m/y",
    "models",
)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("acme-ml", "acme-raw", "other")
    for name in (*NAMES, "models/v1/m"):
        store.write(ObjectKey("acme-ml", name), b"x")
    return store


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["s3://acme-ml/", "s3://acme-raw/", "s3://other/"]),
        ("s3://", ["s3://acme-ml/", "s3://acme-raw/", "s3://other/"]),
        ("acme", ["s3://acme-ml/", "s3://acme-raw/"]),
        ("s3://ACME-R", ["s3://acme-raw/"]),
        ("s3://raw", ["s3://acme-raw/"]),
        ("s3://acme-ml/data", ["s3://acme-ml/dataset/", "s3://acme-ml/datasheet.md"]),
        ("acme-ml/dataset/", ["s3://acme-ml/dataset/raw/", "s3://acme-ml/dataset/train/"]),
        ("acme-ml/dataset/raw/b", ["s3://acme-ml/dataset/raw/b.csv"]),
        ("acme-ml/readme", ["s3://acme-ml/README.md"]),
        ("acme-ml/sheet", ["s3://acme-ml/datasheet.md"]),
        ("acme-ml/x", ["s3://acme-ml/x\x1b[31m/"]),
        ("acme-ml/nothing", []),
        ("acme-ml/no/such/", []),
        ("/no/bucket", []),
        ("s3:///no/bucket", []),
    ],
)
def test_what_is_there_completes_an_address(store: MemoryStore, typed: str, found: list[str]) -> None:
    assert list(Completing(store).candidates(typed).uris) == found


def test_a_level_is_asked_once_however_much_is_typed(store: MemoryStore) -> None:
    completing = Completing(store)
    store.requests.clear()
    for typed in ("acme-ml/", "acme-ml/d", "acme-ml/da", "acme-ml/dat", "acme-ml/d"):
        completing.candidates(typed)
    assert len(store.requests) == 1


def test_of_a_long_level_only_what_begins_so_is_asked(store: MemoryStore) -> None:
    for number in range(30):
        store.write(ObjectKey("other", f"k{number:02}"), b"x")
    store.page_size = 10
    completing = Completing(store)
    first = completing.candidates("other/")
    assert len(first.uris) == 10
    assert first.has_more
    found = completing.candidates("other/k27")
    assert found.uris == ("s3://other/k27",)
    assert not found.has_more


def test_where_buckets_cannot_be_listed_that_is_said(store: MemoryStore) -> None:
    def deny(verb: str, _address: str) -> None:
        if verb == "buckets":
            raise Denied("No", action="s3:ListAllMyBuckets")

    store.before = deny
    assert Completing(store).candidates("ac").is_denied
    assert Completing(store).candidates("acme-ml/data").uris


def test_no_such_bucket_is_said(store: MemoryStore) -> None:
    with pytest.raises(NotFound):
        Completing(store).candidates("nobody/x")
    with pytest.raises(NotFound):
        Completing(store).destination("s3://nobody/x")


@pytest.mark.parametrize(
    ("uri", "where"),
    [
        ("s3://acme-ml", Destination(Place("acme-ml"))),
        ("s3://other/", Destination(Place("other"))),
        ("s3://acme-ml/dataset/", Destination(Place("acme-ml", "dataset/"))),
        ("s3://acme-ml/dataset", Destination(Place("acme-ml", "dataset/"))),
        (
            "s3://acme-ml/dataset/raw/a.csv",
            Destination(Place("acme-ml", "dataset/raw/"), ObjectKey("acme-ml", NAMES[0])),
        ),
        ("s3://acme-ml/models", Destination(Place("acme-ml"), ObjectKey("acme-ml", "models"))),
        ("s3://acme-ml/models/", Destination(Place("acme-ml", "models/"))),
        ("s3://acme-ml/datas", Destination(Place("acme-ml"), ObjectKey("acme-ml", "datas"), is_there=False)),
        ("s3://acme-ml/none/", Destination(Place("acme-ml", "none/"), is_there=False)),
    ],
)
def test_an_address_leads_to_an_object_or_a_place(store: MemoryStore, uri: str, where: Destination) -> None:
    assert Completing(store).destination(uri) == where


def test_a_folder_behind_a_thousand_names_like_it_is_found(store: MemoryStore) -> None:
    store.page_size = 5
    for number in range(20):
        store.write(ObjectKey("other", f"run-{number:02}"), b"x")
    store.write(ObjectKey("other", "run/x"), b"x")
    assert Completing(store).destination("s3://other/run") == Destination(Place("other", "run/"))


def test_where_nothing_may_be_listed_an_address_is_what_it_looks_like(store: MemoryStore) -> None:
    def deny(_verb: str, _address: str) -> None:
        raise Denied("No", action="s3:ListBucket")

    store.before = deny
    for uri in ("s3://acme-ml/dataset/", "s3://acme-ml/dataset/raw/a.csv"):
        assert Completing(store).destination(uri) == looks_like(uri)


def test_a_server_that_is_away_is_said(store: MemoryStore) -> None:
    def fail(_verb: str, _address: str) -> None:
        raise Unreachable("Nobody answers")

    store.before = fail
    with pytest.raises(Unreachable):
        Completing(store).destination("s3://acme-ml/")
    with pytest.raises(Unreachable):
        Completing(store).candidates("acme-ml/")
