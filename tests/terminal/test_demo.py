"""`s3ml demo` in a real terminal: from nothing to the screens on a finished run."""

import os
from pathlib import Path

from tests.cli.line import CommandLine
from tests.terminal.pty_screen import PtyScreen, s3ml_command
from tests.terminal.training import RUN


def test_the_demo_opens_on_a_finished_run_and_its_server_goes_on_until_it_is_stopped(tmp_path: Path) -> None:
    line = CommandLine({"S3ML_LOCAL_DIR": str(tmp_path / "local"), "S3ML_CONFIG": str(tmp_path / "config.toml")})
    try:
        environment = os.environ | dict(line.environment)
        with PtyScreen([*s3ml_command(), "demo", "--dir", str(tmp_path / "local")], environment) as screen:
            screen.wait_for(r"Starting the embedded server")
            run = screen.wait_for(rf"✓ ({RUN})")[1]
            screen.wait_for(rf"─ {run} ─")
            screen.wait_for(rf"Run {run} of breast-cancer on")
            screen.wait_for(r"accuracy 0\.9\d+, balanced_accuracy 0\.9\d+")
            screen.wait_for(r"Run succeeded: models/v1")
            screen.press("3")
            screen.wait_for(rf"✓ succeeded +{run} +breast-cancer +accuracy 0\.9\d+ +models/v1")
            screen.press("4")
            screen.wait_for(r"✓ models/v1 .* breast-cancer")
            screen.press("1")
            screen.wait_for(r"s3ml-demo +versioned · anonymous access refused")
            screen.wait_for(r"▸ models/")
            screen.press("q")
            assert screen.wait_for_exit() == 0
        assert line("local", "status", "--json").row["is_running"] is True
        assert line("runs", run, "--json").row["model"] == "models/v1"
    finally:
        line("local", "stop")
    assert line("local", "status", "--json").row["is_running"] is False
