"""The policies that `s3ml doctor` prints, put to the test: moto, told to enforce them, allows enough and no more."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from s3ml_tui.domain import permissions
from s3ml_tui.domain.permissions import Ability, Use, policy
from s3ml_tui.domain.uri import Place
from tests.cli.line import CommandLine, Said, line_to
from tests.servers import REGION, S3Server

PLACE = Place("acme-ml")


class Guarded:
    """moto as an account where users may do what their policies say."""

    def __init__(self, moto: S3Server) -> None:
        self._moto = moto
        self._iam = boto3.session.Session().client(
            "iam",
            endpoint_url=moto.endpoint,
            region_name=REGION,
            aws_access_key_id="root",
            aws_secret_access_key="root",
        )

    def user(self, document: dict[str, Any]) -> CommandLine:
        """The command line of a user with this policy; from then on policies are enforced."""
        self._iam.create_user(UserName="user")
        self._iam.put_user_policy(UserName="user", PolicyName="p", PolicyDocument=json.dumps(document))
        key = self._iam.create_access_key(UserName="user")["AccessKey"]
        self.enforce("0")
        keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        return CommandLine(self._moto.environment() | keys)

    def enforce(self, after: str) -> None:
        """Enforce policies after so many requests."""
        request = urllib.request.Request(
            f"{self._moto.endpoint}/moto-api/reset-auth", after.encode(), {"Content-Type": "text/plain"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            assert answer.status == 200


@pytest.fixture
def guarded(moto: S3Server) -> Iterator[Guarded]:
    client = moto.client()
    client.create_bucket(Bucket=PLACE.bucket)
    line_to(moto)("init", PLACE.uri, "--yes", "--abort-uploads")
    for body in (b"1", b"2"):
        client.put_object(Bucket=PLACE.bucket, Key="a.csv", Body=body)
    account = Guarded(moto)
    try:
        yield account
    finally:
        account.enforce("inf")


def lacking(said: Said) -> set[str]:
    return {finding["check"] for finding in said.row["findings"] if finding["verdict"] == "lacks"}


def test_the_policy_to_browse_allows_all_that_looks_and_nothing_that_changes(guarded: Guarded) -> None:
    line = guarded.user(policy(PLACE, Use.BROWSE))
    assert lacking(line("doctor", PLACE.uri, "--json")) == set()
    assert lacking(line("doctor", PLACE.uri, "--json", "--write")) == {"write"}


def test_the_policy_for_all_allows_everything(guarded: Guarded) -> None:
    line = guarded.user(policy(PLACE, Use.FULL))
    assert lacking(line("doctor", PLACE.uri, "--json", "--write")) == {"checksums"}  # moto checks none
    version = line("history", f"{PLACE.uri}a.csv", "--json").rows[1]["version_id"]
    line("restore", f"{PLACE.uri}a.csv", "--version-id", version, "--yes")
    line("rm", f"{PLACE.uri}a.csv", "--yes")
    line("undelete", f"{PLACE.uri}a.csv", "--yes", "--remove-marker")
    line("init", PLACE.uri, "--yes")
    line("cp", f"{PLACE.uri}a.csv", f"{PLACE.uri}new/")
    line("mv", "-r", f"{PLACE.uri}new/", f"{PLACE.uri}moved/")
    line("tag", f"{PLACE.uri}a.csv", "team=a")
    line("tag", f"{PLACE.uri}a.csv", "--replace", "--version-id", version)
    line("meta", f"{PLACE.uri}a.csv", "rows=3")
    line("mkdir", f"{PLACE.uri}folder/")
    line("purge", f"{PLACE.uri}a.csv", "--version-id", version, "--yes")
    line("rm", "-r", f"{PLACE.uri}moved/", "--yes")
    line("bucket", "versioning", PLACE.bucket, "suspended", "--yes")
    line("bucket", "block", PLACE.bucket, "off", "--yes")


@pytest.mark.parametrize(
    "ability",
    [
        permissions.LIST_BUCKETS,
        permissions.LIST_OBJECTS,
        permissions.SEE_VERSIONING,
        permissions.LIST_VERSIONS,
        permissions.READ,
        permissions.READ_VERSION,
        permissions.READ_TAGS,
    ],
    ids=lambda ability: ability.name,
)
def test_without_one_of_its_actions_just_that_is_lacking(guarded: Guarded, ability: Ability) -> None:
    document = policy(PLACE, Use.BROWSE)
    for statement in document["Statement"]:
        statement["Action"] = [action for action in statement["Action"] if action not in ability.actions] or ["s3:None"]
    line = guarded.user(document)
    code = 4 if ability is permissions.LIST_OBJECTS else 0
    found = lacking(line("doctor", f"{PLACE.uri}a.csv", "--json", code=code))
    if ability is permissions.LIST_OBJECTS:
        found.discard(permissions.SEE_PROTECTION.name)  # moto takes those actions for s3:ListBucket
    assert found == {ability.name}
