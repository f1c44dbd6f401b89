"""The whole way by commands on the embedded server: workspace, data, runs, models, predictions, logs."""

import json
import random
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from s3ml_tui.services.processes.end import RUN_VARIABLE
from tests.cli.line import CommandLine
from tests.exhaustive import EXHAUSTIVE
from tests.servers import Embedded

SPEC = """
name = "churn"
data = "dataset/raw/churn.csv"
target = "churned"
cv = 3
[features]
scale = true
[estimator]
family = "logistic_regression"
"""
SLOW = """
name = "slow"
data = "dataset/raw/churn.csv"
target = "churned"
cv = 20
n_jobs = 2
[estimator]
family = "random_forest"
params = { n_estimators = 5000 }
"""


def churn(rows: int = 120) -> str:
    chance = random.Random(1)
    lines = ["months,calls,churned"]
    for _ in range(rows):
        months, calls = chance.randint(1, 60), chance.randint(0, 9)
        lines.append(f"{months},{calls},{'yes' if calls * 6 > months + chance.randint(-6, 6) else 'no'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def line(embedded: Embedded, tmp_path: Path) -> CommandLine:
    """The command line with a workspace of its own, named by the environment, on the embedded server."""
    bucket = f"walk-{tmp_path.name.lower().replace('_', '-')[-40:]}".rstrip("-")
    here = CommandLine({"S3ML_LOCAL_DIR": str(embedded.info.folder), "S3ML_WORKSPACE": f"s3://{bucket}/ml"})
    here = CommandLine({**here.environment, "S3ML_CONFIG": str(settings(tmp_path))})
    made = here("init", f"s3://{bucket}/ml", "--json").row
    assert made["title"]
    data = tmp_path / "churn.csv"
    data.write_text(churn())
    here("put", data, f"s3://{bucket}/ml/dataset/raw/churn.csv")
    (tmp_path / "churn.toml").write_text(SPEC)
    (tmp_path / "slow.toml").write_text(SLOW)
    return here


def settings(folder: Path) -> Path:
    """A settings file that makes the embedded server the usual one."""
    path = folder / "config.toml"
    path.write_text("local = true\n")
    return path


def alive(run_id: str) -> list[int]:
    """Processes that belong to a run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(RUN_VARIABLE) == run_id and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def test_init_twice_does_nothing_the_second_time(line: CommandLine) -> None:
    workspace = line.environment["S3ML_WORKSPACE"]
    assert line("init", workspace, "--json").row["changes_anything"] is False


def test_train_promote_predict_and_read_what_was_made(line: CommandLine, tmp_path: Path) -> None:
    spec, workspace = tmp_path / "churn.toml", line.environment["S3ML_WORKSPACE"]
    plan = line("run", spec, "--dry-run", "--json").row
    assert plan["changes_anything"] is True
    assert line("runs").out == ""

    ran = line("run", spec)
    assert "model    models/v1" in ran.out
    assert "accuracy" in ran.out
    for stage in ("prepare", "split", "train", "evaluate", "publish"):
        assert f"● {stage}" in ran.err
        assert f"✓ {stage}" in ran.err
    result = line("run", spec, "--json").row
    assert result["state"] == "succeeded"
    assert result["model"] == "models/v2"
    assert result["outputs"]["log"]["uri"].startswith(workspace)

    runs = line("runs", "--json").rows
    assert [run["model"] for run in runs] == ["models/v2", "models/v1"]
    assert line("runs", runs[1]["run_id"], "--json").row["model"] == "models/v1"
    assert [row.split()[1] for row in line("runs").out.splitlines()] == ["succeeded", "succeeded"]
    line("runs", "20200101-0000-nope", code=3)

    models = line("models", "--json").rows
    assert [model["model"] for model in models] == ["models/v2", "models/v1"]
    assert all(model["is_complete"] for model in models)
    assert line("models", "show", "v1", "--json").row["run_id"] == runs[1]["run_id"]
    assert "To undo it" not in line("promote", "champion", "models/v2").err
    undo = line("models", "promote", "champion", "v1", "--json").row["undo"]
    assert undo == f"s3ml promote champion models/v2 --workspace {workspace}/"
    assert line("models", "--json").rows[1]["aliases"] == ["champion"]
    line("promote", "champion", "models/v9", code=3)

    batch = line("predict", "champion", "dataset/raw/churn.csv", "--json").row
    assert batch["model"] == "models/v1"
    assert batch["rows"] == 120
    rows = line("ls", "-r", f"{workspace}/outputs/predictions/{batch['batch_id']}", "--json").rows
    assert any(row["key"].endswith("MANIFEST.json") for row in rows)

    lines = line("logs", runs[0]["run_id"], "--json").rows
    assert lines[-1]["message"]
    assert line("logs", "-f", runs[0]["run_id"]).out.count("\n") == len(lines)
    assert line("logs", result["outputs"]["log"]["uri"]).out.count("\n") == len(lines)


def test_a_run_that_fails_ends_with_1_and_says_why(line: CommandLine, tmp_path: Path) -> None:
    spec = tmp_path / "bad.toml"
    spec.write_text(SPEC.replace('"churned"', '"nobody"'))
    said = line("run", spec, code=1)
    assert "nobody" in said.err
    assert "failed" in said.out
    assert line("runs", "--json").row["state"] == "failed"


def test_a_spec_that_cannot_be_used_ends_with_2_and_shows_every_place(line: CommandLine, tmp_path: Path) -> None:
    spec = tmp_path / "bad.toml"
    spec.write_text('name = "a b"\ndata = "x"\ntarget = "y"\ncv = 1\n')
    said = line("run", spec, code=2)
    assert "name" in said.err
    assert "cv" in said.err
    line("run", tmp_path / "none.toml", code=2)
    assert "S3ML_WORKSPACE" in CommandLine()("run", tmp_path / "churn.toml", code=2).err


def test_a_run_goes_on_by_itself_until_it_is_cancelled(line: CommandLine, tmp_path: Path) -> None:
    run_id = line.process("run", tmp_path / "slow.toml", "--no-follow").out.strip()
    assert line("runs", run_id, "--json").row["state"] == "running"
    assert line("cancel", run_id, code=2).err.count("--yes") == 1
    assert alive(run_id)
    line("cancel", run_id, "--yes")
    assert not alive(run_id)
    assert line("runs", "--json").row["state"] == "cancelled"


def until_it_trains(process: subprocess.Popen[str]) -> list[str]:
    """Read what the command says until its run has come to that stage; what it said."""
    assert process.stderr
    said = []
    for row in process.stderr:
        said.append(row)
        if row.startswith("● train"):
            return said
    pytest.fail("".join(said))


def test_ctrl_c_cancels_the_run_and_ends_with_130(line: CommandLine, tmp_path: Path) -> None:
    with line.start("run", tmp_path / "slow.toml", "--json") as process:
        until_it_trains(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    result = json.loads(out)
    assert result["state"] == "cancelled"
    assert not alive(result["run_id"])
    assert "Traceback" not in err
    assert line("runs", "--json").row["state"] == "cancelled"
    assert not [model for model in line("models", "--json").rows if model["is_complete"]]


def test_a_terminal_that_hangs_up_leaves_the_run_going(line: CommandLine, tmp_path: Path) -> None:
    with line.start("run", tmp_path / "slow.toml") as process:
        said = until_it_trains(process)
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate(timeout=60)
    run_id = next(row.split()[1] for row in said if row.startswith("run "))
    assert (process.returncode, "s3ml: Ended by SIGHUP. The run goes on" in err) == (130, True), err
    assert alive(run_id)
    assert line("runs", "--json").row["state"] == "running"
    line("cancel", run_id, "--yes")
    assert not alive(run_id)


@EXHAUSTIVE  # as of a run
def test_ctrl_c_cancels_a_prediction_which_is_asked_about_where_it_was_not_trained(
    line: CommandLine, tmp_path: Path
) -> None:
    line("run", tmp_path / "churn.toml")
    asked = ("predict", "models/v1", "dataset/raw/churn.csv")
    elsewhere = CommandLine({**line.environment, "XDG_STATE_HOME": str(tmp_path / "another machine")})
    assert "Whether you trust it is asked first." in elsewhere(*asked, "--dry-run").out
    for words in (asked, (*asked, "--yes")):
        refused = elsewhere(*words, code=2).err
        assert "Trust the models of s3://" in refused
        assert "Add --trust if you know who made it" in refused

    with elsewhere.start(*asked, "--trust") as process:
        assert process.stderr
        said = []
        for row in process.stderr:
            said.append(row)
            if row.startswith("batch "):
                break
        else:
            pytest.fail("".join(said))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    batch_id = said[-1].split()[1]
    assert process.returncode == 130, err
    assert out == ""
    assert f"Cancelled prediction {batch_id}" in err
    assert "Traceback" not in err
    assert not alive(batch_id)
    workspace = line.environment["S3ML_WORKSPACE"]
    logged = line("logs", f"{workspace}/logs/inference/{batch_id}.jsonl", "--json").rows
    assert logged[-1]["data"]["state"] == "cancelled"
    there = line("ls", "-r", f"{workspace}/outputs", "--json").rows
    assert not [row for row in there if "predictions/" in row["key"]]

    assert elsewhere(*asked, "--json").row["rows"] == 120, "trusted from now on"
