"""Editing: a private file, written back over what was seen and nothing else, and no bytes that are not text."""

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble, NotFound, ReadOnly
from s3ml_tui.domain.plans.edit import WriteBack
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import OURS
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.objects import edit as editing_module
from s3ml_tui.services.objects.edit import Draft, Editing, difference
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import KEY, bodies, changes, entries, store_with
from tests.ui.harness import services_over

TEXT = b"a\nb\nc\n"


@pytest.fixture
def store() -> MemoryStore:
    store = store_with(b"older\n")
    store.write(KEY, TEXT, content_type="text/csv", metadata={"rows": "3"})
    store.describe(KEY, tags={"team": "a"}, headers={"CacheControl": "no-cache"})
    store.requests.clear()
    return store


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where drafts are; nothing may be left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


@pytest.fixture
def editing(services: Services) -> Editing:
    return services.editing


@pytest.fixture
def draft(editing: Editing) -> Iterator[Draft]:
    draft = editing.begin(KEY)
    yield draft
    editing.drop(draft)


def planned(editing: Editing, draft: Draft, body: bytes, *, all_the_same: bool = False) -> WriteBack:
    draft.path.write_bytes(body)
    plan = editing.plan(draft, all_the_same=all_the_same)
    assert isinstance(plan, WriteBack)
    return plan


def test_the_file_is_the_users_alone_and_has_the_objects_name(draft: Draft) -> None:
    assert draft.path.name == "a.csv"
    assert draft.path.read_bytes() == TEXT
    assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(draft.path.parent.stat().st_mode) == 0o700


def test_what_was_edited_is_written_back_with_all_that_was_kept_and_undone(
    store: MemoryStore, services: Services, editing: Editing, draft: Draft
) -> None:
    plan = planned(editing, draft, b"a\nB\nc\nd\n")
    assert plan.sentences()[0] == f"6 B of {KEY.uri} become 8 B. 2 lines added, 1 line removed."
    assert "stay as an older version" in plan.sentences()[1]
    assert not plan.is_destructive
    outcome = services.perform(plan)
    facts = store.facts(KEY)
    assert (outcome.title, outcome.version_id) == ("Edited a.csv", facts.version_id)
    assert bodies(store) == [b"a\nB\nc\nd\n", TEXT, b"older\n"]
    assert (facts.content_type, facts.headers["CacheControl"]) == ("text/csv", "no-cache")
    assert {name: value for name, value in facts.metadata.items() if not name.startswith(OURS)} == {"rows": "3"}
    assert store.tags(KEY) == {"team": "a"}
    assert isinstance(outcome.undo, CopyForward)
    services.perform(outcome.undo)
    assert store.read(KEY) == TEXT


def test_unchanged_means_nothing_is_written(store: MemoryStore, editing: Editing, draft: Draft) -> None:
    plan = editing.plan(draft)
    assert isinstance(plan, NothingToDo)
    assert plan.reason == "It was not changed; nothing was written."
    assert changes(store) == []


def test_an_old_version_is_edited_and_becomes_the_current_one(
    store: MemoryStore, services: Services, editing: Editing
) -> None:
    draft = editing.begin(KEY, entries(store)[1].version_id)
    try:
        assert draft.path.read_bytes() == b"older\n"
        services.perform(planned(editing, draft, b"old\n"))
    finally:
        editing.drop(draft)
    assert bodies(store) == [b"old\n", TEXT, b"older\n"]


def test_somebody_elses_write_is_seen_compared_and_covered_only_when_that_is_wanted(
    store: MemoryStore, services: Services, editing: Editing, draft: Draft
) -> None:
    plan = planned(editing, draft, b"a\nmine\nc\n")
    store.write(KEY, b"a\ntheirs\nc\n")
    with pytest.raises(Conflict, match="no longer as it was when the editing began"):
        services.perform(plan)
    assert store.read(KEY) == b"a\ntheirs\nc\n"
    there, diff = editing.theirs(draft)
    assert there is not None
    assert diff is not None
    assert diff.lines == ("…", " a", "-theirs", "+mine", " c")
    outcome = services.perform(planned(editing, draft, b"a\nmine\nc\n", all_the_same=True))
    assert bodies(store)[:3] == [b"a\nmine\nc\n", b"a\ntheirs\nc\n", TEXT]
    assert outcome.undo is not None
    services.perform(outcome.undo)
    assert store.read(KEY) == b"a\ntheirs\nc\n"


def test_what_was_deleted_meanwhile_can_be_written_anew(
    store: MemoryStore, services: Services, editing: Editing, draft: Draft
) -> None:
    plan = planned(editing, draft, b"mine\n")
    store.delete(KEY)
    with pytest.raises(Conflict):
        services.perform(plan)
    there, diff = editing.theirs(draft)
    assert (there is not None and there.is_delete_marker, diff) == (True, None)
    anew = planned(editing, draft, b"mine\n", all_the_same=True)
    assert anew.sentences()[1] == "Nothing is there any more; it is written anew."
    services.perform(anew)
    assert store.read(KEY) == b"mine\n"


def test_without_versions_what_is_lost_is_said(tmp_path: Path) -> None:
    store = store_with(TEXT, versioning=Versioning.OFF)
    services = services_over(store, tmp_path)
    editing = services.editing
    draft = editing.begin(KEY)
    try:
        plan = planned(editing, draft, b"x\n")
        assert plan.is_destructive
        assert "keeps no versions" in plan.sentences()[1]
        assert services.perform(plan).undo is None
        assert store.read(KEY) == b"x\n"
        stale = planned(editing, draft, b"y\n")
        with pytest.raises(Conflict):
            services.perform(stale)
        store.delete(KEY)
        services.perform(planned(editing, draft, b"y\n", all_the_same=True))
        assert store.read(KEY) == b"y\n"
    finally:
        editing.drop(draft)


def test_binary_and_huge_objects_are_refused_in_a_sentence(
    store: MemoryStore, editing: Editing, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(KEY, b"PK\x03\x04\x00")
    with pytest.raises(BadInput, match="is no text"):
        editing.begin(KEY)
    store.write(KEY, "größe\tñ\x1b[1m\r\n".encode("latin-1"))
    draft = editing.begin(KEY)
    editing.drop(draft)
    monkeypatch.setattr(editing_module, "MOST", 5)
    with pytest.raises(BadInput, match="too large to be edited"):
        editing.begin(KEY)
    store.delete(KEY)
    with pytest.raises(NotFound, match="deleted"):
        editing.begin(KEY)


def test_a_hostile_name_stays_in_its_folder(store: MemoryStore, editing: Editing, temporary: Path) -> None:
    for name in ("d/..", "..x\x1b[31m", "x" * 300, "d/.hidden"):
        key = ObjectKey("acme", name)
        store.write(key, b"x")
        draft = editing.begin(key)
        assert draft.path.parent.parent == temporary
        assert "\x1b" not in draft.path.name
        editing.drop(draft)


def test_what_was_edited_is_kept_in_a_file_that_was_not_there(editing: Editing, draft: Draft, tmp_path: Path) -> None:
    draft.path.write_bytes(b"mine")
    kept = editing.keep(draft, tmp_path / "mine.csv")
    assert kept.read_bytes() == b"mine"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with pytest.raises(LocalTrouble, match="there already"):
        editing.keep(draft, kept)
    with pytest.raises(LocalTrouble, match="cannot be written"):
        editing.keep(draft, tmp_path / "none" / "x")
    assert editing.keep(draft, tmp_path) == tmp_path / "a.csv"


def test_a_file_that_is_gone_or_has_grown_too_large_is_said(
    editing: Editing, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft.path.unlink()
    with pytest.raises(LocalTrouble, match="is gone"):
        editing.plan(draft)
    draft.path.write_bytes(b"x" * 11)
    monkeypatch.setattr(editing_module, "MOST", 5)
    with pytest.raises(BadInput, match="become too large"):
        editing.plan(draft)


def test_differences_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(f"{number}\n" for number in range(5000)).encode()
    found = difference(many, many.replace(b"\n2500\n", b"\nx\n"))
    assert found is not None
    assert (found.added, found.removed, found.lines) == (1, 1, ("…", " 2498", " 2499", "-2500", "+x", " 2501", " 2502"))
    assert difference(b"", b"a\n") is not None
    assert difference(b"\xff", b"a") is None
    other = difference(many, b"x\n" * 5000)
    assert other is not None
    assert (other.added, other.removed, other.lines, other.is_cut) == (5000, 5000, (), True)
    monkeypatch.setattr(editing_module, "MOST_COMPARED", 3)
    assert difference(b"abcd", b"abce") is None


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    with pytest.raises(ReadOnly):
        services.editing.begin(KEY)
    assert store.requests == []
