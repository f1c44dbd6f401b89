"""Journals: what a killed process leaves is found, taken up once, or swept; what lives is nobody's."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from s3ml_tui.domain.errors import BadInput, NotFound
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.plans.transfer import Move, Swept, TransferRequest, Way
from s3ml_tui.domain.storage.resume_point import BegunDownload, BegunUpload, Storing
from s3ml_tui.domain.storage.store import OpenUpload
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.local_state import work_folders
from s3ml_tui.services.session import Services
from s3ml_tui.services.transfers.journal import Journals, operation_of
from s3ml_tui.services.transfers.journal_file import Done, Lines, head, read
from tests.doubles import MemoryStore
from tests.services.transfers.test_service import HOME, filled, moving, objects, services, store, tree, up

__all__ = ["services", "store"]
TRANSFER_REQUEST = TransferRequest(
    Way.UP,
    ("/data/",),
    "s3://bucket/up/",
    Clash.SKIP,
    Storing("STANDARD_IA", "key", owner_has_full_control=True),
    ((False, "*.log"),),
    at_once=3,
)
MOVE = Move("a\udcff.csv", "/data/a.csv", "bucket/up/a.csv", 3, 1.0)
DEAD = 2**22 + 1
"""No pid on Linux is as large."""


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "transfers", "me@there")


def left_behind(
    folder: Path,
    transfer_request: TransferRequest = TRANSFER_REQUEST,
    *,
    account: str = "me@there",
    host: str = "",
    pid: int = DEAD,
    replaced: frozenset[str] | None = None,
) -> str:
    """The journal of a process that is gone; its id."""
    journals = Journals(folder, account)
    now = datetime.now(UTC).timestamp()
    journal = journals.begin(transfer_request, title="Upload 3 files", files=3, size=9, now=now, replaced=replaced)
    journal.record.host, journal.record.pid = host or socket.gethostname(), pid
    path = folder / f"{journal.record.id}.jsonl"
    journal.leave()
    path.write_text(json.dumps(head(journal.record)) + "\n")
    return journal.record.id


def append(folder: Path, job_id: str, *lines: object) -> None:
    with (folder / f"{job_id}.jsonl").open("a") as file:
        file.writelines(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


def test_what_is_written_is_what_is_read(journals: Journals, tmp_path: Path) -> None:
    journal = journals.begin(TRANSFER_REQUEST, title="Upload", files=1, size=3, now=12.0)
    notes = journal.notes(MOVE)
    begun = BegunUpload("u1", 5, "op", "sha", Storing("GLACIER_IR", "another key"))
    notes.upload_begun(begun)
    notes.download_begun(BegunDownload(tmp_path / ".x.s3ml-0123abcd.part", "v", "e", 9))
    notes.range_done(0, 4)
    notes.range_done(4, 5)
    other = Move("b", "/data/b", "bucket/up/b", 3, 1.0)
    journal.notes(other).upload_begun(BegunUpload("u2", 5, "op", "sha"))
    journal.note_done(other, Done(3, 7, "v2", "e2", over=True))
    found = read(tmp_path / "transfers" / f"{journal.record.id}.jsonl")
    assert found is not None
    assert (found.transfer_request, found.account, found.title, found.begun_at) == (
        TRANSFER_REQUEST,
        "me@there",
        "Upload",
        12.0,
    )
    assert (found.pid, found.host) == (os.getpid(), socket.gethostname())
    assert found.uploads == {MOVE.target: begun}
    assert found.downloads[MOVE.target].done == ((0, 4), (4, 5))
    assert found.done == {"b": Done(3, 7, "v2", "e2", over=True, target="bucket/up/b")}
    notes.upload_closed()
    notes.download_closed(is_done=False)
    again = read(tmp_path / "transfers" / f"{journal.record.id}.jsonl")
    assert again is not None
    assert (again.uploads, again.downloads) == ({}, {})
    journal.remove()
    assert list((tmp_path / "transfers").iterdir()) == []


def test_half_a_line_and_lines_of_a_later_version_are_skipped(journals: Journals, tmp_path: Path) -> None:
    folder = tmp_path / "transfers"
    job_id = left_behind(folder)
    done = {"ok": "a", "to": "bucket/up/a", "n": 1, "t": 2, "v": None, "e": "x"}
    append(folder, job_id, {"later": 1}, done, "[1,2]", '{"ok": "b", "n"')
    (found,) = journals.abandoned()
    assert found.done == {"a": Done(1, 2, None, "x", target="bucket/up/a")}
    (folder / "other.jsonl").write_text('{"s3ml": "transfer", "format": 2}\n')
    (folder / "empty.jsonl").write_text("")
    assert [one.id for one in journals.abandoned()] == [job_id]


def test_an_upload_of_an_earlier_version_was_begun_with_what_its_journal_was_asked_for(
    journals: Journals, tmp_path: Path
) -> None:
    folder = tmp_path / "transfers"
    append(folder, left_behind(folder), {"up": MOVE.target, "id": "u1", "part": 5, "op": "op", "sha256": "sha"})
    (found,) = journals.abandoned()
    assert found.uploads == {MOVE.target: BegunUpload("u1", 5, "op", "sha", TRANSFER_REQUEST.storing)}


def test_half_a_line_takes_no_other_along(journals: Journals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "transfers"
    job_id = left_behind(folder)
    with (folder / f"{job_id}.jsonl").open("a") as file:
        file.write('{"ok": "b", "n"')  # killed in the middle of it
    (found,) = journals.abandoned()
    journal = journals.take(found)
    assert journal is not None
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, data[: len(data) // 2]))
    journal.closed("the disk is full in the middle of this line")
    monkeypatch.setattr(os, "write", whole)
    journal.note_done(MOVE, Done(3, 7, "v2", "e2"))
    again = read(folder / f"{job_id}.jsonl")
    assert again is not None
    assert (again.host, again.pid) == (socket.gethostname(), os.getpid())
    assert again.done == {MOVE.name: Done(3, 7, "v2", "e2", target=MOVE.target)}
    journal.remove()


def test_what_many_threads_note_at_once_is_all_there_when_the_journal_is_left(
    journals: Journals, tmp_path: Path
) -> None:
    journal = journals.begin(TRANSFER_REQUEST, title="Upload", files=800, size=3, now=12.0)

    def note(number: int) -> None:
        for each in range(100):
            move = replace(MOVE, name=f"{number}-{each}", target=f"bucket/up/{number}-{each}")
            journal.note_done(move, Done(each, 7, "v", "e"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(8)))
    journal.leave()
    found = read(tmp_path / "transfers" / f"{journal.record.id}.jsonl")
    assert found is not None
    assert sorted(found.done) == sorted(f"{number}-{each}" for number in range(8) for each in range(100))
    lines = (tmp_path / "transfers" / f"{found.id}.jsonl").read_text().splitlines()
    names = [json.loads(line)["ok"] for line in lines if '"ok"' in line]
    for number in range(8):
        mine = [name for name in names if name.startswith(f"{number}-")]
        assert mine == [f"{number}-{each}" for each in range(100)], "each thread's in its order"


def test_a_line_that_comes_while_another_is_written_is_written_right_after(
    journals: Journals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, whole, moves = journals.begin(TRANSFER_REQUEST, title="Up", files=1, size=3, now=12.0), os.write, [MOVE]

    def write(descriptor: int, data: bytes) -> int:
        while moves:
            journal.note_done(moves.pop(), Done(3, 7, "v", "e"))  # by another thread, which does not wait
        return whole(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    journal.closed("bucket/up/other")
    found = read(tmp_path / "transfers" / f"{journal.record.id}.jsonl")
    assert found is not None
    assert list(found.done) == [MOVE.name]
    journal.remove()


def test_what_has_only_been_gathered_is_written_before_it_is_asked_whether_anything_was_done(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journals.begin(TRANSFER_REQUEST, title="Upload", files=1, size=3, now=12.0)
    monkeypatch.setattr(Lines, "_write_rest", lambda _lines: None)  # another thread holds the lock
    journal.note_done(MOVE, Done(3, 7, "v", "e"))
    journal.leave_if_any()
    left = journals.of(TRANSFER_REQUEST)
    assert left is not None
    assert list(left.done) == [MOVE.name]


def test_what_has_only_been_gathered_of_a_large_file_is_no_longer_told_as_kept(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journals.begin(TRANSFER_REQUEST, title="Upload", files=1, size=3, now=12.0)
    journal.notes(MOVE).upload_begun(BegunUpload("u1", 5, "op", "sha"))
    monkeypatch.setattr(Lines, "_write_rest", lambda _lines: None)  # another thread holds the lock
    journal.note_done(MOVE, Done(3, 7, "v", "e"))
    assert journal.stop() == []


def test_a_living_sessions_journal_is_nobodys(journals: Journals, tmp_path: Path) -> None:
    journal = journals.begin(TRANSFER_REQUEST, title="Upload", files=1, size=3, now=12.0)
    assert journals.abandoned() == []
    program = (
        "import sys; from pathlib import Path; from s3ml_tui.services.transfers.journal import Journals; "
        "from s3ml_tui.services.transfers.journal_file import read; folder = Path(sys.argv[1]); "
        "found = Journals(folder, 'me@there'); record = read(folder / f'{sys.argv[2]}.jsonl'); "
        "record.pid = 0 if len(sys.argv) > 3 else record.pid; "
        "print(len(found.abandoned()), found.take(record) is None)"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "transfers"), journal.record.id]
    asked = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert asked.stdout.split() == ["0", "True"]
    # The lock alone tells it too, where a pid would not.
    asked = subprocess.run([*words, "without a pid"], capture_output=True, text=True, check=True, timeout=60)
    assert asked.stdout.split() == ["0", "True"]
    journal.leave()
    assert [one.id for one in journals.abandoned()] == [journal.record.id]
    # What it let go of, as of a transfer that was cancelled, is anybody's while it lives on.
    asked = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert asked.stdout.split() == ["1", "False"]


def test_another_hosts_another_accounts_and_a_living_pids_journals_are_left_alone(
    journals: Journals, tmp_path: Path
) -> None:
    folder = tmp_path / "transfers"
    left_behind(folder, host="elsewhere")
    left_behind(folder, account="you@there")
    me = psutil.Process(os.getppid())
    job_id = left_behind(folder, pid=me.pid)
    lines = json.loads((folder / f"{job_id}.jsonl").read_text())
    (folder / f"{job_id}.jsonl").write_text(json.dumps(lines | {"started": me.create_time()}) + "\n")
    assert journals.abandoned() == []
    assert len(list(folder.glob("*.jsonl"))) == 3


def test_a_pid_that_was_given_out_again_is_not_taken_for_the_old_process(journals: Journals, tmp_path: Path) -> None:
    job_id = left_behind(tmp_path / "transfers", pid=os.getppid())
    path = tmp_path / "transfers" / f"{job_id}.jsonl"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"started": 1.0}) + "\n")
    assert [one.id for one in journals.abandoned()] == [job_id]


def test_operations_are_the_same_in_each_attempt_and_unlike_for_each_file() -> None:
    assert operation_of("id", "a") == operation_of("id", "a")
    assert len({operation_of("id", "a"), operation_of("id", "b"), operation_of("other", "a")}) == 3


# through the service -----------------------------------------------------------------------------------------------


def journal_folder(home: Path) -> Path:
    return home / "state" / "s3ml" / "transfers"


@pytest.fixture
def home(no_aws: Path) -> Path:
    return no_aws


def account() -> str:
    return "@memory://"


def test_an_interrupted_upload_is_offered_and_goes_on(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    folder = filled(tmp_path / "folder")
    transfer_request = TransferRequest(Way.UP, (f"{folder}/",), HOME.uri, Clash.SKIP)
    job_id = left_behind(journal_folder(home), transfer_request, account=account())
    target = f"bucket/{HOME.prefix}a.csv"
    state = (folder / "a.csv").stat()
    made = store.upload(folder / "a.csv", HOME.key("a.csv"))
    done = {
        "ok": "a.csv",
        "to": target,
        "n": state.st_size,
        "t": state.st_mtime_ns,
        "v": made.version_id,
        "e": made.etag,
    }
    append(journal_folder(home), job_id, done)
    # This one had landed, and nobody was left to write that down.
    store.upload(
        folder / "empty",
        HOME.key("empty"),
        notes=Journals(tmp_path, "x").begin(transfer_request, title="", files=0, size=0, now=0).notes(MOVE),
    )
    store.write(HOME.key("empty"), b"", operation=operation_of(job_id, f"bucket/{HOME.prefix}empty"))
    (found,) = services.transfers.interrupted()
    assert (found.id, found.title, found.files, found.done, found.why_not) == (job_id, "Upload 3 files", 3, 1, "")
    plan = moving(services.transfers.plan_resume(job_id))  # type: ignore[arg-type]  # of many files
    assert (plan.done, sorted(move.name for move in plan.work)) == (2, ["b/c.csv", "b/d/e.csv"])
    assert "2 files were done before it was interrupted." in plan.sentences()
    outcome = services.perform(plan)
    assert outcome.title == "Uploaded 4 files"
    assert objects(store) == tree(folder)
    assert services.transfers.interrupted() == []
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert objects(store) == {"empty": b""}  # which was there before


@pytest.mark.parametrize("is_sync", [False, True])
def test_an_upload_that_was_killed_when_all_had_landed_can_still_be_undone(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path, *, is_sync: bool
) -> None:
    """Nobody was left to write down what was in flight, nor the outcome; the same command does."""
    folder = filled(tmp_path / "folder")
    store.write(HOME.key("a.csv"), b"old")
    request = TransferRequest(Way.UP, (f"{folder}/",), HOME.uri, is_sync=is_sync)
    job_id = left_behind(journal_folder(home), request, account=account(), replaced=frozenset({"bucket/up/a.csv"}))
    for name, data in tree(folder).items():
        store.write(HOME.key(name), data, operation=operation_of(job_id, f"bucket/{HOME.prefix}{name}"))
    plan = services.transfers.plan(request)
    assert plan.sentences()[-1] == "4 files were done before it was interrupted."
    outcome = services.perform(plan)
    assert outcome.title == "Uploaded 4 files"
    assert outcome.details[0].startswith("60 B from")
    assert services.transfers.interrupted() == []
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert objects(store) == {"a.csv": b"old"}


def test_what_was_kept_beside_another_before_a_kill_is_undone_where_it_is(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "one").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "one" / name).write_text(name)
    store.write(HOME.key("a.csv"), b"somebody's")
    request = TransferRequest(Way.UP, (f"{tmp_path}/one/",), HOME.uri, Clash.KEEP_BOTH)
    job_id = left_behind(journal_folder(home), request, account=account())
    made = store.upload(tmp_path / "one" / "a.csv", HOME.key("a (2).csv"))
    line = {"ok": "a.csv", "to": "bucket/up/a (2).csv", "n": 5, "t": 1, "v": made.version_id, "e": made.etag}
    append(journal_folder(home), job_id, line)
    outcome = services.perform(moving(services.transfers.plan(request)).decided(Clash.SKIP))
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert objects(store) == {"a.csv": b"somebody's"}


def test_a_job_whose_rest_was_done_meanwhile_is_over(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "empty").mkdir()
    job_id = left_behind(
        journal_folder(home), TransferRequest(Way.UP, (f"{tmp_path}/empty/",), HOME.uri), account=account()
    )
    assert isinstance(services.transfers.plan_resume(job_id), NothingToDo)
    assert services.transfers.interrupted() == []
    with pytest.raises(NotFound):
        services.transfers.plan_resume(job_id)


def test_what_cannot_go_on_is_swept_and_what_can_is_not(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    folder = filled(tmp_path / "folder")
    can = left_behind(journal_folder(home), TransferRequest(Way.UP, (f"{folder}/",), HOME.uri), account=account())
    gone = TransferRequest(Way.UP, (f"{tmp_path}/gone/",), HOME.uri)
    cannot = left_behind(journal_folder(home), gone, account=account())
    key = ObjectKey("bucket", "up/big")
    store.uploads = [(key, OpenUpload("up/big", name, datetime.now(UTC))) for name in ("ours", "somebody's")]
    append(
        journal_folder(home),
        cannot,
        {"up": "bucket/up/big", "from": f"{tmp_path}/gone/big", "id": "ours", "part": 5, "op": "x", "sha256": "y"},
    )
    with pytest.raises(BadInput, match="cannot go on"):
        services.transfers.plan_resume(cannot)
    assert services.transfers.sweep() == Swept(jobs=1, uploads=1)
    assert [one.upload_id for _, one in store.uploads] == ["somebody's"]
    assert [one.id for one in services.transfers.interrupted()] == [can]
    assert services.transfers.sweep().is_nothing


def test_a_discarded_job_leaves_nothing_and_no_strangers_file_is_removed(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    ours, foreign = tmp_path / ".f.s3ml-0123abcd.part", tmp_path / "precious.part"
    ours.write_bytes(b"x")
    foreign.write_bytes(b"x")
    job_id = left_behind(
        journal_folder(home), TransferRequest(Way.DOWN, (HOME.uri,), f"{tmp_path}/"), account=account()
    )
    for name, path in (("f", ours), ("g", foreign)):
        append(
            journal_folder(home), job_id, {"down": f"{tmp_path}/{name}", "file": str(path), "v": None, "e": "x", "n": 1}
        )
    services.transfers.discard(job_id)
    assert (ours.exists(), foreign.exists()) == (False, True)
    assert list(journal_folder(home).glob("*.jsonl")) == []
    with pytest.raises(NotFound):
        services.transfers.discard(job_id)


def test_the_next_attempt_clears_what_it_will_not_use(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    store.write(HOME.key("a"), b"a")
    down = tmp_path / "down"
    down.mkdir()
    job_id = left_behind(journal_folder(home), TransferRequest(Way.DOWN, (HOME.uri,), f"{down}/"), account=account())
    for name in ("a", "gone meanwhile"):
        temporary = down / f".{name}.s3ml-0123abcd.part"
        temporary.write_bytes(b"x")
        line = {"down": f"{down}/{name}", "file": str(temporary), "v": None, "e": "x", "n": 1}
        append(journal_folder(home), job_id, line)
    services.perform(services.transfers.plan_resume(job_id))
    assert [path.name for path in down.iterdir()] == ["a"]


def test_old_jobs_are_swept_after_a_week(services: Services, tmp_path: Path, home: Path) -> None:
    folder = filled(tmp_path / "folder")
    job_id = left_behind(journal_folder(home), TransferRequest(Way.UP, (f"{folder}/",), HOME.uri), account=account())
    path = journal_folder(home) / f"{job_id}.jsonl"
    lines = json.loads(path.read_text())
    path.write_text(json.dumps(lines | {"at": lines["at"] - 8 * 86400}) + "\n")
    assert services.transfers.sweep().jobs == 1


def test_a_job_that_went_well_leaves_no_journal(services: Services, tmp_path: Path, home: Path) -> None:
    up(services, filled(tmp_path / "folder"))
    assert list(journal_folder(home).iterdir()) == []


# folders of runs ---------------------------------------------------------------------------------------------------


def test_work_folders_of_the_dead_are_removed_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    prefix = work_folders.prefix_for("run")
    assert prefix.endswith(f"-{os.getpid()}-")
    host = prefix.split("-")[2]
    names = {
        f"{prefix}living": True,
        f"s3ml-run-{host}-{DEAD}-abc": False,
        f"s3ml-predict-{host}-{DEAD}-abc": False,
        f"s3ml-run-elsewhere-{DEAD}-abc": True,
        "s3ml-run-oldstyle": True,
        "precious": True,
    }
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    assert work_folders.sweep_folders() == 2
    assert {path.name for path in tmp_path.iterdir()} == {name for name, stays in names.items() if stays}


def test_of_a_journal_that_an_earlier_version_wrote_only_what_it_names_is_aborted(
    store: MemoryStore, services: Services, tmp_path: Path, home: Path
) -> None:
    """It noted what it asked for as well, to guess later which of the open uploads were its own."""
    key, now = ObjectKey("bucket", "up/big"), datetime.now(UTC)
    store.uploads = [(key, OpenUpload(key.key, name, now)) for name in ("named", "perhaps ours", "theirs")]
    gone = TransferRequest(Way.UP, (f"{tmp_path}/gone",), key.uri)
    job_id = left_behind(journal_folder(home), gone, account=account())
    append(journal_folder(home), job_id, {"want": "bucket/up/big", "asked": 1.5, "seen": ["theirs"], "unheard": 2})
    append(journal_folder(home), job_id, {"up": "bucket/up/big", "id": "named", "part": 5, "op": "x", "sha256": "y"})
    append(journal_folder(home), job_id, {"settled": "bucket/up/big"})
    assert services.transfers.sweep() == Swept(jobs=1, uploads=1)
    assert [one.upload_id for _, one in store.uploads] == ["perhaps ours", "theirs"]
