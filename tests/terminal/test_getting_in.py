"""Getting in, in a real terminal: a code in a dialog, and a sign-in for which the screens step aside."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authority import CODE, DEVICE, PROFILES, SSO_CACHE, Authority, sso_token
from tests.servers import S3Server
from tests.terminal.browsing import Bench
from tests.terminal.pty_screen import PtyScreen

BUCKET = "acme-ml"
AWS = """#!/bin/sh
echo "aws was asked for: $*"
printf 'Press enter once you have agreed in the browser '
read answer || exit 1
mkdir -p "$(dirname "$SSO_TOKEN")"
printf '%s' "$SSO_CONTENT" > "$SSO_TOKEN"
"""
"""What `aws sso login` does, without a browser."""


@pytest.fixture
def authority() -> Iterator[Authority]:
    with Authority() as authority:
        yield authority


@pytest.fixture
def bench(authority: Authority, moto: S3Server, tmp_path: Path, no_aws: Path) -> Bench:
    """A bucket that only the profiles lead to, and an `aws` on PATH."""
    moto.client().create_bucket(Bucket=BUCKET)
    moto.client().put_object(Bucket=BUCKET, Key="churn.csv", Body=b"1")
    (tmp_path / "config").write_text(PROFILES)
    program = tmp_path / "bin/aws"
    program.parent.mkdir()
    program.write_text(AWS)
    program.chmod(0o700)
    return Bench(
        moto,
        tmp_path,
        BUCKET,
        {
            **authority.environment,
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "SSO_TOKEN": str(no_aws / SSO_CACHE),
            "SSO_CONTENT": sso_token(authority.token),
        },
    )


def screens(bench: Bench, profile: str) -> PtyScreen:
    return bench.terminal(f"s3://{BUCKET}/", "--profile", profile)


def test_a_code_is_typed_into_a_dialog_and_the_next_start_asks_nothing(bench: Bench, authority: Authority) -> None:
    with screens(bench, "guarded") as screen:
        screen.wait_for("MFA code for profile guarded")
        screen.wait_for(DEVICE.rpartition("/")[0])
        screen.type("000000")
        screen.press("enter")
        screen.wait_for("The code was refused")
        screen.type(CODE)
        screen.press("enter")
        screen.wait_for(r"churn\.csv")
        screen.press("q")
        assert screen.wait_for_exit() == 0
    with screens(bench, "guarded") as screen:
        screen.wait_for(r"churn\.csv")
        assert "MFA" not in screen.text
        screen.press("q")
        assert screen.wait_for_exit() == 0
    assert len(authority.asked) == 2
    assert b"hidden" not in screen.raw


def test_leaving_while_a_code_is_asked_for_is_quick(bench: Bench) -> None:
    with screens(bench, "guarded") as screen:
        screen.wait_for("MFA code for profile guarded")
        screen.press("escape")
        screen.wait_for("It was not given")
        screen.press("R")
        screen.wait_for("MFA code for profile guarded")
        screen.press("\x11")  # ctrl+q
        assert screen.wait_for_exit(timeout_s=20) == 0


def test_the_screens_step_aside_for_aws_and_go_on_where_they_were(bench: Bench, authority: Authority) -> None:
    with screens(bench, "signed-in") as screen:
        screen.wait_for("You are no longer signed in")
        screen.wait_for("Run it here: aws sso login --profile signed-in")
        screen.press("enter")
        screen.wait_for("s3ml waits for: aws sso login --profile signed-in")
        screen.wait_for("aws was asked for: sso login --profile signed-in")
        screen.press("\x03")  # ctrl+c: the program ends, s3ml does not
        screen.wait_for("You are not signed in")
        screen.press("enter")
        screen.wait_until_gone("You are not signed in")
        screen.press("R")
        screen.wait_for("Run it here")
        screen.press("enter")
        screen.wait_for("Press enter once you have agreed")
        screen.press("enter")
        screen.wait_for(r"churn\.csv")
        screen.press("q")
        assert screen.wait_for_exit() == 0
    assert [asked["token"] for asked in authority.asked] == [authority.token]
    assert authority.token.encode() not in screen.raw
