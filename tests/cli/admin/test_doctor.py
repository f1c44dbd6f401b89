"""`s3ml doctor` on moto, on the embedded server, and where nothing works."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import permissions
from tests.cli.admin.test_config import write
from tests.cli.line import CommandLine, line_to
from tests.fault_proxy import SwitchableServer
from tests.permissions import Operation
from tests.servers import S3Server

ESCAPE = "a\x1b[31m[/b].csv"


@pytest.fixture
def between(moto: S3Server) -> Iterator[SwitchableServer]:
    with SwitchableServer(moto.endpoint) as server:
        yield server


def through(between: SwitchableServer, moto: S3Server) -> CommandLine:
    return CommandLine(moto.environment() | {"AWS_ENDPOINT_URL": between.endpoint})


def findings(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in row["findings"]}


def test_all_works_and_writes_leave_no_trace(moto: S3Server) -> None:
    line = line_to(moto)
    line("init", "s3://acme-ml/churn", "--abort-uploads", "--yes")
    moto.client().put_object(Bucket="acme-ml", Key="churn/dataset/raw/a.csv", Body=b"x", Tagging="a=b")
    said = line("doctor", "s3://acme-ml/churn/dataset/raw/a.csv", "--write", "--json").row
    found = findings(said)
    assert said["uri"] == "s3://acme-ml/churn/dataset/raw/"
    assert {check for check, finding in found.items() if finding["verdict"] != "works"} == {"checksums"}  # moto's
    assert found["read tags"]["sentence"] == "1 tag read."
    assert found["credentials"]["sentence"].startswith("Accepted: keys from the environment")
    left = moto.client().list_object_versions(Bucket="acme-ml")
    assert {entry["Key"] for entry in left["Versions"]} == {"churn/.s3ml/workspace.json", "churn/dataset/raw/a.csv"}
    assert "DeleteMarkers" not in left
    assert set(said["policies"]) == {"browse", "full"}


def test_on_the_embedded_server_it_works_too(seaweed: S3Server) -> None:
    bucket, line = seaweed.bucket(), line_to(seaweed)
    line("init", f"s3://{bucket}", "--abort-uploads", "--yes")
    found = findings(line("doctor", f"s3://{bucket}", "--write", "--json").row)
    assert {check for check, finding in found.items() if finding["verdict"] != "works"} == set()


def test_each_line_has_its_mark_and_the_policies_follow(line: CommandLine, bucket: str) -> None:
    said = line("doctor", f"s3://{bucket}")
    lines = said.out.splitlines()
    assert lines[0].startswith("✓ connection")
    assert any(row.startswith("? write") for row in lines)
    assert f"arn:aws:s3:::{bucket}/*" in said.out
    assert "Enough to look at everything there:" in lines
    assert max(map(len, lines)) <= 120


def test_the_workspace_is_checked_when_no_place_is_named(line: CommandLine, bucket: str) -> None:
    line = CommandLine({**line.environment, "S3ML_WORKSPACE": f"s3://{bucket}/ml"})
    assert line("doctor", "--json").row["uri"] == f"s3://{bucket}/ml/"


def test_a_policy_alone_is_json_and_asks_no_server() -> None:
    line = CommandLine({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    policy = json.loads(line("doctor", "s3://acme/ml/", "--policy", "browse", "--region", "cn-north-1").out)
    assert policy["Statement"][-1]["Resource"] == "arn:aws-cn:s3:::acme/ml/*"
    assert "Name it" in line("doctor", "--policy", "full", code=2).err


def test_without_any_configuration_it_says_the_three_ways() -> None:
    said = CommandLine()("doctor", "s3://acme", code=4)
    for way in ("--profile NAME", "--endpoint-url URL", "s3ml local start"):
        assert way in said.out
    assert "arn:aws:s3:::acme/*" in said.out
    assert findings(CommandLine()("doctor", "--json", code=4).row)["credentials"]["verdict"] == "lacks"


def test_a_profile_that_does_not_exist_is_named() -> None:
    said = CommandLine()("doctor", "--profile", "nobody", code=4)
    assert "no such profile" in said.out
    assert "nobody" in said.out


def test_nobody_answers(moto: S3Server, between: SwitchableServer) -> None:
    between.stop()
    said = through(between, moto)("doctor", "s3://acme", code=5)
    assert said.out.startswith("✗ connection")
    assert "? the rest" in said.out
    assert "✓" not in said.out


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "ExpiredToken", "have expired"),
        (403, "InvalidAccessKeyId", "does not know the access key"),
        (403, "SignatureDoesNotMatch", "does not accept the secret key"),
        (403, "RequestTimeTooSkewed", "clock is wrong"),
    ],
)
def test_credentials_that_do_not_work_end_it(
    moto: S3Server, between: SwitchableServer, status: int, code: str, words: str
) -> None:
    between.refuse(status, code)
    said = through(between, moto)("doctor", "s3://acme", code=4)
    assert "✓ connection" in said.out
    assert "✗ credentials" in said.out
    assert words in " ".join(said.out.split())
    assert "list objects" not in said.out


@pytest.mark.parametrize(
    ("operation", "checks"),
    [
        (permissions.LIST_BUCKETS, {"list buckets"}),
        (permissions.LIST_OBJECTS, {"list objects"}),
        (permissions.LIST_VERSIONS, {"list versions"}),
        (permissions.GET_VERSIONING, {"see versioning"}),
        (permissions.GET_BLOCK, {"see protection"}),
        (permissions.GET_LIFECYCLE, {"see protection"}),
        (permissions.GET_OBJECT, {"read an object"}),
        (permissions.GET_VERSION, {"read an old version"}),
        (permissions.GET_TAGS, {"read tags"}),
        (permissions.DECRYPT, {"read an object", "read an old version"}),
    ],
    ids=lambda part: getattr(part, "action", ""),
)
def test_what_is_denied_is_named_and_the_rest_works(
    moto: S3Server, between: SwitchableServer, bucket: str, operation: Operation, checks: set[str]
) -> None:
    moto.client().put_object(Bucket=bucket, Key="a", Body=b"x")
    line_to(moto)("bucket", "abort-uploads", bucket, "--yes")
    operation.deny(between)
    code = 4 if operation is permissions.LIST_OBJECTS else 0
    found = findings(through(between, moto)("doctor", f"s3://{bucket}/a", "--json", code=code).row)
    assert {check for check, finding in found.items() if finding["verdict"] == "lacks"} == checks
    assert {found[check]["action"] for check in checks} == {operation.action}
    untried = {"write"} | ({"read an old version"} if operation is permissions.LIST_VERSIONS else set())
    assert {check for check, finding in found.items() if finding["verdict"] == "unknown"} == untried


def test_listing_nothing_but_the_account_ends_with_4_where_even_that_is_denied(
    moto: S3Server, between: SwitchableServer
) -> None:
    between.refuse(403, "AccessDenied", lambda asked: asked.target.partition("?")[0] == "/")
    line = through(between, moto)
    said = line("doctor", code=4)
    assert "Lacking: s3:ListAllMyBuckets" in said.out
    assert "✓ credentials" in said.out
    moto.client().create_bucket(Bucket="acme")
    assert "✗ list buckets" in line("doctor", "s3://acme").out


def test_no_secret_and_no_raw_name_is_printed(moto: S3Server, bucket: str) -> None:
    moto.client().put_object(Bucket=bucket, Key=ESCAPE, Body=b"x")
    said = line_to(moto)("doctor", f"s3://{bucket}")
    assert "\x1b" not in said.out
    assert "\\x1b[31m[/b].csv" in said.out
    assert moto.secret_key not in said.out + said.err


def test_where_the_terminal_has_no_marks_words_stand_for_them(moto: S3Server) -> None:
    line = CommandLine({**moto.environment(), "PYTHONIOENCODING": "ascii"})
    said = line.process("doctor")
    assert said.out.startswith("[ok] connection")
    assert said.out.isascii()


def test_a_settings_file_that_cannot_be_used_is_told_first() -> None:
    write('profle = "x"\n')
    assert "did you mean profile?" in CommandLine()("doctor", code=2).err
