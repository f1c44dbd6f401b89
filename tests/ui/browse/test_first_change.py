"""The first change to a bucket that is no workspace asks one sentence more; the second does not."""

import threading
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import AskText, ConfirmPlan
from tests.ui.harness import has, screen_text, until, until_shown
from tests.ui.lab import ELSEWHERE, Lab

QUESTION = "other is not a workspace of s3ml: is it the bucket you mean to change?"


async def upload(pilot: Pilot[Any], path: Path) -> None:
    """As far as the plan."""
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, PickFiles))
    pilot.app.screen.query_one("#text").value = str(path)  # type: ignore[attr-defined]  # an Input
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan))


def words(pilot: Pilot[Any]) -> str:
    return " ".join(screen_text(pilot.app).replace("│", " ").split())


async def test_a_stranger_is_asked_about_until_it_was_agreed_to(lab: Lab, tmp_path: Path) -> None:
    lab.store.create_bucket(ELSEWHERE.bucket)
    lab.store.write(ELSEWHERE.key("seen.csv"), b"1")
    path = tmp_path / "new.csv"
    path.write_bytes(b"new")
    async with lab.app(start=ELSEWHERE).run_test(size=(150, 40)) as pilot:
        await until_shown(pilot, "seen.csv", "current")
        await upload(pilot, path)
        await until(pilot, lambda: QUESTION in words(pilot) and "This is asked once." in words(pilot))
        await pilot.press("escape")
        await upload(pilot, path)
        await until(pilot, lambda: QUESTION in words(pilot), "it was not agreed to")
        await pilot.press("y")
        await until_shown(pilot, "new.csv", "2 objects")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan))
        await until_shown(pilot, "are destroyed, and that")
        assert QUESTION not in words(pilot)


async def test_of_a_workspace_nothing_is_asked(lab: Lab) -> None:
    async with lab.app(start=lab.workspace.under("dataset/raw")).run_test(size=(150, 40)) as pilot:
        await until_shown(pilot, "churn.csv", "current")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan))
        await until_shown(pilot, "A delete marker is put on top")
        assert "is not a workspace" not in words(pilot)


async def test_beside_a_workspace_it_is_asked(lab: Lab) -> None:
    beside = Place(lab.workspace.bucket)
    lab.store.write(beside.key("loose.csv"), b"1")
    async with lab.app(start=beside).run_test(size=(150, 40)) as pilot:
        await until_shown(pilot, "loose.csv")
        await pilot.press("G")
        await until_shown(pilot, "loose.csv · History")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan))
        await until(pilot, lambda: "is not a workspace of s3ml" in words(pilot))
        assert has(pilot.app, "Cancel")


async def test_what_the_dialog_of_a_delete_has_to_know_is_asked_at_once(lab: Lab) -> None:
    """Whether the bucket keeps versions, what is there, and whether it is a workspace: at 4 s an answer that is 4 s."""
    lab.store.create_bucket(ELSEWHERE.bucket)
    lab.store.write(ELSEWHERE.key("seen.csv"), b"1")
    together = threading.Event()
    asked: set[str] = set()
    alone: list[str] = []

    def before(verb: str, address: str) -> None:
        if verb in {"history", "versioning"} or address.endswith("workspace.json"):
            asked.add(verb)
            if len(asked) == 3:
                together.set()
            if not together.wait(timeout=10):
                alone.append(address)

    async with lab.app(start=ELSEWHERE).run_test(size=(150, 40)) as pilot:
        await until_shown(pilot, "seen.csv", "current")
        lab.store.before = before
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan) and QUESTION in words(pilot))
        assert alone == []
        assert asked == {"history", "versioning", "facts"}


async def test_what_the_dialog_of_a_copy_has_to_know_is_asked_at_once(lab: Lab) -> None:
    """What is at both ends, whether the bucket keeps versions, and whether it is a workspace."""
    lab.store.create_bucket(ELSEWHERE.bucket)
    lab.store.write(ELSEWHERE.key("seen.csv"), b"1")
    together = threading.Event()
    asked: set[str] = set()
    alone: list[str] = []

    def before(verb: str, address: str) -> None:
        if verb in {"history", "versioning"} or address.endswith("workspace.json"):
            asked.add(f"{verb} {address.rpartition('/')[2]}")
            if len(asked) == 4:
                together.set()
            if not together.wait(timeout=10):
                alone.append(address)

    async with lab.app(start=ELSEWHERE).run_test(size=(150, 40)) as pilot:
        await until_shown(pilot, "seen.csv", "current")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        await pilot.press("end", *["backspace"] * len("seen.csv"), *"new")
        lab.store.before = before
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan) and QUESTION in words(pilot))
        assert alone == []
        assert asked == {
            "history seen.csv",
            "history new",
            f"versioning {ELSEWHERE.bucket}",
            "facts workspace.json",
        }
