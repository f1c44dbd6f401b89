"""Editing by its key: the editor is a function here; its file, the plan, and every way it can end."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.services.objects.edit import editor
from s3ml_tui.ui.browse import screen
from s3ml_tui.ui.dialogs.edit_conflict import EditClash
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan, TroubleDialog
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, paste, until, until_shown

A = key("a.csv")
TEXT = b"one\ntwo\nthree\n"


class Typist:
    """In place of an editor: each run writes the next body, or does what it is told."""

    def __init__(self, *bodies: bytes | Callable[[Path], int]) -> None:
        self.bodies = list(bodies)
        self.commands: list[Sequence[str]] = []

    def __call__(self, _app: App[Any], command: Sequence[str]) -> int:
        self.commands.append(command)
        what, path = self.bodies.pop(0), Path(command[-1])
        if callable(what):
            return what(path)
        path.write_bytes(what)
        return 0


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Typist]]:
    """Makes a typist the editor; nothing of a draft may be left afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("EDITOR", "my-editor --wait")

    def use(*bodies: bytes | Callable[[Path], int]) -> Typist:
        typist = Typist(*bodies)
        monkeypatch.setattr(screen, "run_outside", typist)
        return typist

    yield use
    assert list(folder.iterdir()) == []


@pytest.fixture
def filled(store: MemoryStore) -> MemoryStore:
    store.write(A, TEXT, content_type="text/csv")
    return store


async def test_what_was_typed_is_written_back_and_undone(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typist = typing(b"one\nTWO\nthree\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        assert has(app, "Write a.csv back", "1 line added, 1 line removed", "older version")
        assert list(typist.commands[0][:2]) == ["my-editor", "--wait"]
        assert Path(typist.commands[0][2]).name == "a.csv"
        await pilot.press("enter")
        await until(pilot, lambda: "Edited a.csv" in toasts(app))
        assert filled.read(A) == b"one\nTWO\nthree\n"
        assert filled.facts(A).content_type == "text/csv"
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("enter")
        await until(pilot, lambda: filled.read(A) == TEXT)


async def test_unchanged_text_writes_nothing(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typing(TEXT)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: "nothing was written" in toasts(app))
        assert app.screen is app.browse
        assert "rewrite" not in [verb for verb, _ in filled.requests]


async def test_a_conflict_is_shown_as_a_difference_and_can_be_written_over(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typing(b"one\nmine\nthree\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        filled.write(A, b"one\ntheirs\nthree\n")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditClash))
        await until_shown(pilot, "was changed while you edited it", "-theirs", "+mine", "Write mine all the same")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, EditClash)
        assert "Choose what becomes of what you wrote" in toasts(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Edited a.csv" in toasts(app))
        bodies = [filled.read(A, version.version_id) for version in next(iter(filled.history(A))).versions]
        assert bodies == [b"one\nmine\nthree\n", b"one\ntheirs\nthree\n", TEXT]


async def test_mine_is_kept_in_a_file_and_theirs_stays(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist], tmp_path: Path
) -> None:
    typing(b"mine\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        filled.write(A, b"theirs\n")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditClash))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("ctrl+u")
        await paste(pilot, str(tmp_path / "kept.csv"))
        await pilot.press("enter")
        await until(pilot, lambda: "What you wrote is kept" in toasts(app))
        assert (tmp_path / "kept.csv").read_bytes() == b"mine\n"
        assert filled.read(A) == b"theirs\n"


async def test_mine_is_dropped_when_that_is_said(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typing(b"mine\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        filled.delete(A)
        await pilot.press("enter")
        await until_shown(pilot, "Somebody deleted it meanwhile", "cannot be compared")
        await pilot.press("G", "enter")
        await until(pilot, lambda: app.screen is app.browse)
        assert next(iter(filled.history(A))).versions[0].is_delete_marker


async def test_after_a_no_one_goes_on_or_drops_it(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typist = typing(b"first\n", b"second\n")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert has(app, "Nothing was written", "Go on editing")
        await pilot.press("enter")
        await until(pilot, lambda: len(typist.commands) == 2 and isinstance(app.screen, ConfirmPlan))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("G", "enter")
        await until(pilot, lambda: app.screen is app.browse)
        assert filled.read(A) == TEXT


async def test_an_editor_that_fails_writes_nothing_and_what_was_typed_can_be_kept(
    filled: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    def gives_up(path: Path) -> int:
        path.write_bytes(b"half")
        return 1

    def refuses(_path: Path) -> int:
        raise LocalTrouble("my-editor cannot be started")

    typing(gives_up, refuses)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until_shown(pilot, "The editor failed; nothing was written")
        assert "ended with 1" in toasts(app)
        await pilot.press("G", "enter")
        await until(pilot, lambda: app.screen is app.browse)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert has(app, "my-editor cannot be started")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browse)
        assert filled.read(A) == TEXT


async def test_binary_objects_and_marks_are_refused_in_a_sentence(
    store: MemoryStore, opener: Opener, typing: Callable[..., Typist]
) -> None:
    typist = typing()
    store.write(A, b"PK\x00\x01")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TroubleDialog))
        assert has(app, "a.csv is no text")
        await pilot.press("escape", "space", "e")
        await until(pilot, lambda: "One object is edited at a time" in toasts(app))
        assert typist.commands == []


async def test_in_a_read_only_context_it_says_why_it_does_nothing(filled: MemoryStore, opener: Opener) -> None:
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("e")
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert app.screen is app.browse


def test_which_editor_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "nano")
    monkeypatch.setenv("VISUAL", "code --wait 'x y'")
    assert editor() == ["code", "--wait", "x y"]
    monkeypatch.delenv("VISUAL")
    assert editor() == ["nano"]
    monkeypatch.setenv("EDITOR", "it's")
    with pytest.raises(LocalTrouble, match="cannot be understood"):
        editor()
    monkeypatch.delenv("EDITOR")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LocalTrouble, match="No editor"):
        editor()
