"""Upload, download, verify, delete: over a store in memory."""

import hashlib
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import (
    BadInput,
    Cancelled,
    Conflict,
    Denied,
    LocalTrouble,
    NotFound,
    NotSupported,
    ReadOnly,
    S3mlError,
    Unreachable,
)
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import ObjectKey
from tests.doubles import MemoryStore
from tests.services.memory import (
    KEY,
    READ_ONLY,
    bodies,
    changes,
    entries,
    objects,
    refusing,
    store_with,
    versions,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"new")
    return path


# upload ---------------------------------------------------------------------------------------------------------


def test_uploading_twice_makes_two_versions(file: Path) -> None:
    store = store_with()
    service = objects(store)
    service.upload(service.plan_upload(file, KEY))
    file.write_bytes(b"newer")
    outcome = service.upload(service.plan_upload(file, KEY))
    assert bodies(store) == [b"newer", b"new"]
    assert outcome.title == "Uploaded a.csv"
    assert outcome.version_id == entries(store)[0].version_id
    assert hashlib.sha256(b"newer").hexdigest() in " ".join(outcome.details)


def test_undoing_the_first_upload_deletes_it_and_its_bytes_stay(file: Path) -> None:
    store = store_with()
    service = objects(store)
    outcome = service.upload(service.plan_upload(file, KEY))
    assert isinstance(outcome.undo, DeleteObject)
    service.delete(outcome.undo)
    assert bodies(store) == [None, b"new"]


def test_undoing_an_upload_over_something_brings_that_back(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store)
    outcome = service.upload(service.plan_upload(file, KEY))
    assert isinstance(outcome.undo, CopyForward)
    assert not outcome.undo.is_destructive
    versions(store).perform(outcome.undo)
    assert bodies(store) == [b"old", b"new", b"old"]


def test_undoing_an_upload_over_a_deleted_object_deletes_it_again(file: Path) -> None:
    store = store_with(b"old")
    store.delete(KEY)
    service = objects(store)
    outcome = service.upload(service.plan_upload(file, KEY))
    assert isinstance(outcome.undo, DeleteObject)
    service.delete(outcome.undo)
    assert bodies(store) == [None, b"new", None, b"old"]


def test_an_upload_over_something_without_versions_has_no_undo_and_the_plan_said_so(file: Path) -> None:
    store = store_with(b"old", versioning=Versioning.OFF)
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    assert plan.is_destructive
    assert "The bucket keeps no versions: the 3 B" in " ".join(plan.sentences())
    outcome = service.upload(plan)
    assert outcome.undo is None
    assert outcome.no_undo == "The bucket keeps no versions: what was there before is gone."
    assert bodies(store) == [b"new"]


def test_an_upload_where_versioning_is_suspended_keeps_what_has_an_id(file: Path) -> None:
    store = store_with(b"old", versioning=Versioning.SUSPENDED)
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    assert not plan.is_destructive
    outcome = service.upload(plan)
    assert isinstance(outcome.undo, CopyForward)
    assert outcome.undo.is_destructive
    assert bodies(store) == [b"new", b"old"]
    versions(store).perform(outcome.undo)
    assert bodies(store) == [b"old", b"old"]


def test_an_upload_where_versioning_is_suspended_names_the_buried_version_that_it_destroys(file: Path) -> None:
    store = store_with(versioning=Versioning.OFF)
    store.write(KEY, b"null one")
    store.enable_versioning(KEY.bucket)
    store.write(KEY, b"old")
    store.suspend_versioning(KEY.bucket)
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    assert plan.buried == entries(store)[1]
    assert plan.is_destructive
    assert "the 8 B written on" in " ".join(plan.sentences())
    service.upload(plan)
    assert bodies(store) == [b"new", b"old"]


@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize("honours_conditions", [True, False])
def test_an_upload_stops_when_somebody_wrote_meanwhile(
    file: Path, there_before: bool, honours_conditions: bool
) -> None:
    store = store_with(*([b"old"] if there_before else []))
    store.honours_conditions = honours_conditions
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict) as refusal:
        service.upload(plan)
    assert "Somebody wrote 10 B to it meanwhile" in refusal.value.cause
    assert "history" in refusal.value.advice
    assert bodies(store)[0] == b"somebody's"


def test_an_upload_stops_when_somebody_wrote_between_our_look_and_our_request(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    races = iter([True])

    def somebody(verb: str, _address: str) -> None:
        if verb == "upload" and next(races, False):
            store.write(KEY, b"somebody's")

    store.before = somebody
    with pytest.raises(Conflict, match="no longer as it was"):
        service.upload(plan)
    assert bodies(store) == [b"somebody's", b"old"]


def test_an_upload_stops_when_somebody_replaced_the_null_version_meanwhile(file: Path) -> None:
    store = store_with(b"old", versioning=Versioning.OFF)
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict):
        service.upload(plan)


@pytest.mark.parametrize("refusal", [Conflict("No"), NotSupported("No")])
def test_a_server_that_refuses_conditions_that_hold_gets_the_upload_without_them(
    file: Path, refusal: S3mlError
) -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    refusals = iter([refusal])

    def refuse_once(verb: str, _address: str) -> None:
        if verb == "upload" and (error := next(refusals, None)):
            raise error

    store.before = refuse_once
    service.upload(plan)
    assert bodies(store) == [b"new", b"old"]


def test_an_upload_where_versions_may_not_be_listed_goes_by_the_objects_facts(file: Path) -> None:
    store = store_with(b"old")
    store.before = refusing("history", Denied("No", action="s3:ListBucketVersions"))
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    assert plan.replaces is not None
    outcome = service.upload(plan)
    assert isinstance(outcome.undo, CopyForward)
    store.before = lambda _verb, _address: None
    assert bodies(store) == [b"new", b"old"]


def test_an_upload_into_the_dark_says_so(file: Path) -> None:
    store = store_with(b"old")

    def blind(verb: str, _address: str) -> None:
        if verb in {"history", "facts"}:
            raise Denied("No", action="s3:GetObject")

    store.before = blind
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    assert not plan.is_seen
    outcome = service.upload(plan)
    assert outcome.undo is None
    assert outcome.no_undo == "What was there before could not be seen."


def test_an_upload_that_happened_is_no_failure_when_looking_again_fails(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_upload(file, KEY)

    def go_away(verb: str, _address: str) -> None:
        if verb == "upload":
            store.before = refusing("history", Unreachable("Nobody answers"))

    store.after = go_away
    outcome = service.upload(plan)
    assert isinstance(outcome.undo, CopyForward)
    assert outcome.undo.current is not None
    assert outcome.undo.current.version_id == outcome.version_id


def test_a_key_that_ends_with_a_slash_gets_the_files_name(file: Path) -> None:
    assert objects(store_with()).plan_upload(file, ObjectKey("acme", "b/")).key.key == "b/a.csv"
    assert objects(store_with()).plan_upload(file, ObjectKey("acme", "")).key.key == "a.csv"


def test_a_key_too_long_is_refused_before_any_request(file: Path) -> None:
    store = store_with()
    with pytest.raises(BadInput, match="too long"):
        objects(store).plan_upload(file, ObjectKey("acme", "x" * 1025))
    assert store.requests == []


def test_a_file_name_that_is_no_utf8_is_refused_as_a_key(tmp_path: Path) -> None:
    path = tmp_path / "\udcff.csv"
    path.write_bytes(b"x")
    with pytest.raises(BadInput, match="cannot be a key"):
        objects(store_with()).plan_upload(path, ObjectKey("acme", "b/"))


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    service = objects(store_with())
    with pytest.raises(LocalTrouble, match="There is no file"):
        service.plan_upload(tmp_path / "absent", KEY)
    with pytest.raises(LocalTrouble, match="is a folder"):
        service.plan_upload(tmp_path, KEY)
    with pytest.raises(LocalTrouble, match="no plain file"):
        service.plan_upload(Path("/dev/null"), KEY)


def test_progress_and_cancel_reach_the_store(file: Path) -> None:
    store = store_with()
    service = objects(store)
    moved: list[int] = []
    service.upload(service.plan_upload(file, KEY), progress=moved.append)
    assert sum(moved) == 3
    with pytest.raises(Cancelled):
        service.upload(service.plan_upload(file, KEY), cancelled=lambda: True)
    assert bodies(store) == [b"new"]


# download -------------------------------------------------------------------------------------------------------


def test_downloading_into_a_folder_uses_the_objects_name(tmp_path: Path) -> None:
    received = objects(store_with(b"old")).download(KEY, tmp_path)
    assert received.path == tmp_path / "a.csv"
    assert received.path.read_bytes() == b"old"


def test_downloading_an_old_version_gives_its_bytes(tmp_path: Path) -> None:
    store = store_with(b"first", b"second")
    first = entries(store)[1].version_id
    received = objects(store).download(KEY, tmp_path / "x", first)
    assert received.path.read_bytes() == b"first"
    assert received.version_id == first


def test_a_file_that_is_there_is_not_overwritten_unless_it_may_be(file: Path) -> None:
    service = objects(store_with(b"old"))
    with pytest.raises(Conflict, match="exists already") as refusal:
        service.download(KEY, file)
    assert "--force overwrites it" in refusal.value.advice
    assert file.read_bytes() == b"new"
    service.download(KEY, file, overwrite=True)
    assert file.read_bytes() == b"old"


def test_a_dangling_link_is_something_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Conflict):
        objects(store_with(b"old")).download(KEY, tmp_path)


@pytest.mark.parametrize("key", ["x/..", "..", ".", "a/./", "/", "//", "a\0b"])
def test_a_name_that_would_leave_the_folder_is_refused(tmp_path: Path, key: str) -> None:
    there = ObjectKey("acme", key)
    store = store_with(b"old", key=there)
    with pytest.raises(BadInput):
        objects(store).download(there, tmp_path)
    assert store.requests == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["report[v2] [bold]\x1b[31m.csv", "~", "-rf", "a\\b", " .csv", "\u202efdp.exe"])
def test_a_strange_name_that_stays_in_the_folder_is_kept_as_it_is(tmp_path: Path, name: str) -> None:
    there = ObjectKey("acme", f"b/{name}")
    received = objects(store_with(b"old", key=there)).download(there, tmp_path)
    assert received.path == tmp_path / name
    assert received.path.read_bytes() == b"old"


def test_a_folder_never_gives_way_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        objects(store_with(b"old")).download(KEY, tmp_path, overwrite=True)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble, match="There is no folder"):
        objects(store_with(b"old")).download(KEY, tmp_path / "b" / "a.csv")


def test_the_plan_of_a_download_pins_the_version_and_names_what_is_replaced(file: Path) -> None:
    store = store_with(b"old")
    plan = objects(store).plan_download(KEY, file, overwrite=True)
    assert plan.version_id == entries(store)[0].version_id
    assert plan.replaces == 3
    assert plan.path == file


def test_downloading_needs_no_right_to_change_anything(tmp_path: Path) -> None:
    store = store_with(b"old")
    objects(store, READ_ONLY).download(KEY, tmp_path)
    assert changes(store) == []


# verify ---------------------------------------------------------------------------------------------------------


def test_verifying_compares_with_what_the_server_gives_now(file: Path) -> None:
    store = store_with(b"new")
    found = objects(store).verify(KEY, file)
    assert found.is_same
    assert found.sha256_local == found.sha256_remote == hashlib.sha256(b"new").hexdigest()
    assert found.version_id == entries(store)[0].version_id
    file.write_bytes(b"torn")
    assert not objects(store).verify(KEY, file).is_same


def test_verifying_against_an_old_version(file: Path) -> None:
    store = store_with(b"new", b"newer")
    assert objects(store).verify(KEY, file, entries(store)[1].version_id).is_same


def test_verifying_a_file_that_is_not_there_asks_no_server(tmp_path: Path) -> None:
    store = store_with(b"new")
    with pytest.raises(LocalTrouble, match="There is no file"):
        objects(store).verify(KEY, tmp_path / "absent")
    assert store.requests == []


# delete ---------------------------------------------------------------------------------------------------------


def test_deleting_puts_a_marker_on_top_and_undo_brings_the_bytes_back() -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    outcome = service.delete(plan)
    assert bodies(store) == [None, b"old"]
    assert outcome.version_id == entries(store)[0].version_id
    assert isinstance(outcome.undo, CopyForward)
    marker = outcome.undo.current
    assert marker is not None
    assert (marker.version_id, marker.is_delete_marker) == (entries(store)[0].version_id, True)
    versions(store).perform(outcome.undo)
    assert bodies(store) == [b"old", None, b"old"]


def test_deleting_without_versions_is_for_good_and_said_to_be() -> None:
    store = store_with(b"old", versioning=Versioning.OFF)
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    assert "The bucket keeps no versions" in " ".join(plan.sentences())
    outcome = service.delete(plan)
    assert outcome.undo is None
    assert outcome.no_undo == "The bucket keeps no versions: what was there before is gone."
    assert "are gone" in outcome.details[1]
    assert bodies(store) == []


def test_deleting_where_versioning_is_suspended_spares_what_has_an_id() -> None:
    store = store_with(b"old", versioning=Versioning.SUSPENDED)
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    assert plan.keeps_bytes
    outcome = service.delete(plan)
    assert isinstance(outcome.undo, CopyForward)
    versions(store).perform(outcome.undo)
    assert bodies(store) == [b"old", b"old"]


def test_deleting_the_null_version_where_versioning_is_suspended_is_for_good() -> None:
    store = store_with(b"old", versioning=Versioning.SUSPENDED)
    store.write(KEY, b"null one")
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    assert not plan.keeps_bytes
    outcome = service.delete(plan)
    assert outcome.undo is None
    assert bodies(store) == [None, b"old"]


@pytest.mark.parametrize("versioning", [Versioning.ON, Versioning.OFF])
def test_a_delete_stops_when_somebody_wrote_meanwhile(versioning: Versioning) -> None:
    store = store_with(b"old", versioning=versioning)
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict, match="nothing was done") as refusal:
        service.delete(plan)
    assert "Somebody wrote 10 B" in refusal.value.cause
    assert bodies(store)[0] == b"somebody's"


def test_a_delete_stops_when_somebody_deleted_it_meanwhile() -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_delete(KEY)
    assert isinstance(plan, DeleteObject)
    store.delete(KEY)
    with pytest.raises(Conflict) as refusal:
        service.delete(plan)
    assert "Somebody deleted it meanwhile" in refusal.value.cause


def test_deleting_what_is_deleted_is_nothing_to_do() -> None:
    store = store_with(b"old")
    store.delete(KEY)
    plan = objects(store).plan_delete(KEY)
    assert isinstance(plan, NothingToDo)
    assert "It was deleted already" in plan.reason


def test_deleting_what_never_was_is_not_found() -> None:
    with pytest.raises(NotFound):
        objects(store_with()).plan_delete(KEY)


def test_deleting_what_may_not_be_seen_is_denied_with_the_action_that_is_missing() -> None:
    store = store_with(b"old")
    store.before = lambda verb, address: (
        refusing(verb, Denied("No"))(verb, address) if verb in {"history", "facts"} else None
    )
    with pytest.raises(Denied) as refusal:
        objects(store).plan_delete(KEY)
    assert refusal.value.action


# read-only ------------------------------------------------------------------------------------------------------


def test_a_read_only_context_plans_but_changes_nothing(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store, READ_ONLY)
    upload, delete = service.plan_upload(file, KEY), service.plan_delete(KEY)
    assert isinstance(delete, DeleteObject)
    store.requests.clear()
    with pytest.raises(ReadOnly) as refusal:
        service.upload(upload)
    assert "prod" in refusal.value.cause
    with pytest.raises(ReadOnly):
        service.delete(delete)
    assert store.requests == []


# nobody was asked -----------------------------------------------------------------------------------------------


def asked(store: MemoryStore, verb: str) -> int:
    return sum(one == verb for one, _ in store.requests)


def side_by_side(store: MemoryStore, first: int) -> list[str]:
    """The verbs of all requests; the first so many, which are sent together, in the order of the alphabet."""
    verbs = [verb for verb, _ in store.requests]
    return sorted(verbs[:first]) + verbs[first:]


def test_what_nobody_was_asked_about_is_looked_at_once(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store)
    store.requests.clear()
    plan = service.plan_upload(file, KEY)
    service.upload(plan, is_unasked=True)
    assert side_by_side(store, 2) == ["history", "versioning", "facts", "upload"]
    store.requests.clear()
    doomed = service.plan_delete(KEY)
    assert isinstance(doomed, DeleteObject)
    service.delete(doomed, is_unasked=True)
    assert side_by_side(store, 2) == ["history", "versioning", "delete", "history"]
    assert bodies(store) == [None, b"new", b"old"]


def test_what_was_looked_at_too_long_ago_or_before_something_else_is_read_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_with(b"old")
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    service.plan_upload(file, ObjectKey(KEY.bucket, "another"))
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict, match="no longer as it was"):
        service.upload(plan, is_unasked=True)
    monkeypatch.setattr("s3ml_tui.services.transfers.single_file.JUST_S", 0.0)
    doomed = service.plan_delete(KEY)
    assert isinstance(doomed, DeleteObject)
    store.write(KEY, b"somebody's again")
    with pytest.raises(Conflict):
        service.delete(doomed, is_unasked=True)
    assert bodies(store)[0] == b"somebody's again"


@pytest.mark.parametrize("versioning", [Versioning.OFF, Versioning.SUSPENDED])
def test_where_no_versions_are_kept_it_is_looked_at_twice_all_the_same(file: Path, versioning: Versioning) -> None:
    store = store_with(b"old", versioning=versioning)
    service = objects(store)
    store.requests.clear()
    service.upload(service.plan_upload(file, KEY), is_unasked=True)
    verbs = side_by_side(store, 2)
    assert verbs[: verbs.index("upload")] == ["history", "versioning", "facts", "history"]
    doomed = service.plan_delete(KEY)
    assert isinstance(doomed, DeleteObject)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict):
        service.delete(doomed, is_unasked=True)


def test_an_older_plan_does_not_live_by_the_look_of_a_newer_one(file: Path) -> None:
    store = store_with(b"old")
    service = objects(store)
    older = service.plan_upload(file, KEY)
    store.write(KEY, b"somebody's")
    service.plan_upload(file, KEY)
    with pytest.raises(Conflict, match="no longer as it was"):
        service.upload(older, is_unasked=True)


def test_a_server_that_is_known_to_refuse_what_is_conditional_checks_it_alone(file: Path) -> None:
    store = store_with(b"old")
    store.is_known_to_refuse = True
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    store.requests.clear()
    service.upload(plan)
    assert [verb for verb, _ in store.requests] == ["upload"]
    plan = service.plan_upload(file, KEY)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict, match="no longer as it was"):
        service.upload(plan)
    assert bodies(store)[0] == b"somebody's"


def test_before_a_server_that_may_ignore_conditions_somebody_elses_write_is_still_seen(file: Path) -> None:
    store = store_with(b"old")
    store.honours_conditions = False
    service = objects(store)
    plan = service.plan_upload(file, KEY)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict, match="no longer as it was"):
        service.upload(plan)
    assert asked(store, "upload") == 0
