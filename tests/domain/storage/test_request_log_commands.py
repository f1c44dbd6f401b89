"""Requests as aws commands: named as aws names them, quoted so that a shell reads what was sent."""

import shlex
import subprocess
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui.domain.storage.request_log import Request, RequestLog, aws_command, aws_words, shell_quoted
from s3ml_tui.domain.text import printable

FLAGS = ("--endpoint-url", "http://127.0.0.1:9000", "--profile", "lab", "--region", "us-east-1")


def request(operation: str, *, is_signed: bool = True, **parameters: Any) -> Request:
    return RequestLog().began(operation, parameters, 0.0, is_signed=is_signed)


def test_a_listing() -> None:
    listing = request(
        "ListObjectsV2", Bucket="acme", Prefix="my data/", Delimiter="/", EncodingType="url", MaxKeys=1000
    )
    assert aws_command(listing, FLAGS) == (
        "aws s3api list-objects-v2 --bucket acme --prefix 'my data/' --delimiter / --max-keys 1000 "
        "--endpoint-url http://127.0.0.1:9000 --profile lab --region us-east-1"
    )


def test_nobody_signs_where_nobody_signed() -> None:
    assert aws_command(request("HeadBucket", is_signed=False, Bucket="acme")) == (
        "aws s3api head-bucket --bucket acme --no-sign-request"
    )


def test_structures_are_json_and_switches_are_switches() -> None:
    tagging = request("PutObjectTagging", Bucket="b", Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "1 2"}]})
    assert shlex.split(aws_command(tagging))[-2:] == ["--tagging", '{"TagSet": [{"Key": "a", "Value": "1 2"}]}']
    purge = request("DeleteObject", Bucket="b", Key="k", BypassGovernanceRetention=True, Other=False)
    assert aws_words(purge)[-2:] == ["--bypass-governance-retention", "--no-other"]


def test_a_value_that_looks_like_an_option_is_none() -> None:
    assert aws_words(request("HeadObject", Bucket="b", Key="--recursive"))[-1] == "--key=--recursive"


def test_bytes_are_files() -> None:
    assert aws_command(request("PutObject", Bucket="b", Key="k", Body=b"secret")).endswith("--key k --body FILE")
    assert aws_command(request("GetObject", Bucket="b", Key="k"), FLAGS).startswith(
        "aws s3api get-object --bucket b --key k FILE --endpoint-url"
    )


def test_every_operation_and_parameter_is_named_as_aws_names_it() -> None:
    model = botocore.session.get_session().get_service_model("s3")
    for operation in model.operation_names:
        shape = model.operation_model(operation).input_shape
        names = [name for name in (shape.members if shape else ()) if name not in {"EncodingType", "Body"}]
        values: dict[str, Any] = dict.fromkeys(names, "v")
        words = aws_words(request(operation, **values))
        assert words[2] == xform_name(operation, "-")
        assert [word for word in words[3:] if word.startswith("--")] == [f"--{xform_name(name, '-')}" for name in names]


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_shell_reads_what_was_sent(shell: str) -> None:
    keys = ["a b", "it's", "$HOME", "`id`", "a\\b", "-n", "", "ä/日本", "*"]
    command = " ".join(shell_quoted(key) for key in keys)
    completed = subprocess.run([shell, "-c", f"printf '%s\\n' {command}"], capture_output=True, check=True)
    assert completed.stdout.decode().split("\n")[:-1] == keys


def test_bash_reads_what_a_terminal_would_not_show() -> None:
    keys = ["\x1b[31mred", "tab\there", "two\nlines", "rtl\u202egpj", "quote'\x07\\"]
    command = " ".join(shell_quoted(key) for key in keys)
    completed = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True)  # noqa: S607 - quoted is the point
    assert completed.stdout.decode().split("\0")[:-1] == keys


@given(st.text())
def test_nothing_in_a_command_is_obeyed_by_a_terminal(key: str) -> None:
    command = aws_command(request("HeadObject", Bucket="b", Key=key, Metadata={"k": key}))
    assert printable(command) == command


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))))
def test_words_survive_the_shell(key: str) -> None:
    if printable(key) == key:
        words = aws_words(request("HeadObject", Bucket="b", Key=key), FLAGS)
        assert shlex.split(" ".join(shell_quoted(word) for word in words)) == words
