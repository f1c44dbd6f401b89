"""Processes of their own: told their job, followed through files, ended with all their descendants."""

import os
import signal
import stat
import sys
from pathlib import Path

import psutil
import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import LocalTrouble, RunFailed
from s3ml_tui.domain.ml.events import parse_line
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.services.processes import end
from s3ml_tui.services.processes.launch import COMMAND, TrainingLauncher, errors_of, last_lines
from tests.services.arranged import DOUBLE, PIN, WORKSPACE, alive_in, spec, until


def job(name: str, run_id: str = "20261123-1402-k3f9", context: Context | None = None) -> TrainingJob:
    return TrainingJob(context=context or Context(), workspace=WORKSPACE.uri, data=PIN, run_id=run_id, spec=spec(name))


def is_ready(output: Path) -> bool:
    return any(parse_line(line).message == "ready" for line in output.read_text().splitlines())


def test_the_real_command_imports_nothing_from_the_users_folder() -> None:
    assert (sys.executable, "-P", "-m", "s3ml_tui.training") == COMMAND


def test_a_process_is_told_its_job_and_leads_a_session(tmp_path: Path) -> None:
    launcher = TrainingLauncher(DOUBLE)
    sent_job = job("quick", context=Context(profile="work", endpoint_url="http://127.0.0.1:1"))
    launched = launcher.launch(sent_job, tmp_path / "runs")
    until(lambda: not launcher.is_alive(launched.pid, launched.process_started))
    event = parse_line(launched.output.read_text().splitlines()[0])
    assert TrainingJob.model_validate(event.data["job"]) == sent_job
    assert event.data["session"] == event.data["pid"] == launched.pid != os.getsid(0)
    assert (event.data["profile"], event.data["run"]) == ("work", sent_job.run_id)
    for path in (launched.output, errors_of(launched.output)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not psutil.pid_exists(launched.pid), "a zombie was left"


def test_an_output_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "20261123-1402-k3f9.jsonl").write_text("precious")
    with pytest.raises(LocalTrouble, match="cannot be started"):
        TrainingLauncher(DOUBLE).launch(job("quick"), tmp_path)
    assert (tmp_path / "20261123-1402-k3f9.jsonl").read_text() == "precious"


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble, match="no-such-program"):
        TrainingLauncher((str(tmp_path / "no-such-program"),)).launch(job("quick"), tmp_path / "runs")


def test_a_child_that_dies_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    closes_stdin = "import os, sys; os.close(0); print('no module named sklearn', file=sys.stderr); sys.exit(1)"
    big = job("quick").model_copy(update={"spec": spec("quick", features={"exclude": ["x" * 90] * 20_000})})
    with pytest.raises(RunFailed, match="no module named sklearn"):
        TrainingLauncher((sys.executable, "-c", closes_stdin)).launch(big, tmp_path)


def test_cancelling_leaves_no_process_of_the_session_alive(tmp_path: Path) -> None:
    """The leader and its children ignore SIGTERM; one child left the process group."""
    launcher = TrainingLauncher(DOUBLE)
    launched = launcher.launch(job("stubborn"), tmp_path)
    until(lambda: is_ready(launched.output))
    assert len(alive_in(launched.pid)) == 3
    killed = end.end(
        launched.pid,
        launched.process_started,
        "20261123-1402-k3f9",
        grace_s=0.3,
        is_alive=lambda: launcher.is_alive(launched.pid, launched.process_started),
    )
    assert killed == 3
    assert alive_in(launched.pid) == []
    assert not psutil.pid_exists(launched.pid)


def test_children_that_outlive_a_leader_that_obeys_are_ended_too(tmp_path: Path) -> None:
    launcher = TrainingLauncher(DOUBLE)
    launched = launcher.launch(job("family"), tmp_path)
    until(lambda: is_ready(launched.output))
    assert end.end(launched.pid, launched.process_started, "20261123-1402-k3f9", grace_s=0.3) == 2
    assert alive_in(launched.pid) == []
    assert not launcher.is_alive(launched.pid, launched.process_started)


def test_children_of_a_leader_that_is_gone_are_known_by_their_run(tmp_path: Path) -> None:
    launcher = TrainingLauncher(DOUBLE)
    launched = launcher.launch(job("orphans"), tmp_path)
    until(lambda: not launcher.is_alive(launched.pid, launched.process_started))
    assert len(alive_in(launched.pid)) == 2
    assert end.end(launched.pid, launched.process_started, "another-run", grace_s=0.1) == 0
    assert len(alive_in(launched.pid)) == 2
    assert end.end(launched.pid, launched.process_started, "20261123-1402-k3f9", grace_s=0.1) == 2
    assert alive_in(launched.pid) == []


def test_a_pid_that_was_given_to_another_process_is_left_alone(tmp_path: Path) -> None:
    launcher = TrainingLauncher(DOUBLE)
    launched = launcher.launch(job("patient"), tmp_path)
    until(lambda: is_ready(launched.output))
    earlier = launched.process_started - 3600
    assert not launcher.is_alive(launched.pid, earlier)
    assert end.end(launched.pid, earlier, "another-run", grace_s=0.1) == 0
    assert launcher.is_alive(launched.pid, launched.process_started)
    os.kill(launched.pid, signal.SIGKILL)
    until(lambda: not launcher.is_alive(launched.pid, launched.process_started))


def test_the_last_lines_of_a_missing_file_are_nothing(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.err") == ""
    (tmp_path / "some.err").write_text("one\n\n two \nthree\n")
    assert last_lines(tmp_path / "some.err", 2) == "two / three"


def test_nor_do_the_processes_it_starts(tmp_path: Path) -> None:
    grandchild = (
        f"import subprocess; subprocess.run([{sys.executable!r}, '-c', 'import sys; print(sys.flags.safe_path)'])"
    )
    launcher = TrainingLauncher((sys.executable, "-P", "-c", f"import sys; sys.stdin.read(); {grandchild}"))
    launched = launcher.launch(job("quick"), tmp_path / "runs")
    until(lambda: not launcher.is_alive(launched.pid, launched.process_started))
    assert launched.output.read_text().strip() == "True"
