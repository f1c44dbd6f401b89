"""Settings, bookmarks, places and the embedded server's files of 5680b01 are read as they were meant."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from s3ml_tui import settings
from s3ml_tui.local_server import credentials, state
from s3ml_tui.settings.bookmarks import bookmarks
from s3ml_tui.settings.recent_places import visited
from tests.cli.line import CommandLine
from tests.compatibility.fixtures import FOLDER


@pytest.fixture
def line(no_aws: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("S3ML_CONFIG", str(FOLDER / "config" / "config.toml"))
    return CommandLine()


def test_the_settings_file_is_read(line: CommandLine) -> None:
    assert line("config", "check", "--json").row["problems"] == []
    assert line("config", "show", "--json").row | {"file": "", "sources": {}} == {
        "context": "laptop",
        "profile": None,
        "endpoint_url": None,
        "region": None,
        "workspace": None,
        "read_only": False,
        "request_payer": False,
        "colour": "$success",
        "local": True,
        "local_dir": "/tmp/s3ml-5680b01/server",
        "theme": "nord",
        "ascii": True,
        "keys": {"browse.delete": "Z,delete", "app.undo": "ctrl+z,U"},
        "bookmarks": {
            "raw": {"uri": "s3://acme-ml/churn/dataset/raw/", "context": None},
            "champion": {"uri": "s3://acme-ml/churn/models/v3/", "context": "prod"},
        },
        "file": "",
        "sources": {},
    }
    [prod] = [row for row in line("context", "list", "--json").rows if row["context"] == "prod"]
    assert prod == {
        "context": "prod",
        "profile": "acme",
        "endpoint_url": "https://s3.example.com",
        "region": "eu-central-1",
        "workspace": "s3://acme-ml/churn/",
        "read_only": True,
        "request_payer": True,
        "colour": "red",
        "local": False,
        "local_dir": None,
        "is_current": False,
    }


def test_bookmarks_are_read(line: CommandLine) -> None:
    assert [(mark.name, mark.uri, mark.context) for mark in bookmarks()] == [
        ("raw", "s3://acme-ml/churn/dataset/raw/", ""),
        ("champion", "s3://acme-ml/churn/models/v3/", "prod"),
    ]


def test_places_gone_to_are_read(no_aws: Path) -> None:
    settings.state_folder().mkdir(parents=True)
    shutil.copy(FOLDER / "state" / "places.json", settings.state_folder())
    assert visited("prod") == ("s3://acme-ml/", "s3://acme-ml/churn/")
    assert visited("laptop") == ("s3://compat/",)


def test_what_the_embedded_server_remembers_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    for name in ("keys.json", "server.json"):
        shutil.copy(FOLDER / "local" / name, tmp_path)
    told = {name: json.loads((FOLDER / "local" / name).read_text()) for name in ("keys.json", "server.json")}
    found, remembered = credentials.read(tmp_path / "keys.json"), state.read(tmp_path / "server.json")
    assert found is not None
    assert isinstance(remembered, state.State)
    assert (found.access_key, found.secret_key) == (told["keys.json"]["access_key"], told["keys.json"]["secret_key"])
    assert (remembered.pid, remembered.is_stopped) == (told["server.json"]["pid"], False)
    credentials.write(tmp_path / "keys.json", found)
    state.write(tmp_path / "server.json", replace(remembered))
    assert {name: json.loads((tmp_path / name).read_text()) for name in told} == told
