"""`:` in the app: completed from what is there, looked for before one goes, remembered; late answers are dropped."""

import threading
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, Unreachable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.settings.bookmarks import add_bookmark
from s3ml_tui.settings.file import Bookmark
from s3ml_tui.settings.recent_places import visit, visited
from s3ml_tui.ui.dialogs.go_to import GoTo
from s3ml_tui.ui.widgets.address_input import AddressInput
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.suggestions import Suggestion, Suggestions
from tests.services.arranged import WORKSPACE
from tests.ui.harness import has, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SHOWN, SIZES, SMALL, Gate, Lab, dangerous_texts


async def opened(pilot: Pilot[Any]) -> GoTo:
    """The dialog, over a workspace that is shown."""
    await until_shown(pilot, "dataset/", "versioned")
    await pilot.press("colon")
    await until(pilot, lambda: isinstance(pilot.app.screen, GoTo), "the dialog")
    dialog = pilot.app.screen
    assert isinstance(dialog, GoTo)
    return dialog


def typed(dialog: GoTo) -> str:
    return dialog.query_one(AddressInput).value


async def take(pilot: Pilot[Any], dialog: GoTo, uri: str) -> None:
    """Tab: what is suggested is typed, at once or when it was asked for once more."""
    await pilot.press("tab")
    await until(pilot, lambda: typed(dialog) == uri, f"{uri} is typed")


def suggested(dialog: GoTo) -> list[str]:
    return [one.uri for one in dialog.query_one(Suggestions).found]


async def until_suggested(pilot: Pilot[Any], dialog: GoTo, *uris: str) -> None:
    await until(pilot, lambda: suggested(dialog)[: len(uris)] == list(uris), f"{uris} suggested")


async def until_answered(pilot: Pilot[Any], group: str) -> None:
    """Until no thread of the dialog is asking; the worker that waits for the dialog goes on."""
    await until(
        pilot, lambda: all(worker.is_finished for worker in pilot.app.workers if worker.group == group), "answers"
    )


async def until_at(pilot: Pilot[Any], place: str, *texts: str) -> None:
    """Until the header says where one is, and the screen shows the texts."""
    await until(pilot, lambda: not isinstance(pilot.app.screen, GoTo), "the dialog is gone")
    await until_shown(pilot, place, *texts)


# typing --------------------------------------------------------------------------------------------------------------


@SIZES
async def test_an_address_is_completed_level_by_level_and_gone_to(lab: Lab, size: tuple[int, int]) -> None:
    async with lab.app().run_test(size=size) as pilot:
        dialog = await opened(pilot)
        await pilot.press(*"buc")
        await until_suggested(pilot, dialog, "s3://bucket/")
        await take(pilot, dialog, "s3://bucket/")
        await until_suggested(pilot, dialog, "s3://bucket/ws/")
        await pilot.press("right", *"data")
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/")
        await take(pilot, dialog, "s3://bucket/ws/dataset/")
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/raw/")
        await take(pilot, dialog, "s3://bucket/ws/dataset/raw/")
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/raw/churn.csv")
        assert has(pilot.app, "churn.csv", "tab completes")
        await pilot.press("down", "enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv · History · 1 version")


async def test_the_place_at_hand_stands_there_and_typing_takes_its_place(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        assert typed(dialog) == "s3://bucket/ws/"
        await pilot.press(*"bucket/ws/models")
        assert typed(dialog) == "bucket/ws/models"
        lab.models(1)
        await pilot.press("enter")
        await until_at(pilot, "▸ bucket ▸ ws/models/", "v1/")


async def test_the_place_at_hand_can_be_typed_on(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press("end", *"dataset/")
        assert typed(dialog) == "s3://bucket/ws/dataset/"
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/raw/")
        await pilot.press("enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/", "raw/")


@pytest.mark.parametrize("before", [(), ("end",), ("ctrl+u", *"s3://"), ("ctrl+u",)])
async def test_a_pasted_address_is_never_doubled(lab: Lab, before: tuple[str, ...]) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press(*before)
        pilot.app.screen.post_message(events.Paste("s3://bucket/ws/dataset/raw/churn.csv"))
        await until(pilot, lambda: "churn" in typed(dialog), "it was pasted")
        assert typed(dialog) == "s3://bucket/ws/dataset/raw/churn.csv"
        await pilot.press("enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv · History")


async def test_an_address_typed_behind_a_scheme_is_not_doubled(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press("ctrl+u", *"s3://s3://bucket/")
        assert typed(dialog) == "s3://bucket/"


async def test_a_late_completion_of_another_text_is_dropped(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        gate = lab.store.before = Gate("buckets")
        await pilot.press(*"buc")
        await until(pilot, gate.arrived.is_set, "buckets are asked for")
        await pilot.press(*"ket/ws/da")
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/")
        gate.opened.set()
        await until_answered(pilot, "complete")
        assert suggested(dialog)[0] == "s3://bucket/ws/dataset/"


async def test_tab_before_the_answer_takes_it_when_it_comes(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        gate = lab.store.before = Gate("buckets")
        await pilot.press(*"buc", "tab")
        await until(pilot, gate.arrived.is_set, "buckets are asked for")
        assert typed(dialog) == "buc"
        gate.opened.set()
        await until(pilot, lambda: typed(dialog) == "s3://bucket/", "it is taken")


async def test_fast_typing_asks_once(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        lab.store.requests.clear()
        dialog.query_one(AddressInput).value = "s3://bucket/w"
        dialog.query_one(AddressInput).value = "s3://bucket/ws/d"
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/")
        assert [verb for verb, _ in lab.store.requests if verb == "list_page"] == ["list_page"]


async def test_up_and_down_choose_and_typing_lets_go(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        for name in ("a/x", "b/x", "c/x"):
            lab.put(WORKSPACE.key(name), b"x")
        await pilot.press("end")
        await pilot.press(*"/", "backspace")
        options = dialog.query_one(Suggestions)
        await until(pilot, lambda: len(options.found) > 3, "all of the level")
        await pilot.press("down", "down", "down", "up")
        assert options.chosen == options.found[1]
        await pilot.press("up", "up")
        assert not options.chosen
        await pilot.press("down", *"b")
        await until_suggested(pilot, dialog, "s3://bucket/ws/b/")
        await take(pilot, dialog, "s3://bucket/ws/b/")


async def test_a_click_on_a_suggestion_goes_there(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press(*"bucket/ws/")
        await until_suggested(pilot, dialog, "s3://bucket/ws/.s3ml/", "s3://bucket/ws/dataset/")
        await pilot.click(Suggestions, offset=(6, 1))
        await until_at(pilot, "▸ bucket ▸ ws/dataset/", "raw/")


async def test_a_name_that_means_harm_is_completed_and_gone_to(lab: Lab) -> None:
    lab.put(WORKSPACE.key(f"{HOSTILE}/x.csv"), b"x")
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press(*"bucket/ws/evil")
        await until_suggested(pilot, dialog, f"s3://bucket/ws/{HOSTILE.partition('/')[0]}/")
        assert has(pilot.app, SHOWN.partition("/")[0])
        assert not dangerous_texts(pilot.app)
        await pilot.press("tab")
        await until(pilot, lambda: "\\x1b" in typed(dialog), "written out")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, GoTo), "gone there")
        assert pilot.app.session.place.prefix == f"ws/{HOSTILE.partition('/')[0]}/"  # type: ignore[attr-defined]  # the app under test
        assert not dangerous_texts(pilot.app)


# what is wrong -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://bucket/x", "https:// is no S3 address"),
        ("/x/y", "names no bucket"),
        ("nobody/x/", "There is no bucket nobody"),
        ("bucket/" + "k" * 1025, "The key is too long"),
    ],
)
async def test_what_is_wrong_is_said_in_the_dialog_and_the_text_stays(lab: Lab, text: str, why: str) -> None:
    async with lab.app().run_test(size=SMALL) as pilot:
        dialog = await opened(pilot)
        dialog.query_one(AddressInput).value = text
        await pilot.press("enter")
        await until_shown(pilot, why)
        assert typed(dialog) == text
        await pilot.press("escape")
        await until_at(pilot, "▸ bucket ▸ ws/")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("bucket", "▸ bucket "),
        ("bucket/ws/dataset", "▸ bucket ▸ ws/dataset/"),
        ("dataset/raw/", "▸ bucket ▸ ws/dataset/raw/"),
        ("ws/dataset/", "▸ bucket ▸ ws/dataset/"),
    ],
)
async def test_a_bucket_or_a_name_in_the_place_at_hand_needs_no_scheme(lab: Lab, text: str, place: str) -> None:
    async with lab.app().run_test(size=SMALL) as pilot:
        dialog = await opened(pilot)
        dialog.query_one(AddressInput).value = text
        await pilot.press("enter")
        await until_at(pilot, place)


async def test_what_is_not_there_is_gone_to_only_when_insisted_on(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        dialog = await opened(pilot)
        dialog.query_one(AddressInput).value = "bucket/ws/datset/"
        await pilot.press("enter")
        await until_shown(pilot, "Nothing lies under s3://bucket/ws/datset/.", "Enter again goes there")
        assert typed(dialog) == "bucket/ws/datset/"
        await pilot.press("enter")
        await until_at(pilot, "▸ bucket ▸ ws/datset/", "Nothing here")
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(pilot.app.screen, GoTo))
        await pilot.press(*"bucket/ws/dataset/raw/chrn.csv", "enter")
        await until_shown(pilot, "There is neither an object nor a folder")
        await pilot.press("enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv", "chrn.csv is not here")


async def test_what_is_typed_right_after_the_colon_is_typed_into_the_dialog(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading what is known may take its time; `x` would delete, `b` list the bookmarks."""
    gate = threading.Event()

    def slowly(*_: object) -> list[Suggestion]:
        assert gate.wait(60)
        return []

    monkeypatch.setattr("s3ml_tui.ui.app.navigation._known", slowly)
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "dataset/", "versioned")
        await pilot.press("colon", *"xb")
        dialog = pilot.app.screen
        assert isinstance(dialog, GoTo)
        assert typed(dialog) == "xb"
        gate.set()
        await pilot.app.workers.wait_for_complete()
        assert typed(dialog) == "xb"
        assert pilot.app.screen is dialog


async def test_where_buckets_cannot_be_listed_one_is_gone_to_by_name(lab: Lab) -> None:
    def deny(verb: str, _address: str) -> None:
        if verb == "buckets":
            raise Denied("Buckets cannot be listed", action="s3:ListAllMyBuckets")

    lab.store.before = deny
    async with lab.app(start=None).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "s3:ListAllMyBuckets", ": goes to a")
        await pilot.press("colon", *"buc")
        await until_shown(pilot, "What is there may not be listed: type the whole address")
        await pilot.press(*"ket", "enter")
        await until_at(pilot, "▸ bucket", "ws/")


async def test_a_server_that_is_away_is_said_while_typing_and_when_going(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)

        def fail(_verb: str, _address: str) -> None:
            raise Unreachable("Nobody answers at memory://", advice="Start it")

        lab.store.before = fail
        await pilot.press(*"bucket/ws/da")
        await until_shown(pilot, "Nobody answers at memory://.")
        await pilot.press("enter")
        await until(pilot, lambda: dialog.query_one(".dialog--hint").has_class("-wrong"), "said as an error")
        assert typed(dialog) == "bucket/ws/da"


async def test_a_completion_that_comes_late_does_not_take_the_place_of_an_error(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        gate = lab.store.before = Gate("list_page")
        dialog.query_one(AddressInput).value = "bucket/" + "k" * 1025
        await until(pilot, gate.arrived.is_set, "it is being completed")
        await pilot.press("enter")
        await until_shown(pilot, "The key is too long")
        gate.opened.set()
        await until_answered(pilot, "complete")
        await pilot.pause()
        assert has(pilot.app, "The key is too long")


async def test_leaving_while_it_is_looked_for_goes_nowhere(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        dialog.query_one(AddressInput).value = "bucket/ws/dataset/"
        gate = lab.store.before = Gate("list_page")
        await pilot.press("enter")
        await until(pilot, gate.arrived.is_set, "it is looked for")
        await until_shown(pilot, "Looking")
        await pilot.press("escape")
        gate.opened.set()
        await until_at(pilot, "▸ bucket ▸ ws/ ")
        await until_answered(pilot, "look")
        assert pilot.app.session.place == WORKSPACE  # type: ignore[attr-defined]  # the app under test


async def test_without_a_session_one_still_says_where_to(lab: Lab) -> None:
    gate = threading.Event()

    def slow(context: Context) -> Any:
        assert gate.wait(60)
        return lab.open(context)

    async with lab.app(slow, start=None).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "Loading the session")
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(pilot.app.screen, GoTo))
        await pilot.press(*"bucket/ws/dataset/raw/churn.csv", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, GoTo))
        gate.set()
        await until_shown(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv · History · 1 version")


# what is known -------------------------------------------------------------------------------------------------------


async def test_places_gone_to_are_remembered_across_restarts(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await opened(pilot)
        await pilot.press(*"bucket/ws/dataset/raw/", "enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv")
        await pilot.app.workers.wait_for_complete()
    assert visited("prod") == ("s3://bucket/ws/dataset/raw/",)
    visit("another", "s3://elsewhere/")
    add_bookmark(Bookmark("start", "s3://bucket/"))
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await until(
            pilot, lambda: suggested(dialog) == ["s3://bucket/", "s3://bucket/ws/dataset/raw/"], "what is known"
        )
        assert has(pilot.app, "★ start  s3://bucket/", "↺ s3://bucket/ws/dataset/raw/")
        await pilot.press("down", "down", "enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv")


async def test_what_is_known_is_found_by_any_part_of_it(lab: Lab) -> None:
    visit("prod", "s3://bucket/ws/dataset/raw/churn.csv")
    add_bookmark(Bookmark("start", "s3://bucket/"))
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        await pilot.press(*"churn")
        await until_suggested(pilot, dialog, "s3://bucket/ws/dataset/raw/churn.csv")
        await pilot.press("ctrl+u", *"star")
        await until_suggested(pilot, dialog, "s3://bucket/")
        await pilot.press("down", "enter")
        await until_at(pilot, "▸ bucket ", "ws/")


async def test_a_history_that_cannot_be_kept_is_said_and_one_goes_all_the_same(lab: Lab) -> None:
    from s3ml_tui.settings.recent_places import visited_file

    visited_file().parent.parent.mkdir(parents=True, exist_ok=True)
    visited_file().parent.write_text("no folder")
    async with lab.app().run_test(size=LARGE, notifications=True) as pilot:
        await opened(pilot)
        await pilot.press(*"bucket/ws/dataset/raw/", "enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "The places gone to are not remembered")


async def test_a_click_on_the_place_in_the_header_asks_where_to(lab: Lab) -> None:
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "▸ bucket ▸ ws/")
        await pilot.click(Top, offset=(20, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, GoTo))


async def test_enter_is_not_lost_when_the_time_to_complete_comes_with_it(lab: Lab) -> None:
    lab.put(ObjectKey("bucket", "ws/dataset/raw/churn.csv"), b"x")
    async with lab.app().run_test(size=LARGE) as pilot:
        dialog = await opened(pilot)
        gate = lab.store.before = Gate("list_page")
        await pilot.press(*"bucket/ws/dataset/raw/churn.csv", "enter")
        await until(pilot, gate.arrived.is_set, "it is looked for")
        dialog._complete()  # the message of a timer that was stopped too late
        gate.opened.set()
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "churn.csv · History")


async def test_an_object_gone_to_by_name_gets_the_cursor(lab: Lab) -> None:
    for number in range(40):
        lab.put(ObjectKey("bucket", f"ws/dataset/raw/k{number:02}.csv"), b"x")
    async with lab.app().run_test(size=LARGE) as pilot:
        await opened(pilot)
        await pilot.press(*"bucket/ws/dataset/raw/k31.csv", "enter")
        await until_at(pilot, "▸ bucket ▸ ws/dataset/raw/", "k31.csv · History · 1 version")
