"""A multipart upload whose first answer was lost: the next one is sent whole, and no open upload is aborted for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.domain.plans.transfer import Swept
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from tests.faults.operations import LARGE
from tests.faults.scene import open_session, state_folder
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.s3.seeing import versions_of
from tests.servers import S3Server

ALWAYS = 1000


def is_begin(asked: Asked) -> bool:
    return asked.method == "POST" and asked.target.endswith("?uploads")


@pytest.fixture
def way(seaweed: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(seaweed.endpoint) as between:
        yield between


@pytest.fixture
def key(seaweed: S3Server) -> ObjectKey:
    return ObjectKey(seaweed.bucket(), "large.bin")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    return path


@pytest.fixture
def theirs(seaweed: S3Server, key: ObjectKey) -> str:
    """An upload of the same key that somebody else began, and that has no part yet."""
    answer = seaweed.client().create_multipart_upload(Bucket=key.bucket, Key=key.key)
    return str(answer["UploadId"])


def open_ids(server: S3Server, key: ObjectKey) -> set[str]:
    found = server.client().list_multipart_uploads(Bucket=key.bucket).get("Uploads", [])
    return {one["UploadId"] for one in found}


def put(services: Services, file: Path, key: ObjectKey) -> None:
    services.perform(services.objects.plan_upload(file, key))


def swept_by_the_next_start(server: S3Server, way: FaultyServer) -> Swept:
    services = open_session(server, way, state_folder())
    try:
        return services.transfers.sweep()
    finally:
        services.close()


def test_the_upload_is_made_once_and_nothing_is_aborted_by_guessing(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path, theirs: str
) -> None:
    way.add(Fault(is_begin, is_answer_lost=True))
    services = open_session(seaweed, way, state_folder())
    put(services, file, key)
    assert len(versions_of(services.store, key)) == 1  # type: ignore[arg-type]  # the store of the session
    services.close()
    assert len(open_ids(seaweed, key) - {theirs}) == 1, "the one whose answer was lost stays, for a lifecycle rule"
    assert theirs in open_ids(seaweed, key)
    assert list((state_folder() / "transfers").iterdir()) == []


@pytest.mark.parametrize("is_source_gone", [True, False], ids=["swept", "the same command"])
def test_a_server_that_was_lost_too_costs_no_later_start_an_upload_of_others(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path, theirs: str, *, is_source_gone: bool
) -> None:
    way.add(Fault(is_begin, ALWAYS, is_answer_lost=True))
    services = open_session(seaweed, way, state_folder())
    with pytest.raises(Unreachable):
        put(services, file, key)
    services.close()
    way.clear()
    left = open_ids(seaweed, key)
    if is_source_gone:
        file.unlink()
        assert swept_by_the_next_start(seaweed, way).uploads == 0
    else:
        again = open_session(seaweed, way, state_folder())
        put(again, file, key)
        assert len(versions_of(again.store, key)) == 1  # type: ignore[arg-type]  # the store of the session
        again.close()
    assert open_ids(seaweed, key) == left
    assert theirs in left
    assert list((state_folder() / "transfers").iterdir()) == []
