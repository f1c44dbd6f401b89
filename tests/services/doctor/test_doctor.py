"""The check-up on a store in memory: each check alone, what a failure says, and when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.doctor import Contact, CredentialFacts, Diagnosis, Finding, Verdict
from s3ml_tui.domain.errors import (
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NotSupported,
    S3mlError,
    ServerFault,
    Unreachable,
)
from s3ml_tui.domain.permissions import Use
from s3ml_tui.domain.storage.capabilities import LifecycleRule
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.doctor.doctor import Doctor
from tests.doubles import MemoryStore
from tests.services.arranged import DATA, WORKSPACE, memory

NOW = datetime(2025, 11, 23, 14, 2, 41, tzinfo=UTC)


@dataclass
class Connection:
    """What a connection tells."""

    skew: timedelta = timedelta()
    facts: CredentialFacts = field(default_factory=lambda: CredentialFacts("keys from the environment"))
    trouble: S3mlError | None = None

    def contact(self, bucket: str) -> Contact:
        if self.trouble is not None:
            raise self.trouble
        return Contact(0.0123, NOW - self.skew, "Double/1")

    def credentials(self) -> CredentialFacts:
        return self.facts


def refusing(*verbs: str, error: Callable[[], S3mlError]) -> Callable[[str, str], None]:
    def before(verb: str, _address: str) -> None:
        if verb in verbs:
            raise error()

    return before


def denied(action: str) -> Callable[[], S3mlError]:
    return lambda: Denied("Access is denied", action=action, cause=f"These credentials lack {action}", advice="Ask")


def examine(
    store: MemoryStore,
    place: Place | None = WORKSPACE,
    *,
    key: ObjectKey | None = None,
    may_write: bool = False,
    context: Context | None = None,
    diagnosis: Diagnosis | None = None,
) -> dict[str, Finding]:
    doctor = Doctor(
        store,
        context or Context(),
        lambda: NOW,
        diagnosis=diagnosis or Connection(),
        find_workspace=lambda place: WORKSPACE if WORKSPACE.prefix in place.prefix else None,
    )
    return {finding.check: finding for finding in doctor.examine(place, key=key, may_write=may_write)}


def test_where_all_is_allowed_all_works() -> None:
    store = memory()
    store.add_abort_rule(WORKSPACE.bucket)
    found = examine(store, may_write=True)
    assert {finding.verdict for finding in found.values()} == {Verdict.WORKS}
    assert not any(finding.action or finding.follows or finding.exit_code for finding in found.values())
    assert list(found) == [
        "connection", "clock", "credentials", "list buckets", "list objects", "see versioning", "see protection",
        "open uploads", "list versions", "read an object", "read an old version", "read tags", "write",
        "create if absent", "replace if same", "checksums", "remove versions",
    ]  # fmt: skip
    assert found["connection"].sentence == "memory:// answers in 12 ms, Double/1."


def test_a_bucket_without_a_rule_against_open_uploads_is_told_how_to_get_one() -> None:
    found = examine(memory())["open uploads"]
    assert (found.verdict, found.action, found.exit_code) == (Verdict.LACKS, "", 0)
    assert found.follows == f"`s3ml bucket abort-uploads {WORKSPACE.bucket}` adds one."
    store = memory()
    elsewhere = LifecycleRule("theirs", "logs/", is_enabled=True, abort_days=3)
    store.set_facts(WORKSPACE.bucket, lifecycle=(elsewhere,))
    assert examine(store)["open uploads"].verdict is Verdict.LACKS
    store.set_facts(WORKSPACE.bucket, lifecycle=None)
    assert "open uploads" not in examine(store), "what may not be seen is told once"


def test_without_being_asked_it_only_looks() -> None:
    store = memory()
    store.requests.clear()
    found = examine(store)
    assert found["write"].verdict is Verdict.UNKNOWN
    assert "--write" in found["write"].sentence
    assert {verb for verb, _ in store.requests} <= {
        "buckets", "list_page", "bucket_facts", "history", "facts", "read", "tags"
    }  # fmt: skip


def test_in_a_read_only_context_nothing_is_tried_even_when_asked() -> None:
    store = memory()
    store.requests.clear()
    found = examine(store, may_write=True, context=Context("prod", read_only=True))
    assert "the context prod is read-only" in found["write"].sentence
    assert "probe" not in {verb for verb, _ in store.requests}


def test_outside_a_workspace_writes_are_not_tried() -> None:
    store = memory()
    store.requests.clear()
    found = examine(store, Place("bucket"), may_write=True)
    assert found["write"].verdict is Verdict.UNKNOWN
    assert "s3ml init s3://bucket/" in found["write"].follows
    assert "probe" not in {verb for verb, _ in store.requests}


def test_the_account_alone() -> None:
    assert list(examine(memory(), None)) == ["connection", "clock", "credentials", "list buckets"]


@pytest.mark.parametrize(
    ("verbs", "action", "check"),
    [
        (("buckets",), "s3:ListAllMyBuckets", "list buckets"),
        (("tags",), "s3:GetObjectTagging", "read tags"),
        (("read",), "s3:GetObject", "read an object"),
    ],
)
def test_what_is_denied_is_named_with_what_follows_and_the_rest_goes_on(
    verbs: tuple[str, ...], action: str, check: str
) -> None:
    store = memory()
    store.before = refusing(*verbs, error=denied(action))
    found = examine(store)
    assert found[check].verdict is Verdict.LACKS
    assert found[check].action == action
    assert found[check].follows
    assert found["list objects"].verdict is Verdict.WORKS
    assert found["credentials"].verdict is Verdict.WORKS
    assert not any(finding.exit_code for finding in found.values())


def test_where_listing_is_denied_the_given_object_is_tried() -> None:
    store = memory()
    store.before = refusing("list_page", error=denied("s3:ListBucket"))
    found = examine(store, Place(DATA.bucket, DATA.key + "/"), key=DATA)
    assert found["list objects"].exit_code == 4
    assert found["read an object"].verdict is Verdict.WORKS
    assert DATA.uri in found["read an object"].sentence


def test_an_address_that_names_no_object_is_a_place() -> None:
    found = examine(memory(), WORKSPACE, key=ObjectKey("bucket", "ws"))
    assert "s3://bucket/ws/" in found["list objects"].sentence


def test_without_the_list_of_versions_no_old_version_is_tried() -> None:
    store = memory()
    store.before = refusing("history", error=denied("s3:ListBucketVersions"))
    assert examine(store)["read an old version"].verdict is Verdict.UNKNOWN


def test_a_key_that_may_not_be_used_is_named() -> None:
    store = memory()
    cause = "These credentials lack s3:GetObject (the server says AccessDenied: not authorized to perform: kms:Decrypt)"
    store.before = refusing("read", error=lambda: Denied("Access is denied", action="s3:GetObject", cause=cause))
    assert examine(store)["read an object"].action == "kms:Decrypt"


def test_what_the_server_cannot_do_and_what_failed_are_told_apart() -> None:
    store = memory()
    store.before = refusing("tags", error=lambda: NotSupported("This server cannot do that"))
    assert examine(store)["read tags"].verdict is Verdict.LACKS
    store.before = refusing("tags", "buckets", error=lambda: ServerFault("The server failed", advice="Try again"))
    found = examine(store)
    assert found["read tags"].verdict is Verdict.UNKNOWN
    assert found["read tags"].follows == "Try again."
    assert found["credentials"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("error", "check", "code"),
    [
        (Denied("The server does not know the access key"), "credentials", 4),
        (ExpiredCredentials("The credentials have expired"), "credentials", 4),
        (ClockSkew("This machine's clock is wrong"), "credentials", 4),
        (Unreachable("Nobody answers"), "connection", 5),
    ],
)
def test_where_nothing_can_work_it_is_over(error: S3mlError, check: str, code: int) -> None:
    store = memory()
    store.before = refusing("buckets", error=lambda: error)
    found = examine(store)
    assert (found[check].verdict, found[check].exit_code) == (Verdict.LACKS, code)
    assert list(found)[-1] == "the rest"
    assert "list objects" not in found
    assert examine(store, diagnosis=Connection(trouble=error))["connection"].exit_code == code


def test_a_connection_lost_halfway_ends_it() -> None:
    store = memory()
    store.before = refusing("tags", error=lambda: Unreachable("Nobody answers"))
    found = examine(store)
    assert found["read tags"].exit_code == 5
    assert list(found)[-1] == "the rest"


def test_no_such_bucket_ends_it() -> None:
    found = examine(MemoryStore("other"), Place("bucket"))
    assert found["list objects"].exit_code == 3
    assert "see versioning" not in found


@pytest.mark.parametrize(
    ("skew", "verdict", "words"),
    [
        (timedelta(seconds=1), Verdict.WORKS, "agrees"),
        (timedelta(minutes=3), Verdict.WORKS, "3:00 ahead of"),
        (timedelta(minutes=-20), Verdict.LACKS, "20:00 behind"),
    ],
)
def test_the_clock_is_compared_with_the_servers(skew: timedelta, verdict: Verdict, words: str) -> None:
    found = examine(memory(), diagnosis=Connection(skew))["clock"]
    assert found.verdict is verdict
    assert words in found.sentence


def test_the_credentials_are_told_by_kind_profile_and_end() -> None:
    facts = CredentialFacts("single sign-on", is_temporary=True, expires=NOW + timedelta(minutes=43))
    found = examine(memory(), context=Context(profile="prod"), diagnosis=Connection(facts=facts))
    assert found["credentials"].sentence == "Accepted: single sign-on, profile prod; they expire in 43:00."


def test_an_empty_place_has_nothing_to_try_on_and_an_unversioned_one_no_old_version() -> None:
    empty = examine(MemoryStore("bucket"), Place("bucket"))
    assert {empty[check].verdict for check in ("read an object", "read an old version", "read tags")} == {
        Verdict.UNKNOWN
    }
    store = MemoryStore()
    store.create_bucket("plain")
    store.write(ObjectKey("plain", "deep/down/a"), b"x")
    found = examine(store, Place("plain"))
    assert found["read an object"].verdict is Verdict.WORKS
    assert found["read an old version"].sentence == "The bucket keeps no versions."


def test_a_server_that_ignores_conditions_is_told() -> None:
    store = memory()
    store.honours_conditions = False
    found = examine(store, may_write=True)
    assert found["create if absent"].verdict is Verdict.LACKS
    assert found["create if absent"].follows.endswith("the older version decides.")
    store.suspend_versioning(WORKSPACE.bucket)
    assert "cannot be promised" in examine(store, may_write=True)["create if absent"].follows
    assert found["write"].verdict is Verdict.WORKS


def test_the_policies_are_for_the_place_that_was_examined() -> None:
    doctor = Doctor(memory(), Context(), lambda: NOW, diagnosis=None, find_workspace=lambda _: None)
    assert doctor.policies() == {}
    found = list(doctor.examine(Place(DATA.bucket, DATA.key + "/"), key=DATA))
    assert found[0].verdict is Verdict.UNKNOWN
    objects = next(part for part in doctor.policies()[Use.BROWSE]["Statement"] if part["Sid"] == "Objects")
    assert objects["Resource"] == f"arn:aws:s3:::{DATA.bucket}/{DATA.place.prefix}*"
