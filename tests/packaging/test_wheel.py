"""The wheel: built from this tree, installed in a clean environment, and each process started from it."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_walk import SPEC, churn
from tests.exhaustive import EXHAUSTIVE
from tests.terminal.pty_screen import PtyScreen

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built offline, with the build backend of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("s3ml_tui-*.whl")
    return built


@pytest.fixture(scope="module")
def clean_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel installed by pip; the libraries come from this one by a path file.

    A path file's folders are not searched for further path files, so this checkout's editable install stays out.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--no-index",
            "--ignore-installed",
            "--prefix",
            str(folder),
            str(wheel),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    weed = "weed"  # what the extra `local` would install beside Python
    (folder / "bin" / weed).symlink_to(Path(sysconfig.get_path("scripts")) / weed)
    return folder


def test_the_wheel_ships_the_styles_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    styles = {path.name for path in (ROOT / "styles").glob("*.tcss")}
    assert styles
    assert {f"s3ml_tui/styles/{name}" for name in styles} <= set(names)
    assert "s3ml_tui/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "styles/"))]


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed from the wheel, and an empty home to use it in."""

    folder: Path
    home: Path

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    @property
    def script(self) -> str:
        """To be run by the clean Python: pip, run from elsewhere, wrote its own into it."""
        return str(self.folder / "bin" / "s3ml")

    @property
    def environment(self) -> dict[str, str]:
        """Of a new user: nothing of this process's Python, no settings."""
        left_out = ("PYTHON", "AWS_", "S3ML_", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        folders = {f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        return {**kept, **folders, "HOME": str(self.home), "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, *words: object, **more: str) -> "subprocess.CompletedProcess[str]":
        """A program of the clean environment's Python, to its end, which must be a good one."""
        ended = subprocess.run(
            [self.python, *map(str, words)],
            cwd=self.home,
            env={**self.environment, **more},
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert ended.returncode == 0, f"{words} ended with {ended.returncode}: {ended.stderr}"
        return ended

    def s3ml(self, *words: object) -> str:
        """What the installed command prints."""
        return self.run(self.script, *words).stdout

    def rows(self, *words: object) -> list[dict[str, Any]]:
        """The same as JSON."""
        return [json.loads(line) for line in self.s3ml(*words, "--json").splitlines()]


@pytest.fixture(scope="module")
def installed(clean_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(clean_environment, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def served(installed: Installed) -> Iterator[Installed]:
    """The same, and the embedded server that it started goes on."""
    [info] = installed.rows("local", "start")
    assert info["is_running"]
    yield installed
    [info] = installed.rows("local", "stop")
    assert not info["is_running"]


def test_it_is_the_installed_package_that_is_loaded(installed: Installed) -> None:
    where = installed.run("-c", "import s3ml_tui; print(s3ml_tui.__file__)").stdout
    assert str(installed.folder) in where


def test_the_command_and_the_module_say_their_version_and_help(installed: Installed) -> None:
    version = installed.s3ml("--version")
    assert version.startswith("s3ml ")
    assert installed.run("-m", "s3ml_tui", "--version").stdout == version
    assert "Commands:" in installed.s3ml("--help")


def test_the_app_opens_from_the_installed_wheel(installed: Installed, tmp_path: Path) -> None:
    environment = Installed(installed.folder, tmp_path).environment
    with PtyScreen([installed.python, installed.script], environment) as terminal:
        terminal.wait_for("Welcome to s3ml")
        terminal.wait_for("local server")
        terminal.press("escape")
        terminal.wait_for("1 Browse")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@EXHAUSTIVE  # installing and the commands are shown above
def test_the_processes_of_training_prediction_and_preview_are_started(served: Installed) -> None:
    spec, data = served.home / "churn.toml", served.home / "churn.csv"
    spec.write_text(SPEC)
    data.write_text(churn())
    here = ("--local", "--workspace", "s3://wheel")
    served.s3ml(*here, "init", "s3://wheel")
    served.s3ml(*here, "put", data, "s3://wheel/dataset/raw/churn.csv")
    [result] = served.rows(*here, "run", spec)
    assert result["argv"][0] == served.python
    assert result["model"] == "models/v1"
    [batch] = served.rows(*here, "predict", "v1", "dataset/raw/churn.csv")
    assert batch["rows"] == 120
    assert "months" in served.s3ml(*here, "preview", "s3://wheel/dataset/raw/churn.csv")


def test_a_listing_loads_no_more_than_it_needs(served: Installed) -> None:
    served.s3ml("--local", "bucket", "create", "wheel-fast")
    served.s3ml("--local", "put", served.script, "s3://wheel-fast/a.txt")
    [told] = served.rows("local", "env")
    loaded = served.run("-X", "importtime", served.script, "ls", "s3://wheel-fast/", **told["values"])
    assert "a.txt" in loaded.stdout
    assert "s3ml_tui.cli" in loaded.stderr
    assert not {"pydantic", "textual", "s3ml_tui.cli.runs"} & set(loaded.stderr.replace("|", " ").split())
