"""A second start finds the first, and nothing that a killed process leaves stands in the way."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from s3ml_tui.local_server import state
from s3ml_tui.local_server.data_folder import layout
from s3ml_tui.local_server.process import end, start_time
from s3ml_tui.local_server.server import LocalServer
from tests.local_server.conftest import DEADLINE_S, kill, until

START = """
import json, sys
from pathlib import Path
from s3ml_tui.local_server.server import LocalServer
print(json.dumps(LocalServer(Path(sys.argv[1])).start().document()))
"""


def start_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", START, str(folder)], stdout=subprocess.PIPE, text=True
    )


def servers_of(folder: Path) -> list[int]:
    """The pids of all servers of this folder."""
    option = f"-dir={folder / 'data'}"
    return [process.pid for process in psutil.process_iter(["cmdline"]) if option in (process.info["cmdline"] or [])]


def remembered(server: LocalServer) -> state.State:
    found = state.read(layout(server.folder).state)
    assert isinstance(found, state.State)
    return found


@pytest.fixture
def bystander() -> Iterator[int]:
    """A process that has nothing to do with it."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate()


def test_a_second_start_finds_the_first(server: LocalServer) -> None:
    first, second = server.start(), LocalServer(server.folder).start()

    assert (first.was_running, second.was_running) == (False, True)
    assert (first.pid, first.endpoint) == (second.pid, second.endpoint)
    assert servers_of(server.folder) == [first.pid]


def test_two_starts_at_the_same_time_share_one_server_that_outlives_both(server: LocalServer) -> None:
    starters = [start_elsewhere(server.folder) for _ in range(2)]
    answers = [json.loads(starter.communicate(timeout=DEADLINE_S)[0]) for starter in starters]

    assert sorted(answer["was_running"] for answer in answers) == [False, True]
    assert {answer["pid"] for answer in answers} == {server.status().pid}
    assert servers_of(server.folder) == [answers[0]["pid"]]


def test_a_stale_pid_is_recognised(server: LocalServer) -> None:
    dead = server.start()
    kill(dead.pid)

    seen, again = server.status(), server.start()

    assert not seen.is_running
    assert again.pid != dead.pid
    assert (again.was_running, again.endpoint) == (False, dead.endpoint)


def test_a_pid_that_another_process_has_now_is_recognised_and_left_alone(server: LocalServer, bystander: int) -> None:
    kill(server.start().pid)
    state.write(layout(server.folder).state, replace(remembered(server), pid=bystander, started=start_time(bystander)))

    seen, stopped = server.status(), server.stop()

    assert (seen.is_running, stopped.was_running) == (False, False)
    assert psutil.pid_exists(bystander)


def test_a_server_whose_starter_was_killed_before_it_wrote_the_pid_is_found(server: LocalServer) -> None:
    first = server.start()
    state.write(layout(server.folder).state, state.State(first.ports, is_stopped=False))

    assert server.status().pid == first.pid
    assert server.start().pid == first.pid
    assert remembered(server).pid == first.pid


@pytest.mark.parametrize("sign", ["server.json", "server.log", "data/mini.options"])
def test_a_start_that_is_killed_leaves_nothing_in_the_way(server: LocalServer, sign: str) -> None:
    starter = start_elsewhere(server.folder)
    until(lambda: (server.folder / sign).exists() or starter.poll() is not None)
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    (server.folder / ".server.json.torn").write_text("{")

    started = server.start()

    assert servers_of(server.folder) == [started.pid]
    assert not list(server.folder.glob(".*"))


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"format": 1}', '{"format": 1, "ports": {}, "pid": "1"}', "\udc80"])
def test_a_damaged_state_file_is_said_and_written_anew(server: LocalServer, torn: str) -> None:
    path = layout(server.folder).state
    server.folder.mkdir(parents=True)
    path.write_bytes(torn.encode("utf-8", "surrogateescape"))

    seen = server.status()

    assert not seen.is_running
    assert "was damaged" in seen.notes[0]


def test_a_running_server_is_found_although_its_state_file_is_damaged(server: LocalServer) -> None:
    first = server.start()
    layout(server.folder).state.write_text('{"format": 99}')

    second = server.start()

    assert (second.pid, second.was_running) == (first.pid, True)
    assert "was damaged" in second.notes[0]
    assert remembered(server).pid == first.pid


def test_lost_credentials_are_made_anew_and_the_server_takes_them(server: LocalServer) -> None:
    before, account = server.start(), server.credentials()
    layout(server.folder).keys.write_text("{}")

    after = server.start()

    assert server.credentials() != account
    assert (after.pid != before.pid, after.endpoint) == (True, before.endpoint)
    assert [note for note in after.notes if "export them again" in note]
    assert server.status().notes == ()


def test_a_process_that_ignores_the_request_to_end_is_killed() -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()

        assert not end(psutil.Process(process.pid), timeout_s=0.1)
    assert not psutil.pid_exists(process.pid)
