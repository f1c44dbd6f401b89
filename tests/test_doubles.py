"""The double keeps the promises tests rely on."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from s3ml_tui.domain.errors import Conflict, NotFound
from s3ml_tui.domain.uri import Place
from tests.doubles import MemoryStore

if TYPE_CHECKING:
    from s3ml_tui.domain.storage.store import Store

PLACE = Place("b")


def test_it_is_a_store() -> None:
    def asks(store: "Store") -> bool:
        return store.bucket_exists("b")

    assert asks(MemoryStore("b"))


def test_versions_stack_and_a_marker_hides() -> None:
    store = MemoryStore("b")
    key = PLACE.key("a.txt")
    first = store.write(key, b"1")
    store.write(key, b"2")
    marker = store.delete(key)
    with pytest.raises(NotFound):
        store.facts(key)
    assert store.read(key, first.version_id) == b"1"
    (page,) = store.history(key)
    assert [version.is_delete_marker for version in page.versions] == [True, False, False]
    assert store.list_page(PLACE, with_deleted=True).deleted.version_ids == (marker,)
    assert store.list_page(PLACE).keys == ()
    store.copy_version(key, first.version_id or "", expected=marker)
    assert store.read(key) == b"1"
    with pytest.raises(Conflict):
        store.delete(key, expected=marker)


def test_conditions_are_honoured_or_ignored() -> None:
    strict, loose = MemoryStore("b"), MemoryStore("b", honours_conditions=False)
    for store in (strict, loose):
        store.write(PLACE.key("a"), b"1", if_absent=True)
    with pytest.raises(Conflict):
        strict.write(PLACE.key("a"), b"2", if_absent=True)
    assert loose.write(PLACE.key("a"), b"2", if_absent=True).size == 1


def test_one_level_is_listed_page_by_page() -> None:
    store = MemoryStore("b", page_size=2)
    for name in ("a/1", "a/2", "b", "c/d", "é"):
        store.write(PLACE.key(name), b"")
    seen: list[str] = []
    token: str | None = ""
    while token is not None:
        page = store.list_page(PLACE, token=token or None)
        seen += [*page.prefixes, *page.keys]
        token = page.next
    assert seen == ["a/", "b", "c/", "é"]
    assert store.list_page(PLACE.under("a"), is_recursive=True).keys == ("a/1", "a/2")


def test_a_bucket_without_versions_overwrites() -> None:
    store = MemoryStore()
    store.create_bucket("b")
    assert store.write(PLACE.key("a"), b"1").version_id is None
    store.write(PLACE.key("a"), b"2")
    assert store.delete(PLACE.key("a")) is None
    assert [page.versions for page in store.history(PLACE.key("a"))] == [()]


def test_files_go_up_and_come_down(tmp_path: Path) -> None:
    store = MemoryStore("b")
    (tmp_path / "a.csv").write_bytes(b"x" * 100_000)
    moved: list[int] = []
    written = store.upload(tmp_path / "a.csv", PLACE.key("a.csv"), progress=moved.append)
    received = store.download(PLACE.key("a.csv"), tmp_path / "back.csv", written.version_id)
    assert received.sha256 == written.sha256
    assert sum(moved) == 100_000
    assert store.facts(PLACE.key("a.csv")).content_type == "text/csv"


def test_hooks_run_outside_the_lock() -> None:
    barrier = threading.Barrier(2, timeout=60)

    def meet(verb: str, _address: str) -> None:
        if verb == "write":
            barrier.wait()

    store = MemoryStore("b", before=meet)
    threads = [threading.Thread(target=store.write, args=(PLACE.key(name), b"")) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert store.keys(PLACE) == ("a", "b")
