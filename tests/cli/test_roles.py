"""Roles, MFA codes and single sign-on on the command line: asked on a terminal, a sentence elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authority import CODE, DEVICE, PROFILES, SSO_CACHE, Authority, sso_token
from tests.cli.line import CommandLine
from tests.cli.terminal.test_terminal import ended, terminal
from tests.servers import S3Server


@pytest.fixture
def authority() -> Iterator[Authority]:
    with Authority() as authority:
        yield authority


@pytest.fixture
def line(authority: Authority, moto: S3Server, tmp_path: Path) -> CommandLine:
    """Commands where nothing but the profiles says how to sign in."""
    (tmp_path / "config").write_text(PROFILES)
    config = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_ENDPOINT_URL_S3": moto.endpoint}
    return CommandLine({**authority.environment, **config})


@pytest.fixture
def bucket(moto: S3Server) -> str:
    moto.client().create_bucket(Bucket="acme-ml")
    moto.client().put_object(Bucket="acme-ml", Key="a.csv", Body=b"1")
    return "acme-ml"


@pytest.mark.parametrize("command", [("ls", "s3://acme-ml"), ("cat", "s3://acme-ml/a.csv")])
def test_a_code_is_asked_for_on_the_terminal_until_it_is_right(
    line: CommandLine, bucket: str, authority: Authority, command: tuple[str, ...]
) -> None:
    with terminal(line, *command, "--profile", "guarded") as child:
        child.expect_exact(f"MFA code for profile guarded: The device is {DEVICE}.")
        child.expect_exact("Six digits, or enter to leave:")
        child.sendline("12 34")
        child.expect_exact("A code is six digits.")
        child.sendline("000000")
        child.expect_exact("The code was refused: MultiFactorAuthentication failed")
        child.sendline(CODE)
        child.expect("a.csv" if command[0] == "ls" else r"1")
        assert ended(child) == 0
    said = line.process(*command, "--profile", "guarded")
    assert said.code == 0, "the role is kept, also for where nobody can be asked"
    assert len(authority.asked) == 2


@pytest.mark.parametrize(("press", "code"), [("\r", 4), ("\x03", 130)])
def test_who_will_not_tell_the_code_gets_a_sentence(
    line: CommandLine, bucket: str, press: str, code: int, authority: Authority
) -> None:
    with terminal(line, "du", "s3://acme-ml", "--profile", "guarded") as child:
        child.expect_exact("Six digits, or enter to leave:")
        child.send(press)
        child.expect_exact("It was not given." if code == 4 else "Interrupted.")
        assert ended(child) == code
    assert not authority.asked


def test_without_a_terminal_it_says_where_to_sign_in(line: CommandLine, bucket: str) -> None:
    said = line.process("ls", "s3://acme-ml", "--profile", "guarded")
    assert (said.code, said.out) == (4, "")
    assert said.err == (
        "s3ml: Profile guarded asks for an MFA code. Nobody can be asked for it here. "
        "Sign in on a terminal first: s3ml buckets --profile guarded; the role is kept for some time.\n"
    )
    named = CommandLine({**line.environment, "AWS_PROFILE": "guarded"})
    assert named.process("ls", "s3://acme-ml").err == said.err


def test_who_is_not_signed_in_reads_the_command(line: CommandLine, bucket: str, no_aws: Path) -> None:
    said = line.process("ls", "s3://acme-ml", "--profile", "role-of-signed-in")
    assert said.code == 4
    assert said.err.endswith("Run aws sso login --profile signed-in, then try again.\n")
    path = no_aws / SSO_CACHE
    path.parent.mkdir(parents=True)
    path.write_text(sso_token("single-sign-on-token"))
    assert line.process("ls", "s3://acme-ml", "--profile", "role-of-signed-in").code == 0


def test_doctor_tells_roles_and_sign_ins_apart(line: CommandLine, bucket: str, authority: Authority) -> None:
    said = line("doctor", "s3://acme-ml", "--profile", "plain-role")
    assert "✓ credentials           Accepted: an assumed role, profile plain-role; they expire in 59:" in said.out
    authority.refusal = "AccessDenied", "No."
    said = line("doctor", "s3://acme-ml", "--profile", "chained", code=4)
    assert "✗ credentials" in said.out
    assert "Profile chained asks for an MFA code" in " ".join(said.out.split())
    assert "hidden" not in said.out + said.err
