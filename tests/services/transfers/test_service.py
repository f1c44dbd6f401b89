"""Folders up and prefixes down as one plan: what goes, what is asked, what is refused, what is done and taken back."""

import os
import threading
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled, Conflict, Denied, LocalTrouble, NotFound, ReadOnly, Unreachable
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.plans.undo import TakeUploadsBack
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.resume_point import Storing
from s3ml_tui.domain.storage.store import OPERATION
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import CHANGES
from tests.ui.harness import services_over

BUCKET = "bucket"
HOME = Place(BUCKET, "up/")
NAMES = ("a.csv", "b/c.csv", "b/d/e.csv", "empty")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(BUCKET)


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path / "state")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "folder")


def filled(folder: Path) -> Path:
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if name == "empty" else f"the bytes of {name}")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def objects(store: MemoryStore, place: Place = HOME) -> dict[str, bytes]:
    cut = len(place.prefix)
    return {key[cut:]: store.read(ObjectKey(place.bucket, key)) for key in store.keys(place)}


def moving(plan: MoveFiles | NothingToDo) -> MoveFiles:
    assert isinstance(plan, MoveFiles), plan
    return plan


def up(services: Services, *sources: Path, place: Place = HOME, clash: Clash = Clash.OVERWRITE) -> Outcome:
    return services.perform(moving(services.transfers.plan_upload(sources, place)).decided(clash))


def test_a_folder_goes_up_as_one_plan_and_comes_down_elsewhere_the_same(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    plan = moving(services.transfers.plan_upload([folder], HOME))
    assert (plan.title, plan.size, plan.is_destructive) == ("Upload 4 files", 60, False)
    assert plan.sentences() == (f"4 files, 60 B, go from {folder}/ to {HOME.uri}.",)
    moved: list[int] = []
    outcome = services.perform(plan, progress=moved.append)
    assert outcome.title == "Uploaded 4 files"
    assert sum(moved) == 60
    assert objects(store) == tree(folder)
    down = moving(services.transfers.plan_download([HOME], tmp_path / "down"))
    assert services.perform(down).title == "Downloaded 4 objects"
    assert tree(tmp_path / "down") == tree(folder)
    assert services.transfers.interrupted() == []


def test_several_sources_go_each_under_its_own_name(
    store: MemoryStore, services: Services, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("one")
    up(services, folder, tmp_path / "one.txt")
    assert sorted(objects(store)) == ["folder/a.csv", "folder/b/c.csv", "folder/b/d/e.csv", "folder/empty", "one.txt"]
    plan = services.transfers.plan_download(
        [Place(BUCKET, "up/folder/"), ObjectKey(BUCKET, "up/one.txt")], tmp_path / "d"
    )
    services.perform(plan)
    assert sorted(tree(tmp_path / "d")) == sorted(objects(store))


def test_what_is_there_is_asked_once_and_each_answer_is_kept(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    for name in ("a.csv", "b/c.csv"):
        store.write(HOME.key(name), b"old")
    plan = moving(services.transfers.plan_upload([folder], HOME))
    assert [move.name for move in plan.collisions] == ["a.csv", "b/c.csv"]
    assert "2 names are taken there (a.csv, b/c.csv): what is there stays as an older version." in plan.sentences()
    assert not plan.is_destructive
    assert (plan.decided(Clash.SKIP).title, plan.decided(Clash.SKIP).skipped) == ("Upload 2 files", 2)
    newer = plan.decided(Clash.NEWER)
    os.utime(folder / "a.csv", (4e9, 4e9))
    newer = moving(services.transfers.plan_upload([folder], HOME)).decided(Clash.NEWER)
    assert newer.overwritten == 1
    services.perform(plan.decided(Clash.KEEP_BOTH))
    assert objects(store)["a.csv"] == b"old"
    assert objects(store)["a (2).csv"] == tree(folder)["a.csv"]
    services.perform(plan.decided(Clash.OVERWRITE))
    assert objects(store)["a.csv"] == tree(folder)["a.csv"]


def test_keeping_both_again_finds_the_next_free_name(store: MemoryStore, services: Services, folder: Path) -> None:
    for _ in range(3):
        up(services, folder, clash=Clash.KEEP_BOTH)
    assert {"a.csv", "a (2).csv", "a (3).csv", "b/d/e (3).csv", "empty (3)"} <= objects(store).keys()


def test_overwriting_what_no_version_keeps_is_destructive(services: Services, store: MemoryStore, folder: Path) -> None:
    store.create_bucket("plain")
    place = Place("plain")
    up(services, folder, place=place)
    plan = moving(services.transfers.plan_upload([folder], place))
    assert plan.versioning is Versioning.OFF
    assert plan.is_destructive
    assert "is destroyed" in plan.sentences()[1]
    assert not plan.decided(Clash.SKIP).is_destructive
    assert not plan.decided(Clash.SKIP).changes_anything


def test_an_upload_is_taken_back_new_ones_deleted_and_replaced_ones_brought_back(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    store.write(HOME.key("a.csv"), b"old")
    outcome = up(services, folder)
    plan = outcome.undo
    assert isinstance(plan, TakeUploadsBack)
    assert len(plan.made) == 4
    store.write(HOME.key("empty"), b"somebody else's")
    undone = services.perform(plan)
    assert objects(store) == {"a.csv": b"old", "empty": b"somebody else's"}
    assert undone.failed == 1
    assert "Somebody wrote to it" in undone.details[0]


def test_an_upload_whose_server_is_lost_while_it_is_taken_back_is_not_told_as_cancelled(
    store: MemoryStore, services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}").write_text("x")
    plan = up(services, folder).undo
    assert plan is not None
    deleted = list[str]()

    def lose(verb: str, address: str) -> None:
        if verb == "delete":
            deleted.append(address)
            if len(deleted) > 2:
                raise Unreachable("The server is gone", advice="Try again")

    store.before = lose
    outcome = services.perform(plan)
    assert outcome.left > 0
    assert not outcome.is_cancelled
    assert outcome.title.endswith("the rest was not begun")


def test_names_that_cannot_be_are_refused_and_the_rest_goes_on(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    (folder / "dead").symlink_to("nothing")
    (folder / "b" / "round").symlink_to("..")
    os.mkfifo(folder / "pipe")
    (Path(os.fsdecode(os.fsencode(str(folder)) + b"/\xff"))).write_text("x")
    (folder / ".x.csv.s3ml-0123abcd.part").write_text("ours")
    plan = moving(services.transfers.plan_upload([folder], HOME))
    refused = {one.name: one.reason for one in plan.refused}
    assert refused == {
        "dead": "it is a link to nothing",
        "b/round/": "it is a link to a folder it lies in",
        "pipe": "it is no plain file",
        "\udcff": "its name is not UTF-8",
    }
    assert services.perform(plan).title == "Uploaded 4 files"
    assert sorted(objects(store)) == sorted(NAMES)


HOSTILE = {
    "../outside": "not stay where it is named",
    "b/../../outside": "not stay where it is named",
    "/absolute": "begins with a slash",
    "two//slashes": "two slashes in a row",
    "a\0b": "zero byte",
    "x" * 300: "longer than 255 bytes",
    "link/into": "leads out of the folder",
    "b": "other keys need a folder",
}


def test_keys_that_would_leave_the_folder_are_refused_by_name(
    store: MemoryStore, services: Services, tmp_path: Path
) -> None:
    for name in (*HOSTILE, "good", "b/c", "folder/"):
        store.write(HOME.key(name), b"" if name == "folder/" else b"x")
    down, outside = tmp_path / "down", tmp_path / "outside"
    down.mkdir()
    outside.mkdir()
    (down / "link").symlink_to(outside)
    plan = moving(services.transfers.plan_download([HOME], down))
    refused = {one.name: one.reason for one in plan.refused}
    assert refused.keys() == HOSTILE.keys()
    assert all(HOSTILE[name] in reason for name, reason in refused.items())
    services.perform(plan)
    assert sorted(str(path.relative_to(down)) for path in down.rglob("*") if path.is_file()) == ["b/c", "good"]
    assert list(outside.iterdir()) == []


def test_keys_that_are_one_file_where_case_does_not_count_are_both_refused(
    store: MemoryStore, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A.csv", "a.csv", "caf\u00e9", "cafe\u0301", "other", "Dir/x", "dir"):
        store.write(HOME.key(name), b"x")
    assert moving(services.transfers.plan_download([HOME], tmp_path / "d")).refused == ()
    monkeypatch.setattr("s3ml_tui.services.transfers.plan.folds_names", lambda _folder: True)
    plan = moving(services.transfers.plan_download([HOME], tmp_path / "d"))
    assert {one.name for one in plan.refused} == {"A.csv", "a.csv", "caf\u00e9", "cafe\u0301", "dir"}
    assert [move.name for move in plan.moves] == ["Dir/x", "other"]


def test_files_that_are_there_are_lost_only_when_that_is_said(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    up(services, folder)
    (folder / "a.csv").write_text("mine")
    plan = moving(services.transfers.plan_download([HOME], folder))
    assert plan.is_destructive
    assert plan.sentences()[1].endswith("the files of this machine are replaced, and lost.")
    services.perform(plan.decided(Clash.KEEP_BOTH))
    assert tree(folder)["a.csv"] == b"mine"
    assert tree(folder)["a (2).csv"] == objects(store)["a.csv"]


def test_one_that_fails_does_not_stop_the_others_and_is_told_with_its_reason(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    def refuse(verb: str, address: str) -> None:
        if verb == "upload" and address.endswith("c.csv"):
            raise Denied("You may not write there", action="s3:PutObject")

    store.before = refuse
    outcome = up(services, folder)
    assert outcome.title == "Uploaded 3 of 4 files; 1 failed"
    [(name, error)] = outcome.failures
    assert (name, outcome.failed, isinstance(error, Denied)) == ("b/c.csv", 1, True)
    store.before = lambda _verb, _address: None
    assert isinstance(outcome.retry, MoveFiles)
    again = moving(services.transfers.plan(outcome.retry.transfer_request))
    assert [move.name for move in again.work] == ["b/c.csv"]
    assert again.done == 3
    assert services.perform(again).title == "Uploaded 4 files"
    assert objects(store) == tree(folder)


def test_where_all_is_denied_a_few_are_asked_for_and_nothing_is_left_to_go_on(
    store: MemoryStore, services: Services, tmp_path: Path
) -> None:
    for number in range(200):
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"{number:03}").write_text("x")
    asked: list[str] = []

    def refuse(verb: str, address: str) -> None:
        if verb == "upload":
            asked.append(address)
            raise Denied("Access is denied", action="s3:PutObject", advice="Ask for it")

    store.before = refuse
    with pytest.raises(Denied) as raised:
        up(services, tmp_path / "many")
    assert raised.value.sentence.startswith("Uploaded 0 of 200 files. Access is denied.")
    assert len(asked) < 40
    assert any(address.endswith("/199") for address in asked)
    assert services.transfers.interrupted() == []


def test_where_only_a_part_is_denied_all_else_goes(store: MemoryStore, services: Services, tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"{number:03}").write_text("x")

    def refuse(verb: str, address: str) -> None:
        if verb == "upload" and int(address[-3:]) < 150:
            raise Denied("Access is denied", action="s3:PutObject")

    store.before = refuse
    assert up(services, tmp_path / "many").title == "Uploaded 50 of 200 files; 150 failed"


def test_a_server_that_is_gone_is_asked_no_further(store: MemoryStore, services: Services, tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"{number:03}").write_text("x")
    asked: list[str] = []

    def gone(verb: str, address: str) -> None:
        if verb == "upload":
            asked.append(address)
            if len(asked) > 20:
                raise Unreachable("Nobody answers")

    store.before = gone
    outcome = up(services, tmp_path / "many")
    assert outcome.left > 100
    assert len(asked) < 60
    assert outcome.title.endswith("the rest was not begun")
    store.before = lambda _verb, _address: None
    up(services, tmp_path / "many")
    assert len(objects(store)) == 200


def test_cancelling_keeps_what_is_done_and_the_same_command_does_the_rest_without_asking(
    store: MemoryStore, services: Services, tmp_path: Path
) -> None:
    for number in range(50):
        (tmp_path / "many").mkdir(exist_ok=True)
        (tmp_path / "many" / f"{number:03}").write_text("x")
    stop = threading.Event()

    def count(verb: str, _address: str) -> None:
        if verb == "upload" and len(store.requests) > 20:
            stop.set()

    store.before = count
    plan = moving(services.transfers.plan_upload([tmp_path / "many"], HOME))
    outcome = services.perform(plan, cancelled=stop.is_set)
    assert outcome.is_cancelled
    assert services.transfers.interrupted() == []
    again = moving(services.transfers.plan_upload([tmp_path / "many"], HOME))
    assert (again.done, again.collisions) == (len(objects(store)), [])
    services.perform(again)
    assert len(objects(store)) == 50
    assert isinstance(services.transfers.plan_upload([tmp_path / "many"], HOME), MoveFiles)


def test_cancelled_before_the_first_is_said_so(store: MemoryStore, services: Services, folder: Path) -> None:
    with pytest.raises(Cancelled):
        services.perform(moving(services.transfers.plan_upload([folder], HOME)), cancelled=lambda: True)
    assert objects(store) == {}


def test_somebody_elses_write_since_the_plan_is_not_overwritten(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    store.write(HOME.key("a.csv"), b"old")
    plan = moving(services.transfers.plan_upload([folder], HOME))
    store.write(HOME.key("a.csv"), b"newer than the plan")
    store.write(HOME.key("empty"), b"new since the plan")
    outcome = services.perform(plan)
    assert sorted(name for name, _ in outcome.failures) == ["a.csv", "empty"]
    assert all(isinstance(error, Conflict) for _, error in outcome.failures)
    assert objects(store)["a.csv"] == b"newer than the plan"


def test_a_server_without_conditions_gets_the_same_files(tmp_path: Path, folder: Path) -> None:
    store = MemoryStore(BUCKET, honours_conditions=False)
    services = services_over(store, tmp_path / "state")
    up(services, folder)
    up(services, folder)
    assert objects(store) == tree(folder)


def test_nothing_is_sent_from_a_read_only_context(store: MemoryStore, folder: Path, tmp_path: Path) -> None:
    services = services_over(store, tmp_path / "state", Context(name="prod", read_only=True))
    plan = moving(services.transfers.plan_upload([folder], HOME))
    with pytest.raises(ReadOnly):
        services.perform(plan)
    with pytest.raises(ReadOnly):
        services.perform(TakeUploadsBack((), Versioning.ON))
    assert not {verb for verb, _ in store.requests} & CHANGES


def test_what_is_not_there_is_said(services: Services, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble):
        services.transfers.plan_upload([tmp_path / "none"], HOME)
    with pytest.raises(NotFound):
        services.transfers.plan_upload([folder], Place("none"))
    with pytest.raises(NotFound):
        services.transfers.plan_download([Place("none")], tmp_path)
    nothing = services.transfers.plan_download([Place(BUCKET, "none/")], tmp_path / "d")
    assert isinstance(nothing, NothingToDo)
    assert nothing.sentences() == ("There is nothing in s3://bucket/none/.",)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is a file"):
        services.transfers.plan_download([HOME], tmp_path / "file")


def test_without_room_nothing_is_begun(
    store: MemoryStore, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    store.write(HOME.key("a"), b"12345")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=4))
    with pytest.raises(LocalTrouble, match="no room"):
        services.transfers.plan_download([HOME], tmp_path / "down")


def test_filters_and_storing_are_passed_on(store: MemoryStore, services: Services, folder: Path) -> None:
    plan = services.transfers.plan_upload(
        [folder], HOME, storing=Storing("STANDARD_IA"), filters=((False, "*"), (True, "*.csv")), at_once=3
    )
    services.perform(plan)
    assert sorted(objects(store)) == ["a.csv", "b/c.csv", "b/d/e.csv"]
    assert store.facts(HOME.key("a.csv")).storage_class == "STANDARD_IA"
    assert len(store.facts(HOME.key("a.csv")).metadata[OPERATION]) == 16
    assert store.most_requests == 3


def test_who_may_not_list_may_still_upload_where_nothing_is(
    store: MemoryStore, services: Services, folder: Path
) -> None:
    def refuse(verb: str, _address: str) -> None:
        if verb in {"list_page", "facts", "history"}:
            raise Denied("You may not look", action="s3:ListBucket")

    store.before = refuse
    plan = moving(services.transfers.plan_upload([folder], HOME))
    assert not plan.is_seen
    assert "These credentials cannot see what is there now." in plan.sentences()
    services.perform(plan)
    store.before = lambda _verb, _address: None
    assert objects(store) == tree(folder)


def test_each_file_is_told_as_it_ends(services: Services, folder: Path) -> None:
    ended_names: list[str] = []
    plan = moving(services.transfers.plan_upload([folder], HOME))
    services.perform(plan, on_file_end=lambda move, _answer: ended_names.append(move.name))
    assert sorted(ended_names) == sorted(NAMES)


def test_the_same_job_twice_at_once_is_refused(store: MemoryStore, services: Services, folder: Path) -> None:
    plan = moving(services.transfers.plan_upload([folder], HOME))
    errors: list[BaseException] = []

    def second(verb: str, _address: str) -> None:
        if verb == "upload" and not errors:
            errors.append(RuntimeError())
            try:
                services.transfers.perform(plan)
            except Conflict as error:
                errors.append(error)

    store.before = second
    services.perform(plan)
    assert isinstance(errors[-1], Conflict)
    assert errors[-1].title.endswith("goes on already")
