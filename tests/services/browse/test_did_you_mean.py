"""An object that is not there: what it may have been meant to be is said, as far as it may be seen."""

import pytest

from s3ml_tui.domain.errors import Denied, NotFound, Unreachable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.browse.did_you_mean import better, not_there
from tests.doubles import MemoryStore
from tests.services.memory import KEY, refusing, store_with


def said(store: MemoryStore, name: str, version_id: str | None = None) -> str:
    return not_there(store, ObjectKey(KEY.bucket, name), version_id).sentence


def test_a_name_that_is_close_is_proposed() -> None:
    store = store_with(b"1")
    assert said(store, "dataset/raw/b.csv").endswith("Did you mean s3://acme/dataset/raw/a.csv?")
    assert said(store, "dataset/raw/zzz").endswith("See what is there: s3ml ls s3://acme/dataset/raw/.")


def test_a_folder_is_called_one() -> None:
    store = store_with(b"1")
    for name in ("dataset", "dataset/raw", "dataset/raw/"):
        shown = f"s3ml ls s3://acme/{name.rstrip('/')}/"
        assert said(store, name).endswith(f"is a folder, not an object. See what is in it: {shown}.")


def test_what_was_deleted_can_be_brought_back() -> None:
    store = store_with(b"1")
    store.delete(KEY)
    assert "s3ml undelete s3://acme/dataset/raw/a.csv" in said(store, KEY.key)


def test_a_version_that_is_not_there_leads_to_those_that_are() -> None:
    assert "s3ml history s3://acme/dataset/raw/a.csv" in said(store_with(b"1"), KEY.key, "v9")


def test_a_command_in_the_advice_is_quoted() -> None:
    store = store_with(b"1", key=ObjectKey("acme", "my data/a b.csv"))
    assert "s3ml ls 's3://acme/my data/'" in said(store, "my data")


def test_a_bucket_that_is_not_there_is_said() -> None:
    error = better(NotFound("No"), store_with(), ObjectKey("nope", "a"))
    assert error.sentence == "There is no bucket nope. See which there are: s3ml buckets."


@pytest.mark.parametrize("error", [Denied("No", action="s3:ListBucket"), Unreachable("Nobody answers")])
def test_where_nothing_can_be_found_out_it_stays_as_it_was(error: Denied | Unreachable) -> None:
    store, first = store_with(b"1"), NotFound("It is not there")
    store.before = refusing("bucket_exists", error)
    assert better(first, store, KEY) is first


def test_what_may_not_be_listed_is_left_out() -> None:
    store = store_with(b"1")
    store.before = refusing("list_page", Denied("No", action="s3:ListBucket"))
    assert said(store, "dataset/raw/b.csv").startswith("There is no s3://acme/dataset/raw/b.csv. See what is there")
