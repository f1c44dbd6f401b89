"""Yank and share by their keys: the clipboard, the screen, and what is remembered and what is not."""

from datetime import UTC, datetime, timedelta

from textual.widgets import OptionList

from s3ml_tui.domain.context import Context
from s3ml_tui.settings import Settings
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.dialogs.share_link import QrScreen, ShareScreen
from s3ml_tui.ui.dialogs.yank_menu import YankMenu
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key, pointed, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import has, screen_text, until, until_shown

A = key("a.csv")


async def test_y_shows_what_can_be_taken_along_and_y_again_takes_the_address(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(A, b"bytes")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YankMenu))
        await until_shown(pilot, "URI", "s3://acme-ml/a.csv", "arn:aws:s3:::acme-ml/a.csv", "aws s3api get-object")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "s3://acme-ml/a.csv")
        await until(pilot, lambda: "s3://acme-ml/a.csv" in toasts(app))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YankMenu))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: app.clipboard == "arn:aws:s3:::acme-ml/a.csv")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YankMenu))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browse)


async def test_in_history_the_version_comes_first_and_in_the_tree_the_bucket(
    store: MemoryStore, opener: Opener
) -> None:
    version_id = store.write(A, b"bytes").version_id
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("enter", "y")
        await until_shown(pilot, "VersionId", "--version-id")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == version_id)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.browse.selection.is_in_tree)
        await pilot.press("y")
        await until_shown(pilot, "aws s3 ls s3://acme-ml/")
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.clipboard == "acme-ml")


async def test_a_hostile_name_is_quoted_in_the_clipboard(store: MemoryStore, opener: Opener) -> None:
    store.write(key("x\x1b[31my"), b"")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("y")
        await until_shown(pilot, r"$'s3://acme-ml/x\x1b[31my'")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == r"$'s3://acme-ml/x\x1b[31my'")
        assert "\x1b" not in toasts(app)


async def test_a_shared_link_is_seen_in_its_dialog_and_nowhere_else(store: MemoryStore, opener: Opener) -> None:
    version_id = store.write(A, b"bytes").version_id
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await until_shown(pilot, "Share a.csv for", "15 minutes", "12 hours", "7 days", "cannot be revoked")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ShareScreen))
        await until_shown(pilot, str(version_id), "be revoked", "https://memory.invalid/", "X-Amz-Expires=900")
        await pilot.press("y")
        assert app.clipboard.startswith("https://memory.invalid/acme-ml/a.csv?versionId=")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, QrScreen))
        await until_shown(pilot, "█▀▀▀▀▀█")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ShareScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browse)
        await until(pilot, lambda: "Shared a.csv until" in toasts(app))
        assert "memory.invalid" not in screen_text(app) + toasts(app) + repr(app.changes.outcomes)
        assert app.changes.outcomes[0].title.startswith("Shared a.csv until")
        assert app.changes.outcomes[0].undo is None


async def test_a_code_that_does_not_fit_says_what_it_takes(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    app = BrowseApp(opener)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        app.push_screen(QrScreen("https://example.com/" + "x" * 400))
        await until_shown(pilot, "The code needs", "this terminal has 80 and 24")
        await pilot.resize_terminal(120, 50)
        await until_shown(pilot, "█▀▀▀▀▀█")


async def test_a_code_is_not_drawn_with_ascii_alone(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    app = BrowseApp(opener, settings=Settings(Context(), is_ascii=True))
    async with app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        app.push_screen(QrScreen("https://example.com/"))
        await until_shown(pilot, "The code cannot be drawn with ASCII alone")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_link_lives_no_longer_than_the_credentials(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"bytes")
    store.credentials_expire = datetime.now(UTC) + timedelta(minutes=43)
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "a.csv")
        await pilot.press("S")
        await until_shown(pilot, "15 minutes", "until the credentials end, at", "lives no longer than the credentials")
        assert app.screen.query_one(OptionList).option_count == 2
        assert not has(app, "1 hour")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, ShareScreen))


async def test_an_old_version_is_shared_and_marks_are_not(store: MemoryStore, opener: Opener) -> None:
    old = store.write(A, b"old").version_id
    store.write(A, b"new")
    app = BrowseApp(opener, Context(read_only=True))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: history_rows(app) == 2)
        await pilot.press("space", "S")
        await until(pilot, lambda: "One object is shared at a time" in toasts(app))
        await pilot.press("escape", "enter", "j", "S")
        await until_shown(pilot, f"version {old}")
        await pilot.press("enter")
        await until_shown(pilot, f"versionId={old}")
