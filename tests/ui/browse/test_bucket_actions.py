"""Buckets as a whole by their key: the menu, the plans behind it, and what a read-only context dims."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.capabilities import LifecycleRule, Versioning
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.dialogs.bucket_menu import BucketMenu
from s3ml_tui.ui.dialogs.confirm import ConfirmLoud
from s3ml_tui.ui.dialogs.contexts import ContextList
from s3ml_tui.ui.dialogs.prompts import AskText, ConfirmPlan, ShowText
from tests.doubles import MemoryStore
from tests.ui.browse_app import BUCKET, BrowseApp, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.contexts_lab import FILE, Contexts
from tests.ui.harness import has, until, until_shown
from tests.ui.lab import Gate


async def choose(app: App[Any], pilot: Pilot[Any], text: str) -> None:
    """Open the menu, and choose the line that begins so."""
    await pilot.press("I")
    await until(pilot, lambda: isinstance(app.screen, BucketMenu))
    options = app.screen.query_one(OptionList)
    prompts = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
    options.highlighted = next(at for at, prompt in enumerate(prompts) if prompt.startswith(text))
    await pilot.press("enter")


async def test_versioning_is_suspended_with_what_that_means_and_switched_on_by_u(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(key("a.csv"), b"x")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("I")
        await until_shown(pilot, "Bucket acme-ml", "versioned, block on, anonymous access refused")
        await pilot.press("escape")
        await choose(app, pilot, "Suspend versioning")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await until_shown(pilot, "destroys it: only what is there now")
        await pilot.press("y")
        await until(pilot, lambda: "Suspended versioning of acme-ml" in toasts(app))
        assert store.bucket_facts(BUCKET).versioning is Versioning.SUSPENDED
        await until_shown(pilot, "versioning suspended")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until(pilot, lambda: store.bucket_facts(BUCKET).versioning is Versioning.ON)


async def test_a_bucket_is_created(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "acme-ml")
        await choose(app, pilot, "Create a bucket")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"No", "enter")
        await until_shown(pilot, "cannot be a bucket's name")
        app.screen.query_one(Input).value = "brand-new"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await until_shown(pilot, "every old version")
        await pilot.press("y")
        await until_shown(pilot, "brand-new")
        assert store.bucket_facts("brand-new").versioning is Versioning.ON


async def test_lifecycle_rules_are_read_in_words(store: MemoryStore, opener: Opener) -> None:
    store.set_facts(BUCKET, lifecycle=(LifecycleRule("tidy", "logs/", is_enabled=True, expire_days=30),))
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "acme-ml")
        await choose(app, pilot, "Show its lifecycle rules (1)")
        await until(pilot, lambda: isinstance(app.screen, ShowText))
        await until_shown(pilot, "tidy: objects below logs/", "They get a delete marker")


async def test_the_rule_against_open_uploads_is_offered_while_there_is_none(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "acme-ml")
        await choose(app, pilot, "Have uploads removed that were left open")
        await until_shown(pilot, f"{ABORT_RULE} is added")
        await pilot.press("y")
        await until(pilot, lambda: "are removed from now on" in toasts(app))
        app.clear_notifications()
        await pilot.press("I")
        await until_shown(pilot, "Show its lifecycle rules (1)")
        assert not has(app, "left open")


async def test_a_bucket_is_deleted_once_all_is_counted_and_its_name_typed(store: MemoryStore, opener: Opener) -> None:
    store.create_bucket("old-one")
    store.enable_versioning("old-one")
    for body in (b"1", b"22"):
        store.write(ObjectKey("old-one", "a"), body)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "old-one")
        await pilot.press("j")
        assert app.browse.buckets.pointed is not None
        await choose(app, pilot, "Delete it")
        await until(pilot, lambda: isinstance(app.screen, ConfirmLoud))
        await until_shown(pilot, "It is not empty: 1 object (2 B), 1 old version (1 B)", "Type old-one to go on")
        assert not toasts(app).strip(), "the dialog says the figures itself, and nothing covers it"
        await pilot.press(*"old-one", "enter")
        await until(pilot, lambda: "Deleted the bucket old-one" in toasts(app))
        assert not store.bucket_exists("old-one")
        app.clear_notifications()
        await until(pilot, lambda: not has(app, "old-one") or len(app.screen_stack) > 1)


async def test_what_was_counted_in_a_context_that_was_left_is_proposed_in_no_other(tmp_path: Path) -> None:
    contexts = Contexts(tmp_path)
    settings.config_file().write_text(FILE.replace('context = "prod"', 'context = "staging"'))
    gate = contexts.stores["staging"].before = Gate("versions_below")
    app = contexts.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "only-in-staging.csv", "versioned")
        await choose(app, pilot, "Delete it")
        await until(pilot, gate.arrived.is_set)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ContextList))
        await pilot.press("home", "enter")
        await until_shown(pilot, "Still going on in staging: Count what is in shared")
        await pilot.press("j", "enter")
        await until_shown(pilot, "only-in-prod.csv", "READ-ONLY")
        gate.opened.set()
        await until(pilot, lambda: "you have left that context" in toasts(app), "what became of it")
        assert not isinstance(app.screen, ConfirmLoud)
        assert all(store.bucket_exists("shared") for store in contexts.stores.values())


async def test_an_empty_bucket_says_so(store: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "acme-ml")
        await choose(app, pilot, "Empty it")
        await until_shown(pilot, "acme-ml is empty: no object, no old version")


async def test_in_a_read_only_context_what_changes_is_dimmed_and_says_why(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"x")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("I")
        await until_shown(pilot, "This context is read-only: what would change something is dimmed")
        options = app.screen.query_one(OptionList)
        enabled = [
            str(option.prompt)
            for option in (options.get_option_at_index(at) for at in range(options.option_count))
            if not option.disabled
        ]
        assert enabled == ["Show its lifecycle rules (none)"]
        await pilot.press("enter")
        await until_shown(pilot, "There are none")
