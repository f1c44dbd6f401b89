"""Looking at, finding and making workspaces: over a store in memory."""

import threading

import pytest

from s3ml_tui.domain.errors import (
    BadInput,
    Conflict,
    Denied,
    NotFound,
    NotSupported,
    ReadOnly,
    S3mlError,
    Unreachable,
)
from s3ml_tui.domain.ml.layout import FOLDERS, FORMAT, Layout
from s3ml_tui.domain.ml.workspace import MakeWorkspace
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.capabilities import (
    BLOCK_OF_LISTS,
    LifecycleRule,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.workspace import WorkspaceRecord
from s3ml_tui.services.workspace.workspaces import Workspaces
from tests.doubles import MemoryStore
from tests.services.memory import READ_ONLY, changes, refusing, workspaces

ROOT = Place("acme")
TEAM = Place("acme", "team/")
MARK = Layout(TEAM).workspace_record


def make(service: Workspaces, place: Place = TEAM) -> MakeWorkspace:
    plan = service.plan_make(place)
    assert isinstance(plan, MakeWorkspace)
    service.make(plan)
    return plan


def plain_bucket() -> MemoryStore:
    """A bucket that others use: no versions, no block, one object."""
    store = MemoryStore()
    store.create_bucket("acme")
    store.write(ROOT.key("theirs.csv"), b"x")
    store.requests.clear()
    return store


# making ---------------------------------------------------------------------------------------------------------


def test_a_new_bucket_is_made_versioned_and_closed_with_the_mark_in_it() -> None:
    store = MemoryStore()
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    assert plan.makes_bucket
    assert changes(store) == []
    outcome = service.make(plan)
    facts = store.bucket_facts("acme")
    assert (facts.versioning, facts.block) == (Versioning.ON, PublicAccessBlock.ON)
    record = WorkspaceRecord.from_bytes(store.read(MARK), MARK.uri)
    assert record.format == FORMAT
    assert set(record.layout.values()) == set(FOLDERS)
    assert (outcome.title, outcome.key) == ("Made the workspace s3://acme/team/", MARK)
    said = " ".join(outcome.details)
    assert "Made the bucket acme." in said
    assert "An unsigned request to the bucket was refused." in said
    assert outcome.undo is None
    assert "versioning can only be suspended" in outcome.no_undo


def test_versions_are_kept_and_the_door_is_closed_before_the_first_object_is_written() -> None:
    store = MemoryStore()
    make(workspaces(store))
    switched = ["create_bucket", "enable_versioning", "block_public_access"]
    assert changes(store) == [*switched, "write", "delete_version", "probe", "write"]


def test_an_existing_bucket_gets_a_plan_that_says_what_it_means_for_all_that_is_in_it() -> None:
    store = plain_bucket()
    plan = workspaces(store).plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    assert plan.is_destructive
    assert "every object in it, not only those under s3://acme/team/" in " ".join(plan.sentences())
    assert changes(store) == []
    workspaces(store).make(plan)
    assert store.bucket_facts("acme").versioning is Versioning.ON
    assert store.read(ROOT.key("theirs.csv")) == b"x"


def test_a_workspace_that_is_whole_is_nothing_to_do() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service)
    assert isinstance(service.plan_make(TEAM), NothingToDo)


def test_the_same_plan_made_twice_leaves_one_version_of_the_mark() -> None:
    store = MemoryStore()
    service = workspaces(store)
    plan = make(service, ROOT)
    store.requests.clear()
    with pytest.raises(Conflict, match="holds something"):
        service.make(plan)
    assert changes(store) == []


@pytest.mark.parametrize("step", ["enable_versioning", "block_public_access", "probe", "write", "bucket_facts"])
def test_one_half_made_is_finished_by_making_it_again(step: str) -> None:
    store = MemoryStore()
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    store.before = refusing(step, Unreachable("Nobody answers"))
    with pytest.raises(Unreachable):
        service.make(plan)
    store.before = lambda _verb, _address: None
    service.make(plan)
    assert service.inspect(TEAM).is_workspace
    assert store.bucket_facts("acme").versioning is Versioning.ON
    assert [len(page.versions) for page in store.history(MARK)] == [1]


def test_one_half_made_is_planned_again_as_what_it_is_now() -> None:
    store = plain_bucket()
    store.write(MARK, WorkspaceRecord(created=workspaces(store)._now(), layout={}).to_bytes())
    plan = workspaces(store).plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    assert not plan.writes_record
    assert plan.enables_versioning
    outcome = workspaces(store).make(plan)
    assert f"{MARK.uri} was there already and stays." in outcome.details


def test_a_bucket_that_came_to_be_meanwhile_and_holds_something_is_not_touched() -> None:
    store = MemoryStore()
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    store.create_bucket("acme")
    store.write(ROOT.key("theirs.csv"), b"x")
    store.requests.clear()
    with pytest.raises(Conflict, match="exists meanwhile"):
        service.make(plan)
    assert changes(store) == []


def test_a_bucket_that_went_meanwhile_is_not_made_anew() -> None:
    store = plain_bucket()
    plan = workspaces(store).plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    gone = MemoryStore()
    with pytest.raises(NotFound, match="gone meanwhile"):
        workspaces(gone).make(plan)


@pytest.mark.parametrize("honours_conditions", [True, False])
def test_two_that_make_it_at_once_end_with_one_workspace(honours_conditions: bool) -> None:
    store = MemoryStore("acme", honours_conditions=honours_conditions)
    first, second = workspaces(store), workspaces(store)
    plan, other = first.plan_make(TEAM), second.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    assert isinstance(other, MakeWorkspace)
    first.make(plan)
    outcome = second.make(other)
    assert any("was there already" in sentence for sentence in outcome.details)
    assert [len(page.versions) for page in store.history(MARK)] == [1]


def test_a_server_without_the_block_is_made_to_a_workspace_and_that_is_said() -> None:
    store = MemoryStore()
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    store.before = refusing("block_public_access", NotSupported("501"))
    store.after = lambda verb, _address: (
        store.set_facts("acme", block=PublicAccessBlock.UNSUPPORTED) if verb == "create_bucket" else None
    )
    outcome = service.make(plan)
    assert any("The server has no block of public access" in sentence for sentence in outcome.details)


def test_a_server_without_versions_is_said_to_have_none() -> None:
    store = MemoryStore()
    store.before = refusing("enable_versioning", NotSupported("501"))
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert "This server keeps no versions: nothing can be brought back here." in outcome.details


def test_credentials_that_may_not_block_are_named_and_the_rest_goes_on() -> None:
    store = MemoryStore()
    store.before = refusing("block_public_access", Denied("No"))
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert any("s3:PutBucketPublicAccessBlock" in sentence for sentence in outcome.details)
    assert service.inspect(TEAM).is_workspace


@pytest.mark.parametrize(
    ("breaks", "said", "is_on"),
    [
        (BLOCK_OF_LISTS, "with that part of the block (BlockPublicAcls) this server refuses every write", True),
        (frozenset({"IgnorePublicAcls"}), "with the block this server refuses every write", False),
        (frozenset({"versioning"}), "as soon as it was on, the server refused every write", True),
    ],
)
def test_what_keeps_writes_out_is_taken_back_and_nothing_else(
    breaks: frozenset[str], said: str, *, is_on: bool
) -> None:
    store = MemoryStore()
    store.refuses_writes_under = breaks
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert said in " ".join(outcome.details)
    assert "Blocked public access to the whole bucket" in " ".join(outcome.details) or not is_on
    assert service.inspect(TEAM).is_workspace
    assert store.write(ROOT.key("k"), b"x")
    versioned = breaks != {"versioning"}
    assert (store.bucket_facts("acme").versioning is Versioning.ON) is versioned
    assert ("versioning can only be suspended" in outcome.no_undo) is versioned
    assert ("Switched versioning on" in " ".join(outcome.details)) is versioned
    store.delete(ROOT.key("k"))
    assert [key for page in store.list_all(ROOT) for key in page.keys] == [MARK.key], "the trials are gone"


def test_what_is_not_for_the_settings_is_raised_and_they_stay_as_they_were_switched() -> None:
    store = MemoryStore()
    store.before = refusing("write", Denied("No", action="s3:PutObject"))
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    with pytest.raises(Denied) as refusal:
        service.make(plan)
    assert refusal.value.action == "s3:PutObject"
    assert "Done before that: Made the bucket acme." in refusal.value.cause
    facts = store.bucket_facts("acme")
    assert (facts.versioning, facts.block) == (Versioning.ON, PublicAccessBlock.ON)


@pytest.mark.parametrize(
    ("what", "said"),
    [("versioning", "agreed to keep versions, and keeps none"), ("block", "and does not block it")],
)
def test_what_a_server_takes_and_does_not_do_is_not_said_to_be_done(what: str, said: str) -> None:
    store = MemoryStore()
    store.ignores = frozenset({what})
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    details = " ".join(service.make(plan).details)
    assert said in details
    assert ("Switched versioning on" in details) is (what == "block")
    assert ("Blocked public access" in details) is (what == "versioning")


def test_a_bucket_that_anyone_can_read_is_not_said_to_be_blocked() -> None:
    store = MemoryStore()
    store.after = lambda verb, _address: (
        store.set_facts("acme", public_access=PublicAccess.ALLOWED) if verb == "create_bucket" else None
    )
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    details = " ".join(service.make(plan).details)
    assert "Blocked public access" not in details
    assert "Anyone can read the bucket" in details


def test_a_bucket_that_was_made_and_cannot_be_versioned_is_told_of() -> None:
    store = MemoryStore()
    store.before = refusing("enable_versioning", Denied("No", action="s3:PutBucketVersioning"))
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    with pytest.raises(Denied, match="keeps no versions, and is no workspace yet") as refusal:
        service.make(plan)
    assert "Done before that: Made the bucket acme." in refusal.value.cause
    assert store.bucket_exists("acme")


def test_where_a_default_retention_locks_all_nothing_is_tried() -> None:
    store = plain_bucket()
    store.has_default_retention = True
    make(workspaces(store))
    assert [address for verb, address in store.requests if verb == "write"] == [MARK.uri]


def test_what_the_server_was_seen_not_to_honour_is_told_and_remembered() -> None:
    store = MemoryStore(honours_conditions=False)
    service = workspaces(store)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert any("create only if absent" in sentence for sentence in outcome.details)
    assert any("create only if absent" in sentence for sentence in service.inspect(TEAM).cannot)
    assert workspaces(store).inspect(TEAM).cannot == ()


def test_a_place_inside_a_workspace_becomes_none_of_its_own() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service)
    with pytest.raises(BadInput, match="lies inside the workspace s3://acme/team/"):
        service.plan_make(TEAM.under("dataset/raw"))
    assert isinstance(service.plan_make(Place("acme", "other/")), MakeWorkspace)


def test_a_name_that_s3_would_refuse_is_refused_in_the_plan() -> None:
    with pytest.raises(BadInput):
        workspaces(MemoryStore()).plan_make(Place("Acme_ML"))


def test_lifecycle_rules_that_would_eat_it_are_in_the_plan() -> None:
    store = plain_bucket()
    store.set_facts("acme", lifecycle=(LifecycleRule("tidy", "", is_enabled=True, expire_noncurrent_days=3),))
    plan = workspaces(store).plan_make(TEAM)
    assert "'tidy' destroys old versions" in " ".join(plan.sentences())


def test_lifecycle_rules_that_came_later_are_told_when_it_is_made_again() -> None:
    store = MemoryStore()
    make(workspaces(store))
    store.set_facts("acme", lifecycle=(LifecycleRule("tidy", "", is_enabled=True, expire_days=3),))
    plan = workspaces(store).plan_make(TEAM)
    assert not plan.changes_anything
    assert "is a workspace already. The lifecycle rule 'tidy' deletes" in " ".join(plan.sentences())


def test_a_rule_against_open_uploads_is_offered_and_added_only_when_it_is_asked_for() -> None:
    store = plain_bucket()
    service = workspaces(store)
    assert "`s3ml init s3://acme/team/ --abort-uploads` adds one" in " ".join(make(service).sentences())
    assert store.bucket_facts("acme").lifecycle == ()
    plan = service.plan_make(TEAM, aborts_uploads=True)
    assert isinstance(plan, MakeWorkspace)
    assert plan.is_destructive, "it concerns the uploads of others as well"
    assert "The bucket acme stays as it is" in plan.sentences()[0]
    assert "whoever began it" in " ".join(plan.sentences())
    store.requests.clear()
    assert "Added the lifecycle rule" in " ".join(service.make(plan).details)
    assert changes(store) == ["probe", "add_abort_rule"]
    assert isinstance(service.plan_make(TEAM, aborts_uploads=True), NothingToDo)


def test_a_server_without_such_a_rule_gets_its_workspace_all_the_same() -> None:
    store = MemoryStore(before=refusing("add_abort_rule", NotSupported("The server keeps no such rule")))
    service = workspaces(store)
    plan = service.plan_make(TEAM, aborts_uploads=True)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert store.read(MARK)
    assert "No lifecycle rule was added: The server keeps no such rule" in " ".join(outcome.details)


def test_a_rule_that_is_there_is_not_offered_again() -> None:
    store = plain_bucket()
    store.set_facts("acme", lifecycle=(LifecycleRule("theirs", "", is_enabled=True, abort_days=3),))
    plan = workspaces(store).plan_make(TEAM, aborts_uploads=True)
    assert "upload" not in " ".join(plan.sentences())


def test_a_workspace_of_a_newer_s3ml_is_left_alone() -> None:
    store = MemoryStore("acme")
    store.write(MARK, b'{"format": 99}')
    with pytest.raises(NotSupported, match="newer"):
        workspaces(store).plan_make(TEAM)


def test_a_read_only_context_plans_but_makes_nothing() -> None:
    store = MemoryStore()
    service = workspaces(store, READ_ONLY)
    plan = service.plan_make(TEAM)
    assert isinstance(plan, MakeWorkspace)
    store.requests.clear()
    with pytest.raises(ReadOnly):
        service.make(plan)
    assert store.requests == []


# inspecting -----------------------------------------------------------------------------------------------------


def test_no_bucket_is_no_workspace_and_all_is_missing() -> None:
    report = workspaces(MemoryStore()).inspect(TEAM)
    assert (report.bucket_exists, report.is_workspace, report.facts) == (False, False, None)
    assert report.missing == FOLDERS


def test_folders_are_there_when_they_hold_something() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service)
    store.write(TEAM.key("dataset/raw/a.csv"), b"x")
    store.write(TEAM.key("models/v1/_claim.json"), b"x")
    store.write(TEAM.key("logs/training/x.jsonl"), b"x")
    store.delete(TEAM.key("logs/training/x.jsonl"))
    report = service.inspect(TEAM)
    assert report.is_workspace
    assert report.present == ("dataset/raw/", "models/")
    assert set(report.present) | set(report.missing) == set(FOLDERS)
    assert (report.warnings, report.cannot, report.unknown) == ((), (), ())


def test_inspecting_changes_nothing() -> None:
    store = plain_bucket()
    workspaces(store).inspect(TEAM)
    assert changes(store) == []


def test_dangers_are_warned_of() -> None:
    store = plain_bucket()
    rule = LifecycleRule("tidy", "te", is_enabled=True, expire_noncurrent_days=3)
    store.set_facts("acme", public_access=PublicAccess.ALLOWED, lifecycle=(rule,))
    assert len(workspaces(store).inspect(TEAM).warnings) == 3


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"format": 99}', b'{"created": 3}'])
def test_a_mark_that_cannot_be_read_is_a_mark_and_a_warning(body: bytes) -> None:
    store = MemoryStore("acme")
    store.write(MARK, body)
    report = workspaces(store).inspect(TEAM)
    assert report.is_workspace
    assert len(report.warnings) == 1
    assert MARK.uri in report.warnings[0]


@pytest.mark.parametrize("verb", ["bucket_exists", "bucket_facts", "list_page"])
def test_each_thing_alone_may_be_unknown(verb: str) -> None:
    store = MemoryStore()
    make(workspaces(store))
    store.before = refusing(verb, Denied("No"))
    report = workspaces(store).inspect(TEAM)
    assert report.is_workspace
    assert report.bucket_exists
    assert len(report.unknown) == (0 if verb == "bucket_exists" else 1)
    assert report.missing == (() if verb == "list_page" else FOLDERS)


@pytest.mark.parametrize("error", [Denied("No"), Unreachable("Nobody answers")])
def test_where_not_even_the_mark_may_be_read_the_reason_is_raised(error: S3mlError) -> None:
    store = plain_bucket()
    store.before = refusing("read", error)
    with pytest.raises(type(error)):
        workspaces(store).inspect(TEAM)


# finding --------------------------------------------------------------------------------------------------------


def test_the_workspace_is_found_from_anywhere_inside() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service)
    assert service.find(TEAM) == TEAM
    assert service.find(TEAM.under("models/v1")) == TEAM
    assert service.find(ROOT) is None
    assert service.find(Place("acme", "other/")) is None
    assert service.find(Place("absent", "a/b/")) is None


def test_a_whole_bucket_may_be_the_workspace() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service, ROOT)
    assert service.find(TEAM) == ROOT


def test_the_layout_tells_which_level_is_looked_at_first() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service)
    store.requests.clear()
    assert service.find(TEAM.under("dataset/raw/2026/11")) == TEAM
    assert store.requests == [("facts", Layout(TEAM).workspace_record.uri)]


def test_where_the_layout_misleads_the_nearest_level_is_found() -> None:
    store = MemoryStore()
    service = workspaces(store)
    make(service, ROOT)
    assert service.find(Place("acme", "team/dataset/raw/")) == ROOT


def test_the_levels_above_are_looked_at_side_by_side() -> None:
    """At four seconds an answer three levels would take twelve."""
    store = plain_bucket()
    together = threading.Barrier(3)

    def before(verb: str, _address: str) -> None:
        if verb == "facts":
            together.wait(timeout=30)

    store.before = before
    assert workspaces(store).find(Place("acme", "one/two/")) is None


def test_levels_that_may_not_be_looked_at_are_passed_over_unless_all_are() -> None:
    store = plain_bucket()

    def upper(verb: str, address: str) -> None:
        if verb == "facts" and address == Layout(ROOT).workspace_record.uri:
            raise Denied("No")

    store.before = upper
    assert workspaces(store).find(TEAM) is None
    with pytest.raises(Denied):
        workspaces(store).find(ROOT)
