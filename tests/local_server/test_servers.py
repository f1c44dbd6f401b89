"""The servers that other tests use are what they say."""

import os
from pathlib import Path

import platformdirs
import pytest

from tests.servers import S3Server


@pytest.mark.parametrize("name", ["seaweed", "moto"])
def test_a_new_bucket_is_empty_and_keeps_versions(name: str, request: pytest.FixtureRequest) -> None:
    server: S3Server = request.getfixturevalue(name)
    bucket = server.bucket()

    first = server.client().put_object(Bucket=bucket, Key="a.txt", Body=b"one")["VersionId"]
    server.client().put_object(Bucket=bucket, Key="a.txt", Body=b"two")

    old = server.client().get_object(Bucket=bucket, Key="a.txt", VersionId=first)
    assert old["Body"].read() == b"one"


@pytest.mark.parametrize("turn", [1, 2])
def test_moto_is_empty_before_each_test(turn: int, moto: S3Server) -> None:
    assert moto.client().list_buckets()["Buckets"] == []
    moto.bucket(versioned=False)


def test_nobodys_settings_leak_in(no_aws: Path) -> None:
    settings = {name for name in os.environ if name.startswith("AWS_")}

    assert settings == {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"}
    assert platformdirs.user_data_path("s3ml").is_relative_to(no_aws)
    assert platformdirs.user_config_path("s3ml").is_relative_to(no_aws)
