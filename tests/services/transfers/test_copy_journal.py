"""Copies that a killed process had made are known to the same command: not asked about, and not made twice."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo, Plan
from s3ml_tui.domain.plans.transfer import TransferRequest, Way
from s3ml_tui.domain.storage.resume_point import BegunUpload
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.session import Services
from s3ml_tui.services.transfers.copy_journal import transfer_request_of
from s3ml_tui.services.transfers.journal import Journals
from s3ml_tui.services.transfers.service import account_of
from tests.s3.seeing import open_uploads, versions_of
from tests.servers import S3Server
from tests.ui.harness import services_over


class Killed(BaseException):
    """As if the process were gone."""


def dies(_moved: int) -> None:
    """The copy has landed, and nobody hears of it."""
    raise Killed


@pytest.fixture
def store(moto: S3Server) -> Iterator[S3Store]:
    store = connect(Context(endpoint_url=moto.endpoint), (moto.access_key, moto.secret_key))
    yield store
    store.close()


@pytest.fixture
def services(store: S3Store, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


@pytest.fixture
def place(moto: S3Server, store: S3Store) -> Place:
    """Two objects below a/."""
    place = Place(moto.bucket(), "a/")
    for name in ("one", "two"):
        store.write(place.key(name), name.encode())
    return place


@pytest.fixture
def journals(no_aws: Path, store: S3Store) -> Journals:
    return Journals(no_aws / "state" / "s3ml" / "transfers", account_of(Context(), store))


def is_empty(home: Path) -> bool:
    return not list((home / "state" / "s3ml" / "transfers").iterdir())


def killed(services: Services, plan: Plan) -> None:
    with pytest.raises(Killed):
        services.perform(plan, progress=dies)


def copies(plan: CopyObjects | NothingToDo) -> CopyObjects:
    assert isinstance(plan, CopyObjects)
    return plan


def test_a_copy_that_landed_is_no_collision_and_is_not_made_again(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    killed(services, copies(services.copies.plan_object(one, target)))
    again = copies(services.copies.plan_object(one, target))
    assert (again.is_undecided, again.is_destructive) == (False, False)
    outcome = services.perform(again)
    assert len(versions_of(store, target)) == 1
    assert is_empty(no_aws)
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert versions_of(store, target)[0].is_delete_marker


def test_of_a_folder_only_what_is_missing_is_copied(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    to = Place(place.bucket, "b/")
    killed(services, copies(services.copies.plan_place(place, to)))
    again = copies(services.copies.plan_place(place, to)).decided(Clash.OVERWRITE)
    assert services.perform(again).failed == 0
    assert [len(versions_of(store, to.key(name))) for name in ("one", "two")] == [1, 1]
    assert is_empty(no_aws)


def test_another_version_of_the_source_is_another_copy(services: Services, store: S3Store, place: Place) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    killed(services, copies(services.copies.plan_object(one, target)))
    store.write(one, b"new")
    again = copies(services.copies.plan_object(one, target))
    assert again.is_undecided
    services.perform(again.decided(Clash.OVERWRITE))
    assert store.read(target) == b"new"
    assert len(versions_of(store, target)) == 2


def test_what_was_moved_is_told_to_be_moved(services: Services, store: S3Store, place: Place, no_aws: Path) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    killed(services, copies(services.copies.plan_object(one, target, is_move=True)))
    store.delete(one)
    again = services.copies.plan_object(one, target, is_move=True)
    assert isinstance(again, NothingToDo)
    assert "moved before" in again.reason
    assert is_empty(no_aws)


def test_what_was_brought_back_is_not_brought_back_twice(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.write(one, b"new")
    killed(services, brought_back(services, one, old.version_id))
    again = brought_back(services, one, old.version_id)
    assert services.perform(again).version_id == versions_of(store, one)[0].version_id
    assert len(versions_of(store, one)) == 3
    assert is_empty(no_aws)


def brought_back(services: Services, key: ObjectKey, version_id: str) -> CopyForward:
    history = services.versions.whole_history(key)
    chosen = history.find(version_id)
    assert chosen is not None
    plan = services.versions.plan_bring_back(history, chosen)
    assert isinstance(plan, CopyForward)
    return plan


def test_what_was_brought_back_before_the_kill_is_undone_to_what_was_there_before(
    services: Services, store: S3Store, place: Place
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.write(one, b"new")
    killed(services, brought_back(services, one, old.version_id))
    undo = services.perform(brought_back(services, one, old.version_id)).undo
    assert undo is not None
    services.perform(undo)
    assert store.read(one) == b"new"


def test_what_was_brought_back_before_the_kill_and_written_over_since_is_brought_back_again(
    services: Services, store: S3Store, place: Place
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.write(one, b"new")
    killed(services, brought_back(services, one, old.version_id))
    store.write(one, b"somebody's")
    services.perform(brought_back(services, one, old.version_id))
    assert store.read(one) == b"one"
    assert len(versions_of(store, one)) == 5


def test_what_was_brought_back_before_the_kill_and_deleted_since_is_brought_back_again(
    services: Services, store: S3Store, place: Place
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.delete(one)
    killed(services, brought_back(services, one, old.version_id))
    store.delete(one)
    services.perform(brought_back(services, one, old.version_id))
    assert store.read(one) == b"one"


def test_a_copy_over_another_that_landed_is_undone_to_that_other(
    services: Services, store: S3Store, place: Place
) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    store.write(target, b"other")
    killed(services, copies(services.copies.plan_object(one, target)).decided(Clash.OVERWRITE))
    undo = services.perform(copies(services.copies.plan_object(one, target))).undo
    assert undo is not None
    services.perform(undo)
    assert store.read(target) == b"other"


def test_metadata_that_are_as_wanted_are_not_written_twice(services: Services, store: S3Store, place: Place) -> None:
    one = place.key("one")
    plan = services.describing.plan(one, {"rows": "4"})
    killed(services, plan)
    services.perform(plan)
    assert len(versions_of(store, one)) == 2
    assert isinstance(services.describing.plan(one, {"rows": "4"}), NothingToDo)


def test_jobs_that_change_objects_in_place_keep_a_journal_only_of_what_is_open(
    services: Services, moto: S3Server, place: Place, journals: Journals, no_aws: Path
) -> None:
    one, two = (place.key(name) for name in ("one", "two"))
    copying = services.transfers.copies
    folder = no_aws / "state" / "s3ml" / "transfers"
    with copying.in_place("Bring back 2 objects", 2, 6) as notes:
        assert notes(one, 3) is not None
        assert not folder.exists()
    upload_id = moto.client().create_multipart_upload(Bucket=place.bucket, Key=one.key)["UploadId"]
    with suppress(Killed), copying.in_place("Bring back 2 objects", 2, 6) as notes:
        noted = notes(one, 3)
        assert noted is not None
        noted.upload_begun(BegunUpload(upload_id, 5, noted.operation, ""))
        raise Killed
    assert (services.transfers.interrupted(), len(journals.abandoned())) == ([], 1)
    with copying.in_place("Change the metadata of 2 objects", 2, 6) as notes:
        assert (open_uploads(moto, place.bucket), journals.abandoned()) == (0, [])
        noted = notes(two, 3)
        assert noted is not None
        noted.upload_begun(BegunUpload("x", 5, noted.operation, ""))
        noted.upload_closed()
    assert is_empty(no_aws)


def test_what_such_a_job_left_open_goes_with_the_next_start_and_with_its_journal(
    services: Services, moto: S3Server, place: Place, no_aws: Path
) -> None:
    one = place.key("one")
    upload_id = moto.client().create_multipart_upload(Bucket=place.bucket, Key=one.key)["UploadId"]
    with services.transfers.copies.in_place("Bring back 2 objects", 2, 6) as notes:
        noted = notes(one, 3)
        assert noted is not None
        noted.upload_begun(BegunUpload(upload_id, 5, noted.operation, ""))
    swept = services.transfers.sweep()
    assert (swept.jobs, swept.uploads, open_uploads(moto, place.bucket)) == (1, 1, 0)
    assert is_empty(no_aws)


def test_an_open_upload_of_a_killed_copy_is_swept_and_the_journal_stays_for_the_same_command(
    services: Services, store: S3Store, place: Place, moto: S3Server, journals: Journals
) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    plan = copies(services.copies.plan_object(one, target))
    upload_id = moto.client().create_multipart_upload(Bucket=place.bucket, Key=target.key)["UploadId"]
    killed(services, plan)
    record = journals.of(transfer_request_of(plan))
    assert record is not None
    journal = journals.take(record)
    assert journal is not None
    journal._lines.add({"up": f"{place.bucket}/b/one", "id": upload_id, "part": 5, "op": "x", "sha256": ""})
    journal.leave()
    assert services.transfers.sweep().uploads == 1
    assert open_uploads(moto, place.bucket) == 0
    assert journals.of(transfer_request_of(plan)) is not None
    assert services.transfers.interrupted() == [], "nothing that could be offered"


def test_a_journal_without_a_whole_first_line_is_removed(services: Services, no_aws: Path, place: Place) -> None:
    folder = no_aws / "state" / "s3ml" / "transfers"
    folder.mkdir(parents=True)
    for name, text in (("0badcafe", '{"s3ml":"trans'), ("1badcafe", "")):
        (folder / f"{name}.jsonl").write_text(text)
        (folder / f"{name}.lock").touch()
    services.transfers.sweep()
    assert is_empty(no_aws)


def test_a_file_that_had_just_got_its_name_is_not_downloaded_again(
    services: Services, store: S3Store, place: Place, journals: Journals, tmp_path: Path, no_aws: Path
) -> None:
    one, path = place.key("one"), tmp_path / "one"
    assert services.transfers.got_before(one, path) is None
    facts = store.facts(one)
    transfer_request = TransferRequest(Way.DOWN, (one.uri,), str(path), version_id=facts.version_id)
    journal = journals.begin(transfer_request, title="Download one", files=1, size=3, now=0)
    begun = {"down": str(path), "file": str(tmp_path / ".one.s3ml-00000000.part")}
    journal._lines.add(begun | {"v": facts.version_id, "e": facts.etag, "n": 3})
    journal.leave()
    path.write_bytes(b"other")
    assert services.transfers.got_before(one, path) is None
    path.write_bytes(b"one")
    got = services.transfers.got_before(one, tmp_path)
    assert got is not None
    assert (got.path, got.version_id) == (path, facts.version_id)
    assert is_empty(no_aws)
