"""Sync: only what differs moves, only what is asked is deleted, and nothing changes when nothing changed."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import BadInput, ServerFault, Unreachable
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.objects import delete
from s3ml_tui.services.objects.delete import FEW
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.exhaustive import EXHAUSTIVE
from tests.services.memory import CHANGES, bodies
from tests.services.transfers.test_service import HOME, NAMES, filled, moving, objects, services, store, tree
from tests.ui.harness import services_over

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


class OneSecond:
    """A server's clock, which tells whole seconds and stands still; so all happens within one."""

    def __init__(self, *, ago_s: int = 0) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=ago_s)

    def __call__(self) -> datetime:
        return self.moment


EDITED = "THE BYTES of a.csv"
"""As many as before."""


@pytest.mark.parametrize(
    "since_s", [0.4, pytest.param(0.0, marks=EXHAUSTIVE), pytest.param(-0.4, marks=EXHAUSTIVE), -4.0]
)
def test_an_edit_of_the_same_size_right_after_an_upload_goes_up(folder: Path, tmp_path: Path, since_s: float) -> None:
    """The clocks differ by some seconds, or the listing's whole second hides which came first."""
    clock = OneSecond()
    services = services_over(MemoryStore("bucket", now=clock), tmp_path / "state")
    sync(services, folder, HOME)
    (folder / "a.csv").write_text(EDITED)
    at = clock.moment.timestamp() + since_s
    os.utime(folder / "a.csv", (at, at))
    plan = moving(services.transfers.plan_sync(folder, HOME))
    assert [move.name for move in plan.work] == ["a.csv"]
    services.perform(plan)
    assert isinstance(services.transfers.plan_sync(folder, HOME), NothingToDo)


@pytest.mark.parametrize("is_down", [True, False])
def test_an_edit_of_the_same_size_right_after_a_download_or_a_copy_is_taken(tmp_path: Path, *, is_down: bool) -> None:
    store = MemoryStore("bucket", now=OneSecond())
    services = services_over(store, tmp_path / "state")
    target = tmp_path / "down" if is_down else OTHER
    for key in ("a.csv", "b.csv"):
        store.write(HOME.key(key), b"the bytes of a.csv")
    sync(services, HOME, target)
    assert isinstance(services.transfers.plan_sync(HOME, target), NothingToDo)
    store.write(HOME.key("a.csv"), EDITED.encode())
    plan = moving(services.transfers.plan_sync(HOME, target))
    assert [move.name for move in plan.work] == ["a.csv"]
    services.perform(plan)
    assert isinstance(services.transfers.plan_sync(HOME, target), NothingToDo)


def test_a_file_that_is_clearly_later_is_not_replaced_by_an_older_object(tmp_path: Path) -> None:
    clock = OneSecond()
    store = MemoryStore("bucket", now=clock)
    services = services_over(store, tmp_path / "state")
    store.write(HOME.key("a.csv"), b"the bytes of a.csv")
    sync(services, HOME, tmp_path / "down")
    (tmp_path / "down" / "a.csv").write_text(EDITED)
    os.utime(tmp_path / "down" / "a.csv", (clock.moment.timestamp() + 2,) * 2)
    assert isinstance(services.transfers.plan_sync(HOME, tmp_path / "down"), NothingToDo)


def test_files_that_a_download_gave_their_time_are_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_over(MemoryStore("bucket", now=OneSecond(ago_s=600)), tmp_path / "state")
    sync(services, folder, HOME)
    sync(services, HOME, tmp_path / "down")
    monkeypatch.setattr("s3ml_tui.services.transfers.sync._digest", lambda *_: pytest.fail("a file was read"))
    assert isinstance(services.transfers.plan_sync(HOME, tmp_path / "down"), NothingToDo)
    assert isinstance(services.transfers.plan_sync(tmp_path / "down", HOME), NothingToDo)


def test_what_is_not_at_the_source_is_deleted_only_when_asked(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    sync(services, folder, HOME)
    (folder / "a.csv").unlink()
    assert isinstance(services.transfers.plan_sync(folder, HOME), NothingToDo)
    plan = moving(services.transfers.plan_sync(folder, HOME, deletes=True))
    assert [one.target for one in plan.doomed] == ["bucket/up/a.csv"]
    assert plan.is_destructive
    assert plan.sentences()[-1].startswith("1 name that is not at the source is deleted (a.csv): their bytes stay")
    services.perform(plan)
    assert objects(store) == tree(folder)
    (folder / "extra").write_text("x")
    back = moving(services.transfers.plan_sync(HOME, folder, deletes=True))
    assert [one.target for one in back.doomed] == [f"{folder}/extra"]
    services.perform(back)
    assert objects(store) == tree(folder)


def test_a_sync_that_would_delete_everything_is_done_only_when_just_that_is_asked(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    """The source is empty, or was listed as if it were; the neighbour: nothing of the target is at the source."""
    before = tree(folder)
    for source, target, there in ((Place("bucket", "none/"), folder, before), (tmp_path / "none", HOME, {})):
        if isinstance(source, Path):
            source.mkdir()
            sync(services, folder, HOME)
        plan = moving(services.transfers.plan_sync(source, target, deletes=True))
        assert f"That is all there is at {plan.transfer_request.target}, which takes --delete-all." in " ".join(
            plan.sentences()
        )
        with pytest.raises(BadInput, match="would delete everything"):
            services.perform(plan)
        assert tree(folder) == before
        if isinstance(target, Place):
            assert objects(store) == before
            services.perform(services.transfers.plan_sync(source, target, deletes_all=True))
            assert objects(store) == there
    store.write(Place("bucket", "other/").key("elsewhere"), b"x")
    with pytest.raises(BadInput, match="would delete everything"):
        sync(services, Place("bucket", "other/"), folder, deletes=True)
    assert tree(folder) == before
    services.perform(services.transfers.plan_sync(Place("bucket", "none/"), folder, deletes_all=True))
    assert tree(folder) == {}


def test_what_is_filtered_out_is_neither_moved_nor_deleted(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    store.write(HOME.key("a.csv"), b"old")
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
    assert [one.target for one in plan.doomed] == ["bucket/up/old"]


@pytest.mark.parametrize("deletes", [True, False])
def test_a_folder_where_a_file_must_come_is_told_once_and_stays(
    store: MemoryStore, services: Services, tmp_path: Path, *, deletes: bool
) -> None:
    """The neighbour: a file where a folder must come."""
    for key in ("data", "other", "model/weights"):
        store.write(HOME.key(key), b"new")
    (tmp_path / "down" / "data").mkdir(parents=True)
    (tmp_path / "down" / "data" / "mine").write_text("x")
    (tmp_path / "down" / "model").write_text("a file")
    plan = moving(services.transfers.plan_sync(HOME, tmp_path / "down", deletes=deletes))
    assert {one.name: one.reason for one in plan.refused} == {
        "data": "a folder of this name is there",
        "model/weights": "a file stands where its folder would be",
    }
    outcome = services.perform(plan)
    assert (outcome.failed, outcome.title) == (0, "Downloaded 1 object")
    assert sum("data" in line for line in outcome.details) == 1
    there = {"data/mine": b"x", "other": b"new"} | ({} if deletes else {"model": b"a file"})
    assert tree(tmp_path / "down") == there


@pytest.mark.parametrize("pattern", ["loop", "loop/*", "loop*", "*"])
def test_what_is_left_out_is_not_walked(
    services: Services, folder: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "b" / "loop").symlink_to(folder)
    filters = ((False, pattern if "/" not in pattern else f"b/{pattern}"),)
    seen: list[str] = []
    scan = os.scandir

    def scanned(path: str) -> object:
        seen.append(str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scanned)
    plan = services.transfers.plan_upload([folder], HOME, filters=filters)
    assert isinstance(plan, NothingToDo) or plan.refused == ()
    assert len(seen) == (1 if pattern == "*" else 3)


def test_a_delete_waits_until_all_is_moved(store: MemoryStore, services: Services, folder: Path) -> None:
    from s3ml_tui.domain.errors import Denied

    store.write(HOME.key("old"), b"x")
    store.write(HOME.key("empty"), b"longer")

    def refuse(verb: str, address: str) -> None:
        if verb == "upload" and address.endswith("a.csv"):
            raise Denied("No", action="s3:PutObject")

    store.before = refuse
    outcome = sync(services, folder, HOME, deletes=True)
    assert outcome.failed == 1
    assert "old" in objects(store)


@pytest.mark.parametrize("honours_conditions", [True, False], ids=["honoured", "ignored"])
@pytest.mark.parametrize("count", [3, FEW + 10])
@pytest.mark.parametrize("is_up", [True, False], ids=["up", "across"])
def test_what_was_written_since_the_plan_or_right_before_the_delete_is_not_deleted(
    tmp_path: Path, count: int, *, is_up: bool, honours_conditions: bool
) -> None:
    store = MemoryStore("bucket", honours_conditions=honours_conditions, page_size=25)
    services = services_over(store, tmp_path / "state")
    keys = [HOME.key(f"{number:03}") for number in range(count)]
    for key in keys:
        store.write(key, b"old")
    (tmp_path / "mine").mkdir()
    source = tmp_path / "mine" if is_up else OTHER
    plan = moving(services.transfers.plan_sync(source, HOME, deletes_all=True))
    early, late = keys[1], keys[2]
    store.write(early, b"early")
    waiting = [late]

    def write(verb: str, _address: str) -> None:
        if verb == "delete_many" and waiting:
            store.write(waiting.pop(), b"later")

    store.in_between = store.before = write
    outcome = services.perform(plan)
    assert [name for name, _ in outcome.failures] == [early.key, late.key]
    assert all("Somebody wrote 5 B to it meanwhile" in error.sentence for _, error in outcome.failures)
    assert f"{count_text(count - 2, 'name')} deleted." in " ".join(outcome.details)
    assert bodies(store, early) == [b"early", b"old"]
    assert bodies(store, late) == [b"later", b"old"]
    assert len(store.keys(HOME)) == 2


def test_the_undo_of_a_sync_brings_back_what_it_deleted(store: MemoryStore, services: Services, folder: Path) -> None:
    sync(services, folder, HOME)
    before = objects(store)
    (folder / "a.csv").unlink()
    alone = sync(services, folder, HOME, deletes=True)
    assert alone.undo is not None
    services.perform(alone.undo)
    assert objects(store) == before
    (folder / "new").write_text("x")
    both = sync(services, folder, HOME, deletes=True)
    assert both.undo is not None
    assert objects(store) == tree(folder) != before
    services.perform(both.undo)
    assert objects(store) == before


@pytest.fixture
def undo(store: MemoryStore, services: Services, folder: Path) -> TakeBack:
    """Of a sync that wrote two objects and deleted two."""
    sync(services, folder, HOME)
    for name in ("a.csv", "b/c.csv"):
        (folder / name).rename(folder / f"{name}.new")
    undo = sync(services, folder, HOME, deletes=True).undo
    assert isinstance(undo, TakeBack)
    return undo


@pytest.mark.parametrize(
    ("verb", "name", "words"),
    [
        ("copy_version", "a.csv", "Brought back 1 of 2 objects; 1 failed"),
        ("delete", "a.csv.new", "Took back 1 of 2 objects; 1 failed"),
    ],
)
def test_the_undo_of_a_sync_tells_of_the_objects_it_failed_for_and_does_those_again(
    store: MemoryStore, services: Services, undo: TakeBack, verb: str, name: str, words: str
) -> None:
    def refuse(asked: str, address: str) -> None:
        if asked == verb and address == HOME.key(name).uri:
            raise ServerFault("The server failed", advice="Try again")

    store.before = refuse
    outcome = services.perform(undo)
    assert outcome.failed == 1
    assert outcome.title.startswith(f"Undid the sync to s3://bucket/up/ in part; {words}")
    assert "The server failed" in " ".join(outcome.details)
    store.before = lambda _verb, _address: None
    assert outcome.retry is not None
    assert services.perform(outcome.retry).failed == 0
    assert {key.removeprefix(HOME.prefix) for key in store.keys(HOME)} == set(NAMES)


def test_the_undo_of_a_sync_can_be_cancelled_and_shows_what_moves(
    store: MemoryStore, services: Services, undo: TakeBack
) -> None:
    moved, is_over = list[int](), list[str]()
    store.after = lambda verb, _address: is_over.append(verb) if verb == "copy_version" else None
    one_after_the_other = replace(undo, steps=(tuple(reversed([*undo.plans])),))
    outcome = services.perform(one_after_the_other, progress=moved.append, cancelled=lambda: bool(is_over))
    assert sum(moved) > 0
    assert outcome.failed > 0
    assert "a.csv.new" in " ".join(store.keys(HOME)), "it is left"
    assert outcome.retry is not None
    services.perform(outcome.retry)
    assert {key.removeprefix(HOME.prefix) for key in store.keys(HOME)} == set(NAMES)


def test_the_undo_of_a_sync_is_destructive_where_it_destroys_what_was_new(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    sync(services, folder, HOME)
    (folder / "a.csv").unlink()
    store.suspend_versioning("bucket")
    (folder / "new").write_text("x")
    undo = sync(services, folder, HOME, deletes=True).undo
    assert isinstance(undo, TakeBack)
    assert "their bytes are destroyed" in " ".join(undo.sentences())
    assert undo.is_destructive


def test_a_sync_that_destroyed_says_that_it_has_no_undo(store: MemoryStore, services: Services, folder: Path) -> None:
    sync(services, folder, HOME)
    store.suspend_versioning("bucket")
    store.write(HOME.key("null"), b"x")
    outcome = sync(services, folder, HOME, deletes=True)
    assert outcome.undo is None
    assert outcome.no_undo == "Versioning is suspended: what was there before is gone."


def test_a_file_that_was_changed_since_the_plan_is_not_deleted(
    services: Services, folder: Path, tmp_path: Path
) -> None:
    sync(services, folder, HOME)
    (folder / "extra").write_text("x")
    (folder / "gone").write_text("x")
    plan = services.transfers.plan_sync(HOME, folder, deletes=True)
    (folder / "extra").write_text("more")
    (folder / "gone").unlink()
    outcome = services.perform(plan)
    assert (folder / "extra").read_text() == "more"
    assert [name for name, _ in outcome.failures] == [f"{folder}/extra"]


def test_a_sync_cancelled_while_it_deletes_says_that_the_rest_was(store: MemoryStore, services: Services) -> None:
    for number in range(3):
        store.write(HOME.key(f"{number}"), b"old")
    store.write(OTHER.key("new"), b"new")
    plan = moving(services.transfers.plan_sync(OTHER, HOME, deletes_all=True))
    is_over: list[str] = []
    store.after = lambda verb, _address: is_over.append(verb) if verb.startswith("copy") else None
    outcome = services.perform(plan, cancelled=lambda: bool(is_over))
    assert outcome.is_cancelled
    assert outcome.left == 3
    assert len(store.keys(HOME)) == 4


def test_a_sync_whose_server_is_lost_while_it_deletes_is_not_told_as_cancelled(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete, "BATCH", 2)
    monkeypatch.setattr(delete, "AT_ONCE", 1)
    for number in range(6):
        store.write(HOME.key(f"{number}"), b"old")
    store.write(OTHER.key("new"), b"new")
    plan = moving(services.transfers.plan_sync(OTHER, HOME, deletes_all=True))
    asked = list[str]()

    def lose(verb: str, _address: str) -> None:
        if verb == "delete_many":
            asked.append(verb)
            if len(asked) > 1:
                raise Unreachable("The server is gone", advice="Try again")

    store.before = lose
    outcome = services.perform(plan)
    assert (outcome.failed, outcome.left, outcome.is_cancelled) == (2, 2, False)
    assert outcome.title.endswith("the rest was not begun")


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
