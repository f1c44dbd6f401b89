"""Objects and their versions through the services, on moto and on the embedded server."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, NotFound
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Plan, RemoveMarker, UploadFile
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.objects.share import Sharing
from s3ml_tui.services.transfers.single_file import Objects
from s3ml_tui.services.versions.restore import Versions
from tests.servers import S3Server

OPEN: list[S3Store] = []
"""Of the users of a test."""


class User:
    """Somebody with one bucket, who looks before each change and then makes it."""

    def __init__(self, server: S3Server, *, versioned: bool = True, settings: TransferSettings | None = None) -> None:
        self.server = server
        self.store = _store(server, settings)
        self.bucket = server.bucket(versioned=versioned)
        self.key = ObjectKey(self.bucket, "dataset/raw/a.csv")
        self.objects = Objects(self.store, Context(), lambda: datetime.now(UTC))
        self.versions = Versions(self.store, Context(), lambda: datetime.now(UTC))

    def do(self, plan: Plan) -> Plan | None:
        """Perform; the plan that undoes it."""
        if isinstance(plan, UploadFile):
            return self.objects.upload(plan).undo
        if isinstance(plan, DeleteObject):
            return self.objects.delete(plan).undo
        assert isinstance(plan, CopyForward | RemoveMarker), plan
        return self.versions.perform(plan).undo

    def bring_back(self, number: int) -> Plan:
        history = self.versions.whole_history(self.key)
        return self.versions.plan_bring_back(history, history.versions[number])

    def bodies(self) -> list[bytes | None]:
        """The history, newest first; None for a delete marker."""
        return [
            None if entry.is_delete_marker else self.store.read(self.key, entry.version_id)
            for entry in self.versions.whole_history(self.key).versions
        ]

    def has(self, *expected: bytes | None) -> bool:
        """Whether these are the history; below the top in any order, since moto lists markers apart."""
        found = self.bodies()
        return found[:1] == [expected[0]] and sorted(found, key=repr) == sorted(expected, key=repr)


def _store(server: S3Server, settings: TransferSettings | None = None) -> S3Store:
    context = Context(endpoint_url=server.endpoint, region="us-east-1")
    OPEN.append(connect(context, (server.access_key, server.secret_key), settings=settings or TransferSettings()))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def all_closed() -> Iterator[None]:
    """No user leaves a connection behind."""
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture(params=["moto", "seaweed"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, S3Server)
    return found


@pytest.fixture
def user(server: S3Server) -> User:
    return User(server)


def test_an_upload_in_parts_to_a_bucket_without_versions_is_a_success_like_any_other(
    server: S3Server, file: Callable[[bytes], Path]
) -> None:
    user = User(server, versioned=False, settings=TransferSettings(multipart_threshold=5 << 20, part_size=5 << 20))
    first = user.objects.upload(user.objects.plan_upload(file(b"x" * (6 << 20)), user.key))
    assert first.no_undo == ""
    second = user.objects.upload(user.objects.plan_upload(file(b"y" * (6 << 20)), user.key))
    assert second.undo is None
    assert second.no_undo == "The bucket keeps no versions: what was there before is gone."
    assert first.undo is not None
    with pytest.raises(Conflict):  # what it would delete is no longer there
        user.do(first.undo)
    third = user.objects.plan_upload(file(b"z" * (6 << 20)), user.key.place.key("again.bin"))
    undo = user.objects.upload(third).undo
    assert undo is not None
    user.do(undo)
    with pytest.raises(NotFound):
        user.store.facts(third.key)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(body: bytes) -> Path:
        path = tmp_path / "a.csv"
        path.write_bytes(body)
        return path

    return write


def test_the_walk_of_a_day_upload_twice_bring_back_delete_undelete_and_undo_each(
    user: User, file: Callable[[bytes], Path], tmp_path: Path
) -> None:
    first, second = b"first " * 1000, b"second" * 1000
    undo_first = user.do(user.objects.plan_upload(file(first), user.key))
    assert isinstance(undo_first, DeleteObject)
    user.do(user.objects.plan_upload(file(second), user.key))
    assert user.bodies() == [second, first]

    undo = user.do(user.bring_back(1))
    assert user.bodies() == [first, second, first]
    received = user.objects.download(user.key, tmp_path / "got.csv")
    assert received.sha256 == hashlib.sha256(first).hexdigest()
    assert received.is_verified
    assert user.objects.verify(user.key, file(first)).is_same
    assert not user.objects.verify(user.key, file(second)).is_same

    assert isinstance(undo, CopyForward)
    again = user.do(undo)
    assert user.bodies() == [second, first, second, first]
    assert isinstance(again, CopyForward)

    deleting = user.objects.plan_delete(user.key)
    undo_delete = user.do(deleting)
    assert user.bodies()[0] is None
    with pytest.raises(NotFound):
        user.objects.facts(user.key)
    assert isinstance(user.objects.plan_delete(user.key), NothingToDo)
    assert isinstance(undo_delete, CopyForward)
    undo = user.do(undo_delete)
    assert user.has(second, None, second, first, second, first)
    assert isinstance(undo, DeleteObject)
    user.do(undo)
    assert user.has(None, second, None, second, first, second, first)


def test_undeleting_removes_only_the_marker_and_undo_deletes_again(user: User) -> None:
    user.store.write(user.key, b"old")
    user.do(user.objects.plan_delete(user.key))
    undelete = user.versions.plan_undelete(user.versions.whole_history(user.key))
    assert isinstance(undelete, RemoveMarker)
    undo = user.do(undelete)
    assert user.bodies() == [b"old"]
    assert isinstance(undo, DeleteObject)
    user.do(undo)
    assert user.bodies() == [None, b"old"]


def test_undoing_the_first_upload_deletes_it(user: User, file: Callable[[bytes], Path]) -> None:
    undo = user.do(user.objects.plan_upload(file(b"new"), user.key))
    assert isinstance(undo, DeleteObject)
    user.do(undo)
    assert user.bodies() == [None, b"new"]


def test_what_comes_back_has_its_metadata_and_content_type(user: User) -> None:
    user.store.write(user.key, b"a,b\n", content_type="text/csv", metadata={"origin": "sensor 7"})
    user.store.write(user.key, b"{}", content_type="application/json")
    user.do(user.bring_back(1))
    facts = user.objects.facts(user.key)
    assert facts.content_type == "text/csv"
    assert facts.metadata["origin"] == "sensor 7"


def test_undo_stops_when_somebody_wrote_after_the_change(user: User) -> None:
    user.store.write(user.key, b"first")
    user.store.write(user.key, b"second")
    undo = user.do(user.bring_back(1))
    user.store.write(user.key, b"somebody's")
    assert undo is not None
    with pytest.raises(Conflict, match="Somebody wrote 10 B to it meanwhile"):
        user.do(undo)
    assert user.bodies() == [b"somebody's", b"first", b"second", b"first"]


@pytest.mark.parametrize("there_before", [True, False])
def test_an_upload_stops_when_somebody_wrote_after_the_plan(
    user: User, file: Callable[[bytes], Path], there_before: bool
) -> None:
    if there_before:
        user.store.write(user.key, b"old")
    plan = user.objects.plan_upload(file(b"new"), user.key)
    user.store.write(user.key, b"somebody's")
    with pytest.raises(Conflict):
        user.objects.upload(plan)
    assert user.bodies()[0] == b"somebody's"


def test_an_upload_over_a_deleted_object_is_undone_by_a_new_marker(user: User, file: Callable[[bytes], Path]) -> None:
    user.store.write(user.key, b"old")
    user.store.delete(user.key)
    undo = user.do(user.objects.plan_upload(file(b"new"), user.key))
    assert user.has(b"new", None, b"old")
    assert undo is not None
    user.do(undo)
    assert user.has(None, b"new", None, b"old")


def test_without_versions_everything_is_said_to_be_lost_and_is(server: S3Server, file: Callable[[bytes], Path]) -> None:
    user = User(server, versioned=False)
    user.store.write(user.key, b"old")
    plan = user.objects.plan_upload(file(b"new"), user.key)
    assert plan.versioning is Versioning.OFF
    assert plan.is_destructive
    outcome = user.objects.upload(plan)
    assert (outcome.undo, bool(outcome.no_undo)) == (None, True)
    assert user.bodies() == [b"new"]
    deleting = user.objects.plan_delete(user.key)
    assert isinstance(deleting, DeleteObject)
    assert not deleting.keeps_bytes
    assert user.objects.delete(deleting).undo is None
    assert user.bodies() == []


def test_without_versions_a_write_by_somebody_else_is_noticed(server: S3Server, file: Callable[[bytes], Path]) -> None:
    user = User(server, versioned=False)
    user.store.write(user.key, b"old")
    plan, deleting = user.objects.plan_upload(file(b"new"), user.key), user.objects.plan_delete(user.key)
    assert isinstance(deleting, DeleteObject)
    user.store.write(user.key, b"somebody's")
    for change in (plan, deleting):
        with pytest.raises(Conflict):
            user.do(change)
    assert user.bodies() == [b"somebody's"]


def test_without_versions_a_first_upload_can_be_undone(server: S3Server, file: Callable[[bytes], Path]) -> None:
    user = User(server, versioned=False)
    undo = user.do(user.objects.plan_upload(file(b"new"), user.key))
    assert isinstance(undo, DeleteObject)
    user.do(undo)
    assert user.bodies() == []


def test_where_versioning_is_suspended_only_what_has_an_id_survives(
    seaweed: S3Server, file: Callable[[bytes], Path]
) -> None:
    user = User(seaweed)
    user.store.write(user.key, b"kept")
    user.server.client().put_bucket_versioning(Bucket=user.bucket, VersioningConfiguration={"Status": "Suspended"})
    undo = user.do(user.objects.plan_upload(file(b"null one"), user.key))
    assert isinstance(undo, CopyForward)
    plan = user.objects.plan_upload(file(b"null two"), user.key)
    assert plan.is_destructive
    assert user.do(plan) is None
    assert user.bodies() == [b"null two", b"kept"]
    back = user.bring_back(1)
    assert isinstance(back, CopyForward)
    assert back.is_destructive
    assert user.do(back) is None
    assert user.bodies() == [b"kept", b"kept"]


@pytest.mark.parametrize("name", ["report[v2] [bold]\x1b[31m.csv", "a [bold] b.csv", "Grüße & 50 %+ü.csv"])
def test_strange_names_are_uploaded_brought_back_and_downloaded_as_they_are(
    seaweed: S3Server, tmp_path: Path, name: str
) -> None:
    user = User(seaweed)
    path = tmp_path / name
    path.write_bytes(b"first")
    plan = user.objects.plan_upload(path, ObjectKey(user.bucket, "dataset/raw/"))
    user.key = plan.key
    assert plan.key.name == name
    user.do(plan)
    path.write_bytes(b"second")
    user.do(user.objects.plan_upload(path, plan.key))
    undo = user.do(user.bring_back(1))
    (tmp_path / "got").mkdir()
    received = user.objects.download(plan.key, tmp_path / "got")
    assert received.path == tmp_path / "got" / name
    assert received.path.read_bytes() == b"first"
    assert undo is not None
    user.do(undo)
    assert user.bodies() == [b"second", b"first", b"second", b"first"]


def test_a_key_with_a_closing_tag_in_it_is_brought_back_and_downloaded(seaweed: S3Server, tmp_path: Path) -> None:
    user = User(seaweed)
    user.key = ObjectKey(user.bucket, "dataset/raw/x[/bold]y.csv")
    for body in (b"first", b"second"):
        user.store.write(user.key, body)
    user.do(user.bring_back(1))
    received = user.objects.download(user.key, tmp_path)
    assert received.path == tmp_path / "bold]y.csv"
    assert received.path.read_bytes() == b"first"


def test_a_link_opens_its_version_only_and_the_bucket_stays_closed(seaweed: S3Server) -> None:
    user = User(seaweed)
    user.store.write(user.key, b"first")
    sharing = Sharing(user.store, lambda: datetime.now(UTC))
    shared = sharing.share(sharing.plan(user.key))
    user.store.write(user.key, b"second")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(shared.url, timeout=30) as answer:
        assert answer.read() == b"first"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        opener.open(shared.url.partition("?")[0], timeout=30)
    assert refusal.value.code == 403
    refusal.value.close()
