"""What can be taken along, in the forms that other programs take."""

import shlex
import subprocess

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.text import is_inert
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.domain.yank import Yank, yanks_of_object, yanks_of_place

KEY = ObjectKey("acme", "dataset/raw/a b+ü.csv")
AWS = "https://s3.eu-central-1.amazonaws.com"
LOCAL = "http://127.0.0.1:8333"


def texts(key: ObjectKey, version_id: str | None, context: Context, endpoint: str) -> dict[str, str]:
    return {yank.name: yank.text for yank in yanks_of_object(key, version_id, context, endpoint)}


def test_an_object_on_aws() -> None:
    found = texts(KEY, None, Context(profile="prod", region="eu-central-1"), AWS)
    assert found == {
        "URI": "s3://acme/dataset/raw/a b+ü.csv",
        "key": "dataset/raw/a b+ü.csv",
        "ARN": "arn:aws:s3:::acme/dataset/raw/a b+ü.csv",
        "https URL": "https://acme.s3.eu-central-1.amazonaws.com/dataset/raw/a%20b%2B%C3%BC.csv",
        "aws command": "aws s3api get-object --bucket acme --key 'dataset/raw/a b+ü.csv' --profile prod "
        "--region eu-central-1 './a b+ü.csv'",
    }


def test_a_version_on_a_server_of_ones_own() -> None:
    found = texts(KEY, "v/1", Context(endpoint_url=LOCAL), LOCAL)
    assert next(iter(found)) == "VersionId"
    assert found["VersionId"] == "v/1"
    assert found["URL"] == f"{LOCAL}/acme/dataset/raw/a%20b%2B%C3%BC.csv?versionId=v%2F1"
    words = shlex.split(found["aws command"])
    assert words[words.index("--version-id") + 1] == "v/1"
    assert words[words.index("--endpoint-url") + 1] == LOCAL


def test_parts_of_aws_and_buckets_with_dots() -> None:
    assert texts(KEY, "null", Context(region="cn-north-1"), AWS)["ARN"].startswith("arn:aws-cn:s3:::")
    assert texts(KEY, None, Context(region="us-gov-west-1"), AWS)["ARN"].startswith("arn:aws-us-gov:s3:::")
    assert "VersionId" not in texts(KEY, "null", Context(), AWS)
    assert texts(ObjectKey("a.b", "k"), None, Context(), AWS)["https URL"] == f"{AWS}/a.b/k"


def test_a_hostile_name_harms_no_shell_and_no_terminal() -> None:
    key = ObjectKey("acme", "d/$(rm -rf x)'\x1b[31m\n.csv")
    command = texts(key, None, Context(), LOCAL)["aws command"]
    assert "\x1b" not in command
    assert "\n" not in command
    assert "\\x1b" in command
    assert texts(ObjectKey("acme", "d/.."), None, Context(), LOCAL)["aws command"].endswith(" ./object")


@pytest.mark.parametrize(
    "name", ["a\nrm -rf x\n", "a\rb", "a\x1b[31mb", "a\x9bb", "a\u2028b", "a\x00b", "a\ud800b", "a'\nb\\"]
)
def test_what_is_pasted_is_one_word_on_one_line_that_bash_reads_as_the_name(name: str) -> None:
    for yank in yanks_of_object(ObjectKey("acme", name), "v1", Context(), LOCAL):
        assert is_inert(yank.pasted), yank.name
        assert yank.pasted.encode()
    pasted = Yank("key", name).pasted
    if "\0" not in name:  # no word of a shell can have one
        said = subprocess.run(["/bin/bash", "-c", f"printf %s {pasted}"], check=True, capture_output=True).stdout
        assert said == name.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", ["a b+ü.csv", "it's $HOME", "\N{WOMAN}\u200d\N{ROCKET}", "\u202eabc"])
def test_a_name_without_control_characters_is_pasted_as_it_is(name: str) -> None:
    assert Yank("key", name).pasted == name


def test_a_place() -> None:
    found = {yank.name: yank.text for yank in yanks_of_place(Place("acme", "raw/"), Context(), LOCAL)}
    assert found["URI"] == "s3://acme/raw/"
    assert found["prefix"] == "raw/"
    assert found["aws command"] == f"aws s3 ls s3://acme/raw/ --endpoint-url {LOCAL}"
    found = {yank.name: yank.text for yank in yanks_of_place(Place("acme"), Context(), LOCAL)}
    assert (found["bucket"], found["ARN"]) == ("acme", "arn:aws:s3:::acme")
