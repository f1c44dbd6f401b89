"""Sync: only what differs moves, only what is asked is deleted, and nothing changes when nothing changed."""

import os
import time
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import CHANGES
from tests.services.transfers.test_service import HOME, filled, moving, objects, services, store, tree

__all__ = ["services", "store"]
OTHER = Place("bucket", "other/")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = filled(tmp_path / "folder")
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return folder


def sync(services: Services, source: Path | Place, target: Path | Place, *, deletes: bool = False) -> Outcome:
    return services.perform(services.transfers.plan_sync(source, target, deletes=deletes))


def test_there_and_back_and_across_and_nothing_the_second_time(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    down = tmp_path / "down"
    for source, target in ((folder, HOME), (HOME, OTHER), (OTHER, down), (down, OTHER), (HOME, folder), (folder, HOME)):
        before = len(store.requests)
        plan = services.transfers.plan_sync(source, target, deletes=True)
        is_first = (
            target in {HOME, OTHER, down} and source in {folder, HOME, OTHER} and not isinstance(plan, NothingToDo)
        )
        services.perform(plan)
        again = services.transfers.plan_sync(source, target, deletes=True)
        assert isinstance(again, NothingToDo)
        assert again.sentences() == ("All is there already.",)
        if not is_first:
            assert not {verb for verb, _ in store.requests[before:]} & CHANGES
    assert objects(store) == objects(store, OTHER) == tree(down) == tree(folder)


def test_what_has_another_size_or_is_newer_goes(store: MemoryStore, services: Services, folder: Path) -> None:
    sync(services, folder, HOME)
    (folder / "a.csv").write_text("the bytes of a.CSV")
    later = time.time() + 3600
    os.utime(folder / "a.csv", (later, later))
    (folder / "b" / "c.csv").write_text("longer than it was before")
    os.utime(folder / "b" / "c.csv", (1_000_000_000, 1_000_000_000))
    (folder / "new").write_text("new")
    plan = moving(services.transfers.plan_sync(folder, HOME))
    assert sorted(move.name for move in plan.work) == ["a.csv", "b/c.csv", "new"]
    assert plan.unchanged == 2
    assert plan.title == f"Sync {folder}/ to {HOME.uri}"
    services.perform(plan)
    assert objects(store) == tree(folder)


def test_by_checksum_time_does_not_count(store: MemoryStore, services: Services, folder: Path, tmp_path: Path) -> None:
    sync(services, folder, HOME)
    later = time.time() + 3600
    (folder / "a.csv").write_text("the bytes of A.csv")
    os.utime(folder / "a.csv", (1_000_000_000, 1_000_000_000))
    os.utime(folder / "b" / "c.csv", (later, later))
    plan = moving(services.transfers.plan_sync(folder, HOME, by_checksum=True))
    assert [move.name for move in plan.work] == ["a.csv"]
    down = moving(services.transfers.plan_sync(HOME, folder, by_checksum=True))
    assert [move.name for move in down.work] == ["a.csv"]
    sync(services, HOME, OTHER)
    store.write(OTHER.key("empty"), b"")
    assert isinstance(services.transfers.plan_sync(HOME, OTHER, by_checksum=True), NothingToDo)


def test_what_is_not_at_the_source_is_deleted_only_when_asked(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    sync(services, folder, HOME)
    (folder / "a.csv").unlink()
    assert isinstance(services.transfers.plan_sync(folder, HOME), NothingToDo)
    plan = moving(services.transfers.plan_sync(folder, HOME, deletes=True))
    assert plan.doomed == ("bucket/up/a.csv",)
    assert plan.is_destructive
    assert plan.sentences()[-1].startswith("1 name that is not at the source is deleted (a.csv): their bytes stay")
    services.perform(plan)
    assert objects(store) == tree(folder)
    (folder / "extra").write_text("x")
    back = moving(services.transfers.plan_sync(HOME, folder, deletes=True))
    assert back.doomed == (f"{folder}/extra",)
    services.perform(back)
    assert objects(store) == tree(folder)


def test_what_is_filtered_out_is_neither_moved_nor_deleted(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    store.write(HOME.key("keep.log"), b"x")
    store.write(HOME.key("drop.csv"), b"x")
    (folder / "mine.log").write_text("x")
    plan = services.transfers.plan_sync(folder, HOME, deletes=True, filters=((False, "*.log"),))
    services.perform(plan)
    assert {"keep.log"} <= objects(store).keys()
    assert not {"drop.csv", "mine.log"} & objects(store).keys()


def test_nothing_is_deleted_for_a_folder_that_could_not_be_looked_into(
    store: MemoryStore, services: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(services, folder, HOME)
    store.write(HOME.key("old"), b"x")
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("/b/"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    plan = moving(services.transfers.plan_sync(folder, HOME, deletes=True))
    assert [one.name for one in plan.refused] == ["b/"]
    assert plan.doomed == ("bucket/up/old",)


def test_a_delete_waits_until_all_is_moved(store: MemoryStore, services: Services, folder: Path) -> None:
    from s3ml_tui.domain.errors import Denied

    store.write(HOME.key("old"), b"x")

    def refuse(verb: str, address: str) -> None:
        if verb == "upload" and address.endswith("a.csv"):
            raise Denied("No", action="s3:PutObject")

    store.before = refuse
    outcome = sync(services, folder, HOME, deletes=True)
    assert outcome.failed == 1
    assert "old" in objects(store)


def test_places_that_lie_in_one_another_and_two_folders_are_refused(services: Services, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="lie in one another"):
        services.transfers.plan_sync(HOME, Place("bucket", "up/sub/"))
    with pytest.raises(BadInput, match="Neither"):
        services.transfers.plan_sync(tmp_path, tmp_path / "x")


def test_keys_that_cannot_be_files_are_refused_and_never_deleted_elsewhere(
    store: MemoryStore, services: Services, tmp_path: Path
) -> None:
    store.write(HOME.key("../out"), b"x")
    store.write(HOME.key("in"), b"x")
    plan = services.transfers.plan_sync(HOME, tmp_path / "down")
    assert isinstance(plan, MoveFiles)
    assert [one.name for one in plan.refused] == ["../out"]
    services.perform(plan)
    assert not (tmp_path / "out").exists()
