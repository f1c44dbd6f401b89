"""No secret reaches a record."""

import subprocess
from pathlib import Path

import pytest

from s3ml_tui.runner.environment import HIDDEN, environment, redacted, without_credentials


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["run", "--password", "hunter2", "x"], ["run", "--password", HIDDEN, "x"]),
        (["--secret-key=abc"], [f"--secret-key={HIDDEN}"]),
        (["https://me:pw@host/x"], ["https://host/x"]),
        (["--key", "AKIAABCDEFGHIJKLMNOP"], ["--key", HIDDEN]),
        (["https://h/k?X-Amz-Signature=beef&x=1"], [f"https://h/k?X-Amz-Signature={HIDDEN}&x=1"]),
        (["--n-jobs", "2"], ["--n-jobs", "2"]),
    ],
)
def test_command_lines_are_redacted(argv: list[str], shown: list[str]) -> None:
    assert redacted(argv) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:token@example.org/a.git", "https://example.org/a.git"),
        ("https://example.org/a.git?private_token=1", "https://example.org/a.git"),
        ("git@example.org:a.git", "git@example.org:a.git"),
    ],
)
def test_remotes_lose_their_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_only_allowed_variables_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    found = environment()
    assert found.variables["OMP_NUM_THREADS"] == "3"
    assert "hidden" not in found.model_dump_json()


def test_the_checkout_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment().git_commit is None
    for arguments in (
        ["init", "-q"],
        ["-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-q", "--allow-empty", "-m", "first"],
        ["remote", "add", "origin", "https://user:pw@example.org/a.git"],
    ):
        subprocess.run(["git", *arguments], check=True)  # noqa: S607 - the git of whoever tests
    found = environment()
    assert found.git_commit
    assert (found.git_remote, found.git_is_dirty) == ("https://example.org/a.git", False)
