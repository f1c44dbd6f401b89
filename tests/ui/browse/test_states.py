"""Browse when it waits, when there is nothing, when it may not, when nobody answers; and how it comes back."""

import threading
from collections.abc import Callable

import pytest

from s3ml_tui.domain.errors import Denied, ExpiredCredentials, NotFound, NotSupported, S3mlError, Unreachable
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan, TroubleDialog
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, ROOT, BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import TIMEOUT_S, has, screen_text, until, until_shown

A = key("a.csv")


def failing(error: S3mlError, *verbs: str) -> Callable[[str, str], None]:
    """A hook that raises on these verbs; on all when none is named."""

    def fail(verb: str, _address: str) -> None:
        if not verbs or verb in verbs:
            raise error

    return fail


def fine(_verb: str, _address: str) -> None:
    """A hook that lets everything through."""


async def test_no_buckets_at_all(opener: Opener, store: MemoryStore) -> None:
    store._shelves.clear()
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "No buckets yet", "s3ml init")
        assert app.browse.buckets.state == "empty"


async def test_an_account_with_one_bucket_is_entered(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert has(app, "versioned · anonymous access refused", "1 object")


async def test_where_buckets_may_not_be_listed_one_is_named(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"")
    store.before = failing(Denied("Listing buckets is denied", action="s3:ListAllMyBuckets"), "buckets")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "s3:ListAllMyBuckets", ": goes to a")
        assert app.browse.buckets.state == "denied"
        app.show_place(ROOT)
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert app.browse.buckets.state == "ready"
        assert app.browse.buckets.pointed == ROOT
        assert has(app, "⊘ s3:ListAllMyBuckets")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Denied("acme-ml may not be listed", action="s3:ListBucket", advice="Ask for s3:ListBucket"), "denied"),
        (Unreachable("Nobody answers at memory://", advice="Start the server"), "unreachable"),
        (ExpiredCredentials("The credentials have expired", advice="Sign in again"), "denied"),
        (NotFound("There is no bucket acme-ml", advice="Check the name"), "gone"),
    ],
)
async def test_a_listing_that_fails_says_why_and_recovers(
    store: MemoryStore, opener: Opener, error: S3mlError, state: str
) -> None:
    store.write(A, b"")
    store.before = failing(error, "list_page")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.browse.objects.state == state)
        assert has(app, error.title, error.advice, "R asks again")
        assert app.browse.buckets.state == "ready"
        assert app.browse.objects.has_focus
        store.before = fine
        await pilot.press("R")
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert app.browse.objects.table.has_focus


async def test_a_server_that_stops_is_said_in_every_pane_and_forgotten_when_it_is_back(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        store.before = failing(Unreachable("Nobody answers at memory://", advice="Start the server"))
        await pilot.press("R")
        panes = (app.browse.buckets, app.browse.objects, app.browse.versions)
        await until(pilot, lambda: [pane.state for pane in panes] == ["unreachable", "unreachable", "unreachable"])
        store.before = fine
        await pilot.press("R")
        await until(pilot, lambda: history_rows(app) == 1 and pointed(app) == "a.csv")
        assert has(app, "versioned · anonymous access refused")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Denied("Versions may not be listed", action="s3:ListBucketVersions"), "needs s3:ListBucketVersions"),
        (NotSupported("This server cannot do that"), "this server lists no versions"),
    ],
)
async def test_where_versions_may_not_be_listed_the_current_one_is_shown_with_what_is_missing(
    store: MemoryStore, opener: Opener, error: S3mlError, words: str
) -> None:
    store.write(A, b"old")
    store.write(A, b"current")
    store.before = failing(error, "history")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        assert has(app, f"a.csv · History · the current version alone: {words}", "7 B", "← current", "1 object")


async def test_where_not_even_the_current_version_may_be_seen_history_is_denied_and_the_table_goes_on(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"")
    denied = Denied(
        "Versions may not be listed", action="s3:ListBucketVersions", advice="Ask for s3:ListBucketVersions"
    )
    store.before = failing(denied, "history", "facts")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.browse.versions.state == "denied")
        assert has(app, "s3:ListBucketVersions", "a.csv", "1 object")


async def test_where_deleted_objects_may_not_be_listed_the_others_stay(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        store.before = _once(Denied("Denied", action="s3:ListBucketVersions"))
        await pilot.press("full_stop")
        await until(pilot, lambda: "Deleted objects cannot be shown" in toasts(app))
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert not has(app, "deleted shown")


def _once(error: S3mlError) -> Callable[[str, str], None]:
    left = [error]

    def fail(verb: str, _address: str) -> None:
        if verb == "list_page" and left:
            raise left.pop()

    return fail


async def test_a_key_that_went_meanwhile_is_said_by_the_key_and_leaves_the_list_with_its_history(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        store._shelves[BUCKET].histories.clear()
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert has(app, "There is no s3://acme-ml/a.csv")
        await pilot.press("escape")
        app.browse.versions.reload()
        await until_shown(pilot, "Nothing here yet")


async def test_somebody_writing_between_plan_and_enter_stops_the_change(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"seen")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        store.write(A, b"not seen")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert store.read(A) == b"not seen"


async def test_deleting_on_a_bucket_without_versions_says_that_it_is_for_good(
    store: MemoryStore, opener: Opener
) -> None:
    store._shelves[BUCKET].versioning = Versioning.OFF
    store.write(A, b"bytes")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        assert has(app, "not versioned")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until_shown(pilot, "Nothing here yet", "No object chosen")
        assert app.browse.objects.has_focus


class Gate:
    """A hook that holds the listings of one place until it is opened."""

    def __init__(self, place: Place) -> None:
        self.uri = place.uri
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, verb: str, address: str) -> None:
        if verb == "list_page" and address == self.uri:
            self.reached.set()
            assert self.open.wait(TIMEOUT_S)


async def test_waiting_is_said_and_a_late_answer_is_dropped(store: MemoryStore, opener: Opener) -> None:
    store.write(key("slow/late.csv"), b"")
    store.write(key("quick/early.csv"), b"")
    gate = Gate(Place(BUCKET, "slow/"))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: pointed(app) == "quick/")
        store.before = gate
        await pilot.press("j", "enter")
        await until(pilot, gate.reached.is_set)
        await until_shown(pilot, "Loading slow/")
        assert app.browse.objects.has_focus
        app.show_place(Place(BUCKET, "quick/"))
        await until(pilot, lambda: pointed(app) == "early.csv")
        gate.open.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert pointed(app) == "early.csv"
        assert "late.csv" not in screen_text(app)


async def test_without_a_connection_it_says_so_and_r_connects_again(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"")
    errors: list[S3mlError] = [Unreachable("Nobody answers at memory://", advice="Start the server")]

    def open_session(context: object) -> object:
        if errors:
            raise errors.pop()
        return opener(context)  # type: ignore[arg-type]  # the app hands over its context

    app = BrowseApp(open_session)  # type: ignore[arg-type]  # what it gives is a session
    async with app.run_test(size=(120, 36)) as pilot:
        await until_shown(pilot, "Nobody answers", "R asks again")
        assert app.browse.objects.state == "unreachable"
        await pilot.press("R")
        await until(pilot, lambda: pointed(app) == "a.csv")


async def test_eighty_by_twenty_four_folds_the_tree_away_until_a_bucket_is_chosen(
    store: MemoryStore, opener: Opener
) -> None:
    store.create_bucket("other")
    store.write(A, b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "▸ acme-ml", "▸ other")
        assert "History" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: history_rows(app) == 1)
        assert not has(app, "▸ other")
        assert has(app, "a.csv", "● ", "current")
        assert app.browse.versions.size.height >= 6
        assert app.browse.objects.has_focus_within
        await pilot.press("h")
        await until_shown(pilot, "other")
        await pilot.press("escape")
        await until_shown(pilot, "a.csv")
        await pilot.press("plus")
        await pilot.pause()
        assert "History" not in screen_text(app)
        await pilot.press("escape")
        await until_shown(pilot, "History")
