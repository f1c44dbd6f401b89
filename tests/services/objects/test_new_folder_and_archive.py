"""New folders, and archived versions made readable: what is planned, done and refused."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, NotFound, ReadOnly
from s3ml_tui.domain.plans.archive import RestoreFromArchive
from s3ml_tui.domain.plans.bucket_folder import MakeFolder, folder_key
from s3ml_tui.domain.plans.plan import DeleteObject, NothingToDo
from s3ml_tui.domain.storage.store import Tier
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import KEY, changes, store_with
from tests.ui.harness import services_over

RAW = Place("acme", "dataset/raw/")


@pytest.fixture
def store() -> MemoryStore:
    return store_with(b"old", b"new")


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


@pytest.mark.parametrize("name", ["new", "new/", " new ", "a/b"])
def test_names_of_folders(name: str) -> None:
    assert folder_key(RAW, name).key in {"dataset/raw/new/", "dataset/raw/a/b/"}


@pytest.mark.parametrize("name", ["", "/", "a//b", ".", "a/..", "x" * 1100])
def test_names_that_no_folder_can_have(name: str) -> None:
    with pytest.raises(BadInput):
        folder_key(RAW, name)


def test_a_folder_is_an_empty_object_and_is_undone(store: MemoryStore, services: Services) -> None:
    plan = services.folders.plan(RAW, "new")
    assert isinstance(plan, MakeFolder)
    assert "An empty object with the key dataset/raw/new/" in plan.sentences()[0]
    outcome = services.perform(plan)
    assert store.read(RAW.key("new/")) == b""
    assert isinstance(outcome.undo, DeleteObject)
    services.perform(outcome.undo)
    assert RAW.key("new/").key not in store.keys(RAW)
    assert isinstance(services.folders.plan(Place("acme"), "dataset"), NothingToDo)
    store.write(RAW.key("new/"), b"")
    with pytest.raises(Conflict):
        services.perform(plan)


def test_an_archived_version_is_asked_for_and_its_state_is_said(store: MemoryStore, services: Services) -> None:
    store.describe(KEY, storage_class="DEEP_ARCHIVE")
    archive_restores = services.archive_restores
    assert "archived" in archive_restores.state(KEY)
    plan = archive_restores.plan(KEY, days=1, tier=Tier.BULK)
    assert isinstance(plan, RestoreFromArchive)
    assert plan.sentences()[0] == f"3 B of {KEY.uri} (DEEP_ARCHIVE) can be read in 48 hours, for 1 day."
    outcome = services.perform(plan)
    assert (outcome.undo, outcome.failed) == (None, 0)
    assert changes(store) == ["restore_from_archive"]
    assert archive_restores.state(KEY) == "being restored: its bytes cannot be read yet"
    again = archive_restores.plan(KEY)
    assert isinstance(again, NothingToDo)
    assert "being restored already" in again.reason
    with pytest.raises(Conflict):
        services.perform(plan)


def test_what_is_in_no_archive_or_has_no_such_tier_is_said(store: MemoryStore, services: Services) -> None:
    archive_restores = services.archive_restores
    assert isinstance(archive_restores.plan(KEY), NothingToDo)
    store.describe(KEY, storage_class="DEEP_ARCHIVE")
    with pytest.raises(BadInput, match="expedited"):
        archive_restores.plan(KEY, tier=Tier.EXPEDITED)
    with pytest.raises(BadInput, match="no time"):
        archive_restores.plan(KEY, days=0)
    with pytest.raises(NotFound, match="nothing to restore"):
        archive_restores.plan_each([])


def test_of_several_the_archived_ones_are_asked_for(store: MemoryStore, services: Services) -> None:
    store.describe(KEY, storage_class="GLACIER")
    store.write(RAW.key("b.csv"), b"warm")
    plan = services.archive_restores.plan_each(services.all_below(RAW))
    assert isinstance(plan, RestoreFromArchive)
    assert ([one.key for one in plan.objects], plan.readable) == ([KEY], 1)
    assert plan.sentences()[-1] == "1 object that can be read as they are: left out."


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    store.describe(KEY, storage_class="GLACIER")
    services = services_over(store, tmp_path, Context(read_only=True))
    plans = [services.folders.plan(RAW, "new"), services.archive_restores.plan(KEY)]
    store.requests.clear()
    for plan in plans:
        with pytest.raises(ReadOnly):
            services.perform(plan)
    assert store.requests == []
