"""Tags on a server that drops them from copies: they are set again, or it is said, before the source of a move goes."""

from collections.abc import Iterator

import pytest

from tests.cli.line import CommandLine, line_to
from tests.cli.objects.acts import Act, copy, move, undo_of_delete
from tests.exhaustive import rows
from tests.s3.faults import FaultyServer
from tests.s3.tag_dropper import drop_tags, refuse_tagging, tags_of
from tests.servers import S3Server

TAGS = {"team": "a", "stage": "raw"}


@pytest.fixture
def proxy(seaweed: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(seaweed.endpoint) as between:
        drop_tags(between, seaweed)
        yield between


@pytest.fixture
def said(seaweed: S3Server, proxy: FaultyServer) -> CommandLine:
    return line_to(S3Server(proxy.endpoint, seaweed.access_key, seaweed.secret_key))


@pytest.fixture
def bucket(seaweed: S3Server) -> str:
    """With one object, a.csv, that has two versions with tags."""
    bucket = seaweed.bucket()
    for body in (b"old", b"new"):
        seaweed.client().put_object(Bucket=bucket, Key="a.csv", Body=body, Tagging="team=a&stage=raw")
    return bucket


def restore(said: CommandLine, uri: str) -> str:
    old = said("history", f"{uri}/a.csv", "--json").rows[1]["version_id"]
    said("-y", "restore", f"{uri}/a.csv", "--version-id", old)
    return "a.csv"


def metadata(said: CommandLine, uri: str) -> str:
    said("-y", "meta", f"{uri}/a.csv", "team=b")
    return "a.csv"


def undo_of_metadata(said: CommandLine, uri: str) -> str:
    metadata(said, uri)
    said("-y", "undo")
    return "a.csv"


def sync(said: CommandLine, uri: str) -> str:
    said("-y", "cp", f"{uri}/a.csv", f"{uri}/from/a.csv")
    said("-y", "sync", f"{uri}/from/", f"{uri}/to/")
    return "to/a.csv"


ACTS: dict[str, object] = {
    "cp": copy,
    "mv": move,
    "restore": restore,
    "undo of rm": undo_of_delete,
    "meta": metadata,
    "undo of meta": undo_of_metadata,
    "sync": sync,
}


@pytest.mark.parametrize("act", rows(ACTS, {"cp", "mv", "restore", "meta"}))
def test_tags_that_a_copy_has_lost_are_set_again(act: Act, seaweed: S3Server, bucket: str, said: CommandLine) -> None:
    assert tags_of(seaweed, bucket, act(said, f"s3://{bucket}")) == TAGS


def test_tags_stay_where_the_copy_takes_the_place_of_its_source(seaweed: S3Server, said: CommandLine) -> None:
    plain = seaweed.bucket(versioned=False)
    seaweed.client().put_object(Bucket=plain, Key="a.csv", Body=b"1", Tagging="team=a&stage=raw")
    said("-y", "meta", f"s3://{plain}/a.csv", "team=b")
    assert tags_of(seaweed, plain, "a.csv") == TAGS


def test_the_source_of_a_move_stays_where_its_tags_cannot_be_kept(
    seaweed: S3Server, proxy: FaultyServer, bucket: str, said: CommandLine
) -> None:
    refuse_tagging(proxy)
    told = said("-y", "mv", f"s3://{bucket}/a.csv", f"s3://{bucket}/b.csv", code=1)
    assert f"s3://{bucket}/a.csv was copied without its tags, and is still there as well" in told.err
    assert tags_of(seaweed, bucket, "a.csv") == TAGS
    assert tags_of(seaweed, bucket, "b.csv") == {}


@pytest.mark.parametrize("act", [copy, restore, metadata])
def test_where_they_cannot_be_kept_that_is_said(
    act: Act, seaweed: S3Server, proxy: FaultyServer, bucket: str, said: CommandLine
) -> None:
    refuse_tagging(proxy)
    lines: list[str] = []

    def noted(*words: object, code: int = 0) -> object:
        told = said(*words, code=code)
        lines.append(told.err)
        return told

    key = act(noted, f"s3://{bucket}")  # type: ignore[arg-type]  # what is called is all of it
    assert f"{key} has not the tags of what was copied" in lines[-1]
    assert tags_of(seaweed, bucket, key) == {}
