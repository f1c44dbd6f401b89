"""What was done is remembered, with its undo: over restarts, between processes, without secrets."""

import gzip
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.activity import ActivityRecord, Where, bucket_of, without_secrets
from s3ml_tui.domain.errors import BadInput, Conflict, NotFound, NotSupported
from s3ml_tui.domain.plans.batch import BringBackMany
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo, Outcome
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.services.undo.activity import FILE, FOLDER, OLDEST, Activity
from tests.domain.things import KEY, marker, version
from tests.services.memory import bodies, store_with
from tests.ui.harness import services_over

HERE = Where("prod", "http://here")
ELSEWHERE = Where("lab", "http://elsewhere")
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
UNDO = CopyForward(KEY, version("v1"), marker("m1"))
DELETED = Outcome("Deleted a.csv", NOW, ("It was 9 B.",), KEY, "m1", undo=UNDO)


def activity(folder: Path | None, where: Where = HERE, *, now: datetime = NOW) -> Activity:
    return Activity(folder, where, by="the test", now=lambda: now)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / FILE).read_bytes().splitlines()]


def trouble_of(here: Activity) -> str:
    """Why it is not remembered."""
    return here.trouble.title if here.trouble is not None else ""


def test_what_was_done_is_there_in_another_session_with_its_undo(tmp_path: Path) -> None:
    noted = activity(tmp_path).note(DELETED)
    later = activity(tmp_path)
    [record] = later.records()
    assert record == noted
    assert record == ActivityRecord(
        id=noted.id,
        at=NOW,
        title="Deleted a.csv",
        where=HERE,
        details=("It was 9 B.",),
        bucket="acme",
        key=KEY,
        version_id="m1",
        by="the test",
        undo="Bring back a.csv",
    )
    assert later.undo_of(record) == UNDO
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_newest_come_first_whatever_their_times(tmp_path: Path) -> None:
    here = activity(tmp_path)
    for number in range(3):
        here.note(Outcome(f"number {number}", NOW - timedelta(hours=number)))
    activity(tmp_path).note(Outcome("from beside", NOW - timedelta(days=1)))
    assert [record.title for record in here.records()] == ["from beside", "number 2", "number 1", "number 0"]


def test_the_last_is_of_this_server_and_bucket_and_not_undone_yet(tmp_path: Path) -> None:
    other = ObjectKey("other", "b.csv")
    earlier = activity(tmp_path)
    first = earlier.note(DELETED)
    earlier.note(Outcome("Deleted b.csv", NOW, key=other, undo=replace(UNDO, key=other)))
    earlier.note(Outcome("Looked at it", NOW, no_undo="Nothing to undo."))
    activity(tmp_path, ELSEWHERE).note(DELETED)
    here = activity(tmp_path)
    assert here.last("acme") == first
    found = here.last()
    assert found is not None
    assert found.title == "Deleted b.csv"
    assert here.last("none") is None
    own = here.note(Outcome("Deleted c", NOW, key=ObjectKey("third", "c"), undo=UNDO))
    assert here.last("acme") == own, "what was done in this session is undone wherever one is now"
    here.note(Outcome("Brought back c", NOW), undoes=own.id)
    assert here.last("acme") == first


def test_what_was_undone_says_when_and_is_not_undone_twice(tmp_path: Path) -> None:
    here = activity(tmp_path)
    record = here.note(DELETED)
    later = NOW + timedelta(minutes=5)
    activity(tmp_path).note(Outcome("Brought back a.csv", later), undoes=record.id)
    _, undone = here.records()
    assert (undone.undone_at, undone.can_be_undone) == (later, False)
    with pytest.raises(BadInput, match="undone already"):
        here.undo_of(undone)


def test_what_was_undone_in_part_can_be_undone_again(tmp_path: Path) -> None:
    here = activity(tmp_path)
    record = here.note(DELETED)
    here.note(Outcome("Brought back 1 of 2 objects", NOW, failed=1), undoes=record.id)
    assert here.last("acme") == record


def test_what_was_done_to_another_server_is_refused_and_says_where(tmp_path: Path) -> None:
    record = activity(tmp_path, ELSEWHERE).note(DELETED)
    here = activity(tmp_path)
    assert not here.is_here(record)
    with pytest.raises(BadInput, match="in the context lab, on http://elsewhere"):
        here.undo_of(record)
    assert not activity(tmp_path, replace(HERE, profile="admin")).is_here(here.note(DELETED))
    assert activity(tmp_path, replace(HERE, context="renamed")).is_here(here.note(DELETED))


def test_a_large_undo_is_kept_in_a_file_of_its_own(tmp_path: Path) -> None:
    many = BringBackMany(tuple(replace(UNDO, key=ObjectKey("acme", f"k{number}")) for number in range(500)))
    noted = activity(tmp_path).note(Outcome("Deleted 500 objects", NOW, undo=many))
    assert (tmp_path / FILE).stat().st_size < 2000
    path = tmp_path / FOLDER / f"{noted.id}.json.gz"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size < 20_000
    later = activity(tmp_path)
    [record] = later.records()
    assert record.bucket == "acme"
    assert later.undo_of(record) == many
    for damage in (b"", path.read_bytes()[:50], gzip.compress(b"{}"), gzip.compress(b"[")):
        path.write_bytes(damage)
        with pytest.raises(NotSupported, match="cannot be undone any more"):
            later.undo_of(record)
    path.unlink()
    with pytest.raises(NotSupported, match="older versions can be brought back"):
        later.undo_of(record)


@pytest.mark.parametrize(
    "change",
    [
        {"plan": {"kind": "UndoOfTomorrow", "key": "k"}},
        {"plan": {"kind": "NothingToDo", "title": "t", "reason": "r"}},
        {"plan": None},
        {"format": 2},
    ],
    ids=["another plan", "no undo", "none", "newer"],
)
def test_an_undo_that_is_not_known_is_left_out_and_the_rest_is_shown(tmp_path: Path, change: dict[str, Any]) -> None:
    noted = activity(tmp_path).note(DELETED)
    [line] = lines(tmp_path)
    (tmp_path / FILE).write_text(json.dumps(line | change) + "\n")
    here = activity(tmp_path)
    [record] = here.records()
    assert (record.id, record.title, record.at, record.where, record.bucket) == (
        noted.id,
        noted.title,
        NOW,
        HERE,
        "acme",
    )
    assert not record.can_be_undone
    assert here.last() is None
    with pytest.raises(BadInput, match="Another version of s3ml"):
        here.undo_of(record)


def test_a_guard_that_is_not_known_makes_the_undo_unknown(tmp_path: Path) -> None:
    activity(tmp_path).note(DELETED)
    [line] = lines(tmp_path)
    line["plan"]["only_before"] = "2027"
    (tmp_path / FILE).write_text(json.dumps(line) + "\n")
    [record] = activity(tmp_path).records()
    assert not record.can_be_undone


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    here = activity(tmp_path)
    here.note(DELETED)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'\xff\xfe\n[]\n{}\n{"format": 1, "deed": 3}\n{"format": "x", "deed": {}}\n\n{"format": 1, "deed"')
    here.note(Outcome("after it", NOW))
    assert [record.title for record in activity(tmp_path).records()] == ["after it", "Deleted a.csv"]


def test_what_is_old_is_not_shown_any_more(tmp_path: Path) -> None:
    activity(tmp_path).note(DELETED)
    assert len(activity(tmp_path, now=NOW + OLDEST).records()) == 1
    assert activity(tmp_path, now=NOW + OLDEST + timedelta(seconds=1)).records() == ()


def test_what_cannot_be_written_is_remembered_in_the_session_and_why_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    here = activity(tmp_path / "state")
    record = here.note(DELETED)
    assert "not remembered" in trouble_of(here)
    assert here.records() == (record,)
    assert here.undo_of(record) == UNDO
    (tmp_path / "state").unlink()
    here.note(Outcome("next", NOW))
    assert not trouble_of(here)
    assert [one.title for one in here.records()] == ["Deleted a.csv", "next"]


def test_without_a_folder_it_lasts_as_long_as_the_session() -> None:
    here = activity(None)
    record = here.note(DELETED)
    assert here.last() == record
    assert here.undo_of(record) == UNDO
    assert here.trouble is None


def test_an_undo_that_is_no_known_plan_lasts_as_long_as_the_session(tmp_path: Path) -> None:
    strange = NothingToDo("Undo it", "by magic")
    here = activity(tmp_path)
    record = here.note(replace(DELETED, undo=strange))
    assert here.undo_of(here.records()[0]) == strange
    [kept] = activity(tmp_path).records()
    assert (kept.id, kept.undo) == (record.id, "")


def test_they_are_found_by_number_and_by_id(tmp_path: Path) -> None:
    here = activity(tmp_path)
    first, second = here.note(DELETED), here.note(DELETED)
    assert here.find("1") == second
    assert here.find("2") == first
    assert here.find(first.id) == first
    for wrong in ("0", "3", "99999999999999999999", "nosuchid"):
        with pytest.raises(NotFound):
            here.find(wrong)


def test_no_link_and_no_password_is_kept(tmp_path: Path) -> None:
    link = "https://h/acme/a.csv?X-Amz-Algorithm=AWS4&X-Amz-Credential=AKIA&X-Amz-Signature=5ec4e7"
    old = "https://h/a?AWSAccessKeyId=AKIA&Signature=5ec4e7&Expires=1"
    activity(tmp_path).note(
        Outcome(f"Shared {link}", NOW, (f"({link}) until noon", old, "http://me:5ec4e7@h/x"), no_undo=link)
    )
    text = (tmp_path / FILE).read_text()
    for secret in ("5ec4e7", "AKIA", "X-Amz", "me:"):
        assert secret not in text
    [record] = activity(tmp_path).records()
    assert record.title == "Shared (a link)"
    assert record.details == ("(a link) until noon", "(a link)", "http://h/x")


def test_texts_without_secrets_stay_as_they_are() -> None:
    for text in ("s3://acme/a?b=c", "Signature=none", "me@host trains", "https://h/a?versionId=1&x=2"):
        assert without_secrets(text) == text


def test_the_bucket_is_found_in_whatever_names_it() -> None:
    assert bucket_of(None, UNDO) == "acme"
    assert bucket_of(BringBackMany((UNDO,))) == "acme"
    assert bucket_of(Place("b", "p/")) == "b"
    assert bucket_of(NothingToDo("t", "r"), "text", 3) == ""


# through the one door of a session -----------------------------------------------------------------------------------


def services(tmp_path: Path, *contents: bytes) -> Services:
    store = store_with(*contents)
    return services_over(store, tmp_path, activity=activity(tmp_path / "state"))


def test_what_is_performed_is_noted_and_undone_in_another_session(tmp_path: Path) -> None:
    first = services(tmp_path, b"one", b"two!")
    first.perform(first.objects.plan_delete(KEY))
    later = services_over(first.store, tmp_path, activity=activity(tmp_path / "state"))
    record = later.activity.last(KEY.bucket)
    assert record is not None
    assert (record.title, record.bucket, record.by) == ("Deleted a.csv", "acme", "the test")
    plan = later.activity.undo_of(record)
    later.perform(plan, undoes=record.id)
    assert bodies(first.store)[0] == b"two!"
    back, undone = later.activity.records()
    assert back.undoes == record.id
    assert undone.undone_at is not None


def test_an_undo_is_refused_in_a_sentence_when_what_was_made_was_changed_meanwhile(tmp_path: Path) -> None:
    first = services(tmp_path, b"one")
    first.perform(first.objects.plan_delete(KEY))
    first.store.write(KEY, b"by somebody else")
    later = services_over(first.store, tmp_path, activity=activity(tmp_path / "state"))
    record = later.activity.last()
    assert record is not None
    with pytest.raises(Conflict, match="nothing was done"):
        later.perform(later.activity.undo_of(record), undoes=record.id)
    assert bodies(first.store)[0] == b"by somebody else"
    assert later.activity.last() == record


def test_an_undo_that_would_lose_something_by_now_is_refused(tmp_path: Path) -> None:
    one = services(tmp_path, b"one", b"two!")
    one.perform(one.objects.plan_delete(KEY))
    record = one.activity.last()
    assert record is not None
    one.store.suspend_versioning(KEY.bucket)
    with pytest.raises(Conflict, match="keeps no versions any more"):
        one.perform(one.activity.undo_of(record), undoes=record.id)
    assert bodies(one.store) == [None, b"two!", b"one"]
    one.store.enable_versioning(KEY.bucket)
    one.perform(one.activity.undo_of(record), undoes=record.id)
    assert bodies(one.store)[0] == b"two!"


def test_what_was_done_to_a_bucket_without_versions_is_undone_as_it_was_said(tmp_path: Path) -> None:
    store = store_with(versioning=Versioning.OFF)
    one = services_over(store, tmp_path, activity=activity(tmp_path / "state"))
    (tmp_path / "a.csv").write_bytes(b"new")
    one.perform(one.objects.plan_upload(tmp_path / "a.csv", KEY))
    record = one.activity.last()
    assert record is not None
    one.perform(one.activity.undo_of(record), undoes=record.id)
    assert bodies(store) == []


def test_what_does_nothing_is_not_noted(tmp_path: Path) -> None:
    one = services(tmp_path, b"one")
    one.perform(NothingToDo("Delete a.csv", "It was deleted already."))
    assert one.activity.records() == ()
