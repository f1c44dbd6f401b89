"""What was made from a version: read once for a workspace, bounded, and never an error."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, Denied, S3mlError, Unreachable
from s3ml_tui.domain.ml.lineage import Pin, Use
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.models import lineage as uses_module
from s3ml_tui.services.models.lineage import FRESH_S, Uses
from s3ml_tui.services.models.models import Models
from tests.doubles import MemoryStore
from tests.services.arranged import DATA, LAYOUT, WORKSPACE, manifest_record, memory, now
from tests.services.memory import entries, refusing

TIMEOUT_S = 20


class Watch:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def uses_of(store: MemoryStore, watch: Watch | None = None) -> Uses:
    return Uses(store, Models(store, Context(), now), watch or Watch())


def make(store: MemoryStore, number: int, version: Version, key: ObjectKey = DATA) -> None:
    pin = Pin(key.uri, version.version_id, version.etag, "", version.size)
    store.write(LAYOUT.model_claim(number), b"{}")
    store.write(LAYOUT.model_manifest(number), manifest_record(number, data=pin).to_bytes())


def promote(store: MemoryStore, alias: str, number: int) -> None:
    models = Models(store, Context(), now)
    plan = models.plan_promote(WORKSPACE, alias, number)
    assert isinstance(plan, MoveAlias)
    models.promote(plan)


def known_uses(uses: Uses, version: Version) -> tuple[Use, ...] | None:
    found = uses.of(WORKSPACE, version.key)
    return None if found is None else found.of(version)


def asked(store: MemoryStore, verb: str) -> int:
    return sum(one == verb for one, _ in store.requests)


def test_a_version_tells_which_models_were_made_from_it() -> None:
    store = memory()
    store.write(DATA, b"a,churned\n1,1\n")
    new, old = entries(store, DATA)
    make(store, 1, old)
    make(store, 2, old)
    make(store, 3, new)
    promote(store, "champion", 1)
    uses = uses_of(store)
    assert known_uses(uses, old) == (Use("models/v1", ("champion",)), Use("models/v2"))
    assert known_uses(uses, new) == (Use("models/v3"),)


def test_another_object_and_a_version_nobody_used_tell_of_none() -> None:
    store = memory()
    other = WORKSPACE.key("dataset/raw/other.csv")
    store.write(other, b"x")
    make(store, 1, entries(store, DATA)[0])
    store.write(DATA, b"newer")
    uses = uses_of(store)
    assert known_uses(uses, entries(store, DATA)[0]) == ()
    assert known_uses(uses, entries(store, other)[0]) == ()


def test_models_that_are_incomplete_or_damaged_are_passed_over_and_looked_at_again() -> None:
    store, watch = memory(), Watch()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    store.write(LAYOUT.model_claim(2), b"{}")
    store.write(LAYOUT.model_manifest(3), b"damaged")
    uses = uses_of(store, watch)
    assert known_uses(uses, data) == (Use("models/v1"),)
    make(store, 2, data)
    watch.at += timedelta(seconds=FRESH_S + 1)
    assert known_uses(uses, data) == (Use("models/v2"), Use("models/v1"))


def test_all_objects_of_a_workspace_are_answered_by_one_look_and_a_manifest_is_read_once() -> None:
    store, watch = memory(), Watch()
    data = entries(store, DATA)[0]
    for number in range(1, 6):
        make(store, number, data)
    uses = uses_of(store, watch)
    store.requests.clear()
    known_uses(uses, data)
    for name in ("b", "c", "d"):
        uses.of(WORKSPACE, WORKSPACE.key(name))
    assert (asked(store, "list_page"), asked(store, "read")) == (2, 5)
    watch.at += timedelta(seconds=FRESH_S + 1)
    known_uses(uses, data)
    assert (asked(store, "list_page"), asked(store, "read")) == (4, 5)


def test_an_alias_that_was_moved_is_seen_once_it_is_forgotten() -> None:
    store = memory()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    uses = uses_of(store)
    assert known_uses(uses, data) == (Use("models/v1"),)
    promote(store, "champion", 1)
    assert known_uses(uses, data) == (Use("models/v1"),)
    uses.forget()
    assert known_uses(uses, data) == (Use("models/v1", ("champion",)),)


def test_no_more_than_so_many_manifests_are_read_the_newest_and_what_an_alias_points_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uses_module, "MOST", 4)
    store = memory()
    data = entries(store, DATA)[0]
    for number in range(1, 12):
        make(store, number, data)
    promote(store, "champion", 2)
    uses = uses_of(store)
    store.requests.clear()
    found = known_uses(uses, data)
    assert found is not None
    assert [use.model for use in found] == ["models/v2", "models/v11", "models/v10", "models/v9"]
    assert asked(store, "read") == 4 + 1  # and the alias


@pytest.mark.parametrize("verb", ["list_page", "read"])
@pytest.mark.parametrize("error", [Denied("No", action="s3:GetObject"), Unreachable("Nobody answers")])
def test_what_may_not_be_seen_tells_nothing_and_is_not_asked_again_for_each_object(verb: str, error: S3mlError) -> None:
    store = memory()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    store.before = refusing(verb, error)
    uses = uses_of(store)
    assert known_uses(uses, data) is None
    before = len(store.requests)
    assert known_uses(uses, data) is None
    assert len(store.requests) == before
    store.before = lambda _verb, _address: None
    uses.forget()
    assert known_uses(uses, data) == (Use("models/v1"),)


def test_aliases_that_may_not_be_seen_leave_the_models() -> None:
    store = memory()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    promote(store, "champion", 1)

    def refuse(_verb: str, address: str) -> None:
        if "aliases" in address:
            raise Denied("No", action="s3:ListBucket")

    store.before = refuse
    assert known_uses(uses_of(store), data) == (Use("models/v1"),)


def test_those_that_wait_for_what_another_reads_can_leave() -> None:
    store = memory()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    arrived, opened = threading.Event(), threading.Event()

    def hold(verb: str, _address: str) -> None:
        if verb == "read":
            arrived.set()
            assert opened.wait(TIMEOUT_S)

    store.before = hold
    uses = uses_of(store)
    first: list[tuple[Use, ...] | None] = []
    reading = threading.Thread(target=lambda: first.append(known_uses(uses, data)))
    reading.start()
    try:
        assert arrived.wait(TIMEOUT_S)
        with pytest.raises(Cancelled):
            uses.of(WORKSPACE, DATA, cancelled=lambda: True)
    finally:
        opened.set()
    reading.join(TIMEOUT_S)
    assert first == [(Use("models/v1"),)]


# by the layout alone ------------------------------------------------------------------------------------------------


def test_manifests_where_the_layout_points_tell_without_a_look_for_the_workspaces_mark() -> None:
    store = memory()
    data = entries(store, DATA)[0]
    make(store, 1, data)
    uses = uses_of(store)
    store.requests.clear()
    found = uses.by_layout(DATA)
    assert found is not None
    assert found.of(data) == (Use("models/v1"),)
    assert [verb for verb, _ in store.requests] == ["list_page", "read", "list_page"]


def test_aliases_are_asked_for_once_something_was_made_of_an_object() -> None:
    store = memory()
    data, other = entries(store, DATA)[0], WORKSPACE.key("dataset/raw/other.csv")
    make(store, 1, data)
    uses = uses_of(store)
    store.requests.clear()
    assert uses.of(WORKSPACE, other) is not None
    assert [verb for verb, _ in store.requests] == ["list_page", "read"]
    uses.of(WORKSPACE, DATA)
    assert [verb for verb, _ in store.requests] == ["list_page", "read", "list_page"]


def test_what_looks_like_no_workspace_is_read_no_further_and_tells_nothing() -> None:
    store = memory()
    uses = uses_of(store)
    assert uses.by_layout(DATA) is None
    assert uses.by_layout(WORKSPACE.key("elsewhere/a.csv")) is None
    for number in range(1, 8):
        store.write(LAYOUT.model(number).key("weights.bin"), b"somebody else's")
    uses.forget()
    store.requests.clear()
    assert uses.by_layout(DATA) is None
    assert asked(store, "read") == 3
