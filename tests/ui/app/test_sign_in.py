"""Codes and sign-ins inside the app: asked for once, answered in the screens, and what failed goes on."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import botocore.tokens
import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app import sign_in
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan, TroubleDialog
from tests.authority import CODE, DEVICE, PROFILES, SSO_CACHE, Authority, sso_token
from tests.servers import S3Server
from tests.ui.harness import has, screen_text, services_over, until, until_shown

BUCKET = "acme-ml"
QUICK = TransferSettings(attempts=2, backoff_s=0.01, connect_timeout_s=2, read_timeout_s=5)


class Desk:
    """An account behind an authority, and the app that has to come by it."""

    def __init__(self, server: S3Server, authority: Authority, home: Path) -> None:
        self.server = server
        self.authority = authority
        self.home = home
        self.stores = list[Store]()

    def open(self, context: Context) -> Services:
        store = connect(context, settings=QUICK)
        self.stores.append(store)
        return services_over(store, self.home, context, sign_in=store.sign_in)

    @asynccontextmanager
    async def shown(self, profile: str) -> AsyncIterator[Pilot[Any]]:
        context = Context(name=profile, profile=profile, endpoint_url=self.server.endpoint)
        app = S3mlApp(self.open, context, start=Place(BUCKET))
        async with app.run_test(size=(130, 40), notifications=True) as pilot:
            yield pilot

    def sign_in(self) -> None:
        """As `aws sso login` does."""
        path = self.home / SSO_CACHE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sso_token(self.authority.token))

    def sign_out(self) -> None:
        (self.home / SSO_CACHE).unlink()


@pytest.fixture
def desk(moto: S3Server, monkeypatch: pytest.MonkeyPatch, no_aws: Path) -> Iterator[Desk]:
    config = no_aws / "config"
    config.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setattr(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", str(no_aws / SSO_CACHE.parent))
    moto.client().create_bucket(Bucket=BUCKET)
    moto.client().put_object(Bucket=BUCKET, Key="churn.csv", Body=b"1")
    with Authority() as authority:
        for name, value in authority.environment.items():
            monkeypatch.setenv(name, value)
        desk = Desk(moto, authority, no_aws)
        yield desk
        for store in desk.stores:
            store.close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program `aws`, which does nothing by itself."""
    program = tmp_path / "bin/aws"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


def asking(pilot: Pilot[Any], kind: type[Any]) -> bool:
    return isinstance(pilot.app.screen, kind)


async def until_asked(pilot: Pilot[Any], *texts: str) -> None:
    await until(pilot, lambda: asking(pilot, AskText) and has(pilot.app, *texts), f"a question with {texts}")


async def answer(pilot: Pilot[Any], code: str) -> None:
    await pilot.press(*code, "enter")


# codes -----------------------------------------------------------------------------------------------------------


async def test_a_code_is_asked_for_until_it_is_right_and_then_all_panes_go_on(desk: Desk) -> None:
    async with desk.shown("guarded") as pilot:
        await until_asked(pilot, "MFA code for profile guarded", DEVICE)
        await answer(pilot, "12 34")
        await until_asked(pilot, "A code is six digits.")
        await pilot.press("ctrl+u")
        await answer(pilot, "000000")
        await until_asked(pilot, "The code was refused: MultiFactorAuthentication failed")
        await answer(pilot, CODE)
        await until_shown(pilot, "churn.csv", "current")
        assert not asking(pilot, AskText)
    assert len(desk.authority.asked) == 2


async def test_escape_is_one_sentence_in_every_pane_and_r_asks_once_more(desk: Desk) -> None:
    async with desk.shown("guarded") as pilot:
        await until_asked(pilot, DEVICE)
        await pilot.press("escape")
        await until_shown(pilot, "Profile guarded asks for an MFA code", "It was not given", "R asks again")
        browse = pilot.app.screen
        await until(pilot, lambda: screen_text(pilot.app).count("It was not given") == 2, "tree and table say it")
        assert pilot.app.screen is browse, "who will not tell is asked no more"
        assert not desk.authority.asked
        await pilot.press("R")
        await until_asked(pilot, DEVICE)
        await answer(pilot, CODE)
        await until_shown(pilot, "churn.csv", "current")


async def test_a_code_is_asked_for_in_the_middle_of_the_work_when_the_hour_is_over(desk: Desk) -> None:
    desk.authority.lifetime = timedelta(seconds=30)
    async with desk.shown("guarded") as pilot:
        await until_asked(pilot, DEVICE)
        await answer(pilot, CODE)
        await until(pilot, lambda: desk.authority.given == 1)
        desk.authority.lifetime = timedelta(hours=1)
        await until_asked(pilot, DEVICE)
        await answer(pilot, CODE)
        await until_shown(pilot, "churn.csv", "current")
    assert desk.authority.given == 2


async def test_leaving_while_a_code_is_asked_for_leaves_no_thread_waiting(desk: Desk) -> None:
    async with desk.shown("guarded") as pilot:
        await until_asked(pilot, DEVICE)
        questions = list(pilot.app.sign_in.questions)  # type: ignore[attr-defined]  # the real app's
    assert questions
    assert all(question.done() for question in questions)


# single sign-on --------------------------------------------------------------------------------------------------


async def test_where_aws_is_not_installed_the_command_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(desk.home))
    async with desk.shown("signed-in") as pilot:
        await until(pilot, lambda: asking(pilot, TroubleDialog))
        await until_shown(pilot, "aws is not on this machine's PATH", "aws sso login --profile signed-in")
        await pilot.press("enter")
        await until_shown(pilot, "You are no longer signed in", "R asks again")
        desk.sign_in()
        await pilot.press("R")
        await until_shown(pilot, "churn.csv", "current")


async def test_where_the_screens_cannot_step_aside_the_command_is_told(desk: Desk, aws: Path) -> None:
    async with desk.shown("signed-in") as pilot:
        await until(pilot, lambda: asking(pilot, Choose))
        await until_shown(pilot, "You are no longer signed in", "Run it here: aws sso login --profile signed-in")
        await pilot.press("enter")
        await until(pilot, lambda: asking(pilot, TroubleDialog))
        await until_shown(pilot, "Run it yourself: aws sso login --profile signed-in")


async def test_not_now_is_taken_for_an_answer_until_r(desk: Desk, aws: Path) -> None:
    async with desk.shown("role-of-signed-in") as pilot:
        await until(pilot, lambda: asking(pilot, Choose))
        await pilot.press("escape")
        await until_shown(pilot, "You are no longer signed in", "→ Run aws sso login")
        await pilot.press("3")
        await until_shown(pilot, "3 Runs")
        assert not asking(pilot, Choose)
        await pilot.press("1", "R")
        await until(pilot, lambda: asking(pilot, Choose))


class Outside:
    """Stands for the program that signs in."""

    def __init__(self, desk: Desk, *, code: int = 0) -> None:
        self.desk, self.code = desk, code
        self.ran: list[Sequence[str]] = []

    def __call__(self, _app: object, command: Sequence[str]) -> int:
        self.ran.append(command)
        if self.code == 0:
            self.desk.sign_in()
        return self.code


async def test_signing_in_makes_every_pane_go_on(desk: Desk, aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = Outside(desk)
    monkeypatch.setattr(sign_in, "run_outside", outside)
    async with desk.shown("signed-in") as pilot:
        await until(pilot, lambda: asking(pilot, Choose))
        assert not outside.ran, "it is asked first"
        await pilot.press("enter")
        await until_shown(pilot, "churn.csv", "current", "Signed in")
        assert outside.ran == [("aws", "sso", "login", "--profile", "signed-in")]


async def test_a_program_that_fails_is_told_and_r_offers_it_again(
    desk: Desk, aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "run_outside", Outside(desk, code=255))
    async with desk.shown("signed-in") as pilot:
        await until(pilot, lambda: asking(pilot, Choose))
        await pilot.press("enter")
        await until(pilot, lambda: asking(pilot, TroubleDialog))
        await until_shown(pilot, "You are not signed in", "ended with 255")
        await pilot.press("enter", "R")
        await until(pilot, lambda: asking(pilot, Choose))


async def test_a_change_that_failed_is_made_after_signing_in(
    desk: Desk, aws: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sign_in, "run_outside", Outside(desk))
    desk.authority.lifetime = timedelta(minutes=5)  # renewed with every request
    desk.sign_in()
    path = tmp_path / "new.csv"
    path.write_bytes(b"new")
    async with desk.shown("signed-in") as pilot:
        await until_shown(pilot, "churn.csv", "current")
        await pilot.press("a")
        await until(pilot, lambda: asking(pilot, PickFiles))
        pilot.app.screen.query_one("#text").value = str(path)  # type: ignore[attr-defined]  # an Input
        await pilot.press("enter")
        await until(pilot, lambda: asking(pilot, ConfirmPlan))
        desk.sign_out()
        await pilot.press("y")
        await until(pilot, lambda: asking(pilot, Choose))
        assert "Contents" in desk.server.client().list_objects_v2(Bucket=BUCKET, Prefix="churn")
        await pilot.press("enter")
        await until_shown(pilot, "Uploaded new.csv")
    assert desk.server.client().get_object(Bucket=BUCKET, Key="new.csv")["Body"].read() == b"new"
