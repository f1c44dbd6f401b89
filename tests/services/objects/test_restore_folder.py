"""All that is deleted below a prefix, brought back: seen by one listing, and undone together."""

from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Denied, NotFound
from s3ml_tui.domain.plans.batch import BringBackMany
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import refusing
from tests.ui.harness import services_over

RAW = Place("acme", "raw/")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("acme", page_size=2)
    for name in ("a", "deep/b", "here"):
        store.write(RAW.key(name), b"old")
        store.write(RAW.key(name), b"new")
    store.write(Place("acme").key("raw-else"), b"x")
    for key in (RAW.key("a"), RAW.key("deep/b"), Place("acme").key("raw-else")):
        store.delete(key)
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def test_what_is_deleted_comes_back_with_its_newest_bytes_and_the_undo_deletes_it_again(
    store: MemoryStore, services: Services
) -> None:
    plan = services.many.plan_bring_back_below(RAW)
    assert isinstance(plan, BringBackMany)
    assert plan.sentences() == (
        "All below s3://acme/raw/ that is deleted: a, b: 6 B become current again.",
        "The deletions and all older versions stay in the histories.",
        "1 object not deleted stay as they are.",
    )
    done = services.perform(plan)
    assert store.keys(Place("acme")) == ("raw/a", "raw/deep/b", "raw/here")
    assert store.read(RAW.key("deep/b")) == b"new"
    assert done.undo is not None
    services.perform(done.undo)
    assert store.keys(Place("acme")) == ("raw/here",)


def test_where_nothing_is_deleted_that_is_said(store: MemoryStore, services: Services) -> None:
    services.perform(services.many.plan_bring_back_below(RAW))
    plan = services.many.plan_bring_back_below(RAW)
    assert plan == NothingToDo("Bring back raw/", "Nothing below s3://acme/raw/ is deleted.")
    with pytest.raises(NotFound, match="Nothing is or was below"):
        services.many.plan_bring_back_below(Place("acme", "nowhere/"))


def test_who_may_not_list_versions_is_told_which_permission_it_takes(store: MemoryStore, services: Services) -> None:
    store.before = refusing("versions_below", Denied("No", action="s3:ListBucketVersions"))
    with pytest.raises(Denied) as refused:
        services.many.plan_bring_back_below(RAW)
    assert refused.value.action == "s3:ListBucketVersions"
