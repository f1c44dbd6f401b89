"""History, bringing back, undeleting and undoing each: over a store in memory."""

from collections.abc import Callable

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, Denied, NotFound, NotSupported, ReadOnly, S3mlError
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, RemoveMarker
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import History, Version
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.restore import Versions
from tests.doubles import MemoryStore
from tests.services.memory import KEY, READ_ONLY, bodies, entries, objects, store_with, versions


def bring_back(service: Versions, number: int) -> CopyForward:
    """The plan for the entry `number` from the top."""
    history = service.whole_history(KEY)
    plan = service.plan_bring_back(history, history.versions[number])
    assert isinstance(plan, CopyForward)
    return plan


def undelete(service: Versions) -> RemoveMarker:
    plan = service.plan_undelete(service.whole_history(KEY))
    assert isinstance(plan, RemoveMarker)
    return plan


# history --------------------------------------------------------------------------------------------------------


def test_the_whole_history_is_all_pages_of_exactly_one_key() -> None:
    store = store_with(*(b"%d" % number for number in range(7)))
    store.write(ObjectKey("acme", KEY.key + ".bak"), b"other")
    store.page_size = 3
    pages = list(versions(store).history(KEY))
    assert [len(page.versions) for page in pages] == [3, 3, 1]
    assert [page.is_last for page in pages] == [False, False, True]
    assert bodies(store) == [b"%d" % number for number in reversed(range(7))]


def test_a_key_that_never_was_has_an_empty_history() -> None:
    assert versions(store_with()).whole_history(KEY) == History(KEY, ())


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (Denied("No", action="s3:ListBucketVersions"), "needs s3:ListBucketVersions"),
        (NotSupported("No"), "this server lists no versions"),
    ],
)
def test_where_versions_may_not_be_listed_the_current_one_is_told_with_what_is_missing(
    error: S3mlError, missing: str
) -> None:
    store = store_with(b"old", b"current")
    current = objects(store).plan_delete(KEY)
    assert isinstance(current, DeleteObject)
    store.before = refusing(error, "history")
    [page] = versions(store).history_or_current(KEY)
    assert [version.version_id for version in page.versions] == [current.current.version_id]
    assert page.versions[0].is_latest
    assert (page.is_last, page.missing) == (True, missing)


def test_where_not_even_the_current_version_may_be_seen_the_first_lack_is_told() -> None:
    store = store_with(b"old")
    store.before = refusing(Denied("No", action="s3:ListBucketVersions"), "history", "facts")
    with pytest.raises(Denied) as raised:
        list(versions(store).history_or_current(KEY))
    assert raised.value.action == "s3:ListBucketVersions"


def test_a_deleted_object_whose_versions_may_not_be_listed_shows_nothing() -> None:
    store = store_with(b"old")
    store.delete(KEY)
    store.before = refusing(Denied("No", action="s3:ListBucketVersions"), "history")
    with pytest.raises(Denied):
        list(versions(store).history_or_current(KEY))


def refusing(error: S3mlError, *verbs: str) -> Callable[[str, str], None]:
    def before(verb: str, _address: str) -> None:
        if verb in verbs:
            raise error

    return before


def test_reading_a_history_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        versions(store_with(b"old")).whole_history(KEY, cancelled=lambda: True)


# bringing back --------------------------------------------------------------------------------------------------


def test_bringing_back_copies_the_old_version_on_top_and_nothing_is_lost() -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    outcome = service.perform(bring_back(service, 1))
    assert bodies(store) == [b"first", b"second", b"first"]
    assert outcome.title == "Brought back a.csv"
    assert outcome.version_id == entries(store)[0].version_id


def test_undoing_it_brings_back_what_was_current_before() -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    undo = service.perform(bring_back(service, 1)).undo
    assert isinstance(undo, CopyForward)
    now = entries(store)[0]
    assert undo.current is not None
    assert (undo.current.version_id, undo.current.etag) == (now.version_id, now.etag)
    again = service.perform(undo)
    assert bodies(store) == [b"second", b"first", b"second", b"first"]
    assert isinstance(again.undo, CopyForward)


def test_bringing_back_a_deleted_object_keeps_the_deletion_and_undo_deletes_it_again() -> None:
    store = store_with(b"old")
    store.delete(KEY)
    service = versions(store)
    undo = service.perform(bring_back(service, 0)).undo
    assert bodies(store) == [b"old", None, b"old"]
    assert isinstance(undo, DeleteObject)
    assert undo.keeps_bytes
    objects(store).delete(undo)
    assert bodies(store) == [None, b"old", None, b"old"]


@pytest.mark.parametrize("meanwhile", ["write", "delete"])
def test_bringing_back_stops_when_what_was_seen_is_no_longer_on_top(meanwhile: str) -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    plan = bring_back(service, 1)
    if meanwhile == "write":
        store.write(KEY, b"somebody's")
    else:
        store.delete(KEY)
    before = bodies(store)
    with pytest.raises(Conflict, match="no longer as it was") as refusal:
        service.perform(plan)
    assert "meanwhile" in refusal.value.cause
    assert refusal.value.advice == "Look at its history and decide again"
    assert bodies(store) == before


def test_an_undo_stops_when_somebody_wrote_after_the_change() -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    undo = service.perform(bring_back(service, 1)).undo
    assert isinstance(undo, CopyForward)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict, match="Somebody wrote 10 B to it meanwhile"):
        service.perform(undo)
    assert bodies(store)[0] == b"somebody's"


def test_an_undo_is_guarded_by_what_the_change_made_even_when_somebody_was_faster_than_our_look() -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    plan = bring_back(service, 1)
    races = iter([True])

    def somebody(verb: str, _address: str) -> None:
        if verb == "copy_version" and next(races, False):
            store.write(KEY, b"somebody's")

    store.after = somebody
    outcome = service.perform(plan)
    assert isinstance(outcome.undo, CopyForward)
    assert outcome.undo.current is not None
    assert outcome.undo.current.version_id == outcome.version_id == entries(store)[1].version_id
    with pytest.raises(Conflict):
        service.perform(outcome.undo)


def test_bringing_back_where_versioning_is_suspended_says_what_it_destroys_and_has_no_undo_then() -> None:
    store = store_with(b"first", versioning=Versioning.SUSPENDED)
    store.write(KEY, b"null one")
    service = versions(store)
    plan = bring_back(service, 1)
    assert plan.is_destructive
    assert "the 8 B written on" in " ".join(plan.sentences())
    outcome = service.perform(plan)
    assert outcome.undo is None
    assert outcome.no_undo == "Versioning is suspended: what was there before is gone."
    assert bodies(store) == [b"first", b"first"]


def test_a_null_version_that_was_replaced_meanwhile_is_noticed() -> None:
    store = store_with(b"first", versioning=Versioning.SUSPENDED)
    store.write(KEY, b"null one")
    service = versions(store)
    plan = bring_back(service, 1)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict):
        service.perform(plan)
    assert bodies(store)[0] == b"somebody's"


def test_without_versions_there_is_nothing_to_bring_back() -> None:
    store = store_with(b"old", versioning=Versioning.OFF)
    service = versions(store)
    history = service.whole_history(KEY)
    assert isinstance(service.plan_bring_back(history, history.versions[0]), NothingToDo)


def test_a_version_of_another_history_is_not_found() -> None:
    store = store_with(b"old")
    service = versions(store)
    stranger = Version(KEY, "nope", entries(store)[0].modified)
    with pytest.raises(NotFound):
        service.plan_bring_back(service.whole_history(KEY), stranger)


def test_a_version_that_was_purged_meanwhile_is_not_found() -> None:
    store = store_with(b"first", b"second")
    service = versions(store)
    plan = bring_back(service, 1)
    store.delete_version(KEY, plan.source.version_id)
    with pytest.raises(NotFound):
        service.perform(plan)
    assert bodies(store) == [b"second"]


# undeleting -----------------------------------------------------------------------------------------------------


def deleted() -> MemoryStore:
    store = store_with(b"old")
    store.delete(KEY)
    return store


def test_undeleting_removes_only_the_marker_and_undo_deletes_again() -> None:
    store = deleted()
    service = versions(store)
    outcome = service.perform(undelete(service))
    assert bodies(store) == [b"old"]
    assert outcome.title == "Undeleted a.csv"
    assert outcome.version_id == entries(store)[0].version_id
    assert isinstance(outcome.undo, DeleteObject)
    objects(store).delete(outcome.undo)
    assert bodies(store) == [None, b"old"]


def test_undeleting_stops_when_somebody_wrote_meanwhile() -> None:
    store = deleted()
    service = versions(store)
    plan = undelete(service)
    store.write(KEY, b"somebody's")
    with pytest.raises(Conflict):
        service.perform(plan)
    assert bodies(store) == [b"somebody's", None, b"old"]


def test_undeleting_stops_when_somebody_undeleted_meanwhile() -> None:
    store = deleted()
    service = versions(store)
    plan = undelete(service)
    service.perform(plan)
    with pytest.raises(Conflict, match="What was on top is gone meanwhile"):
        service.perform(plan)
    assert bodies(store) == [b"old"]


def test_undeleting_what_is_not_deleted_is_nothing_to_do() -> None:
    service = versions(store_with(b"old"))
    assert isinstance(service.plan_undelete(service.whole_history(KEY)), NothingToDo)


# read-only ------------------------------------------------------------------------------------------------------


def test_a_read_only_context_plans_but_sends_no_change() -> None:
    store = deleted()
    service = versions(store, READ_ONLY)
    plans: list[CopyForward | RemoveMarker] = [bring_back(service, 0), undelete(service)]
    store.requests.clear()
    for plan in plans:
        with pytest.raises(ReadOnly):
            service.perform(plan)
    assert store.requests == []
