"""Credentials that cannot be had: whatever comes instead of them from a program, a file or a service is a sentence."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, ExpiredCredentials, NoCredentials, S3mlError, Unreachable
from s3ml_tui.s3.connect import connect
from tests.cli.line import CommandLine
from tests.terminal.pty_screen import PtyScreen, s3ml_command

SECRET = "never-to-be-shown"
GOOD: dict[str, Any] = {"Version": 1, "AccessKeyId": "AKIAGOOD", "SecretAccessKey": SECRET}
SOON_OVER = "2020-01-01T00:00:00Z"
NOBODY = "http://127.0.0.1:9"

PRINTED: dict[str, str | bytes] = {
    "nothing": "",
    "words": f"secret {SECRET}",
    "a list": "[]",
    "null": "null",
    "a number": "7",
    "no version": json.dumps({**GOOD, "Version": None}),
    "no access key": json.dumps({"Version": 1, "SecretAccessKey": SECRET}),
    "an access key that is null": json.dumps({**GOOD, "AccessKeyId": None}),
    "an access key that is empty": json.dumps({**GOOD, "AccessKeyId": ""}),
    "a secret that is a number": json.dumps({**GOOD, "SecretAccessKey": 5}),
    "an access key with a line break": json.dumps({**GOOD, "AccessKeyId": "AKIA\nGOOD"}),
    "a token beyond ASCII": json.dumps({**GOOD, "SessionToken": "Žluť"}),
    "a token that is a list": json.dumps({**GOOD, "SessionToken": [SECRET]}),
    "an end that is no date": json.dumps({**GOOD, "Expiration": "tomorrow"}),
    "an end that is a number": json.dumps({**GOOD, "Expiration": 5}),
    "an end that is a list": json.dumps({**GOOD, "Expiration": [1]}),
    "bytes that are no text": b"\xff\xfe\x00",
}
COMMANDS = {
    "a program that is missing": "/no/such/program",
    "a name that is on no path": "no-such-program-of-ours",
    "a folder": "/tmp",
    "a file that cannot be run": "{folder}/config",
    "an open quote": "vault 'open",
    "blanks": "''",
    "one that fails with bytes": "/bin/sh -c 'printf \"\\377\" >&2; exit 3'",
    "one that is killed": "/bin/sh -c 'kill -9 $$'",
}
PROFILES = {
    "a role without a source": "role_arn = arn:aws:iam::1:role/a\n",
    "a role of a profile that is missing": "role_arn = arn:aws:iam::1:role/a\nsource_profile = none\n",
    "a role of itself without keys": "role_arn = arn:aws:iam::1:role/a\nsource_profile = this\n",
    "a role of a source that does not exist": "role_arn = arn:aws:iam::1:role/a\ncredential_source = Moon\n",
    "a token file that is missing": "role_arn = arn:aws:iam::1:role/a\nweb_identity_token_file = /no/such/file\n",
    "half a key": "aws_access_key_id = AKIAGOOD\n",
    "a sign-in without its session": "sso_session = none\nsso_account_id = 1\nsso_role_name = a\n",
    "half a sign-in": "sso_start_url = https://example.com\n",
}
VARIABLES: dict[str, dict[str, str]] = {
    "half a key": {"AWS_ACCESS_KEY_ID": "AKIAGOOD"},
    "a key with a line break": {"AWS_ACCESS_KEY_ID": "AKIAGOOD\n", "AWS_SECRET_ACCESS_KEY": SECRET},
    "a secret beyond ASCII": {"AWS_ACCESS_KEY_ID": "AKIAGOOD", "AWS_SECRET_ACCESS_KEY": f"{SECRET}ü"},
    "a container elsewhere": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/keys"},
    "a container that is no address": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "keys"},
    "a container's token that is missing": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{NOBODY}/keys",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/no/such/file",
    },
    "a container's token with a line break": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{NOBODY}/keys",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nb",
    },
    "a token file that is missing": {
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/a",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file",
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the AWS configuration lies; nothing else of the environment names credentials."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    return {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "us-east-1",
    }


def profile(folder: Path, text: str | bytes) -> None:
    body = text.encode() if isinstance(text, str) else text
    (folder / "config").write_bytes(b"[profile this]\n" + body)


def asked(name: str | None = "this") -> S3mlError:
    """What is said when the first request is to be sent."""
    with pytest.raises(S3mlError) as raised:
        [*connect(Context(profile=name, endpoint_url=NOBODY)).buckets()]
    assert SECRET not in raised.value.sentence
    assert raised.value.advice
    assert isinstance(raised.value, NoCredentials | ExpiredCredentials | BadInput), raised.value.sentence
    return raised.value


@pytest.mark.parametrize("printed", PRINTED.values(), ids=PRINTED)
def test_a_program_that_prints_something_else(folder: Path, printed: str | bytes) -> None:
    (folder / "printed").write_bytes(printed.encode() if isinstance(printed, str) else printed)
    profile(folder, f"credential_process = /bin/cat {folder}/printed\n")
    assert asked().exit_code == 4


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_program_that_cannot_be_run(folder: Path, command: str) -> None:
    profile(folder, f"credential_process = {command.format(folder=folder)}\n")
    assert asked().exit_code == 4


def test_a_program_that_gives_keys_that_have_expired(folder: Path) -> None:
    (folder / "printed").write_text(json.dumps({**GOOD, "Expiration": SOON_OVER}))
    profile(folder, f"credential_process = /bin/cat {folder}/printed\n")
    error = asked()
    assert isinstance(error, ExpiredCredentials)
    assert "expired before they came" in error.title


def test_a_program_is_run_once_for_keys_that_are_good(folder: Path) -> None:
    (folder / "printed").write_text(json.dumps({**GOOD, "Expiration": "2999-01-01T00:00:00Z"}))
    profile(folder, f"credential_process = /bin/sh -c 'echo x >> {folder}/runs; cat {folder}/printed'\n")
    with pytest.raises(Unreachable):
        [*connect(Context(profile="this", endpoint_url=NOBODY)).buckets()]
    assert (folder / "runs").read_text() == "x\n"


@pytest.mark.parametrize("text", PROFILES.values(), ids=PROFILES)
def test_a_profile_that_names_what_is_not_there(folder: Path, text: str) -> None:
    profile(folder, text)
    assert asked().exit_code in {2, 4}


@pytest.mark.parametrize("text", [b"key = \xff\xfe\n", b"no configuration", b"[profile this\n"])
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_a_configuration_that_cannot_be_read(folder: Path, file: str, text: bytes) -> None:
    profile(folder, "region = us-east-1\n")
    (folder / file).write_bytes(text)
    assert asked().exit_code in {2, 4}


def test_a_configuration_that_is_a_folder(folder: Path) -> None:
    (folder / "credentials").mkdir()
    profile(folder, "region = us-east-1\n")
    assert asked().exit_code in {2, 4}


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=VARIABLES)
def test_variables_that_give_no_credentials(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert asked(None).exit_code == 4


def test_the_command_line_says_it(folder: Path) -> None:
    profile(folder, "credential_process = /no/such/program\n")
    said = CommandLine(environment(folder))("ls", "s3://bucket", "--profile", "this", code=4)
    assert said.err.startswith("s3ml: The credentials cannot be had. /no/such/program: No such file or directory.")


def test_the_screens_say_it_and_go_on(folder: Path) -> None:
    profile(folder, "credential_process = /no/such/program\n")
    argv = [*s3ml_command(), "--profile", "this", "s3://bucket/"]
    with PtyScreen(argv, environment(folder), folder=folder) as screen:
        screen.wait_for("The credentials cannot be had")
        screen.wait_for("/no/such/program: No such file or directory")
        screen.press("q")
        assert screen.wait_for_exit() == 0
