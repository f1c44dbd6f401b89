"""Buckets as a whole: made private and versioned, set, counted, emptied, deleted, and never more than was counted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled, Conflict, Denied, NotFound, NotSupported, ReadOnly
from s3ml_tui.domain.plans.bucket_folder import DeleteBucket, SetBlock, SetVersioning, Tally
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.capabilities import BLOCK_OF_LISTS, LifecycleRule, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE, lifecycle_words
from s3ml_tui.domain.storage.store import OpenUpload
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.buckets import empty as emptying
from s3ml_tui.services.buckets.buckets import Buckets
from s3ml_tui.services.session import Services
from tests.doubles import MemoryStore
from tests.services.memory import Clock, changes, refusing
from tests.ui.harness import services_over

A, B = ObjectKey("acme", "a"), ObjectKey("acme", "d/b")


@pytest.fixture
def store() -> MemoryStore:
    """A bucket with 2 objects, 1 old version, 1 deleted object of 1 version, 1 open upload."""
    store = MemoryStore("acme", page_size=2, now=Clock())
    for key, body in ((A, b"1"), (A, b"22"), (B, b"333"), (ObjectKey("acme", "gone"), b"4444")):
        store.write(key, body)
    store.delete(ObjectKey("acme", "gone"))
    store.uploads = [(ObjectKey("acme", "up"), OpenUpload("up", "u1", datetime.now(UTC)))]
    return store


@pytest.fixture
def services(store: MemoryStore, tmp_path: Path) -> Services:
    return services_over(store, tmp_path)


@pytest.fixture
def buckets(services: Services) -> Buckets:
    return services.buckets


# made and set ------------------------------------------------------------------------------------------------------


def test_a_bucket_is_made_private_and_versioned_and_unmade_while_it_is_empty(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    plan = buckets.plan_create("brand-new")
    assert "nobody but this account" in plan.sentences()[0]
    outcome = services.perform(plan)
    facts = store.bucket_facts("brand-new")
    assert (facts.versioning, facts.block) == (Versioning.ON, PublicAccessBlock.ON)
    assert isinstance(outcome.undo, DeleteBucket)
    store.write(ObjectKey("brand-new", "k"), b"x")
    with pytest.raises(Conflict, match="it holds 1 object"):
        services.perform(outcome.undo)
    store.delete_version(
        ObjectKey("brand-new", "k"), next(iter(store.history(ObjectKey("brand-new", "k")))).versions[0].version_id
    )
    services.perform(outcome.undo)
    assert not store.bucket_exists("brand-new")


def test_what_the_server_cannot_do_for_a_new_bucket_is_said(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    store.before = refusing("block_public_access", NotSupported("no"))
    said = " ".join(services.perform(buckets.plan_create("brand-new")).details)
    assert "Switched versioning on" in said
    assert "Blocked" not in said


def test_a_new_bucket_that_takes_no_object_under_the_block_is_made_to_take_them(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    store.refuses_writes_under = BLOCK_OF_LISTS
    said = " ".join(services.perform(buckets.plan_create("brand-new")).details)
    assert "except by access lists of its objects" in said
    assert store.write(ObjectKey("brand-new", "k"), b"x")


def test_a_setting_that_keeps_all_writes_out_is_refused_and_taken_back(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    store.create_bucket("plain")
    store.refuses_writes_under = frozenset({"IgnorePublicAcls", "versioning"})
    with pytest.raises(NotSupported, match="with the block this server refuses every write"):
        services.perform(buckets.plan_block("plain", is_on=True))
    with pytest.raises(NotSupported, match="suspended again"):
        services.perform(buckets.plan_versioning("plain", is_on=True))
    assert store.write(ObjectKey("plain", "k"), b"x")


def test_names_that_cannot_be_or_are_taken_are_refused(buckets: Buckets) -> None:
    with pytest.raises(BadInput):
        buckets.plan_create("No_Such")
    with pytest.raises(Conflict, match="there already"):
        buckets.plan_create("acme")


def test_versioning_is_suspended_and_switched_on_again_by_the_undo(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    plan = buckets.plan_versioning("acme", is_on=False)
    assert plan.is_destructive
    assert "a delete destroys it" in plan.sentences()[0]
    outcome = services.perform(plan)
    assert store.bucket_facts("acme").versioning is Versioning.SUSPENDED
    assert isinstance(buckets.plan_versioning("acme", is_on=False), NothingToDo)
    assert isinstance(outcome.undo, SetVersioning)
    assert "never switched off" in outcome.undo.sentences()[1]
    services.perform(outcome.undo)
    assert store.bucket_facts("acme").versioning is Versioning.ON
    assert isinstance(buckets.plan_versioning("acme", is_on=True), NothingToDo)
    store.create_bucket("plain")
    assert isinstance(buckets.plan_versioning("plain", is_on=False), NothingToDo)


def test_the_block_is_taken_away_and_put_back_by_the_undo(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    outcome = services.perform(buckets.plan_block("acme", is_on=False))
    assert store.bucket_facts("acme").block is PublicAccessBlock.OFF
    assert isinstance(buckets.plan_block("acme", is_on=False), NothingToDo)
    assert isinstance(outcome.undo, SetBlock)
    services.perform(outcome.undo)
    assert store.bucket_facts("acme").block is PublicAccessBlock.ON
    assert isinstance(buckets.plan_block("acme", is_on=True), NothingToDo)
    store.set_facts("acme", block=PublicAccessBlock.UNSUPPORTED)
    with pytest.raises(NotSupported):
        buckets.plan_block("acme", is_on=True)


def test_a_rule_against_open_uploads_is_added_once_and_not_where_rules_may_not_be_seen(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    theirs = LifecycleRule("tidy", "logs/", is_enabled=True, abort_days=1)
    store.set_facts("acme", lifecycle=(theirs,))
    store.requests.clear()
    plan = buckets.plan_abort_open_uploads("acme")
    assert changes(store) == []
    outcome = services.perform(plan)
    rules = store.bucket_facts("acme").lifecycle or ()
    assert [(rule.rule_id, rule.prefix, rule.abort_days) for rule in rules] == [
        ("tidy", "logs/", 1),
        (ABORT_RULE, "", 7),
    ]
    assert ABORT_RULE in outcome.no_undo
    assert isinstance(buckets.plan_abort_open_uploads("acme"), NothingToDo)
    store.set_facts("acme", lifecycle=None)
    with pytest.raises(Denied) as raised:
        buckets.plan_abort_open_uploads("acme")
    assert raised.value.action == "s3:GetLifecycleConfiguration"


# emptied and deleted -------------------------------------------------------------------------------------------------


def test_everything_is_counted_and_destroyed_and_the_bucket_stays(
    store: MemoryStore, services: Services, buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "BATCH", 2)
    plan = buckets.plan_empty("acme")
    assert plan.must_type == "acme"
    assert plan.tally.words() == ("2 objects (5 B), 2 old versions (5 B) and 1 delete marker, and 1 upload left open")
    assert "Nobody can undo this" in plan.sentences()[0]
    outcome = services.perform(plan)
    assert (outcome.title, outcome.failed) == ("Emptied the bucket acme", 0)
    assert outcome.details == ("5 versions and markers are gone for good.",)
    assert store.bucket_exists("acme")
    assert list(store.versions_below(A.place)) == [[]]
    assert store.uploads == []
    assert not buckets.plan_empty("acme").changes_anything


def test_what_is_written_after_the_counting_stays(store: MemoryStore, services: Services, buckets: Buckets) -> None:
    empty, delete = buckets.plan_empty("acme"), buckets.plan_delete("acme")
    store.write(ObjectKey("acme", "new"), b"new")
    outcome = services.perform(empty)
    assert store.keys(A.place) == ("new",)
    assert "1 entry written meanwhile stay." in outcome.details
    with pytest.raises(Conflict, match="is not deleted: it holds 1 object"):
        services.perform(delete)
    assert store.bucket_exists("acme")


def test_locked_versions_stay_and_are_told_and_the_bucket_with_them(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    store.describe(B, states={"ObjectLockLegalHoldStatus": "ON"})
    outcome = services.perform(buckets.plan_empty("acme"))
    assert outcome.title == "Emptied the bucket acme; 1 entry stay"
    assert outcome.failed == 1
    assert "d/b: Access to s3://acme/d/b is denied." in outcome.details[1]
    with pytest.raises(Denied):
        services.perform(buckets.plan_empty("acme"))
    with pytest.raises(Denied):
        services.perform(buckets.plan_delete("acme"))
    assert store.read(B) == b"333"


def test_a_bucket_is_deleted_with_everything_that_was_counted(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    plan = buckets.plan_delete("acme")
    assert "It is not empty: 2 objects" in plan.sentences()[0]
    outcome = services.perform(plan)
    assert outcome.title == "Deleted the bucket acme"
    assert (outcome.undo, outcome.no_undo) == (None, "A bucket that was deleted does not come back.")
    assert not store.bucket_exists("acme")
    with pytest.raises(NotFound):
        buckets.plan_delete("acme")


def test_a_bucket_without_versions_is_emptied_too(store: MemoryStore, services: Services, buckets: Buckets) -> None:
    store.create_bucket("plain")
    store.write(ObjectKey("plain", "k"), b"x")
    services.perform(buckets.plan_delete("plain"))
    assert not store.bucket_exists("plain")


def test_who_may_not_list_versions_may_not_empty_since_nobody_could_say_how_many(
    store: MemoryStore, buckets: Buckets
) -> None:
    store.before = refusing("versions_below", Denied("no"))
    with pytest.raises(Denied, match="cannot be counted") as raised:
        buckets.plan_delete("acme")
    assert "how many old versions" in raised.value.cause


def test_a_cancel_in_the_middle_says_what_is_left(
    store: MemoryStore, services: Services, buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "BATCH", 2)
    plan = buckets.plan_empty("acme")
    outcome = services.perform(plan, cancelled=lambda: "delete_many" in changes(store))
    assert outcome.title == "Emptied the bucket acme; 3 entries stay"
    assert "It was cancelled in the middle." in outcome.details
    with pytest.raises(Cancelled):
        services.perform(buckets.plan_empty("acme"), cancelled=lambda: True)


def test_a_read_only_context_refuses_before_any_request(store: MemoryStore, tmp_path: Path) -> None:
    services = services_over(store, tmp_path, Context(read_only=True))
    buckets = services.buckets
    plans = [
        buckets.plan_create("brand-new"),
        buckets.plan_versioning("acme", is_on=False),
        buckets.plan_block("acme", is_on=False),
        buckets.plan_empty("acme"),
        buckets.plan_delete("acme"),
    ]
    store.requests.clear()
    for plan in plans:
        with pytest.raises(ReadOnly):
            services.perform(plan)
    assert store.requests == []


def test_tallies_and_rules_in_words() -> None:
    assert Tally().is_empty
    assert Tally(1, 5, 2, 1_000_000).words() == "1 object (5 B), 2 old versions (1.0 MB) and 0 delete markers"
    assert "could not be seen" in lifecycle_words(None, Versioning.ON)[0]
    assert "There are none" in lifecycle_words((), Versioning.ON)[0]
    rule = LifecycleRule(
        "tidy",
        "logs/",
        is_enabled=False,
        expire_days=30,
        expire_noncurrent_days=7,
        filters_on_tags=True,
        only=("the tag team=a",),
        keeps_noncurrent=3,
        moves=(("10 days after they were written", "GLACIER"),),
        moves_noncurrent=(("1 day after they were replaced", "STANDARD_IA"),),
        abort_days=2,
        removes_markers=True,
    )
    assert lifecycle_words((rule,), Versioning.ON)[0].splitlines() == [
        "tidy: objects below logs/ with the tag team=a (switched off: it does nothing)",
        "  They are moved to GLACIER 10 days after they were written.",
        "  Old versions are moved to STANDARD_IA 1 day after they were replaced.",
        "  They get a delete marker (their bytes stay as old versions) 30 days after they were written.",
        "  Old versions are destroyed 7 days after they were replaced, but the newest 3 of each are spared.",
        "  Delete markers under which nothing is left are removed.",
        "  Uploads left open are thrown away after 2 days.",
    ]
    dated = LifecycleRule("", "", is_enabled=True, expire_days=0, expire_date="2027-01-01")
    assert lifecycle_words((dated,), Versioning.OFF)[0].splitlines() == [
        "a rule without a name: all objects",
        "  From 2027-01-01 on they are deleted for good.",
    ]


@pytest.mark.parametrize(
    ("keeps_locks", "said"),
    [(True, "is on legal hold. An object lock keeps it"), (False, "is denied")],
)
def test_what_a_lock_keeps_is_not_said_to_lack_a_right(
    store: MemoryStore, services: Services, buckets: Buckets, *, keeps_locks: bool, said: str
) -> None:
    store.keeps_locks = keeps_locks
    store.describe(B, states={"ObjectLockLegalHoldStatus": "ON"})
    outcome = services.perform(buckets.plan_empty("acme"))
    assert outcome.failed == 1
    assert said in " ".join(outcome.details)
    with pytest.raises(Denied, match="legal hold" if keeps_locks else "denied"):
        services.perform(buckets.plan_empty("acme"))


def test_a_lock_that_may_not_be_seen_is_said_to_be_possible(
    store: MemoryStore, services: Services, buckets: Buckets
) -> None:
    store.describe(B, states={"ObjectLockLegalHoldStatus": "ON"})
    store.before = refusing("lock", Denied("No", action="s3:GetObjectRetention"))
    said = " ".join(services.perform(buckets.plan_empty("acme")).details)
    assert "is locked, or may not be destroyed" in said
