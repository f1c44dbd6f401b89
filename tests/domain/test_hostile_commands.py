"""Printed commands of names that mean harm: bash reads them as they were meant, a terminal obeys none."""

import shlex
import shutil
import subprocess

import pytest

from s3ml_tui.cli.options import Options
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.request_log import Request, aws_command, aws_words
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.domain.yank import yanks_of_object, yanks_of_place
from tests.hostile import NAMES, longest, raw_in

KEYS = [f"raw/{one.name}" for one in NAMES] + [
    longest(),
    "-",
    "--help",
    "'",
    "\\",
    "$'\\x41'",
    "~",
    "=x",
    "!!",
    "a\u2028b",
]
HERE = "http://127.0.0.1:9000"


@pytest.fixture(scope="module")
def bash() -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("bash is not installed")
    return found


def read_by(bash: str, lines: list[str]) -> list[list[str]]:
    """The words that bash makes of each line."""
    script = "".join(f"printf '%s\\0' {line}; printf '\\n\\0'\n" for line in lines)
    ran = subprocess.run([bash, "-c", script], check=True, capture_output=True, timeout=60, env={"LC_ALL": "C.UTF-8"})
    words: list[list[str]] = [[]]
    for word in ran.stdout.decode().split("\0")[:-1]:
        if word == "\n":
            words.append([])
        else:
            words[-1].append(word)
    return words[:-1]


def request(key: str) -> Request:
    return Request(
        number=1,
        operation="PutObjectTagging",
        parameters=(("Bucket", "acme"), ("Key", key), ("Tagging", {"TagSet": ({"Key": key, "Value": key},)})),
        at=0.0,
    )


def test_requests_as_aws_commands(bash: str) -> None:
    requests = [request(key) for key in KEYS]
    lines = [aws_command(one, ("--endpoint-url", HERE)) for one in requests]
    assert not raw_in("".join(lines))
    assert read_by(bash, lines) == [aws_words(one, ("--endpoint-url", HERE)) for one in requests]
    for line, one in zip(lines, requests, strict=True):
        if "$'" not in line:
            assert shlex.split(line) == aws_words(one, ("--endpoint-url", HERE))


def test_commands_that_are_yanked(bash: str) -> None:
    lines, wanted = [], []
    for key in KEYS:
        of_object = yanks_of_object(ObjectKey("acme", key), "v1", Context(), HERE)
        lines.append(next(one.text for one in of_object if one.name == "aws command"))
        wanted.append(key)
    assert not raw_in("".join(lines))
    read = read_by(bash, lines)
    assert [words[words.index("--key") + 1] if "--key" in words else words for words in read] == wanted
    assert all("\n" not in line for line in lines)
    place = ObjectKey("acme", f"{NAMES[0].name}/x").place
    [words] = read_by(bash, [next(one.text for one in yanks_of_place(place, Context(), HERE) if "command" in one.name)])
    assert place.uri in words


def test_commands_that_undo(bash: str) -> None:
    lines = [Options().line("rm", f"s3://acme/{key}") for key in KEYS]
    assert not raw_in("".join(lines))
    assert [printable(line) for line in lines] == lines
    assert read_by(bash, lines) == [["s3ml", "rm", f"s3://acme/{key}"] for key in KEYS]
