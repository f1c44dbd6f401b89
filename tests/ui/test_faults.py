"""Screens and actions x faults, on the embedded server: a sentence with what to do, and the same session recovers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.bucket_tree.tree import BucketTree
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import AskText, ConfirmPlan, TroubleDialog
from s3ml_tui.ui.pipeline.spec_pane import SpecPane
from s3ml_tui.ui.widgets.status_pane import Pane
from tests.exhaustive import EXHAUSTIVE, first, rows
from tests.fault_proxy import SwitchableServer
from tests.servers import S3Server
from tests.ui.harness import screen_text, services_over, until, until_shown
from tests.ui.lab import Workbench, to_mode

QUICK = TransferSettings(attempts=1, backoff_s=0.01, connect_timeout_s=2, read_timeout_s=5)
SIZE = (150, 45)
RAW = "dataset/raw/"


@dataclass(frozen=True)
class Fault:
    """What is switched on, and the words a user must read: what happened, and what to do."""

    start: Callable[[SwitchableServer], None]
    happened: str
    advice: str
    branch: str = ""
    """What stands in the tree below what cannot be read, when it is not what happened."""


FAULTS = {
    "server stopped": Fault(lambda server: server.stop(), "Nobody answers at http://127", "Check that the server runs"),
    "unknown access key": Fault(
        lambda server: server.refuse(403, "InvalidAccessKeyId"), "The server does not know the access key", "profile"
    ),
    "wrong secret key": Fault(
        lambda server: server.refuse(403, "SignatureDoesNotMatch"),
        "The server does not accept the secret key",
        "profile",
    ),
    "expired token": Fault(
        lambda server: server.refuse(400, "ExpiredToken"), "The credentials have expired", "Sign in again"
    ),
    "clock skew": Fault(
        lambda server: server.refuse(403, "RequestTimeTooSkewed"), "This machine's clock is wrong", "Set the clock"
    ),
    "throttled": Fault(lambda server: server.refuse(503, "SlowDown"), "The server asks to slow down", "Wait a moment"),
    "bucket not ours": Fault(
        lambda server: server.refuse(403, "AccessDenied", lambda asked: asked.target.strip("/") != ""),
        "is denied",
        "or use another profile",
        branch="needs s3:ListBucket",
    ),
}
"""What answers to HEAD, which have no body, must not make vaguer."""


class Bench(Workbench):
    """A workspace on the embedded server, and the app that reaches it through a server that can be switched."""

    def __init__(self, server: S3Server, between: SwitchableServer, folder: Path) -> None:
        self.between = between
        self.folder = folder
        self._keys = (server.access_key, server.secret_key)
        self._stores: list[S3Store] = []
        super().__init__(self._store(server.endpoint), Place(server.bucket(), "ws/"))

    def _store(self, endpoint: str) -> S3Store:
        self._stores.append(connect(Context(endpoint_url=endpoint), self._keys, settings=QUICK))
        return self._stores[-1]

    @asynccontextmanager
    async def shown(self, start: Place | None = None) -> AsyncIterator[Pilot[Any]]:
        """The app, running, at `start`; in the workspace when None."""
        app = S3mlApp(
            lambda context: services_over(self._store(self.between.endpoint), self.folder, context),
            Context(name="prod"),
            start=start or self.workspace,
        )
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            yield pilot

    def close(self) -> None:
        for store in self._stores:
            store.close()

    def purge(self, key: ObjectKey) -> None:
        """Every version of it is gone."""
        for version in [one for page in self.kept.history(key) for one in page.versions]:
            self.kept.delete_version(key, version.version_id)


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Iterator[Bench]:
    with SwitchableServer(seaweed.endpoint) as between:
        bench = Bench(seaweed, between, tmp_path)
        yield bench
        bench.close()


def said(pilot: Pilot[Any]) -> str:
    """All texts of the screen that are in sight, each as it was before it was wrapped."""
    return said_in(pilot.app.screen)


def said_in(part: Widget) -> str:
    """The same of a part of the screen."""
    statics = [static for static in part.query(Static) if static.region.height]
    return "\n".join(str(static.content) for static in statics)


async def until_said(pilot: Pilot[Any], fault: Fault) -> None:
    def is_said() -> bool:
        words = said(pilot)
        return fault.happened in words and fault.advice in words

    await until(pilot, is_said, f"“{fault.happened}”")
    assert "Traceback" not in screen_text(pilot.app)


async def until_dialog_answered(pilot: Pilot[Any], fault: Fault) -> None:
    """Wait for the dialog that tells of the fault, answer it, and mend the server."""
    await until(pilot, lambda: isinstance(pilot.app.screen, TroubleDialog), f"a dialog about {fault.happened}")
    await until_said(pilot, fault)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, TroubleDialog), "the dialog is closed")


# screens -------------------------------------------------------------------------------------------------------------


def all_of(pane: Pane, fault: Fault) -> bool:
    """Whether a notice stands where the content was."""
    return pane.state not in {"ready", "loading"} and fault.happened in said_in(pane) and fault.advice in said_in(pane)


def a_branch_of(pane: Pane, fault: Fault) -> bool:
    """The buckets may be known when one of them cannot be read: that is said below it."""
    tree = pane.query_one(BucketTree)
    branches = "\n".join(str(cell) for row in range(tree.row_count) for cell in tree.row(row))
    return all_of(pane, fault) or (pane.state == "ready" and (fault.branch or fault.happened) in branches)


@dataclass(frozen=True)
class Screen:
    """How to get there, what stands there when all is well, and the pane that tells when it is not."""

    keys: tuple[str, ...]
    shows: tuple[str, ...]
    pane: str
    report_done: Callable[[Pane, Fault], bool] = all_of


def is_silent(screen: Screen, pane: Pane, fault: Fault) -> bool:
    """Whether nothing tells of the fault: a branch of the tree is read after the buckets are there."""
    return not screen.report_done(pane, fault)


SCREENS = {
    "Browse, tree": Screen(("1",), ("Buckets",), "#bucket-pane", a_branch_of),
    "Browse, table": Screen(("1",), ("churn.csv",), "#object-pane"),
    "Browse, history": Screen(("1",), ("churn.csv", "current"), "#history-pane"),
    "Browse, preview": Screen(("1", "i"), ("churn.csv · Preview", "age:int"), "PreviewPane"),
    "Browse, details": Screen(("1", "i", "i"), ("churn.csv · Details", "storage class"), "DetailsPane"),
    "Runs": Screen(("3",), ("✓ succeeded",), "#list"),
    "Models": Screen(("4",), ("models/v1", "champion"), "#list"),
    "Logs": Screen(("5",), ("candidate 3 of many",), "#log-runs-pane"),
}


@pytest.mark.parametrize("screen", rows(SCREENS, {"Browse, history"}))
async def test_a_screen_says_what_is_wrong_and_r_recovers(bench: Bench, screen: Screen) -> None:
    bench.run(1, lines=5)
    bench.models(1, champion=1)
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current")
        await pilot.press(*screen.keys)
        await until_shown(pilot, *screen.shows)
        pane = pilot.app.screen.query_one(screen.pane, Pane)
        await until(pilot, lambda: pane.state == "ready")
        for name, fault in FAULTS.items():
            fault.start(bench.between)
            await pilot.press("R")
            await until(pilot, partial(screen.report_done, pane, fault), f"the pane tells of: {name}")
            await until_said(pilot, fault)
            bench.between.recover()
            await pilot.press("R")
            await until(pilot, lambda: pane.state == "ready", f"the pane is ready again after: {name}")
            await until(pilot, partial(is_silent, screen, pane, fault), f"nothing tells any more of: {name}")
            await until_shown(pilot, *screen.shows)


@pytest.mark.parametrize("fault", rows(FAULTS, {"server stopped"}))
async def test_an_app_that_begins_in_trouble_comes_through_with_r(bench: Bench, fault: Fault) -> None:
    run_id = bench.run(1)
    fault.start(bench.between)
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_said(pilot, fault)
        await pilot.press("3")
        pane = pilot.app.screen.query_one("#list", Pane)
        await until(pilot, lambda: pane.state in {"denied", "unreachable", "failed"}, "a notice")
        await until(pilot, lambda: "R asks again" in said(pilot))
        bench.between.recover()
        await pilot.press("R")
        await until_shown(pilot, run_id)
        await pilot.press("1", "R")
        await until_shown(pilot, "churn.csv", "current")


async def test_a_log_that_is_followed_says_what_is_wrong_and_goes_on(bench: Bench) -> None:
    run_id = bench.run(0, state="running", lines=3)
    async with bench.shown() as pilot:
        await to_mode(pilot, "5", "candidate 2 of many")
        pane = pilot.app.screen.query_one("#log-pane", Pane)
        for number, fault in enumerate(FAULTS.values(), start=2):
            fault.start(bench.between)
            await pilot.press("R")
            await until(pilot, partial(all_of, pane, fault), f"a notice: {fault.happened}")
            bench.chunk(run_id, number, f'{{"at": 1, "message": "it went on {number}"}}')
            bench.between.recover()
            await pilot.press("R")
            await until_shown(pilot, "candidate 2 of many", f"it went on {number}")


# actions -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyAction:
    """What is pressed on a chosen object, and what shows that it went well."""

    act: Callable[[Pilot[Any], Bench], Awaitable[None]]
    went_well: Callable[[Pilot[Any], Bench], bool]


def browse(pilot: Pilot[Any]) -> BrowseScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, BrowseScreen)
    return screen


def plan_is_shown(title: str) -> Callable[[Pilot[Any], Bench], bool]:
    return lambda pilot, _: isinstance(pilot.app.screen, ConfirmPlan) and title in pilot.app.screen.plan.title


async def fill(pilot: Pilot[Any], text: str) -> None:
    """Answer the dialog that asks for a text."""
    await until(pilot, lambda: isinstance(pilot.app.screen, (AskText, PickFiles)), "a question")
    pilot.app.screen.query_one("#text").value = text  # type: ignore[attr-defined]  # an Input
    await pilot.press("enter")


async def bring_back(pilot: Pilot[Any], _bench: Bench) -> None:
    browse(pilot).versions.take_focus()
    await pilot.press("G", "r")


async def delete(pilot: Pilot[Any], _bench: Bench) -> None:
    await pilot.press("x")


async def share(pilot: Pilot[Any], _bench: Bench) -> None:
    await pilot.press("S")
    await until_shown(pilot, "Share churn.csv for")
    await pilot.press("enter")


async def upload(pilot: Pilot[Any], bench: Bench) -> None:
    path = bench.folder / "new.csv"
    path.write_bytes(b"new")
    await pilot.press("a")
    await fill(pilot, str(path))


async def download(pilot: Pilot[Any], bench: Bench) -> None:
    await pilot.press("D")
    await fill(pilot, str(bench.folder / "got.csv"))


def downloaded(_pilot: Pilot[Any], bench: Bench) -> bool:
    return (bench.folder / "got.csv").exists()


def link_is_shown(pilot: Pilot[Any], _bench: Bench) -> bool:
    return "X-Amz-Signature" in said(pilot)


KEY_ACTIONS = {
    "bring back": KeyAction(bring_back, plan_is_shown("Bring back churn.csv")),
    "delete": KeyAction(delete, plan_is_shown("Delete churn.csv")),
    "upload": KeyAction(upload, plan_is_shown("Upload new.csv")),
    "download": KeyAction(download, downloaded),
    "share": KeyAction(share, link_is_shown),
}


@pytest.mark.parametrize("key_action", rows(KEY_ACTIONS, {"bring back"}))
async def test_an_action_says_what_is_wrong_and_its_key_works_later(bench: Bench, key_action: KeyAction) -> None:
    bench.put(bench.workspace.key(f"{RAW}churn.csv"), b"age,churned\n1,no\n")
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current", "2 versions")
        for fault in FAULTS.values():
            fault.start(bench.between)
            await key_action.act(pilot, bench)
            # what the credentials may not see is no reason not to plan: the change itself is refused then
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan | TroubleDialog), "a dialog")
            if isinstance(pilot.app.screen, ConfirmPlan):
                await pilot.press("y")
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
            await key_action.act(pilot, bench)
            await until(pilot, lambda: key_action.went_well(pilot, bench), f"it went well after {fault.happened}")
            (bench.folder / "got.csv").unlink(missing_ok=True)
            if pilot.app.screen is not browse(pilot):
                await pilot.press("escape")


async def test_a_change_that_fails_after_its_plan_says_why_in_a_dialog_that_stays(bench: Bench) -> None:
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current")
        for fault in FAULTS.values():
            await upload(pilot, bench)
            await until(pilot, lambda: plan_is_shown("Upload new.csv")(pilot, bench))
            fault.start(bench.between)
            await pilot.press("y")
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
        await upload(pilot, bench)
        await until(pilot, lambda: plan_is_shown("Upload new.csv")(pilot, bench))
        await pilot.press("y")
        await until_shown(pilot, "Uploaded new.csv")


@EXHAUSTIVE  # as the prediction, or the model
async def test_a_run_that_cannot_be_planned_says_why_and_can_be_later(bench: Bench) -> None:
    run_id = bench.run(1)
    async with bench.shown() as pilot:
        await to_mode(pilot, "3", run_id)
        await pilot.press("a")
        await until_shown(pilot, "Spec ▸ churn")
        pilot.app.screen.query_one(SpecPane).rows.form.values.pop("version_id", None)
        for fault in FAULTS.values():
            fault.start(bench.between)
            await pilot.press("S")
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
            await pilot.press("S")
            await until(pilot, lambda: plan_is_shown("Train churn")(pilot, bench), "the plan")
            await pilot.press("escape")


@EXHAUSTIVE  # as the prediction, or the model
async def test_a_promotion_that_cannot_be_planned_says_why_and_can_be_later(bench: Bench) -> None:
    bench.models(1)
    async with bench.shown() as pilot:
        await to_mode(pilot, "4", "models/v1")
        for fault in FAULTS.values():
            fault.start(bench.between)
            await pilot.press("p")
            await fill(pilot, "champion")
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
            await pilot.press("R")
            await until_shown(pilot, "✓ models/v1")
            await pilot.press("p")
            await fill(pilot, "champion")
            await until(pilot, lambda: plan_is_shown("Make models/v1 champion")(pilot, bench), "the plan")
            await pilot.press("escape")


@EXHAUSTIVE  # as the model
async def test_a_prediction_that_cannot_be_planned_says_why_and_can_be_later(bench: Bench) -> None:
    bench.models(1)
    async with bench.shown() as pilot:
        await to_mode(pilot, "2", "needed")
        for fault in FAULTS.values():
            fault.start(bench.between)
            await pilot.press("P")  # which models there are cannot be seen
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
            await choose_model_and_data(pilot)
            fault.start(bench.between)  # what was chosen cannot be looked at
            await pilot.press("enter")
            await until_dialog_answered(pilot, fault)
            bench.between.recover()
            await choose_model_and_data(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: plan_is_shown("Trust models/v1?")(pilot, bench), "the first plan")
            await pilot.press("escape")


async def choose_model_and_data(pilot: Pilot[Any]) -> None:
    """As far as the last question before the plan."""
    await pilot.press("P")
    await until_shown(pilot, "Predict with", "models/v1")
    await pilot.press("enter")
    await until_shown(pilot, "Another: type")


@EXHAUSTIVE  # as the prediction, or the model
async def test_an_undo_in_activity_that_fails_says_why_and_can_be_done_later(bench: Bench) -> None:
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current")
        await delete(pilot, bench)
        await until(pilot, lambda: plan_is_shown("Delete churn.csv")(pilot, bench))
        await pilot.press("y")
        await until_shown(pilot, "Deleted churn.csv")
        await to_mode(pilot, "6", "enter undoes it")
        for fault in FAULTS.values():
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan), "the plan of the undo")
            fault.start(bench.between)
            await pilot.press("y")
            await until_dialog_answered(pilot, fault)
            await pilot.press("shift+tab", "g", "enter")  # the job that failed tells it again
            await until_dialog_answered(pilot, fault)
            await pilot.press("tab")
            bench.between.recover()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan), "the plan of the undo")
        await pilot.press("y")
        await to_mode(pilot, "1", "churn.csv", "current")


# gone meanwhile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "words"),
    first(
        2,
        [
            (bring_back, "does not exist"),
            (delete, "There is no s3://"),
            (download, "does not exist"),
            (share, "does not exist"),
        ],
    ),
    ids=["bring back", "delete", "download", "share"],
)
async def test_a_key_that_is_gone_meanwhile_is_told_and_r_shows_what_is_there(
    bench: Bench, act: Callable[[Pilot[Any], Bench], Awaitable[None]], words: str
) -> None:
    key = bench.workspace.key(f"{RAW}churn.csv")
    bench.put(key, b"second")
    bench.put(bench.workspace.key(f"{RAW}other.csv"), b"")
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current", "2 versions")
        bench.purge(key)
        await act(pilot, bench)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan | TroubleDialog), "a dialog")
        if isinstance(pilot.app.screen, ConfirmPlan) and pilot.app.screen.plan.changes_anything:
            await pilot.press("y")
            await until(pilot, lambda: isinstance(pilot.app.screen, TroubleDialog), "a dialog")
        assert words in said(pilot)
        await pilot.press("escape", "R")
        await until(pilot, lambda: "churn.csv" not in screen_text(pilot.app), "it is no longer listed")
        bench.put(key, b"third")
        await pilot.press("R")
        await until_shown(pilot, "churn.csv", "current")


async def test_a_bucket_that_is_gone_meanwhile_is_told_everywhere_and_r_recovers(bench: Bench) -> None:
    run_id = bench.run(1)
    bench.models(1)
    async with bench.shown(bench.workspace.under(RAW)) as pilot:
        await until_shown(pilot, "churn.csv", "current")
        bench.between.refuse(404, "NoSuchBucket", lambda asked: asked.target.strip("/") != "")
        for key in "1345":
            await pilot.press(key, "R")
            await until(pilot, lambda: "There is no bucket" in said(pilot) and "Check its name" in said(pilot), key)
        bench.between.recover()
        for key, shown in (("5", run_id), ("4", "models/v1"), ("3", run_id), ("1", "churn.csv")):
            await pilot.press(key, "R")
            await until_shown(pilot, shown)


@EXHAUSTIVE  # as the prediction, or the model
async def test_a_log_that_is_gone_meanwhile_is_told_and_comes_back(bench: Bench) -> None:
    bench.run(1, lines=3)
    other = bench.run(2, lines=3)
    log = bench.layout.training_log(other)
    async with bench.shown() as pilot:
        await to_mode(pilot, "5", "candidate 2 of many")
        bench.purge(log)
        await pilot.press("j")
        await until(pilot, lambda: "There is no log" in said(pilot))
        bench.put(log, b'{"at": 1, "message": "here again"}\n')
        await pilot.press("R")
        await until_shown(pilot, "here again")


@EXHAUSTIVE  # as the prediction, or the model
async def test_data_that_is_gone_meanwhile_cannot_be_trained_on(bench: Bench) -> None:
    run_id = bench.run(1)
    data = bench.workspace.key(f"{RAW}churn.csv")
    async with bench.shown() as pilot:
        await to_mode(pilot, "3", run_id)
        await pilot.press("a")
        await until_shown(pilot, "Spec ▸ churn")
        pilot.app.screen.query_one(SpecPane).rows.form.values.pop("version_id", None)
        bench.purge(data)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, TroubleDialog), "a dialog")
        assert "churn.csv" in said(pilot)
        await pilot.press("enter")
        bench.put(data, b"age,churned\n1,no\n")
        await pilot.press("S")
        await until(pilot, lambda: plan_is_shown("Train churn")(pilot, bench), "the plan")


async def test_a_model_that_is_gone_meanwhile_cannot_be_promoted(bench: Bench) -> None:
    bench.models(1)
    async with bench.shown() as pilot:
        await to_mode(pilot, "4", "✓ models/v1")
        bench.purge(bench.layout.model_manifest(1))
        await pilot.press("p")
        await fill(pilot, "champion")
        await until(pilot, lambda: "There is no complete models/v1" in said(pilot))
        await pilot.press("escape")
        bench.models(1)
        await pilot.press("R")
        await until_shown(pilot, "✓ models/v1")
