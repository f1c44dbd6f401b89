"""Copying, moving, renaming: what is planned, what becomes of the bucket, and how it is undone."""

from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled, Conflict, Denied, NotFound, NotSupported, ReadOnly
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects, spare_names
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome, Plan
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.objects import copy_move_plan as copies_module
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import Clock, bodies, changes, refusing
from tests.ui.harness import services_over

BUCKET, PLAIN, OTHER = "acme", "plain", "other"
RAW, NEW = Place(BUCKET, "raw/"), Place(BUCKET, "new/")
A = RAW.key("a.csv")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore(BUCKET, OTHER)
    store.create_bucket(PLAIN)
    for size, name in enumerate(("a.csv", "b.csv", "deep/c.csv"), 1):
        store.write(RAW.key(name), b"x" * size)
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


def copy_of(plan: CopyObjects | NothingToDo) -> CopyObjects:
    assert isinstance(plan, CopyObjects)
    return plan


def undone(services: Services, outcome: Outcome) -> Outcome:
    assert outcome.undo is not None
    return services.perform(outcome.undo)


def below(store: MemoryStore, place: Place) -> dict[str, bytes]:
    return {key[len(place.prefix) :]: store.read(ObjectKey(place.bucket, key)) for key in store.keys(place)}


# one object --------------------------------------------------------------------------------------------------


def test_one_object_is_copied_with_what_belongs_to_it_and_the_undo_deletes_the_copy(
    store: MemoryStore, services: Services
) -> None:
    store.describe(A, tags={"team": "a"}, headers={"CacheControl": "no-cache"}, storage_class="STANDARD_IA")
    target = ObjectKey(OTHER, "x/y.csv")
    plan = copy_of(services.copies.plan_object(A, target))
    assert plan.title == "Copy a.csv"
    assert "s3://acme/raw/a.csv (version" in plan.sentences()[0]
    assert plan.sentences()[1] == "Nothing is there now."
    assert not plan.is_destructive
    moved: list[int] = []
    outcome = services.perform(plan, progress=moved.append)
    assert outcome.title == "Copied a.csv"
    assert outcome.details[0] == "s3://acme/raw/a.csv → s3://other/x/y.csv"
    assert (outcome.key, outcome.version_id) == (target, store.facts(target).version_id)
    facts = store.facts(target)
    assert (facts.storage_class, facts.headers["CacheControl"]) == ("STANDARD_IA", "no-cache")
    assert store.tags(target) == {"team": "a"}
    assert sum(moved) == 1
    undone(services, outcome)
    assert bodies(store, target) == [None, b"x"]
    assert bodies(store, A) == [b"x"]


def test_a_target_that_ends_with_a_slash_keeps_the_name_and_a_folder_of_the_name_is_hinted_at(
    store: MemoryStore, services: Services
) -> None:
    copies = services.copies
    plan = copy_of(copies.plan_object(A, ObjectKey(OTHER, "")))
    assert plan.items[0].target == ObjectKey(OTHER, "a.csv")
    plan = copy_of(copies.plan_object(A, ObjectKey(BUCKET, "raw/deep")))
    assert "end the address with / to go into it" in plan.sentences()[-1]
    assert copy_of(copies.plan_object(A, ObjectKey(BUCKET, "raw/deep/"))).items[0].target == RAW.key("deep/a.csv")


def test_an_old_version_is_copied_as_it_was(store: MemoryStore, services: Services) -> None:
    old = store.facts(A).version_id
    store.write(A, b"newer")
    target = NEW.key("old.csv")
    services.perform(services.copies.plan_object(A, target, old))
    assert store.read(target) == b"x"


def test_renaming_puts_a_marker_where_it_was_and_the_undo_brings_it_back_and_the_redo_moves_again(
    store: MemoryStore, services: Services
) -> None:
    target = RAW.key("renamed.csv")
    plan = copy_of(services.copies.plan_object(A, target, is_move=True))
    assert plan.title == "Rename a.csv"
    assert "a delete marker is put where it was" in plan.sentences()[-1]
    outcome = services.perform(plan)
    assert outcome.title == "Renamed a.csv"
    assert (bodies(store, A), bodies(store, target)) == ([None, b"x"], [b"x"])
    assert isinstance(outcome.undo, TakeBack)
    assert outcome.undo.title == "Undo renaming a.csv"
    back = undone(services, outcome)
    assert back.title == "Undid renaming a.csv"
    assert (bodies(store, A), bodies(store, target)) == ([b"x", None, b"x"], [None, b"x"])
    assert isinstance(back.undo, TakeBack)
    assert back.undo.title == "Redo renaming a.csv"
    undone(services, back)
    assert (bodies(store, A)[0], bodies(store, target)[0]) == (None, b"x")


def test_what_is_overwritten_is_asked_about_kept_as_an_older_version_and_comes_back(
    store: MemoryStore, services: Services
) -> None:
    target = RAW.key("b.csv")
    plan = copy_of(services.copies.plan_object(A, target))
    assert plan.is_undecided
    with pytest.raises(BadInput, match="something is there already"):
        services.perform(plan)
    plan = plan.decided(Clash.OVERWRITE)
    assert "stay as an older version" in plan.sentences()[1]
    outcome = services.perform(plan)
    assert bodies(store, target) == [b"x", b"xx"]
    undone(services, outcome)
    assert bodies(store, target) == [b"xx", b"x", b"xx"]


def test_to_keep_both_a_free_name_is_found(store: MemoryStore, services: Services) -> None:
    store.write(RAW.key("b (2).csv"), b"taken")
    copies = services.copies
    plan = copies.decided(copy_of(copies.plan_object(A, RAW.key("b.csv"))), Clash.KEEP_BOTH)
    assert plan.items[0].target == RAW.key("b (3).csv")
    services.perform(plan)
    assert store.read(RAW.key("b.csv")) == b"xx"
    assert store.read(RAW.key("b (3).csv")) == b"x"


def test_names_beside_a_name() -> None:
    assert [key.key for key in spare_names(RAW.key("a.tar.gz"), 2)] == ["raw/a (2).tar.gz", "raw/a (3).tar.gz"]
    assert [key.key for key in spare_names(RAW.key(".env"), 1)] == ["raw/.env (2)"]
    assert [key.key for key in spare_names(ObjectKey(BUCKET, "a"), 1)] == ["a (2)"]
    assert spare_names(RAW.key("folder/"), 2) == []


def test_what_somebody_wrote_meanwhile_is_not_overwritten(store: MemoryStore, services: Services) -> None:
    target = NEW.key("a.csv")
    plan = services.copies.plan_object(A, target, is_move=True)
    store.write(target, b"meanwhile")
    with pytest.raises(Conflict):
        services.perform(plan)
    assert store.read(target) == b"meanwhile"
    assert bodies(store, A) == [b"x"]


def test_a_source_that_is_written_while_it_is_moved_stays(store: MemoryStore, services: Services) -> None:
    plan = services.copies.plan_object(A, NEW.key("a.csv"), is_move=True)

    def meanwhile(verb: str, _address: str) -> None:
        if verb == "copy":
            store.after = lambda *_: None
            store.write(A, b"meanwhile")

    store.after = meanwhile
    outcome = services.perform(plan)
    assert outcome.title == "Moved a.csv; 1 object could not be deleted and is in both places"
    assert outcome.failed == 1
    assert store.read(A) == b"meanwhile"
    assert store.read(NEW.key("a.csv")) == b"x"


def test_what_is_not_there_deleted_or_the_same_is_said(store: MemoryStore, services: Services) -> None:
    copies = services.copies
    with pytest.raises(NotFound, match="There is no"):
        copies.plan_object(RAW.key("none"), NEW.key("x"))
    store.delete(A)
    with pytest.raises(NotFound, match="is deleted"):
        copies.plan_object(A, NEW.key("x"))
    same = copies.plan_object(RAW.key("b.csv"), RAW.key("b.csv"))
    assert isinstance(same, NothingToDo)
    with pytest.raises(BadInput, match="too long"):
        copies.plan_object(RAW.key("b.csv"), NEW.key("x" * 1025))


def test_who_may_not_look_is_told_which_permission_is_missing(store: MemoryStore, services: Services) -> None:
    def deny(verb: str, address: str) -> None:
        if verb in {"history", "facts"} and address.endswith("secret.csv"):
            raise Denied("Access is denied")

    store.before = deny
    with pytest.raises(Denied) as raised:
        services.copies.plan_object(A, NEW.key("secret.csv"))
    assert raised.value.action == "s3:ListBucketVersions"


# without versions --------------------------------------------------------------------------------------------------


def test_on_a_bucket_without_versions_a_move_is_undone_by_copying_back(store: MemoryStore, services: Services) -> None:
    source, target = ObjectKey(PLAIN, "a"), ObjectKey(PLAIN, "b")
    store.write(source, b"bytes")
    plan = copy_of(services.copies.plan_object(source, target, is_move=True))
    assert "keeps no versions now, so the undo copies back" in plan.sentences()[-1]
    outcome = services.perform(plan)
    assert (bodies(store, source), bodies(store, target)) == ([], [b"bytes"])
    assert outcome.undo is not None
    assert "copied back to where they were" in " ".join(outcome.undo.sentences())
    undone(services, outcome)
    assert (bodies(store, source), bodies(store, target)) == ([b"bytes"], [])


def test_on_a_bucket_without_versions_what_is_overwritten_is_said_to_be_lost(
    store: MemoryStore, services: Services
) -> None:
    target = ObjectKey(PLAIN, "b")
    store.write(target, b"there")
    plan = copy_of(services.copies.plan_object(A, target)).decided(Clash.OVERWRITE)
    assert plan.is_destructive
    assert "the 5 B written on" in plan.sentences()[1]
    assert "cannot be undone" in plan.sentences()[1]
    outcome = services.perform(plan)
    assert outcome.undo is None
    assert "keeps no versions" in outcome.no_undo


def test_with_versioning_suspended_what_is_buried_is_said_to_be_lost(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = ObjectKey(PLAIN, "into/a.csv")
    store.write(target, b"null one")
    store.enable_versioning(PLAIN)
    store.write(target, b"top")
    store.suspend_versioning(PLAIN)
    for few in (copies_module.FEW, 0):
        monkeypatch.setattr(copies_module, "FEW", few)
        plan = copy_of(services.copies.plan_objects([A], Place(PLAIN, "into/"))).decided(Clash.OVERWRITE)
        assert plan.items[0].buried is not None
        assert "Versioning is suspended: the 8 B" in " ".join(plan.sentences())


# several, and prefixes ---------------------------------------------------------------------------------------


def test_a_prefix_is_moved_whole_and_the_undo_puts_all_back(store: MemoryStore, services: Services) -> None:
    before = below(store, RAW)
    plan = copy_of(services.copies.plan_place(RAW, NEW, is_move=True))
    assert plan.title == "Move 3 objects"
    assert plan.sentences()[:2] == (
        "a.csv, b.csv, c.csv of s3://acme/raw/: 6 B are copied to s3://acme/new/.",
        "Nothing of these names is there now.",
    )
    outcome = services.perform(plan)
    assert outcome.title == "Moved 3 objects"
    assert below(store, NEW) == before
    assert below(store, RAW) == {}
    assert outcome.undo is not None
    assert outcome.undo.sentences()[:2] == (
        "a.csv, b.csv, c.csv: 6 B become current again, from their older versions.",
        "a.csv, b.csv, c.csv: deleted, as they were not there before.",
    )
    undone(services, outcome)
    assert (below(store, RAW), below(store, NEW)) == (before, {})
    assert "delete_many" in changes(store)


def test_a_large_prefix_is_looked_at_again_by_one_listing(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3ml_tui.services.objects.delete.FEW", 1)
    plan = services.copies.plan_place(RAW, NEW, is_move=True)
    store.requests.clear()

    def meanwhile(verb: str, _address: str) -> None:
        if verb == "copy":
            store.after = lambda *_: None
            store.write(A, b"meanwhile")

    store.after = meanwhile
    outcome = services.perform(plan)
    assert [verb for verb, _ in store.requests].count("versions_below") == 2  # before the delete and after it
    assert "1 object could not be deleted" in outcome.title
    assert below(store, RAW) == {"a.csv": b"meanwhile"}


@pytest.mark.parametrize(
    ("clash", "copied", "kept"),
    [
        (Clash.OVERWRITE, 3, {"a.csv": b"x", "b.csv": b"xx"}),
        (Clash.SKIP, 1, {"a.csv": b"old", "b.csv": b"new"}),
        (Clash.NEWER, 2, {"a.csv": b"x", "b.csv": b"new"}),
        (Clash.KEEP_BOTH, 3, {"a.csv": b"old", "b.csv": b"new", "a (2).csv": b"x", "b (2).csv": b"xx"}),
    ],
)
def test_what_is_there_is_asked_about_once(tmp_path: Path, clash: Clash, copied: int, kept: dict[str, bytes]) -> None:
    store = MemoryStore(BUCKET, now=Clock())
    store.write(NEW.key("a.csv"), b"old")
    for size, name in enumerate(("a.csv", "b.csv", "c.csv"), 1):
        store.write(RAW.key(name), b"x" * size)
    store.write(NEW.key("b.csv"), b"new")
    services = services_over(store, tmp_path)
    copies = services.copies
    plan = copy_of(copies.plan_objects([RAW.key(name) for name in ("a.csv", "b.csv", "c.csv")], NEW))
    assert plan.is_undecided
    assert "2 objects are there already (a.csv, b.csv) and overwritten" in " ".join(plan.sentences())
    plan = copies.decided(plan, clash)
    assert len(plan.items) == copied
    outcome = services.perform(plan)
    assert below(store, NEW) == {**kept, "c.csv": b"xxx"}
    undone(services, outcome)
    assert below(store, NEW) == {"a.csv": b"old", "b.csv": b"new"}


def test_when_all_are_there_and_skipped_there_is_nothing_to_do(store: MemoryStore, services: Services) -> None:
    store.write(NEW.key("a.csv"), b"there")
    plan = copy_of(services.copies.plan_objects([A], NEW)).decided(Clash.SKIP)
    assert not plan.changes_anything
    assert plan.sentences() == ("1 object is in s3://acme/new/ already and stay as they are.",)


@pytest.mark.parametrize("is_move", [False, True])
def test_of_no_objects_nothing_is_to_be_done(services: Services, *, is_move: bool) -> None:
    plan = services.copies.plan_objects([], NEW, is_move=is_move)
    assert isinstance(plan, NothingToDo)
    assert plan.title == f"{'Move' if is_move else 'Copy'} 0 objects"


def test_a_prefix_into_itself_is_refused_and_so_is_an_empty_one(services: Services) -> None:
    copies = services.copies
    with pytest.raises(BadInput, match="in s3://acme/raw/ itself"):
        copies.plan_place(RAW, RAW.under("deep"), is_move=True)
    with pytest.raises(NotFound, match="nothing below"):
        copies.plan_place(Place(BUCKET, "none/"), NEW)
    assert isinstance(copies.plan_place(RAW, RAW), NothingToDo)
    assert copy_of(copies.plan_place(RAW.under("deep"), RAW)).items[0].target == RAW.key("c.csv")


def test_one_that_fails_does_not_stop_the_others(store: MemoryStore, services: Services) -> None:
    plan = services.copies.plan_place(RAW, NEW, is_move=True)

    def deny(verb: str, address: str) -> None:
        if verb == "copy" and address.endswith("b.csv"):
            raise Denied("Copying b.csv is denied", action="s3:PutObject")

    store.before = deny
    outcome = services.perform(plan)
    assert outcome.title == "Moved 2 of 3 objects; 1 failed, the first: Copying b.csv is denied"
    assert outcome.failed == 1
    assert below(store, RAW) == {"b.csv": b"xx"}


def test_a_cancel_leaves_what_was_not_begun_and_deletes_nothing_that_was_not_copied(
    store: MemoryStore, services: Services
) -> None:
    plan = services.copies.plan_place(RAW, NEW, is_move=True)
    with pytest.raises(Cancelled):
        services.perform(plan, cancelled=lambda: True)
    assert len(below(store, RAW)) == 3
    assert below(store, NEW) == {}


def test_who_may_not_list_versions_moves_by_the_plain_listing(store: MemoryStore, services: Services) -> None:
    store.before = refusing("versions_below", Denied("no", action="s3:ListBucketVersions"))
    outcome = services.perform(services.copies.plan_place(RAW, NEW, is_move=True))
    assert outcome.failed == 0
    assert (len(below(store, NEW)), below(store, RAW)) == (3, {})
    undone(services, outcome)
    assert (below(store, NEW), len(below(store, RAW))) == ({}, 3)


def test_many_targets_are_looked_at_by_one_listing(
    store: MemoryStore, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies_module, "FEW", 0)
    store.write(NEW.key("b.csv"), b"there")
    store.write(NEW.key("a.csv"), b"gone")
    store.delete(NEW.key("a.csv"))
    plan = copy_of(services.copies.plan_place(RAW, NEW))
    assert [item.target.name for item in plan.collisions] == ["b.csv"]
    services.perform(plan.decided(Clash.OVERWRITE))
    assert below(store, NEW) == below(store, RAW)


def test_too_many_are_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_module, "MOST_MARKED", 1)
    monkeypatch.setattr("s3ml_tui.services.browse.recursive.MOST_BELOW", 2)
    with pytest.raises(BadInput, match="too many at once"):
        services.copies.plan_objects([A, A], NEW)
    with pytest.raises(BadInput, match="too many for one plan"):
        services.copies.plan_place(RAW, NEW)


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    plan = services.copies.plan_object(A, NEW.key("a.csv"))
    store.requests.clear()
    with pytest.raises(ReadOnly):
        services.perform(plan)
    with pytest.raises(ReadOnly):
        services.perform(TakeBack("moving", ((plan,),)))
    assert store.requests == []


def test_a_plan_nobody_knows_is_said(services: Services) -> None:
    class Unknown(Plan):
        title, affirmative = "Dance", "Dance"

        def sentences(self) -> tuple[str, ...]:
            return ()

    with pytest.raises(NotSupported, match="Dance cannot be performed"):
        services.perform(Unknown())


def test_where_versioning_may_not_be_seen_the_plan_does_not_say_that_none_are_kept(
    store: MemoryStore, services: Services
) -> None:
    for number in range(30):
        store.write(ObjectKey("acme", f"many/{number:02}"), b"1")
    store.before = refusing("versioning", Denied("No", action="s3:GetBucketVersioning"))
    store.requests.clear()
    plan = copy_of(services.copies.plan_place(Place("acme", "many/"), Place("acme", "moved/"), is_move=True))
    said = " ".join(plan.sentences())
    assert "Whether that bucket keeps versions could not be seen" in said
    assert "keeps no versions" not in said
    assert [verb for verb, _ in store.requests].count("history") < 3, "no target is looked at by itself"
