"""The wheel: built from this tree, installed in a clean environment, and the app opened from it."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

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
    return folder


def test_the_wheel_ships_the_styles_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    styles = {path.name for path in (ROOT / "styles").glob("*.tcss")}
    assert styles
    assert {f"s3ml_tui/styles/{name}" for name in styles} <= set(names)
    assert "s3ml_tui/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "styles/"))]


def test_the_app_opens_from_the_installed_wheel(clean_environment: Path, tmp_path: Path) -> None:
    python = clean_environment / "bin" / "python"
    where = subprocess.run(
        [str(python), "-c", "import s3ml_tui; print(s3ml_tui.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert str(clean_environment) in where

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(clean_environment / "bin" / "s3ml")]
    assert "s3ml" in Path(command[0]).read_text(encoding="utf-8")
    # pip run from elsewhere writes its own interpreter into the script; the clean one is the one under test
    with PtyScreen([str(python), *command], environment) as terminal:
        terminal.wait_for("Welcome to s3ml")
        terminal.wait_for("local server")
        terminal.press("escape")
        terminal.wait_for("1 Browse")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
