"""Copies and restores that were killed: the same command asks again, and makes nothing twice without a question."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo, Plan
from s3ml_tui.domain.plans.transfer import Swept, TransferRequest, Way
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.session import Services
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
    return not list((home / "state" / "s3ml").glob("transfers/*"))


def killed(services: Services, plan: Plan) -> None:
    with pytest.raises(Killed):
        services.perform(plan, progress=dies)


def copies(plan: CopyObjects | NothingToDo) -> CopyObjects:
    assert isinstance(plan, CopyObjects)
    return plan


def test_a_copy_that_landed_is_there_and_asked_about(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    killed(services, copies(services.copies.plan_object(one, target)))
    again = copies(services.copies.plan_object(one, target))
    assert again.is_undecided
    assert not again.decided(Clash.SKIP).changes_anything
    outcome = services.perform(again.decided(Clash.OVERWRITE))
    assert len(versions_of(store, target)) == 2
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert store.read(target) == b"one"
    assert is_empty(no_aws)


def test_of_a_folder_what_is_missing_is_copied_and_the_rest_stays_where_that_is_the_answer(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    to = Place(place.bucket, "b/")
    store.write(to.key("one"), b"one")  # as by a process that was killed after it
    again = copies(services.copies.plan_place(place, to))
    assert [item.target for item in again.collisions] == [to.key("one")]
    assert services.perform(again.decided(Clash.SKIP)).failed == 0
    assert [len(versions_of(store, to.key(name))) for name in ("one", "two")] == [1, 1]
    assert is_empty(no_aws)


def test_a_move_that_was_killed_has_lost_nothing(services: Services, store: S3Store, place: Place) -> None:
    one, target = place.key("one"), ObjectKey(place.bucket, "b/one")
    killed(services, copies(services.copies.plan_object(one, target, is_move=True)))
    assert (store.read(one), store.read(target)) == (b"one", b"one")
    again = copies(services.copies.plan_object(one, target, is_move=True))
    assert again.is_undecided
    services.perform(again.decided(Clash.OVERWRITE))
    assert versions_of(store, one)[0].is_delete_marker
    with pytest.raises(NotFound, match="is deleted"):
        services.copies.plan_object(one, target, is_move=True)


def test_what_was_brought_back_is_not_brought_back_twice(
    services: Services, store: S3Store, place: Place, no_aws: Path
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.write(one, b"new")
    plan = brought_back(services, one, old.version_id)
    killed(services, plan)
    assert services.versions.is_copied_already(brought_back(services, one, old.version_id))
    outcome = services.perform(plan)
    assert outcome.version_id == versions_of(store, one)[0].version_id
    assert len(versions_of(store, one)) == 3
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert store.read(one) == b"new", "what was on top before the kill"
    assert is_empty(no_aws)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_what_was_brought_back_before_the_kill_and_changed_since_is_brought_back_again(
    services: Services, store: S3Store, place: Place, *, is_deleted: bool
) -> None:
    one = place.key("one")
    old = versions_of(store, one)[0]
    store.write(one, b"new")
    killed(services, brought_back(services, one, old.version_id))
    if is_deleted:
        store.delete(one)
    else:
        store.write(one, b"somebody's")
    services.perform(brought_back(services, one, old.version_id))
    assert store.read(one) == b"one"
    assert len(versions_of(store, one)) == 5


def brought_back(services: Services, key: ObjectKey, version_id: str) -> CopyForward:
    history = services.versions.whole_history(key)
    chosen = history.find(version_id)
    assert chosen is not None
    plan = services.versions.plan_bring_back(history, chosen)
    assert isinstance(plan, CopyForward)
    return plan


def test_metadata_that_are_as_wanted_are_not_written_twice(services: Services, store: S3Store, place: Place) -> None:
    one = place.key("one")
    killed(services, services.describing.plan(one, {"rows": "4"}))
    assert isinstance(services.describing.plan(one, {"rows": "4"}), NothingToDo)
    assert len(versions_of(store, one)) == 2


@pytest.mark.parametrize("target", ["b/one", ""], ids=["copy", "in place"])
def test_the_journal_that_an_earlier_version_kept_of_a_copy_goes_and_the_upload_it_names_with_it(
    services: Services, place: Place, moto: S3Server, journals: Journals, no_aws: Path, target: str
) -> None:
    client, to = moto.client(), {"Bucket": place.bucket, "Key": "b/one"}
    named, other = (client.create_multipart_upload(**to)["UploadId"] for _ in range(2))
    request = TransferRequest(Way.ACROSS, (place.key("one").uri,), f"s3://{place.bucket}/{target}", version_id="moved")
    if not target:
        request = TransferRequest(Way.ACROSS, (), "", version_id="in place")
    journal = journals.begin(request, title="Copy one", files=1, size=3, now=0)
    journal._lines.add({"want": f"{place.bucket}/b/one", "asked": 1.5, "seen": [], "unheard": 1})
    journal._lines.add({"up": f"{place.bucket}/b/one", "id": named, "part": 5, "op": "x", "sha256": ""})
    journal.leave()
    assert services.transfers.interrupted() == [], "nothing that could be offered"
    assert services.transfers.sweep() == Swept(jobs=1, uploads=1)
    assert (open_uploads(moto, place.bucket), is_empty(no_aws)) == (1, True)
    client.abort_multipart_upload(**to, UploadId=other)


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
