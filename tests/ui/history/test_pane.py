"""History: who wrote what, asked for what is in sight alone; a thousand versions without a pause."""

import re
import threading
from collections.abc import Callable

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.storage.provenance import RUN, brought_back
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key
from tests.ui.conftest import Opener
from tests.ui.harness import TIMEOUT_S, has, screen_lines, screen_text, until, until_shown

LARGE = (140, 36)


def heads(store: MemoryStore, name: str = "") -> int:
    return sum(verb == "facts" and address.endswith(name) for verb, address in store.requests)


def line_with(app: BrowseApp, text: str) -> str:
    return next(line for line in screen_lines(app) if text in line)


async def test_each_version_says_by_whom_it_was_written(store: MemoryStore, opener: Opener) -> None:
    first = store.write(key("a.csv"), b"1", metadata={RUN: "20261123-0911-p2aa"})
    store.describe(key("a.csv"), tags={"stage": "gold", "team": ""})
    store.write(key("a.csv"), b"22")
    store.delete(key("a.csv"))
    store.write(key("a.csv"), b"333", metadata=brought_back({}, first.version_id or ""))
    app = BrowseApp(opener)
    async with app.run_test(size=(170, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 4)
        await until_shown(pilot, "by run 20261123-0911-p2aa  #stage=gold  #team", "brought back from ")
        await until_shown(pilot, "written by s3ml")
        assert re.search("today|yesterday", line_with(app, "brought back from").partition("brought back from")[2])
        assert "← current" in line_with(app, "brought back from")
        assert "by " not in line_with(app, "✗")


async def test_a_version_it_was_brought_back_from_that_is_gone_is_named(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"1", metadata=brought_back({}, "0123456789abcdef"))
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "brought back from 01234567…")


async def test_a_mark_that_means_harm_is_shown_as_it_is(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"1", metadata={RUN: "[bold]x\x1b[31m[/]\u202e"})
    store.describe(key("a.csv"), tags={"a\x1b": "[/b]"})
    app = BrowseApp(opener)
    async with app.run_test(size=(160, 36)) as pilot:
        await until_shown(pilot, "by run [bold]x\\x1b[31m[/]\\u202e  #a\\x1b=[/b]")


async def test_a_thousand_versions_cost_a_screenful_of_requests(store: MemoryStore, opener: Opener) -> None:
    for number in range(1000):
        store.write(key("a.csv"), b"%d" % number)
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: history_rows(app) == 1000)
        await until_shown(pilot, "written by s3ml")
        await app.workers.wait_for_complete()
        rows = app.browse.versions.rows
        height = rows.size.height
        assert 0 < heads(store) <= height
        first = heads(store)
        await pilot.press("enter", "G")
        await until(pilot, lambda: len(app.browse.versions.provenance.backgrounds) > first)
        await app.workers.wait_for_complete()
        assert heads(store) <= 2 * height
        before = heads(store)
        await pilot.press("g")
        await pilot.press("G")
        await until(pilot, lambda: rows._resting is None)
        await app.workers.wait_for_complete()
        assert heads(store) == before


async def test_the_first_page_is_there_and_keys_answer_before_the_others_come(
    store: MemoryStore, opener: Opener
) -> None:
    for number in range(1000):
        store.write(key("a.csv"), b"%d" % number)
    store.page_size = 100
    pages, goes_on = threading.Semaphore(0), threading.Event()
    store.before = _holding_later_pages(pages, goes_on)
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        try:
            await until_shown(pilot, "a.csv · History · 100+ versions")
            await pilot.press("enter", "j", "j", "G")
            assert app.browse.versions.rows.cursor == 99
            assert app.browse.versions.history is None
        finally:
            goes_on.set()
        await until_shown(pilot, "a.csv · History · 1,000 versions")
        assert app.browse.versions.rows.cursor == 99


async def test_who_may_not_look_is_told_what_it_takes_and_keeps_the_history(store: MemoryStore, opener: Opener) -> None:
    for number in range(100):
        store.write(key("a.csv"), b"%d" % number)
    store.before = _refusing_facts
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "by: needs s3:GetObjectVersion", "a.csv · History · 100 versions")
        await app.workers.wait_for_complete()
        asked = heads(store)
        await pilot.press("enter", "G")
        await until(pilot, lambda: app.browse.versions.rows.cursor == 99)
        await app.workers.wait_for_complete()
        assert heads(store) == asked
        store.before = lambda _verb, _address: None
        await pilot.press("R")
        await until_shown(pilot, "written by s3ml")
        assert not has(app, "by: needs")


async def test_a_late_answer_about_another_object_is_dropped(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"1", metadata={RUN: "of-a"})
    store.write(key("b.csv"), b"2", metadata={RUN: "of-b"})
    waits, goes_on = threading.Event(), threading.Event()

    def hold(verb: str, address: str) -> None:
        if verb == "facts" and address.endswith("a.csv"):
            waits.set()
            assert goes_on.wait(TIMEOUT_S)

    store.before = hold
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        try:
            await until(pilot, waits.is_set)
            await pilot.press("j")
            await until_shown(pilot, "b.csv · History", "by run of-b")
        finally:
            goes_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "of-a" not in screen_text(app)


async def test_nothing_is_asked_about_versions_out_of_sight(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.csv"), b"id\n1\n")
    store.write(key("b.csv"), b"id\n2\n")
    app = BrowseApp(opener)
    async with app.run_test(size=LARGE) as pilot:
        await until_shown(pilot, "written by s3ml")
        app.browse.looking.show_tab("Details")
        await until_shown(pilot, "a.csv · Details", "storage class")
        store.requests.clear()
        await pilot.press("j")
        await until_shown(pilot, "b.csv · Details", "storage class")
        await until(pilot, lambda: history_rows(app) == 1)
        await until(pilot, lambda: app.browse.versions.rows._resting is None)
        await app.workers.wait_for_complete()
        assert heads(store, "b.csv") == 1
        app.browse.looking.show_tab("History")
        await until_shown(pilot, "written by s3ml")


def _refusing_facts(verb: str, _address: str) -> None:
    if verb == "facts":
        raise Denied("No", action="s3:GetObjectVersion")


def _holding_later_pages(pages: threading.Semaphore, goes_on: threading.Event) -> Callable[[str, str], None]:
    def hold(verb: str, _address: str) -> None:
        if verb != "history":
            return
        pages.release()
        if pages._value > 1:
            assert goes_on.wait(TIMEOUT_S)

    return hold
