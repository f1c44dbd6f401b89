"""`s3ml local …` against the session's embedded server and one of its own."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.line import CommandLine
from tests.servers import Embedded


@pytest.fixture
def line(embedded: Embedded) -> CommandLine:
    return CommandLine({"S3ML_LOCAL_DIR": str(embedded.info.folder)})


def test_status_tells_where_it_is(line: CommandLine, embedded: Embedded) -> None:
    said = line("local", "status", "--json").row
    assert said["is_running"] is True
    assert said["endpoint"] == embedded.info.endpoint
    assert said["folder"] == str(embedded.info.folder)
    assert str(embedded.info.endpoint) in line("local", "status").out


def test_a_second_start_finds_the_first(line: CommandLine, embedded: Embedded) -> None:
    said = line("local", "start", "--json").row
    assert said["was_running"] is True
    assert said["pid"] == embedded.info.pid
    assert "--local" in line("local", "start").err
    assert "local = true" in line("local", "start").err
    here = line("local", "start", "--dir", embedded.info.folder).err
    assert f'local_dir = "{embedded.info.folder}"' in here
    assert "runs already" in line("local", "start", "--dry-run").out


def test_its_environment_is_for_a_shell_to_eval(line: CommandLine, embedded: Embedded) -> None:
    out = line("local", "env").out
    asked = subprocess.run(
        ["/bin/sh", "-c", f'{out}\nprintf %s "$AWS_SECRET_ACCESS_KEY"'], check=True, capture_output=True, text=True
    )
    assert asked.stdout == embedded.credentials.secret_key
    assert line("local", "env", "--json").row["values"]["AWS_ENDPOINT_URL"] == embedded.info.endpoint


def test_logs_are_its_last_lines(line: CommandLine) -> None:
    assert len(line("local", "logs", "-n", "3").out.splitlines()) == 3
    assert len(line("local", "logs", "-n", "2", "--json").rows) == 2


def test_any_command_can_use_it(line: CommandLine, embedded: Embedded) -> None:
    bucket = embedded.server.bucket()
    assert bucket in [row["bucket"] for row in line("--local", "ls", "--json").rows]
    assert line("ls", f"s3://{bucket}", "--dir", embedded.info.folder).err.endswith("is empty.\n")


def test_before_the_first_start(tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert CommandLine()("local", "status", "--dir", new).out.startswith("not running")
    assert f"local start --dir {new}" in CommandLine()("local", "env", "--dir", new, code=3).err
    said = CommandLine()("local", "logs", "--dir", new, code=3).err
    assert "printed nothing yet" in said
    assert f"s3ml --dir {new} local start" in said
    assert "would be started" in CommandLine()("local", "start", "--dry-run", "--dir", new).out
    assert "does not run" in CommandLine()("local", "stop", "--dry-run", "--dir", new).out
    assert not new.exists()


def test_one_is_started_used_and_stopped(tmp_path: Path) -> None:
    line = CommandLine({"S3ML_LOCAL_DIR": str(tmp_path / "own")})
    started = line("local", "start", "--json").row
    try:
        assert started["is_running"] is True
        assert "would be stopped" in line("local", "stop", "--dry-run").out
        os.kill(started["pid"], 0)
        assert line("local", "stop").out.startswith("stopped")
        assert line("local", "status", "--json").row["is_running"] is False
        assert line("local", "stop").out.startswith("not running")
    finally:
        if line("local", "status", "--json").row["is_running"]:
            os.kill(started["pid"], signal.SIGKILL)
