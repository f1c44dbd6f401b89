"""What one does to objects and buckets, through the services, on moto and on the embedded server."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.services.session import Services
from tests.s3.conftest import SMALL
from tests.servers import S3Server
from tests.ui.harness import services_over

LARGE = b"large " * 1_200_000
"""Bytes, more than the threshold from which a copy is made in parts."""


class Desk:
    """A session on a server, and the bucket as boto3 sees it."""

    def __init__(self, server: S3Server, services: Services) -> None:
        self.server = server
        self.services = services
        self.bucket = server.bucket()

    def key(self, name: str) -> ObjectKey:
        return ObjectKey(self.bucket, name)

    def place(self, prefix: str = "") -> Place:
        return Place(self.bucket, prefix)

    def put(self, name: str, body: bytes, bucket: str = "", **more: str) -> str | None:
        made = self.server.client().put_object(Bucket=bucket or self.bucket, Key=name, Body=body, **more)
        version_id: str | None = made.get("VersionId")
        return version_id

    def objects(self, prefix: str = "", bucket: str = "") -> dict[str, bytes]:
        client, at = self.server.client(), bucket or self.bucket
        listed = client.list_objects_v2(Bucket=at, Prefix=prefix).get("Contents", ())
        return {one["Key"]: client.get_object(Bucket=at, Key=one["Key"])["Body"].read() for one in listed}

    def count(self, kind: str = "Versions") -> int:
        return len(self.server.client().list_object_versions(Bucket=self.bucket).get(kind, ()))

    def undo(self, outcome: Outcome) -> Outcome:
        assert outcome.undo is not None, outcome.no_undo
        return self.services.perform(outcome.undo)

    def do(self, plan: Plan) -> Outcome:
        assert plan.changes_anything, plan.sentences()
        return self.services.perform(plan)


@pytest.fixture(params=["seaweed", "moto"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    server = cast("S3Server", request.getfixturevalue(request.param))
    store = connect(Context(endpoint_url=server.endpoint), (server.access_key, server.secret_key), settings=SMALL)
    services = services_over(store, tmp_path)
    yield Desk(server, services)
    services.close()


def copying(plan: Plan) -> CopyObjects:
    assert isinstance(plan, CopyObjects)
    return plan


def test_a_prefix_with_a_large_object_is_moved_to_another_bucket_and_back(desk: Desk) -> None:
    other = desk.server.bucket()
    desk.put("raw/big.bin", LARGE, Tagging="team=a", CacheControl="no-cache")
    desk.put("raw/deep/a.csv", b"a")
    before = desk.objects()
    moved = desk.do(desk.services.copies.plan_place(desk.place("raw/"), Place(other, "new/"), is_move=True))
    assert (moved.title, moved.failed) == ("Moved 2 objects", 0)
    assert desk.objects() == {}
    assert desk.objects("", other) == {"new/big.bin": LARGE, "new/deep/a.csv": b"a"}
    client = desk.server.client()
    assert client.head_object(Bucket=other, Key="new/big.bin")["CacheControl"] == "no-cache"
    tags = client.get_object_tagging(Bucket=other, Key="new/big.bin")["TagSet"]
    assert tags == [{"Key": "team", "Value": "a"}]
    back = desk.undo(moved)
    assert back.failed == 0
    assert desk.objects() == before
    assert desk.objects("", other) == {}
    assert desk.undo(back).failed == 0
    assert desk.objects() == {}


def test_renaming_over_something_keeps_it_and_the_undo_restores_both(desk: Desk) -> None:
    desk.put("a.csv", b"a")
    desk.put("b.csv", b"b")
    plan = copying(desk.services.copies.plan_object(desk.key("a.csv"), desk.key("b.csv"), is_move=True))
    renamed = desk.do(plan.decided(Clash.OVERWRITE))
    assert renamed.title == "Renamed a.csv"
    assert desk.objects() == {"b.csv": b"a"}
    desk.undo(renamed)
    assert desk.objects() == {"a.csv": b"a", "b.csv": b"b"}


def test_on_a_bucket_without_versions_a_move_is_undone_by_copying_back(desk: Desk) -> None:
    plain = desk.server.bucket(versioned=False)
    desk.put("a.csv", b"a", plain)
    copies = desk.services.copies
    moved = desk.do(copies.plan_object(ObjectKey(plain, "a.csv"), ObjectKey(plain, "d/"), is_move=True))
    assert desk.objects("", plain) == {"d/a.csv": b"a"}
    desk.undo(moved)
    assert desk.objects("", plain) == {"a.csv": b"a"}


def test_all_below_a_prefix_is_deleted_and_brought_back(desk: Desk) -> None:
    for number in range(60):
        desk.put(f"raw/{number}.csv", b"x")
    desk.put("raw-else", b"y")
    deleted = desk.do(desk.services.many.plan_delete_below(desk.place("raw/")))
    assert (deleted.title, deleted.failed) == ("Deleted 60 objects", 0)
    assert desk.objects() == {"raw-else": b"y"}
    assert desk.undo(deleted).failed == 0
    assert len(desk.objects("raw/")) == 60


def test_chosen_versions_are_purged_and_the_others_stay(desk: Desk) -> None:
    made = [desk.put("a.csv", body) for body in (b"1", b"22", b"333")]
    history = desk.services.versions.whole_history(desk.key("a.csv"))
    plan = desk.services.purging.plan(history, [made[0] or "", made[2] or ""])
    assert plan.sentences()[2].startswith("The 2 B of ")
    outcome = desk.do(plan)
    assert (outcome.title, outcome.undo) == ("Purged 2 versions of a.csv", None)
    assert desk.objects() == {"a.csv": b"22"}
    assert desk.count() == 1


def test_a_version_on_legal_hold_is_refused_by_name(seaweed: S3Server, tmp_path: Path) -> None:
    store = connect(Context(endpoint_url=seaweed.endpoint), (seaweed.access_key, seaweed.secret_key))
    desk, client = Desk(seaweed, services_over(store, tmp_path)), seaweed.client()
    desk.bucket = f"{desk.bucket}-lock"
    client.create_bucket(Bucket=desk.bucket, ObjectLockEnabledForBucket=True)
    held = store.write(desk.key("a.csv"), b"held").version_id or ""
    free = store.write(desk.key("a.csv"), b"free").version_id or ""
    client.put_object_legal_hold(
        Bucket=desk.bucket, Key="a.csv", VersionId=held, LegalHold={"Status": "ON"}, ChecksumAlgorithm="SHA256"
    )
    history = desk.services.versions.whole_history(desk.key("a.csv"))
    plan = desk.services.purging.plan(history, [held, free])
    assert f"Version {held} of " in plan.sentences()[-1]
    assert "is on legal hold: it stays" in plan.sentences()[-1]
    desk.do(plan)
    assert desk.objects() == {"a.csv": b"held"}


def test_tags_of_a_version_and_of_a_prefix_are_changed_and_put_back(desk: Desk) -> None:
    old = desk.put("d/a.csv", b"1", Tagging="team=a%20b")
    desk.put("d/a.csv", b"2")
    desk.put("d/b.csv", b"3")
    tagging, key = desk.services.tagging, desk.key("d/a.csv")
    tagged = desk.do(tagging.plan(key, {"stage": "gold", "äö": "+ -=._:/@"}, old))
    assert dict(tagging.tags(key, old)) == {"stage": "gold", "äö": "+ -=._:/@"}
    assert dict(tagging.tags(key)) == {}
    assert desk.count() == 3
    desk.undo(tagged)
    assert dict(tagging.tags(key, old)) == {"team": "a b"}
    both = desk.do(tagging.plan_each(desk.services.all_below(desk.place("d/")), {"x": "1"}))
    assert both.title == "Tagged 2 objects"
    assert dict(tagging.tags(key)) == dict(tagging.tags(desk.key("d/b.csv"))) == {"x": "1"}
    desk.undo(both)
    assert dict(tagging.tags(key)) == dict(tagging.tags(desk.key("d/b.csv"))) == {}


@pytest.mark.parametrize("body", [b"small", LARGE])
def test_metadata_changes_by_a_new_version_with_the_same_bytes(desk: Desk, body: bytes) -> None:
    desk.put("a.csv", body, ContentType="text/plain", Tagging="team=a")
    describing, key = desk.services.describing, desk.key("a.csv")
    changed = desk.do(describing.plan(key, {"content-type": "text/csv", "cache-control": "no-cache", "rows": "3"}))
    assert describing.fields(key) == {"content-type": "text/csv", "cache-control": "no-cache", "rows": "3"}
    assert desk.objects() == {"a.csv": body}
    assert dict(desk.services.tagging.tags(key)) == {"team": "a"}
    assert desk.count() == 2
    desk.undo(changed)
    assert describing.fields(key) == {"content-type": "text/plain"}
    assert desk.count() == 3


def test_a_text_is_edited_and_written_back_only_over_what_was_seen(desk: Desk) -> None:
    desk.put("a.csv", b"one\n", ContentType="text/csv", Tagging="team=a")
    editing, key = desk.services.editing, desk.key("a.csv")
    draft = editing.begin(key)
    try:
        draft.path.write_bytes(b"one\ntwo\n")
        edited = desk.do(editing.plan(draft))
        assert desk.objects() == {"a.csv": b"one\ntwo\n"}
        assert desk.services.describing.fields(key) == {"content-type": "text/csv"}
        assert dict(desk.services.tagging.tags(key)) == {"team": "a"}
        with pytest.raises(Conflict):
            desk.do(editing.plan(draft))
        desk.undo(edited)
    finally:
        editing.drop(draft)
    assert desk.objects() == {"a.csv": b"one\n"}


def test_a_folder_is_made_and_unmade_and_what_is_in_it_stays(desk: Desk) -> None:
    made = desk.do(desk.services.folders.plan(desk.place(), "raw"))
    assert desk.objects() == {"raw/": b""}
    desk.put("raw/a", b"a")
    desk.undo(made)
    assert desk.objects() == {"raw/a": b"a"}


def test_a_bucket_is_made_set_counted_emptied_and_deleted(desk: Desk) -> None:
    buckets, client = desk.services.buckets, desk.server.client()
    name = f"{desk.bucket}-new"
    desk.do(buckets.plan_create(name))
    assert client.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    for body in (b"1", b"22"):
        desk.put("d/a", body, name)
    desk.put("d/b", b"333", name)
    client.delete_object(Bucket=name, Key="d/b")
    client.create_multipart_upload(Bucket=name, Key="up")
    suspended = desk.do(buckets.plan_versioning(name, is_on=False))
    desk.undo(suspended)
    plan = buckets.plan_delete(name)
    assert "1 object (2 B), 2 old versions (4 B) and 1 delete marker, and 1 upload left open" in plan.sentences()[0]
    emptied = desk.do(buckets.plan_empty(name))
    assert (emptied.title, emptied.failed) == (f"Emptied the bucket {name}", 0), emptied.details
    assert buckets.plan_delete(name).sentences()[0].startswith("It is empty")
    desk.put("late", b"x", name)
    with pytest.raises(Conflict, match="is not deleted: it holds 1 object"):
        desk.do(plan)
    desk.do(buckets.plan_delete(name))
    assert name not in [one["Name"] for one in client.list_buckets()["Buckets"]]
