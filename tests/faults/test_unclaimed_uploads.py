"""A multipart upload whose first answer was lost: ours goes, now or at the next start; another's never does."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict, Unreachable
from s3ml_tui.domain.plans.transfer import Move, Swept, TransferRequest, Way
from s3ml_tui.domain.storage.resume_point import WantedUpload
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.services.transfers.journal import Journals
from s3ml_tui.services.transfers.service import account_of
from tests.faults.operations import LARGE
from tests.faults.scene import open_session, state_folder
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.s3.seeing import open_uploads, versions_of
from tests.servers import S3Server

ALWAYS = 1000


def is_begin(asked: Asked) -> bool:
    return asked.method == "POST" and asked.target.endswith("?uploads")


def is_part(asked: Asked) -> bool:
    return asked.method == "PUT" and "partNumber" in asked.target


def is_list_of_open(asked: Asked) -> bool:
    return asked.method == "GET" and "uploads" in asked.target and "uploadId" not in asked.target


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


class OtherClient:
    """Uploads of others, which are to stay open whatever happens."""

    def __init__(self, server: S3Server, key: ObjectKey) -> None:
        self._server = server
        self._key = key
        self.ids = {self.begin(key.key), self.begin(f"{key.key}-2")}

    def begin(self, name: str, *, with_part: bool = False) -> str:
        client, place = self._server.client(), {"Bucket": self._key.bucket, "Key": name}
        upload_id = str(client.create_multipart_upload(**place)["UploadId"])
        if with_part:
            client.upload_part(**place, UploadId=upload_id, PartNumber=1, Body=b"theirs")
        return upload_id

    def come_now(self, body: bytes) -> bytes:
        """One more begins its upload of the same key in this moment, and has sent a part."""
        self.ids.add(self.begin(self._key.key, with_part=True))
        return body

    def are_alone(self) -> bool:
        found = self._server.client().list_multipart_uploads(Bucket=self._key.bucket).get("Uploads", [])
        return {one["UploadId"] for one in found} == self.ids


def put(services: Services, file: Path, key: ObjectKey) -> None:
    services.perform(services.objects.plan_upload(file, key))


def swept_by_the_next_start(server: S3Server, way: FaultyServer) -> Swept:
    services = open_session(server, way, state_folder())
    try:
        return services.transfers.sweep()
    finally:
        services.close()


def test_it_is_thrown_away_at_once_and_those_of_others_stay(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path
) -> None:
    other = OtherClient(seaweed, key)
    way.add(Fault(is_begin, change=other.come_now, is_answer_lost=True))
    services = open_session(seaweed, way, state_folder())
    put(services, file, key)
    assert other.are_alone()
    assert len(versions_of(services.store, key)) == 1  # type: ignore[arg-type]  # the store of the session
    services.close()


@pytest.mark.parametrize("is_source_gone", [True, False], ids=["swept", "the same command"])
def test_it_is_thrown_away_later_when_the_server_was_lost_too(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path, *, is_source_gone: bool
) -> None:
    other = OtherClient(seaweed, key)
    way.add(Fault(is_begin, ALWAYS, change=other.come_now, is_answer_lost=True))
    services = open_session(seaweed, way, state_folder())
    with pytest.raises(Unreachable):
        put(services, file, key)
    services.close()
    assert not other.are_alone()
    way.clear()
    if is_source_gone:
        file.unlink()
        assert swept_by_the_next_start(seaweed, way).uploads == 5
    else:
        again = open_session(seaweed, way, state_folder())
        put(again, file, key)
        again.close()
    assert other.are_alone()
    assert list((state_folder() / "transfers").iterdir()) == []


def test_what_a_living_session_asks_for_is_left_alone(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path, tmp_path: Path
) -> None:
    """While one job waits for its answer, another that was interrupted is swept."""
    other = tmp_path / "other" / "large.bin"
    other.parent.mkdir()
    other.write_bytes(os.urandom(1) + LARGE)
    way.add(Fault(is_begin, ALWAYS, is_answer_lost=True))
    first = open_session(seaweed, way, state_folder())
    with pytest.raises(Unreachable):
        put(first, other, key)
    first.close()
    way.clear()
    other.unlink()
    found = list[Swept]()

    def sweep_meanwhile(body: bytes) -> bytes:
        found.append(swept_by_the_next_start(seaweed, way))
        return body

    way.add(Fault(is_begin, change=sweep_meanwhile))
    second = open_session(seaweed, way, state_folder())
    put(second, file, key)
    second.close()
    assert [swept.uploads for swept in found] == [0]
    assert swept_by_the_next_start(seaweed, way).uploads == 5
    assert open_uploads(seaweed, key.bucket) == 0


def test_where_nobody_may_list_them_nothing_is_aborted_and_the_upload_goes_on(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path
) -> None:
    other = OtherClient(seaweed, key)
    way.add(Fault(is_list_of_open, ALWAYS, 403, b"<Error><Code>AccessDenied</Code></Error>"))
    services = open_session(seaweed, way, state_folder())
    put(services, file, key)
    services.close()
    assert other.are_alone()


@pytest.mark.parametrize("unheard", [0, 1, 2])
def test_when_there_are_more_than_can_be_ours_all_of_them_are_left_alone(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, unheard: int
) -> None:
    services = open_session(seaweed, way, state_folder())
    asked_at = datetime.now(UTC).timestamp()
    other = OtherClient(seaweed, key)
    other.ids.add(other.begin(key.key))
    wanted = WantedUpload(asked_at, frozenset(), unheard)
    if unheard == 1:
        with pytest.raises(Conflict, match=r"Of 2 open uploads of .* only 1 can be ours"):
            services.store.abort_unclaimed(key, wanted, ())
    else:
        assert services.store.abort_unclaimed(key, wanted, ()) == unheard
    assert other.are_alone() == (unheard < 2)
    services.close()


def test_an_upload_of_another_that_has_no_part_yet_is_not_taken_for_the_one_whose_answer_was_lost(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path
) -> None:
    """It is begun while ours is asked for, and has its first part only after ours has some."""
    other, client = OtherClient(seaweed, key), seaweed.client()

    def begin(body: bytes) -> bytes:
        other.ids.add(other.begin(key.key))
        return body

    def send_part(body: bytes) -> bytes:
        for upload_id in other.ids:
            with suppress(client.exceptions.NoSuchUpload):  # the one of another key
                client.upload_part(Bucket=key.bucket, Key=key.key, UploadId=upload_id, PartNumber=1, Body=b"theirs")
        return body

    way.add(Fault(is_begin, change=begin, is_answer_lost=True))
    way.add(Fault(is_part, change=send_part))
    services = open_session(seaweed, way, state_folder())
    put(services, file, key)
    services.close()
    assert other.are_alone()


def test_what_another_job_of_this_machine_asks_for_is_in_doubt(
    seaweed: S3Server, way: FaultyServer, key: ObjectKey, file: Path
) -> None:
    """Two jobs of one key: while one waits for its answer, the other, whose answer was lost, aborts nothing."""
    services = open_session(seaweed, way, state_folder())
    journals = Journals(state_folder() / "transfers", account_of(services.context, services.store))
    transfer_request = TransferRequest(Way.UP, ("/elsewhere",), key.uri)
    other = journals.begin(transfer_request, title="Upload", files=1, size=1, now=datetime.now(UTC).timestamp())
    other.notes(Move("large.bin", "/elsewhere", f"{key.bucket}/{key.key}", 1, 0)).upload_wanted(
        WantedUpload(0.0, frozenset())
    )
    way.add(Fault(is_begin, is_answer_lost=True))
    put(services, file, key)
    assert open_uploads(seaweed, key.bucket) == 1
    other.remove()
    assert services.transfers.interrupted() == [], "it is done: nobody is asked whether to go on"
    (record,) = journals.abandoned()
    assert services.store.abort_unclaimed(key, record.wanted[f"{key.bucket}/{key.key}"], ()) == 1
    assert open_uploads(seaweed, key.bucket) == 0
    services.close()


def test_what_was_begun_long_after_or_before_is_anothers(seaweed: S3Server, way: FaultyServer, key: ObjectKey) -> None:
    other = OtherClient(seaweed, key)
    services = open_session(seaweed, way, state_folder())
    now = datetime.now(UTC).timestamp()
    for asked_at in (now - 3600, now + 3600):
        assert services.store.abort_unclaimed(key, WantedUpload(asked_at, frozenset()), ()) == 0
    assert other.are_alone()
    services.close()
