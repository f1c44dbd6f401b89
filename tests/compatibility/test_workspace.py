"""A workspace of 5680b01: records are read and written as they were, runs told, models used."""

import json
import re
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.ml.events import parse_line
from s3ml_tui.records.document import Document
from s3ml_tui.records.model_manifest import AliasMove, Claim, Manifest, ModelSchema
from s3ml_tui.records.run_record import RunResult, RunStart
from s3ml_tui.records.spec import Reading
from s3ml_tui.records.workspace import BatchManifest, WorkspaceRecord
from tests.cli.line import CommandLine
from tests.compatibility.fixtures import FOLDER, Rewriting, body_of, load_state, rows
from tests.servers import Embedded

WORKSPACE = "s3://compat/ml"
RECORDS: Mapping[str, type[Document]] = {
    r"\.s3ml/workspace\.json": WorkspaceRecord,
    r"\.s3ml/runs/[^/]+/spec\.json": RunStart,
    r"\.s3ml/runs/[^/]+/result\.json": RunResult,
    r"\.s3ml/aliases/.*\.json": AliasMove,
    r"models/v\d+/_claim\.json": Claim,
    r"models/v\d+/schema\.json": ModelSchema,
    r"models/v\d+/MANIFEST\.json": Manifest,
    r"outputs/predictions/[^/]+/MANIFEST\.json": BatchManifest,
}
OBJECTS = {
    row["key"].removeprefix("ml/"): body_of(row) for row in rows() if row["key"].startswith("ml/") and "etag" in row
}


@pytest.fixture
def line(embedded: Embedded, loaded: Rewriting, tmp_path: Path) -> CommandLine:
    return CommandLine(
        {
            "XDG_STATE_HOME": str(tmp_path),
            "S3ML_CONFIG": str(settings(tmp_path)),
            "S3ML_LOCAL_DIR": str(embedded.info.folder),
            "S3ML_WORKSPACE": WORKSPACE,
        }
    )


def settings(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text("local = true\n")
    return path


def told(name: str, loaded: Rewriting) -> list[dict[str, Any]]:
    return [json.loads(loaded.text(line)) for line in (FOLDER / f"{name}.json").read_text().splitlines()]


@pytest.mark.parametrize("pattern", RECORDS)
def test_records_are_read_and_written_as_they_were(pattern: str) -> None:
    found = {key: body for key, body in OBJECTS.items() if re.fullmatch(pattern, key)}
    assert found
    for key, body in found.items():
        written = json.loads(RECORDS[pattern].from_bytes(body, key).to_bytes())
        assert written == with_what_came_later(json.loads(body))


def with_what_came_later(document: dict[str, Any]) -> dict[str, Any]:
    """A record of a run spells out that its spec means what it meant then."""
    if "spec" not in document:
        return document
    spec, later = document["spec"], {"categories": [], "index": "leave_out"}
    reading = Reading().model_dump()
    return document | {"spec": spec | {"rules": 1, "reading": reading, "features": spec["features"] | later}}


def test_every_record_of_ours_is_of_a_known_kind() -> None:
    known = re.compile("|".join(RECORDS))
    records = {
        key
        for key in OBJECTS
        if key.startswith(".s3ml/") or key.endswith(("MANIFEST.json", "schema.json", "_claim.json"))
    }
    assert {key for key in records if not known.fullmatch(key)} == set()


def test_lines_of_logs_are_read_and_written_as_they_were() -> None:
    logs = [body.decode() for key, body in OBJECTS.items() if key.startswith("logs/") and key.endswith(".jsonl")]
    logs += [path.read_text() for path in (FOLDER / "state" / "runs").glob("*.jsonl")]
    assert len(logs) > 5
    for log in logs:
        for line in log.splitlines():
            assert json.loads(parse_line(line).line()) == json.loads(line)


def test_a_model_names_no_code_of_ours() -> None:
    """It is loaded by the names that stand in it: ours may be others by then."""
    models = [body for key, body in OBJECTS.items() if key.endswith("model.joblib")]
    assert models
    for body in models:
        text = zlib.decompress(body)
        assert b"sklearn.pipeline" in text
        assert b"s3ml" not in text


def test_runs_are_told_as_they_were(line: CommandLine, loaded: Rewriting) -> None:
    """The one that was killed aside: how it stands is told by when it wrote last, which is when it was loaded."""
    found, then = line("runs", "--json").rows, told("runs", loaded)
    assert [row["run_id"] for row in found] == [row["run_id"] for row in then]
    ended = [{key: row[key] for key in then[0]} for row in found if row["state"] in ENDED]
    assert ended == [row for row in then if row["state"] in ENDED]
    assert {row["state"] for row in found} >= ENDED
    ids = [row["run_id"] for row in then if row["state"] in ENDED]
    assert [line("runs", run_id, "--json").row["run_id"] for run_id in ids] == ids
    assert line("logs", then[-1]["run_id"], "--json").rows[-1]["kind"] == "run-finished"


ENDED = {"succeeded", "failed", "cancelled"}


def test_models_and_aliases_are_told_as_they_were(line: CommandLine, loaded: Rewriting) -> None:
    assert line("models", "--json").rows == told("models", loaded)
    assert line("models", "show", "champion", "--json").row["model"] == "models/v2"
    assert line("init", WORKSPACE, "--json").row["changes_anything"] is False


def test_a_model_that_was_trusted_is_trusted_and_predicts(line: CommandLine, loaded: Rewriting, tmp_path: Path) -> None:
    words = ("predict", "champion", "dataset/raw/churn.csv")
    assert "--yes" in line(*words, code=2).err  # nobody can be asked
    load_state(tmp_path / "all", loaded)
    (tmp_path / "s3ml").mkdir(exist_ok=True)
    shutil.copy(tmp_path / "all" / "trusted.jsonl", tmp_path / "s3ml")
    batch = line(*words, "--json").row
    assert (batch["model"], batch["rows"]) == ("models/v2", 120)
    made = line("ls", "-r", f"{WORKSPACE}/outputs/predictions/", "--json").rows
    csv = [row for row in made if row["key"].endswith("predictions.csv")]
    assert len(csv) == 2
    first, second = (line("cat", row["uri"]).out.splitlines() for row in csv)
    assert [row.split(",")[0] for row in first] == [row.split(",")[0] for row in second], "the same predictions"
