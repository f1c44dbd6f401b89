"""One file taken up where an earlier attempt ended: nothing twice, nothing of other bytes, nothing left behind."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Cancelled, Corrupted, S3mlError, Throttled
from s3ml_tui.domain.storage.resume_point import BegunDownload, BegunUpload, Storing
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.settings import MIB, TransferSettings
from s3ml_tui.s3.transfers.local_files import is_temporary, temporary_beside
from tests.s3.conftest import SMALL, OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, query
from tests.s3.seeing import open_uploads, versions_of
from tests.s3.transfers.test_upload import LARGE, Counted, file_of, is_part
from tests.servers import S3Server

ONE_BY_ONE = replace(SMALL, threads=1, attempts=2)
"""So that it is known which parts are there when the others fail."""
BUSY = b"<Error><Code>SlowDown</Code></Error>"


@dataclass
class Notes:
    """As a journal keeps them."""

    operation: str = "0123456789abcdef"
    is_again: bool = False
    begun_upload: BegunUpload | None = None
    begun_download: BegunDownload | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    token: str = "0123abcd"
    folders: list[str] = field(default_factory=list)

    def uses(self, folder: str) -> None:
        self.folders.append(folder)

    def upload_begun(self, begun: BegunUpload) -> None:
        self.begun_upload = begun

    def upload_closed(self) -> None:
        self.begun_upload = None

    def download_begun(self, begun: BegunDownload) -> None:
        self.begun_download = begun

    @property
    def has_ranges(self) -> bool:
        return bool(self.ranges)

    def range_done(self, start: int, length: int) -> None:
        self.ranges.append((start, length))

    def download_closed(self, *, is_done: bool) -> None:
        self.begun_download = None

    def later(self) -> "Notes":
        """What a new process reads."""
        begun = self.begun_download
        return Notes(
            is_again=True,
            begun_upload=self.begun_upload,
            begun_download=begun and replace(begun, done=tuple(self.ranges)),
        )


def has_range(asked: Asked) -> bool:
    return "range" in asked.headers


@pytest.mark.parametrize("is_plain", [False, True])
def test_an_upload_whose_server_was_lost_goes_on_with_the_parts_that_are_there(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, is_plain: bool
) -> None:
    path, key, notes = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Notes()
    store = open_store(moto, endpoint=faulty.endpoint, settings=ONE_BY_ONE)
    if is_plain:
        list(store.list_all(Place(key.bucket)))
    faulty.add(Fault(query("partNumber=3"), status=503, body=BUSY, times=99))
    with pytest.raises(Throttled):
        store.upload(path, key, notes=notes)
    assert notes.begun_upload is not None
    assert open_uploads(moto, key.bucket) == 1
    faulty.clear()
    before, counted = faulty.count(is_part), Counted()
    later = notes.later()
    made = store.upload(path, key, notes=later, progress=counted)
    assert faulty.count(is_part) - before == 1
    assert store.read(key) == path.read_bytes()
    assert counted.total == LARGE
    assert (later.begun_upload, open_uploads(moto, key.bucket)) == (None, 0)
    assert [version.version_id for version in versions_of(store, key)] == [made.version_id]


def test_a_file_of_16_mib_whose_server_was_lost_late_goes_on(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    """In the parts that users have."""
    size, key, notes = 16 * MIB, ObjectKey(moto.bucket(), "k"), Notes()
    settings = replace(TransferSettings(), attempts=2, backoff_s=0.01)
    path, store = file_of(tmp_path, size), open_store(moto, endpoint=faulty.endpoint, settings=settings)
    faulty.add(Fault(query("partNumber=4"), status=503, body=BUSY, times=99))
    with pytest.raises(Throttled):
        store.upload(path, key, notes=notes)
    faulty.clear()
    before, later, counted = faulty.count(is_part), notes.later(), Counted()
    store.upload(path, key, notes=later, progress=counted)
    assert 1 <= faulty.count(is_part) - before <= 2  # no more than two are under way at once
    assert store.read(key) == path.read_bytes()
    assert counted.total == size
    assert (later.begun_upload, open_uploads(moto, key.bucket)) == (None, 0)


@pytest.mark.parametrize("parts", [0, 2])
def test_an_upload_that_is_cancelled_keeps_the_parts_that_are_there_and_goes_on(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, parts: int
) -> None:
    path, key, notes, counted = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Notes(), Counted()
    store = open_store(moto, endpoint=faulty.endpoint, settings=ONE_BY_ONE)
    with pytest.raises(Cancelled):
        store.upload(path, key, notes=notes, progress=counted, cancelled=lambda: counted.most > parts * SMALL.part_size)
    assert (notes.begun_upload is not None, open_uploads(moto, key.bucket)) == (parts > 0, min(parts, 1))
    before, again, later = faulty.count(is_part), Counted(), notes.later()
    store.upload(path, key, notes=later, progress=again)
    assert faulty.count(is_part) - before == 3 - parts
    assert store.read(key) == path.read_bytes()
    assert (again.total, later.begun_upload, open_uploads(moto, key.bucket)) == (LARGE, None, 0)


@pytest.mark.parametrize("is_completed", [False, True])
def test_an_upload_that_is_to_be_kept_another_way_begins_anew(
    moto: S3Server, open_store: OpenStore, tmp_path: Path, is_completed: bool
) -> None:
    path, key, notes, counted = file_of(tmp_path, LARGE), ObjectKey(moto.bucket(), "k"), Notes(), Counted()
    store, begun = open_store(moto, settings=ONE_BY_ONE), list[BegunUpload]()
    notes.upload_begun = begun.append  # type: ignore[assignment,method-assign]  # as a killed process leaves it
    if is_completed:
        store.upload(path, key, notes=notes)
    else:
        with pytest.raises(Cancelled):
            store.upload(path, key, notes=notes, progress=counted, cancelled=lambda: counted.most > SMALL.part_size)
        assert open_uploads(moto, key.bucket) == 1
    later = Notes(is_again=True, begun_upload=begun[0])
    store.upload(path, key, notes=later, storing=Storing("STANDARD_IA"))
    head = moto.client().head_object(Bucket=key.bucket, Key="k")
    assert (head["StorageClass"], store.read(key)) == ("STANDARD_IA", path.read_bytes())
    assert (later.begun_upload, open_uploads(moto, key.bucket)) == (None, 0)


def test_an_upload_of_a_file_that_changed_begins_anew_and_leaves_nothing(
    seaweed: S3Server, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key, store = file_of(tmp_path, LARGE), ObjectKey(seaweed.bucket(), "k"), open_store(seaweed)
    upload_id = seaweed.client().create_multipart_upload(Bucket=key.bucket, Key="k")["UploadId"]
    notes = Notes(begun_upload=BegunUpload(upload_id, SMALL.part_size, "0123456789abcdef", "0" * 64))
    store.upload(path, key, notes=notes)
    assert store.read(key) == path.read_bytes()
    assert open_uploads(seaweed, key.bucket) == 0


@pytest.mark.parametrize("size", [SMALL.direct_size, SMALL.direct_size + 1])
def test_an_upload_of_a_file_that_has_shrunk_below_the_parts_leaves_none(
    seaweed: S3Server, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    path, key, store = file_of(tmp_path, size), ObjectKey(seaweed.bucket(), "k"), open_store(seaweed)
    upload_id = seaweed.client().create_multipart_upload(Bucket=key.bucket, Key="k")["UploadId"]
    notes = Notes(begun_upload=BegunUpload(upload_id, SMALL.part_size, "0123456789abcdef", "0" * 64))
    store.upload(path, key, notes=notes)
    assert store.read(key) == path.read_bytes()
    assert (notes.begun_upload, open_uploads(seaweed, key.bucket)) == (None, 0)


@pytest.mark.parametrize("is_there", [False, True])
def test_parts_of_other_bytes_are_sent_again(
    server: S3Server, open_store: OpenStore, tmp_path: Path, is_there: bool
) -> None:
    path, key = file_of(tmp_path, LARGE), ObjectKey(server.bucket(), "k")
    store, client = open_store(server), server.client()
    from s3ml_tui.s3.objects.checksums import blocks_of, digests_of

    upload_id = client.create_multipart_upload(Bucket=key.bucket, Key="k")["UploadId"]
    if is_there:
        torn = os.urandom(SMALL.part_size)
        client.upload_part(Bucket=key.bucket, Key="k", UploadId=upload_id, PartNumber=1, Body=torn)
    sha256 = digests_of(blocks_of(path)).sha256
    notes = Notes(begun_upload=BegunUpload(upload_id, SMALL.part_size, "0123456789abcdef", sha256))
    store.upload(path, key, notes=notes)
    assert store.read(key) == path.read_bytes()
    assert open_uploads(server, key.bucket) == 0


def test_an_upload_that_was_completed_unnoted_is_found_and_not_made_again(
    server: S3Server, open_store: OpenStore, tmp_path: Path
) -> None:
    path, key, store, notes = file_of(tmp_path, LARGE), ObjectKey(server.bucket(), "k"), open_store(server), Notes()
    begun: list[BegunUpload] = []
    notes.upload_begun = begun.append  # type: ignore[assignment,method-assign]  # to keep what a killed process would not take back
    made = store.upload(path, key, notes=notes)
    again = store.upload(path, key, notes=Notes(begun_upload=begun[0]))
    assert again.version_id == made.version_id
    assert len(versions_of(store, key)) == 1


def test_an_upload_that_is_wrong_is_aborted_even_with_notes(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    key, notes = ObjectKey(moto.bucket(), "k"), Notes()
    headers = {"ETag": '"0123456789abcdef0123456789abcdef"'}
    faulty.add(Fault(query("partNumber=2"), status=200, headers=headers))
    with pytest.raises(Corrupted):
        open_store(moto, endpoint=faulty.endpoint).upload(file_of(tmp_path, LARGE), key, notes=notes)
    assert (notes.begun_upload, open_uploads(moto, key.bucket)) == (None, 0)


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_download_whose_server_was_lost_goes_on_with_the_ranges_that_are_there(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, is_plain: bool
) -> None:
    body, key, notes = os.urandom(LARGE), ObjectKey(moto.bucket(), "k"), Notes()
    moto.client().put_object(Bucket=key.bucket, Key="k", Body=body)
    store = open_store(moto, endpoint=faulty.endpoint, settings=ONE_BY_ONE)
    if is_plain:
        list(store.list_all(Place(key.bucket)))
    last = lambda asked: asked.headers.get("range", "").startswith("bytes=10485760-")  # noqa: E731 - used once, below
    faulty.add(Fault(last, status=503, body=BUSY, times=99))
    with pytest.raises(S3mlError):
        store.download(key, tmp_path / "f", notes=notes)
    assert notes.begun_download is not None
    assert notes.begun_download.temporary.exists()
    assert len(notes.ranges) == 2
    faulty.clear()
    before, counted, later = faulty.count(has_range), Counted(), notes.later()
    got = store.download(key, tmp_path / "f", notes=later, progress=counted)
    assert faulty.count(has_range) - before == 1
    assert (tmp_path / "f").read_bytes() == body
    assert (got.is_verified, counted.total, later.begun_download) == (True, LARGE, None)
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("ranges", [0, 1])
def test_a_download_that_is_cancelled_keeps_the_ranges_that_are_there_and_goes_on(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, ranges: int
) -> None:
    body, key, notes, counted = os.urandom(LARGE), ObjectKey(moto.bucket(), "k"), Notes(), Counted()
    moto.client().put_object(Bucket=key.bucket, Key="k", Body=body)
    store = open_store(moto, endpoint=faulty.endpoint, settings=ONE_BY_ONE)
    stop = ranges * SMALL.range_size
    with pytest.raises(Cancelled):
        store.download(key, tmp_path / "f", notes=notes, progress=counted, cancelled=lambda: counted.total > stop)
    assert (len(notes.ranges), len(list(tmp_path.iterdir()))) == (ranges, ranges)
    before, again, later = faulty.count(has_range), Counted(), notes.later()
    assert store.download(key, tmp_path / "f", notes=later, progress=again).is_verified
    assert faulty.count(has_range) - before == -(-LARGE // SMALL.range_size) - ranges
    assert (tmp_path / "f").read_bytes() == body
    assert (again.total, [entry.name for entry in tmp_path.iterdir()]) == (LARGE, ["f"])


def test_ranges_of_another_version_are_thrown_away(server: S3Server, open_store: OpenStore, tmp_path: Path) -> None:
    body, key, store = os.urandom(LARGE), ObjectKey(server.bucket(), "k"), open_store(server)
    temporary = temporary_beside(tmp_path / "f")
    temporary.write_bytes(b"x" * LARGE)
    server.client().put_object(Bucket=key.bucket, Key="k", Body=body)
    begun = BegunDownload(temporary, "another", "0" * 32, LARGE, ((0, SMALL.part_size),))
    store.download(key, tmp_path / "f", notes=Notes(begun_download=begun))
    assert (tmp_path / "f").read_bytes() == body
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_ranges_that_were_damaged_on_the_disk_are_found_out(
    server: S3Server, open_store: OpenStore, tmp_path: Path
) -> None:
    key, store = ObjectKey(server.bucket(), "k"), open_store(server)
    made = server.client().put_object(Bucket=key.bucket, Key="k", Body=os.urandom(LARGE))
    temporary = temporary_beside(tmp_path / "f")
    temporary.write_bytes(b"x" * LARGE)
    etag = made["ETag"].strip('"')
    begun = BegunDownload(temporary, made["VersionId"], etag, LARGE, ((0, SMALL.part_size),))
    with pytest.raises(Corrupted):
        store.download(key, tmp_path / "f", notes=Notes(begun_download=begun))
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_file_that_no_note_tells_of_is_in_nobodys_way(
    server: S3Server, open_store: OpenStore, tmp_path: Path
) -> None:
    body, key, store, notes = (
        os.urandom(SMALL.direct_size + 1),
        ObjectKey(server.bucket(), "k"),
        open_store(server),
        Notes(),
    )
    server.client().put_object(Bucket=key.bucket, Key="k", Body=body)
    temporary_beside(tmp_path / "f", notes.token).write_bytes(b"x" * LARGE)
    store.download(key, tmp_path / "f", notes=notes)
    assert (tmp_path / "f").read_bytes() == body
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_long_names_that_begin_alike_have_temporary_files_of_their_own(tmp_path: Path) -> None:
    names = [f"{'é' * 120}{number}" for number in range(9)]
    made = {temporary_beside(tmp_path / name, "0123abcd").name for name in names}
    assert len(made) == len(names)
    assert max(len(os.fsencode(name)) for name in made) <= 255
    assert all(is_temporary(Path(name)) for name in made)
