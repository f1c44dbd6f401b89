"""Another context without starting again: everything of the old one goes, and is there again when one comes back."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, ExpiredCredentials, LocalTrouble, Unreachable
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress
from s3ml_tui.settings.bookmarks import add_bookmark
from s3ml_tui.settings.file import Bookmark
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.contexts import ContextList, ContextTrouble
from s3ml_tui.ui.dialogs.prompts import Choose, Options
from s3ml_tui.ui.pipeline.screen import PipelineScreen
from s3ml_tui.ui.pipeline.spec_rows import SpecRows
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.exhaustive import EXHAUSTIVE
from tests.ui.contexts_lab import WORKSPACE, Contexts, in_both
from tests.ui.harness import has, screen_lines, screen_text, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SIZES, Gate, dangerous_texts, to_mode


@pytest.fixture
def contexts(tmp_path: Path) -> Contexts:
    return Contexts(tmp_path)


async def in_prod(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "prod", "READ-ONLY", "only-in-prod.csv", "versioned")


async def switch(pilot: Pilot[Any], name: str) -> None:
    """`C`, and the context of that name."""
    await pilot.press("C")
    await until(pilot, lambda: isinstance(pilot.app.screen, ContextList), "the list")
    options = pilot.app.screen.query_one(Options)
    names = [context.name for context in pilot.app.screen._contexts]  # type: ignore[attr-defined]  # the screen in front
    options.highlighted = names.index(name)
    await pilot.press("enter")


async def in_staging(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "staging ▸ shared ▸ ws/", "only-in-staging.csv", "versioned")


def app_of(pilot: Pilot[Any]) -> S3mlApp:
    assert isinstance(pilot.app, S3mlApp)
    return pilot.app


# the list ------------------------------------------------------------------------------------------------------------


@SIZES
async def test_the_list_shows_all_and_marks_the_current_one(contexts: Contexts, size: tuple[int, int]) -> None:
    async with contexts.app().run_test(size=size) as pilot:
        await in_prod(pilot)
        await pilot.press("C")
        await until_shown(pilot, "● prod", "profile prod  s3://shared/ws/  read-only", "staging", "http://staging:9000")
        await until_shown(pilot, "default", "boto3's own chain", "local", "the embedded server")
        assert screen_text(pilot.app).count("● ") == 1
        await pilot.press("escape")
        await in_prod(pilot)
        assert contexts.opened == ["prod"]


async def test_the_list_follows_the_file(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        path = settings.config_file()
        path.write_text(path.read_text() + '\n[contexts.new]\nregion = "x"\n')
        await pilot.press("C")
        await until_shown(pilot, "new", "staging")


async def test_a_file_with_a_mistake_is_said(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        settings.config_file().write_text("[contexts.prod]\nread_onyl = true\n")
        await pilot.press("C")
        await until_shown(pilot, "read_onyl is no setting; did you mean read_only?")


async def test_names_that_mean_harm_are_shown_as_they_are(contexts: Contexts) -> None:
    at = Context(name=HOSTILE, profile=HOSTILE)
    async with S3mlApp(lambda _: contexts.open(Context(name="prod")), at).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "shared")
        await pilot.press("C")
        await until_shown(pilot, "● evil\\x1b[31m", "staging")
        assert not dangerous_texts(pilot.app)


async def test_a_click_on_the_contexts_name_opens_the_list(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await pilot.click(Top, offset=(8, 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, ContextList))


# switching -----------------------------------------------------------------------------------------------------------


@SIZES
async def test_another_context_takes_over_every_pane(contexts: Contexts, size: tuple[int, int]) -> None:
    contexts.hold["staging"] = threading.Event()
    async with contexts.app().run_test(size=size) as pilot:
        await in_prod(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "staging", "Loading the session")
        for text in ("READ-ONLY", "only-in-prod.csv", "in-both.csv", "▸ shared"):
            assert not has(pilot.app, text), text
        contexts.hold["staging"].set()
        await in_staging(pilot)
        assert not has(pilot.app, "READ-ONLY")
        assert not has(pilot.app, "only-in-prod.csv")
        assert contexts.opened == ["prod", "staging"]
        await until(pilot, lambda: contexts.stores["prod"].is_closed, "the old session is closed")


async def test_what_is_done_afterwards_is_done_in_the_new_one(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        await pilot.press("G", "x")
        await until_shown(pilot, "This context is read-only")
        await switch(pilot, "staging")
        await in_staging(pilot)
        await pilot.press("G", "x")
        await until_shown(pilot, "Delete only-in-staging.csv")
        await pilot.press("y")
        await until_shown(pilot, "undoes it")
        assert "only-in-staging.csv" not in " ".join(contexts.keys("staging"))
        assert contexts.keys("prod") == ["ws/in-both.csv", "ws/only-in-prod.csv"]


@pytest.mark.parametrize("mode", ["2", *(pytest.param(mode, marks=EXHAUSTIVE) for mode in "3456")])
async def test_it_works_from_every_mode_and_stays_there(contexts: Contexts, mode: str) -> None:
    contexts.benches["prod"].run(1)
    contexts.benches["prod"].models(1)
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        for key in "23456":
            await pilot.press(key)
        await pilot.press(mode)
        there = app_of(pilot).current_mode
        await switch(pilot, "staging")
        await until_shown(pilot, "staging ▸ shared ▸ ws/")
        assert app_of(pilot).current_mode == there
        expected = {"2": "Spec", "3": "No runs yet", "4": "No models yet", "5": "No runs yet", "6": "Nothing was done"}
        await until_shown(pilot, expected[mode])
        await to_mode(pilot, "1", "only-in-staging.csv")


async def test_an_answer_of_the_old_session_that_comes_late_is_dropped(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        gate = contexts.stores["prod"].before = Gate("list_page")
        await pilot.press("R")
        await until(pilot, gate.arrived.is_set, "prod is asked")
        await switch(pilot, "staging")
        await in_staging(pilot)
        gate.opened.set()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert not has(pilot.app, "only-in-prod.csv")


async def test_of_two_switches_only_the_last_one_counts(contexts: Contexts) -> None:
    hold = contexts.hold["staging"] = threading.Event()
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "staging", "Loading the session")
        await switch(pilot, "prod")
        await in_prod(pilot)
        hold.set()
        await until(pilot, lambda: contexts.stores["staging"].is_closed, "the unwanted session is closed")
        assert has(pilot.app, "only-in-prod.csv", "READ-ONLY")


async def test_the_context_one_is_in_is_not_opened_again(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        await switch(pilot, "prod")
        await until_shown(pilot, "prod is the context you are in.")
        assert contexts.opened == ["prod"]


# coming back ---------------------------------------------------------------------------------------------------------


async def test_one_comes_back_to_where_one_was(contexts: Contexts) -> None:
    for number in range(60):
        contexts.benches["prod"].put(WORKSPACE.key(f"deep/k{number:02}"), b"x")
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        browse = app_of(pilot).screen_stack[0]
        assert isinstance(browse, BrowseScreen)
        browse.show_place(WORKSPACE.under("deep"))
        await until_shown(pilot, "k00")
        await pilot.press("space", *["j"] * 40)
        await switch(pilot, "staging")
        await in_staging(pilot)
        await switch(pilot, "prod")
        await until_shown(pilot, "prod", "▸ shared ▸ ws/deep/", "k41 · History · 1 version", "1 marked")
        await pilot.press("less_than_sign")
        await until_shown(pilot, "▸ shared ▸ ws/ ", "only-in-prod.csv")


async def test_a_spec_that_was_typed_is_there_again(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await to_mode(pilot, "2", "Spec")
        screen = pilot.app.screen
        assert isinstance(screen, PipelineScreen)
        screen.fill({"data": "dataset/raw/churn.csv", "name": "mine-alone", "target": "y"})
        await until_shown(pilot, "mine-alone")
        await switch(pilot, "staging")
        await until_shown(pilot, "staging ▸ shared", "Spec ▸ new")
        assert not has(pilot.app, "mine-alone")
        await switch(pilot, "prod")
        await until_shown(pilot, "prod", "mine-alone", "dataset/raw/churn.csv")
        assert pilot.app.screen.query_one(SpecRows).form.values["target"] == "y"


async def test_what_was_done_in_one_context_is_not_undone_in_another(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        await switch(pilot, "staging")
        await in_staging(pilot)
        services = app_of(pilot).session.services
        assert services is not None
        outcome = services.perform(services.objects.plan_delete(in_both()))
        pilot.app.post_message(messages.OutcomeArrived(outcome))
        await until_shown(pilot, "undoes it")
        await switch(pilot, "prod")
        await in_prod(pilot)
        assert app_of(pilot).changes.outcomes == []
        await pilot.press("u")
        await until_shown(pilot, "This context is read-only")
        assert contexts.keys("prod") == ["ws/in-both.csv", "ws/only-in-prod.csv"]
        await switch(pilot, "staging")
        await in_staging(pilot)
        assert app_of(pilot).changes.outcomes == [outcome]
        assert contexts.keys("staging") == ["ws/only-in-staging.csv"]


# while something goes on ---------------------------------------------------------------------------------------------


class Work:
    """A job that goes on until it is let go or cancelled."""

    def __init__(self) -> None:
        self.started, self.go = threading.Event(), threading.Event()

    def __call__(self, _progress: Progress, cancelled: IsCancelled) -> str:
        self.started.set()
        while not self.go.wait(0.01):
            if cancelled():
                raise Cancelled
        return "done"


async def working(pilot: Pilot[Any]) -> Work:
    work = Work()
    pilot.app.post_message(messages.JobWanted("Download big.bin", work, lambda result: f"big.bin is {result}"))
    await until(pilot, work.started.is_set, "the job began")
    return work


async def test_a_job_is_asked_about_and_staying_stays(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        work = await working(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "Still going on in prod: Download big.bin", "Stay", "Switch; let it go on")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Choose))
        assert has(pilot.app, "only-in-prod.csv")
        assert contexts.opened == ["prod"]
        work.go.set()
        await until_shown(pilot, "big.bin is done")


async def test_a_job_may_go_on_and_its_session_is_closed_only_then(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        work = await working(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "Still going on in prod")
        await pilot.press("down", "enter")
        await in_staging(pilot)
        assert not contexts.stores["prod"].is_closed
        assert has(pilot.app, "running", "Download big.bin")
        work.go.set()
        await until_shown(pilot, "big.bin is done")
        await until(pilot, lambda: contexts.stores["prod"].is_closed, "closed once nothing goes on in it")


async def test_coming_back_while_a_job_goes_on_finds_the_session_as_it_was(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        work = await working(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "Still going on in prod")
        await pilot.press("down", "enter")
        await in_staging(pilot)
        await switch(pilot, "prod")
        await in_prod(pilot)
        assert contexts.opened == ["prod", "staging"]
        work.go.set()


async def test_a_job_may_be_cancelled_first(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        await working(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "Still going on in prod", "Cancel the job, then switch")
        await pilot.press("down", "down", "enter")
        await in_staging(pilot)
        await until_shown(pilot, "Cancelled: Download big.bin")
        await until(pilot, lambda: contexts.stores["prod"].is_closed)


# when it fails -------------------------------------------------------------------------------------------------------


async def test_a_job_that_waits_for_a_sign_in_is_not_begun_in_another_context(contexts: Contexts) -> None:
    def signed_out(_progress: Progress, _cancelled: IsCancelled) -> str:
        raise ExpiredCredentials("You are no longer signed in", command=("true",))

    async with contexts.app().run_test(size=LARGE, notifications=True) as pilot:
        await in_prod(pilot)
        pilot.app.post_message(messages.JobWanted("Download a.csv", signed_out, str))
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose), "signing in is offered")
        await pilot.press("enter")
        await until_shown(pilot, "The screens cannot step aside here")
        await pilot.press("enter")
        await switch(pilot, "staging")
        await in_staging(pilot)
        assert len(app_of(pilot).jobs.all) == 1


BROKEN = LocalTrouble("There is no profile nobody", advice="Choose another profile")


@SIZES
async def test_a_context_that_cannot_be_opened_says_why_and_offers_the_way_back(
    contexts: Contexts, size: tuple[int, int]
) -> None:
    contexts.error = BROKEN
    async with contexts.app().run_test(size=size) as pilot:
        await in_prod(pilot)
        await switch(pilot, "broken")
        await until_shown(pilot, "The context broken cannot be opened", "There is no profile nobody", "Back to prod")
        await pilot.press("enter")
        await in_prod(pilot)
        assert contexts.opened == ["prod", "broken"]
        assert not contexts.stores["prod"].is_closed


async def test_one_may_stay_and_try_again(contexts: Contexts) -> None:
    contexts.error = BROKEN
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await switch(pilot, "broken")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContextTrouble))
        await pilot.press("escape")
        await until_shown(pilot, "There is no profile nobody", "R asks again")
        assert has(pilot.app, "broken")
        contexts.error = None
        await pilot.press("R")
        await until_shown(pilot, "broken ▸ shared")
        await until(pilot, lambda: contexts.stores["prod"].is_closed)


async def test_a_server_that_does_not_answer_counts_as_one_that_cannot_be_opened(contexts: Contexts) -> None:
    def fail(_verb: str, _address: str) -> None:
        raise Unreachable("Nobody answers at staging:9000", advice="Start it")

    contexts.stores["staging"].before = fail
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await switch(pilot, "staging")
        await until_shown(pilot, "The context staging cannot be opened", "Nobody answers at staging:9000")
        await pilot.press("enter")
        await in_prod(pilot)
        assert contexts.stores["staging"].is_closed


async def test_from_one_that_cannot_be_opened_one_may_go_to_a_third(contexts: Contexts) -> None:
    contexts.error = BROKEN
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await switch(pilot, "broken")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContextTrouble))
        await pilot.press("escape")
        await switch(pilot, "staging")
        await in_staging(pilot)
        await until(pilot, lambda: contexts.stores["prod"].is_closed)
        await switch(pilot, "prod")
        await in_prod(pilot)


# bookmarks of another context ----------------------------------------------------------------------------------------


async def test_a_bookmark_of_another_context_leads_through_it(contexts: Contexts) -> None:
    add_bookmark(Bookmark("theirs", "s3://shared/ws/only-in-staging.csv", "staging"))
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await pilot.press("b")
        await until_shown(pilot, "theirs", "in staging")
        await pilot.press("enter")
        await in_staging(pilot)
        await until_shown(pilot, "only-in-staging.csv · History · 1 version")


async def test_a_context_may_be_chosen_in_the_palette(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        await pilot.press("ctrl+p", *"contexts")
        await until_shown(pilot, "Work in another context")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContextList))


async def test_the_header_wears_the_contexts_colour(contexts: Contexts) -> None:
    async with contexts.app().run_test(size=LARGE) as pilot:
        await in_prod(pilot)
        top = pilot.app.screen.query_one(Top)
        spans = [(str(top._where())[span.start : span.end].strip(), str(span.style)) for span in top._where().spans]
        assert ("prod", "bold red") in spans
        assert ("READ-ONLY", "bold red reverse") in spans
        assert screen_lines(pilot.app)[0].startswith(" s3ml  prod  READ-ONLY ▸ shared ▸ ws/")
        assert not any(pane.state == "loading" for pane in pilot.app.screen.query(Pane))
