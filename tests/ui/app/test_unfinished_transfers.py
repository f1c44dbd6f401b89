"""What a killed session left is offered when the app opens, and swept when it cannot go on."""

import os
from pathlib import Path
from threading import Event

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.transfer import Interrupted, TransferRequest, Way
from s3ml_tui.services.transfers.service import Transfers
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from tests.doubles import MemoryStore
from tests.services.transfers.test_journal import append, journal_folder, left_behind
from tests.services.transfers.test_service import filled, tree
from tests.ui.browse.test_transfer_actions import objects
from tests.ui.browse_app import BUCKET, ROOT, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_lines, until


def interrupted(home: Path, folder: Path) -> str:
    transfer_request = TransferRequest(Way.UP, (f"{folder}/",), f"s3://{BUCKET}/up/", Clash.SKIP)
    return left_behind(journal_folder(home), transfer_request, account="@memory://")


async def test_an_interrupted_transfer_is_offered_and_goes_on(
    store: MemoryStore, opener: Opener, tmp_path: Path, no_aws: Path
) -> None:
    folder = filled(tmp_path / "folder")
    interrupted(no_aws, folder)
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert has(app, "1 transfer was interrupted", "Upload 3 files: 0 of 3 files done", "Go on where it stopped")
        await pilot.press("enter")
        await until(pilot, lambda: objects(store, "up/") == tree(folder))
        await until(pilot, lambda: "Uploaded 4 files" in toasts(app))
    assert list(journal_folder(no_aws).glob("*.jsonl")) == []


async def test_each_of_several_stands_on_a_line_of_its_own(opener: Opener, tmp_path: Path, no_aws: Path) -> None:
    for name in ("first", "second"):
        interrupted(no_aws, filled(tmp_path / name))
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Choose))
        lines = [line for line in screen_lines(app) if "Upload 3 files" in line]
        assert len(lines) == 2
        assert not has(app, "\\n")
        await pilot.press("escape")


@pytest.mark.parametrize(("keys", "stays"), [(("down", "enter"), False), (("escape",), True)])
async def test_it_is_discarded_or_left_for_later(
    store: MemoryStore, opener: Opener, tmp_path: Path, no_aws: Path, keys: tuple[str, ...], stays: bool
) -> None:
    folder = filled(tmp_path / "folder")
    job_id = interrupted(no_aws, folder)
    temporary = tmp_path / ".x.s3ml-0123abcd.part"
    temporary.write_bytes(b"x")
    line = {"down": f"{folder}/a.csv", "file": str(temporary), "v": None, "e": "x", "n": 1}
    append(journal_folder(no_aws), job_id, line)
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press(*keys)
        await until(pilot, lambda: temporary.exists() == stays)
        await until(pilot, lambda: not isinstance(app.screen, Choose))
    assert objects(store, "up/") == {}
    assert bool(list(journal_folder(no_aws).glob("*.jsonl"))) == stays


async def test_what_cannot_go_on_is_swept_and_said(
    store: MemoryStore, opener: Opener, tmp_path: Path, no_aws: Path
) -> None:
    interrupted(no_aws, tmp_path / "gone")
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: "Swept after a killed session" in toasts(app))
        assert not isinstance(app.screen, Choose)
    assert os.listdir(journal_folder(no_aws)) == []  # noqa: PTH208 - names are what is compared


class Look:
    """The look for interrupted transfers, held back until a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_begin = Event()
        self.found: list[int] = []
        really = Transfers.interrupted

        def looking(transfers: Transfers) -> list[Interrupted]:
            assert self.may_begin.wait(60)
            found = really(transfers)
            self.found.append(len(found))
            return found

        monkeypatch.setattr(Transfers, "interrupted", looking)


async def test_what_failed_in_this_very_session_is_not_offered_as_interrupted(
    store: MemoryStore, opener: Opener, tmp_path: Path, no_aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(monkeypatch)
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.session.services is not None)
        interrupted(no_aws, filled(tmp_path / "folder"))
        assert app.session.services is not None
        app.use_session(app.session.services)  # as after another context and back
        look.may_begin.set()
        await until(pilot, lambda: look.found == [1, 1])
        await until(pilot, lambda: all(one.is_finished for one in app.workers if one.group == "interrupted"))
        await pilot.pause()
        assert not isinstance(app.screen, Choose)


async def test_nothing_is_asked_over_another_question(
    store: MemoryStore, opener: Opener, tmp_path: Path, no_aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(monkeypatch)
    interrupted(no_aws, filled(tmp_path / "folder"))
    app = S3mlApp(opener, Context(), start=ROOT)
    async with app.run_test(size=(120, 36)) as pilot:
        asked = AskText("Name")
        app.push_screen(asked)
        await until(pilot, lambda: app.screen is asked)
        look.may_begin.set()
        await until(pilot, lambda: bool(app.unfinished.offered))
        assert app.screen is asked
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))


async def test_it_is_told_once_that_the_first_session_has_all_it_needs(
    store: MemoryStore, opener: Opener, no_aws: Path
) -> None:
    settled = list[bool]()
    app = S3mlApp(opener, Context(), start=ROOT)
    app.unfinished.when_settled = lambda: settled.append(True)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: settled == [True])
        assert app.unfinished.when_settled is None
