"""A read-only context: no command sends a request that could change anything."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.admin.test_config import write
from tests.cli.line import CommandLine
from tests.s3.faults import Asked, FaultyServer
from tests.servers import S3Server
from tests.services.arranged import RUN, manifest_record, start_record

SPEC = 'name = "churn"\ndata = "dataset/raw/churn.csv"\ntarget = "churned"\n'


def changes(asked: Asked) -> bool:
    return asked.method not in {"GET", "HEAD"}


@dataclass(frozen=True)
class Guarded:
    """A workspace with something of everything, reached through a read-only context and a server that counts."""

    line: CommandLine
    between: FaultyServer
    bucket: str
    folder: Path
    old: str
    """Id of an old version of a.csv."""

    def fill(self, words: str) -> list[str]:
        names = {"bucket": self.bucket, "folder": str(self.folder), "old": self.old, "run": RUN}
        return [word.format(**names) for word in words.split()]


@pytest.fixture
def guarded(moto: S3Server, tmp_path: Path) -> Iterator[Guarded]:
    bucket, client = moto.bucket(), moto.client()
    for key, body in {
        ".s3ml/workspace.json": json.dumps({"format": 1}).encode(),
        "dataset/raw/churn.csv": b"months,churned\n1,0\n2,1\n",
        "models/v1/_claim.json": b"{}",
        "models/v1/MANIFEST.json": manifest_record(1).to_bytes(),
        f".s3ml/runs/{RUN}/spec.json": start_record().to_bytes(),
        "gone.csv": b"x",
    }.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
    client.delete_object(Bucket=bucket, Key="gone.csv")
    client.put_object(Bucket=bucket, Key="cold.csv", Body=b"cold", StorageClass="GLACIER")
    client.create_bucket(Bucket="plain-bucket")
    old = client.put_object(Bucket=bucket, Key="a.csv", Body=b"1")["VersionId"]
    client.put_object(Bucket=bucket, Key="a.csv", Body=b"2")
    (tmp_path / "churn.toml").write_text(SPEC)
    (tmp_path / "new.csv").write_text("new")
    with FaultyServer(moto.endpoint) as between:
        write(f'[contexts.prod]\nendpoint_url = "{between.endpoint}"\nread_only = true\nworkspace = "s3://{bucket}/"\n')
        keys = {name: value for name, value in moto.environment().items() if name != "AWS_ENDPOINT_URL"}
        yield Guarded(CommandLine(keys), between, bucket, tmp_path, old)


MUTATING = (
    "init s3://brand-new-bucket",
    "init s3://plain-bucket",
    "put {folder}/new.csv s3://{bucket}/new.csv",
    "put {folder}/new.csv s3://{bucket}/a.csv",
    "rm s3://{bucket}/a.csv",
    "rm -r s3://{bucket}/dataset/",
    "cp s3://{bucket}/a.csv s3://{bucket}/b.csv",
    "cp -r s3://{bucket}/dataset/ s3://{bucket}/copy/",
    "mv s3://{bucket}/a.csv s3://{bucket}/b.csv",
    "mv -r s3://{bucket}/dataset/ s3://{bucket}/copy/",
    "purge s3://{bucket}/a.csv --version-id {old}",
    "tag s3://{bucket}/a.csv team=a",
    "tag -r s3://{bucket}/dataset/ team=a",
    "meta s3://{bucket}/a.csv rows=3",
    "edit s3://{bucket}/a.csv",
    "mkdir s3://{bucket}/new/",
    "unarchive s3://{bucket}/cold.csv --days 2",
    "bucket create brand-new-bucket",
    "bucket versioning {bucket} suspended",
    "bucket block {bucket} on",
    "bucket empty {bucket}",
    "bucket delete {bucket}",
    "restore s3://{bucket}/a.csv --version-id {old}",
    "undelete s3://{bucket}/gone.csv",
    "undelete --remove-marker s3://{bucket}/gone.csv",
    "promote champion models/v1",
    "run {folder}/churn.toml",
    "cancel {run}",
    "predict --trust models/v1 s3://{bucket}/dataset/raw/churn.csv",
)
LOOKING = (
    "tag s3://{bucket}/a.csv",
    "meta s3://{bucket}/a.csv",
    "unarchive s3://{bucket}/cold.csv",
    "bucket lifecycle {bucket}",
    "ls",
    "buckets",
    "ls -r --deleted s3://{bucket}",
    "history s3://{bucket}/a.csv",
    "get s3://{bucket}/a.csv {folder}/got.csv",
    "share s3://{bucket}/a.csv",
    "models",
    "runs",
    "doctor",
    "doctor --write s3://{bucket}",
)


@pytest.mark.parametrize("words", MUTATING)
def test_every_command_that_changes_is_refused_before_anything_is_sent(guarded: Guarded, words: str) -> None:
    said = guarded.line(*guarded.fill(words), "--yes", code=4)
    assert "read-only context" in said.err
    assert "prod" in said.err
    assert guarded.between.count(changes) == 0


@pytest.mark.parametrize("words", LOOKING)
def test_looking_goes_on_and_changes_nothing(guarded: Guarded, words: str) -> None:
    guarded.line(*guarded.fill(words))
    assert guarded.between.asked or "share" in words
    assert guarded.between.count(changes) == 0


def test_the_same_commands_do_change_without_it(guarded: Guarded) -> None:
    write(f'endpoint_url = "{guarded.between.endpoint}"\n')
    guarded.line(*guarded.fill("put {folder}/new.csv s3://{bucket}/new.csv"), "--yes")
    assert guarded.between.count(changes) == 1


def test_the_environment_forbids_as_well(guarded: Guarded) -> None:
    write(f'endpoint_url = "{guarded.between.endpoint}"\n')
    line = CommandLine({**guarded.line.environment, "S3ML_READ_ONLY": "1"})
    line(*guarded.fill("rm s3://{bucket}/a.csv"), "--yes", code=4)
    assert guarded.between.count(changes) == 0
