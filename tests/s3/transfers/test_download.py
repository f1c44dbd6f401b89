"""Versions brought to disk: whole, checked, or not at all."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, Corrupted, LocalTrouble, NotFound
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import MIB
from s3ml_tui.s3.store import S3Store
from tests.exhaustive import EXHAUSTIVE
from tests.s3.conftest import OpenStore
from tests.s3.faults import Fault, FaultyServer, method, query
from tests.s3.transfers.test_upload import LARGE, Counted
from tests.servers import S3Server


@pytest.mark.parametrize("size", [0, 5, 700_000, LARGE])
def test_what_was_downloaded_is_what_the_server_has(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    body, counted = os.urandom(size), Counted()
    made = server.client().put_object(Bucket=bucket, Key="k", Body=body)
    server.client().put_object(Bucket=bucket, Key="k", Body=b"newer")
    got = store.download(ObjectKey(bucket, "k"), tmp_path / "f", made["VersionId"], progress=counted)
    assert (tmp_path / "f").read_bytes() == body
    assert got.sha256 == hashlib.sha256(body).hexdigest()
    assert (got.size, got.version_id, got.path) == (size, made["VersionId"], tmp_path / "f")
    assert got.is_verified
    assert counted.total == size
    assert os.listdir(tmp_path) == ["f"]  # noqa: PTH208 - names are what is compared


def test_an_upload_in_parts_is_verified_when_it_comes_back(store: S3Store, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(os.urandom(LARGE))
    made = store.upload(tmp_path / "up", ObjectKey(bucket, "k"))
    got = store.download(ObjectKey(bucket, "k"), tmp_path / "down")
    assert got.is_verified
    assert got.sha256 == made.sha256


def test_an_upload_in_parts_by_others_is_verified_by_its_etag(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path
) -> None:
    for sizes in ([5 * MIB, 5 * MIB, 9], [6 * MIB, 5 * MIB, 5 * MIB]):
        put_in_parts(server, bucket, sizes)
        assert store.download(ObjectKey(bucket, "k"), tmp_path / "down").is_verified


def put_in_parts(server: S3Server, bucket: str, sizes: list[int]) -> bytes:
    """As another client does it, under `k`; what the object has."""
    client, bodies = server.client(), [os.urandom(size) for size in sizes]
    upload_id = client.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        made = client.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": made["ETag"]})
    client.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": parts})
    return b"".join(bodies)


def tells_no_parts() -> Fault:
    return Fault(query("partNumber="), status=501, times=99)


@pytest.mark.parametrize(
    ("sizes", "is_verified"),
    [
        pytest.param([8 * MIB, 8 * MIB, 9], True, id="a usual size"),
        pytest.param([5 * MIB, 9], True, id="below what goes in ranges", marks=EXHAUSTIVE),
        pytest.param([7 * MIB, 5 * MIB, 6 * MIB], False, id="sizes that nobody can guess"),
    ],
)
def test_sizes_of_parts_that_the_server_does_not_tell_are_tried(
    moto: S3Server,
    faulty: FaultyServer,
    open_store: OpenStore,
    tmp_path: Path,
    sizes: list[int],
    *,
    is_verified: bool,
) -> None:
    """What came is checked, or got twice; a byte that changed on the way is never taken for the object's."""
    bucket = moto.bucket()
    body = put_in_parts(moto, bucket, sizes)
    faulty.add(tells_no_parts())
    store = open_store(moto, endpoint=faulty.endpoint)
    got = store.download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert got.is_verified is is_verified
    assert (tmp_path / "f").read_bytes() == body
    faulty.add(Fault(method("GET"), change=lambda data: data[:-1] + bytes([data[-1] ^ 1])))
    with pytest.raises(Corrupted, match="did not arrive as it is"):
        store.download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == body


def test_a_name_with_an_escape_in_it_comes_down(seaweed: S3Server, open_store: OpenStore, tmp_path: Path) -> None:
    name = "report[v2] [bold]\x1b[31m.csv"
    key, store = ObjectKey(seaweed.bucket(), f"d/{name}"), open_store(seaweed)
    (tmp_path / name).write_bytes(b"one")
    store.upload(tmp_path / name, key)
    store.write(key, b"two")
    (_, first) = next(iter(store.history(key))).versions
    store.download(key, tmp_path / name, first.version_id)
    assert (tmp_path / name).read_bytes() == b"one"


class Wrong(NamedTuple):
    fault: Callable[[], Fault]
    error: type[Exception]


WRONG = {
    "a byte flipped": Wrong(
        lambda: Fault(method("GET"), change=lambda body: body[:-1] + bytes([body[-1] ^ 1]), times=99), Corrupted
    ),
    "the object gone": Wrong(
        lambda: Fault(method("GET"), status=404, body=b"<Error><Code>NoSuchKey</Code></Error>", times=99), NotFound
    ),
    "replaced meanwhile": Wrong(lambda: Fault(method("GET"), status=412, times=99), Conflict),
}


@pytest.mark.parametrize("size", [700_000, LARGE])
@pytest.mark.parametrize("what", WRONG)
def test_whatever_goes_wrong_the_old_file_stays_as_it_was(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, what: str, size: int
) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="k", Body=os.urandom(size))
    (tmp_path / "f").write_bytes(b"old")
    faulty.add(WRONG[what].fault())
    with pytest.raises(WRONG[what].error):
        open_store(moto, endpoint=faulty.endpoint).download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]  # noqa: PTH208 - names are what is compared


@pytest.mark.parametrize("size", [3 * MIB, LARGE])
def test_cancelling_in_the_middle_of_a_body_leaves_the_old_file(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    server.client().put_object(Bucket=bucket, Key="k", Body=os.urandom(size))
    (tmp_path / "f").write_bytes(b"old")
    counted = Counted()
    with pytest.raises(Cancelled):
        store.download(ObjectKey(bucket, "k"), tmp_path / "f", progress=counted, cancelled=lambda: counted.total > MIB)
    assert MIB < counted.total < size
    assert (tmp_path / "f").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]  # noqa: PTH208 - names are what is compared


@pytest.mark.parametrize("size", [2 * MIB, LARGE])
def test_torn_bodies_are_taken_up_where_they_broke_off(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    bucket, body, counted = moto.bucket(), os.urandom(size), Counted()
    moto.client().put_object(Bucket=bucket, Key="k", Body=body)
    faulty.add(Fault(method("GET"), cut_after=MIB, times=2))
    faulty.add(Fault(lambda asked: "range" in asked.headers, cut_after=MIB, times=2))
    store = open_store(moto, endpoint=faulty.endpoint)
    assert store.download(ObjectKey(bucket, "k"), tmp_path / "f", progress=counted).is_verified
    assert (tmp_path / "f").read_bytes() == body
    assert counted.total == size


def test_the_current_version_is_pinned_when_the_download_begins(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    bucket = moto.bucket()
    made = moto.client().put_object(Bucket=bucket, Key="k", Body=b"seen")

    def overtaken(body: bytes) -> bytes:
        moto.client().put_object(Bucket=bucket, Key="k", Body=b"newer")
        return body

    faulty.add(Fault(method("HEAD"), change=overtaken))
    got = open_store(moto, endpoint=faulty.endpoint).download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert (got.version_id, (tmp_path / "f").read_bytes()) == (made["VersionId"], b"seen")


def test_without_anything_to_check_against_nothing_is_called_verified(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    headers = {"Content-Length": "3", "ETag": '"opaque"', "Last-Modified": "Mon, 23 Nov 2026 06:00:00 GMT"}
    faulty.add(Fault(method("HEAD"), status=200, headers=headers))
    faulty.add(Fault(method("GET"), status=200, headers={"ETag": '"opaque"'}, body=b"abc"))
    got = open_store(moto, endpoint=faulty.endpoint).download(ObjectKey("b", "k"), tmp_path / "f")
    assert not got.is_verified


def test_a_full_disk_is_told_before_a_byte_is_asked_for(
    moto: S3Server, open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="k", Body=b"12345")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=4))
    with pytest.raises(LocalTrouble, match="no room"):
        open_store(moto).download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_told(
    moto: S3Server, open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="k", Body=b"12345")

    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(LocalTrouble, match="No space left"):
        open_store(moto).download(ObjectKey(bucket, "k"), tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_or_in_the_way_is_told(moto: S3Server, open_store: OpenStore, tmp_path: Path) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="k", Body=b"12345")
    (tmp_path / "folder").mkdir()
    with pytest.raises(LocalTrouble):
        open_store(moto).download(ObjectKey(bucket, "k"), tmp_path / "none" / "f")
    with pytest.raises(LocalTrouble, match="Is a directory"):
        open_store(moto).download(ObjectKey(bucket, "k"), tmp_path / "folder")
