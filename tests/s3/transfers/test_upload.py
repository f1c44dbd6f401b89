"""Files put into a bucket: whole and in parts, counted, stopped, checked."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, Corrupted, LocalTrouble
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import MIB, part_ranges
from s3ml_tui.s3.store import S3Store
from s3ml_tui.s3.transfers.upload import content_type_of
from tests.s3.conftest import OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, method, query
from tests.s3.seeing import open_uploads, versions_of
from tests.servers import S3Server

LARGE = 11 * MIB + 7


class Counted:
    """A progress that adds up, from many threads."""

    def __init__(self) -> None:
        self.total = 0
        self.most = 0
        self.calls = 0
        self._lock = threading.Lock()

    def __call__(self, moved: int) -> None:
        with self._lock:
            self.total += moved
            self.calls += 1
            self.most = max(self.most, self.total)


def file_of(folder: Path, size: int, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


def is_part(asked: Asked) -> bool:
    return asked.method == "PUT" and "partNumber" in asked.target


@pytest.mark.parametrize("size", [0, 1, 300_000, LARGE])
def test_what_was_uploaded_is_what_the_disk_had(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    path, key, counted = file_of(tmp_path, size), ObjectKey(bucket, "d/data.csv"), Counted()
    made = store.upload(path, key, metadata={"who": "me"}, progress=counted)
    answer = server.client().get_object(Bucket=bucket, Key="d/data.csv")
    assert answer["Body"].read() == path.read_bytes()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (made.sha256, made.size, made.version_id) == (sha256, size, answer["VersionId"])
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    assert answer["Metadata"]["who"] == "me"
    assert answer["Metadata"][SHA256] == sha256
    assert made.etag == answer["ETag"].strip('"')
    assert ("-" in made.etag) == (size == LARGE)
    assert (counted.total, counted.most) == (size, size)
    assert open_uploads(server, bucket) == 0


def test_conditions_hold_for_files_too(store: S3Store, bucket: str, tmp_path: Path) -> None:
    path, key = file_of(tmp_path, 10), ObjectKey(bucket, "k")
    made = store.upload(path, key, if_absent=True)
    with pytest.raises(Conflict):
        store.upload(path, key, if_absent=True)
    store.upload(path, key, if_match=made.etag)
    with pytest.raises(Conflict):
        store.upload(path, key, if_match="00000000000000000000000000000000")
    assert len(versions_of(store, key)) == 2


@pytest.mark.parametrize("size", [3 * MIB, LARGE])
def test_cancelling_in_the_middle_of_a_body_leaves_nothing(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    path, counted = file_of(tmp_path, size), Counted()
    with pytest.raises(Cancelled):
        store.upload(path, ObjectKey(bucket, "k"), progress=counted, cancelled=lambda: counted.most > MIB)
    assert MIB < counted.most < size
    assert counted.total == 0 or size == LARGE  # parts that were whole stay counted
    assert versions_of(store, ObjectKey(bucket, "k")) == []
    assert open_uploads(server, bucket) == 0


def test_cancelling_while_a_part_is_read_for_its_checksum_leaves_nothing(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path
) -> None:
    path, asked = file_of(tmp_path, LARGE), iter(range(1_000_000))
    thread = threading.current_thread()
    with pytest.raises(Cancelled):  # a part asks in a thread of its own, before each block
        store.upload(
            path,
            ObjectKey(bucket, "k"),
            cancelled=lambda: threading.current_thread() is not thread and next(asked) > 1,
        )
    assert versions_of(store, ObjectKey(bucket, "k")) == []
    assert open_uploads(server, bucket) == 0


@pytest.mark.parametrize("size", [3 * MIB, LARGE])
def test_a_file_that_changes_while_it_is_read_is_not_put(
    server: S3Server, store: S3Store, bucket: str, tmp_path: Path, size: int
) -> None:
    path = file_of(tmp_path, size)

    def scribble(_moved: int) -> None:
        with path.open("r+b") as file:
            file.write(b"changed")
        os.utime(path, ns=(1, 1))

    with pytest.raises(LocalTrouble, match="changed while it was read"):
        store.upload(path, ObjectKey(bucket, "k"), progress=scribble)
    assert versions_of(store, ObjectKey(bucket, "k")) == []
    assert open_uploads(server, bucket) == 0


def test_a_file_that_shrinks_while_it_is_read_is_not_put(store: S3Store, bucket: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, 3 * MIB)
    with pytest.raises(LocalTrouble, match="shorter"):
        store.upload(path, ObjectKey(bucket, "k"), progress=lambda _moved: os.truncate(path, 100))
    assert versions_of(store, ObjectKey(bucket, "k")) == []


def test_a_file_that_is_not_there_and_a_folder_are_told(store: S3Store, bucket: str, tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble, match="No such file"):
        store.upload(tmp_path / "none", ObjectKey(bucket, "k"))
    with pytest.raises(LocalTrouble, match="directory"):
        store.upload(tmp_path, ObjectKey(bucket, "k"))


def test_a_part_that_is_refused_for_good_aborts_the_upload(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    bucket = moto.bucket()
    faulty.add(Fault(query("partNumber=2"), status=400, body=b"<Error><Code>BadDigest</Code></Error>", times=99))
    with pytest.raises(Corrupted):
        open_store(moto, endpoint=faulty.endpoint).upload(file_of(tmp_path, LARGE), ObjectKey(bucket, "k"))
    assert open_uploads(moto, bucket) == 0
    assert not moto.client().list_object_versions(Bucket=bucket).get("Versions")


def test_lost_and_failed_parts_are_sent_again_and_counted_once(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key, counted = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Counted()
    faulty.add(Fault(query("partNumber=1"), status=500, times=2))
    faulty.add(Fault(query("partNumber=2"), is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    store.upload(path, key, progress=counted)
    assert store.read(key) == path.read_bytes()
    assert counted.total == LARGE
    assert faulty.count(is_part) == 6


@pytest.mark.parametrize("size", [1000, LARGE])
def test_a_lost_answer_makes_no_second_version(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key = file_of(tmp_path, size), ObjectKey(moto.bucket(), "k")
    last = lambda asked: asked.method == ("POST" if size == LARGE else "PUT") and "uploads" not in asked.target  # noqa: E731 - used once, below
    faulty.add(Fault(last, is_answer_lost=True))
    store = open_store(moto, endpoint=faulty.endpoint)
    made = store.upload(path, key)
    (only,) = versions_of(store, key)
    assert only.version_id == made.version_id
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert open_uploads(moto, key.bucket) == 0


def test_a_part_that_was_stored_otherwise_is_found_out(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    bucket = moto.bucket()
    headers = {"ETag": '"0123456789abcdef0123456789abcdef"'}
    faulty.add(Fault(query("partNumber=2"), status=200, headers=headers))
    with pytest.raises(Corrupted):
        open_store(moto, endpoint=faulty.endpoint).upload(file_of(tmp_path, LARGE), ObjectKey(bucket, "k"))
    assert open_uploads(moto, bucket) == 0


def test_a_server_that_refuses_checksums_gets_parts_without_them(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k")
    faulty.add(Fault(lambda asked: "x-amz-checksum-crc32" in asked.headers, status=411, times=99))
    store = open_store(moto, endpoint=faulty.endpoint)
    store.upload(path, key)
    assert store.read(key) == path.read_bytes()


def test_a_whole_upload_is_one_request(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    key = ObjectKey(moto.bucket(), "k")
    open_store(moto, endpoint=faulty.endpoint).upload(file_of(tmp_path, 1000), key)
    assert len(faulty.asked) == faulty.count(method("PUT")) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.parquet", "application/vnd.apache.parquet"),
        ("a.JSONL", "application/x-ndjson"),
        ("a.csv", "text/csv; charset=utf-8"),
        ("a.csv.gz", "application/gzip"),
        ("a.md", "text/markdown; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.py", "text/x-python; charset=utf-8"),
        ("Makefile", "application/octet-stream"),
    ],
)
def test_content_types_are_guessed_from_names(name: str, expected: str) -> None:
    assert content_type_of(name) == expected


def test_parts_cover_a_file_and_are_never_too_many() -> None:
    assert part_ranges(10, 4) == [(0, 4), (4, 4), (8, 2)]
    assert part_ranges(0, 4) == []
    many = part_ranges(100 * 10_000 + 1, 5)
    assert len(many) <= 10_000
    assert sum(length for _, length in many) == 100 * 10_000 + 1
