"""The plan that makes a workspace, and what endangers one."""

from dataclasses import replace

import pytest

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.workspace import (
    MakeWorkspace,
    check_new_bucket_name,
    check_workspace_place,
    dangers,
    what_is_unknown,
    what_server_cannot,
)
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import (
    BucketFacts,
    Capabilities,
    LifecycleRule,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.uri import Place

GOOD = BucketFacts("acme", Versioning.ON, PublicAccess.REFUSED, PublicAccessBlock.ON, ())
PLAIN = replace(GOOD, versioning=Versioning.OFF, block=PublicAccessBlock.OFF)
TEAM = Place("acme", "team/")


def said(plan: MakeWorkspace) -> str:
    return " ".join(plan.sentences())


def test_a_new_bucket_is_versioned_and_closed_and_harms_nobody() -> None:
    plan = MakeWorkspace(Place("acme"), facts=None)
    assert isinstance(plan, Plan)
    assert plan.makes_bucket
    assert not plan.is_destructive
    assert (
        "The bucket acme is made. It keeps every old version from its first object on, where the server keeps versions."
        in said(plan)
    )


def test_an_existing_bucket_is_changed_as_a_whole_and_the_plan_says_what_that_means() -> None:
    plan = MakeWorkspace(TEAM, PLAIN)
    assert plan.is_destructive
    assert "This concerns every object in it, not only those under s3://acme/team/" in said(plan)
    assert "It can be suspended later, but never switched off." in said(plan)
    assert "whoever reads its objects without signing in is refused" in said(plan)
    assert "today anyone" not in said(plan)


def test_a_bucket_that_anyone_can_read_today_is_named_as_such() -> None:
    assert "(today anyone can read it)" in said(MakeWorkspace(TEAM, replace(PLAIN, public_access=PublicAccess.ALLOWED)))


def test_a_bucket_that_is_as_it_should_be_stays_so() -> None:
    plan = MakeWorkspace(TEAM, GOOD)
    assert not plan.is_destructive
    assert "The bucket acme stays as it is" in said(plan)
    assert "switched on" not in said(plan)


def test_only_what_is_missing_is_changed() -> None:
    plan = MakeWorkspace(TEAM, replace(GOOD, versioning=Versioning.SUSPENDED, block=PublicAccessBlock.UNSUPPORTED))
    assert (plan.enables_versioning, plan.blocks_public_access) == (True, False)
    assert "Public access is blocked" not in said(plan)


def rule(prefix: str = "", *, is_enabled: bool = True, filters: bool = False, old: int | None = 30) -> LifecycleRule:
    return LifecycleRule("tidy", prefix, is_enabled, expire_noncurrent_days=old, filters_on_tags=filters)


@pytest.mark.parametrize("prefix", ["", "team/", "team/models/", "te"])
def test_a_rule_that_eats_the_history_of_the_workspace_or_a_part_of_it_is_named(prefix: str) -> None:
    found = dangers(replace(GOOD, lifecycle=(rule(prefix),)), TEAM)
    assert len(found) == 1
    assert "'tidy' destroys old versions" in found[0]
    assert "30 days after" in found[0]


@pytest.mark.parametrize("other", [rule("other/"), rule(is_enabled=False), rule("teams/"), rule(old=None)])
def test_a_rule_that_does_not_concern_the_workspace_is_not(other: LifecycleRule) -> None:
    assert dangers(replace(GOOD, lifecycle=(other,)), TEAM) == ()


def test_a_rule_that_deletes_current_versions_is_named_too() -> None:
    eats = LifecycleRule("", "", is_enabled=True, expire_days=1, filters_on_tags=True)
    (found,) = dangers(replace(GOOD, lifecycle=(eats,)), TEAM)
    assert found.startswith("A lifecycle rule without a name deletes (as a delete marker) objects with certain tags")
    assert "in the whole bucket acme 1 day after they were written" in found


def test_an_open_bucket_without_versions_is_two_dangers() -> None:
    found = dangers(replace(PLAIN, public_access=PublicAccess.ALLOWED), TEAM)
    assert [sentence.split()[0] for sentence in found] == ["The", "Anyone"]


def test_what_the_server_cannot_is_said_only_as_far_as_it_was_seen() -> None:
    lame = Capabilities(conditional_create=False, conditional_replace=False, checksums=False)
    assert what_server_cannot(GOOD, None) == ()
    assert what_server_cannot(GOOD, Capabilities(True, True, True)) == ()
    assert len(what_server_cannot(replace(GOOD, block=PublicAccessBlock.UNSUPPORTED), lame)) == 4


@pytest.mark.parametrize(
    ("versioning", "said"),
    [
        (Versioning.ON, "the older version decides."),
        (Versioning.OFF, "cannot be promised"),
        (Versioning.SUSPENDED, "cannot be promised"),
        (Versioning.UNKNOWN, "if the bucket keeps versions"),
    ],
)
def test_how_numbers_are_given_without_conditions_is_said(versioning: Versioning, said: str) -> None:
    [sentence] = what_server_cannot(replace(GOOD, versioning=versioning), Capabilities(False, True, True))
    assert said in sentence


def test_what_could_not_be_seen_is_listed() -> None:
    blind = BucketFacts("acme", Versioning.UNKNOWN, PublicAccess.UNKNOWN, PublicAccessBlock.UNKNOWN, None)
    assert what_is_unknown(GOOD) == ()
    assert len(what_is_unknown(blind)) == 4
    assert len(what_is_unknown(None)) == 1


@pytest.mark.parametrize("name", ["acme", "a.b-c", "123", "a" * 63])
def test_names_that_s3_takes(name: str) -> None:
    check_new_bucket_name(name)


@pytest.mark.parametrize("name", ["ab", "a" * 64, "Acme", "-acme", "acme-", "a..b", "10.0.0.1", "a_b", "a/b", ""])
def test_names_that_s3_refuses(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be a bucket's name"):
        check_new_bucket_name(name)


@pytest.mark.parametrize("prefix", ["", "team/", "team/a b/"])
def test_places_that_can_be_a_workspace(prefix: str) -> None:
    check_workspace_place(Place("acme", prefix))


@pytest.mark.parametrize("prefix", ["/", "a//", "a//b/", "./", "a/../", ".s3ml/", "a/.s3ml/runs/"])
def test_places_that_cannot(prefix: str) -> None:
    with pytest.raises(BadInput, match="cannot be a workspace"):
        check_workspace_place(Place("acme", prefix))


def test_a_directory_bucket_cannot_be_a_workspace() -> None:
    with pytest.raises(BadInput, match="keeps no versions"):
        check_workspace_place(Place("quick--use1-az4--x-s3"))
