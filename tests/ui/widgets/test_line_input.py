"""A line whose keys act in the order they were pressed, however fast they come."""

from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from s3ml_tui.ui.widgets.line_input import LineInput


class LineApp(App[None]):
    """One line, and what was submitted."""

    submitted = ""

    def compose(self) -> ComposeResult:
        yield LineInput("./old.csv", select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.submitted = event.value


def burst(app: App[None], *keys: str) -> None:
    """Keys that are all there before the first has been dealt with."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_burst_of_keys_edits_as_slow_ones_would() -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        burst(app, "ctrl+u", "a", "b", "c", "backspace", "d", "left", "e", "enter", "f")
        await pilot.pause()
        await pilot.pause()
        assert app.query_one(LineInput).value == "abefd"
        assert app.submitted == "abed"


async def test_keys_that_are_not_its_own_still_reach_the_app() -> None:
    class Quitting(LineApp):
        BINDINGS: ClassVar = [("escape", "note", "Note")]
        noted = False

        def action_note(self) -> None:
            self.noted = True

    app = Quitting()
    async with app.run_test() as pilot:
        await pilot.press("escape")
        await pilot.pause()
        assert app.noted


async def test_what_is_pasted_is_written_out() -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+u")
        app.query_one(LineInput).post_message(events.Paste("a\x1b[31m\u202eb.csv"))
        await pilot.pause()
        line = app.query_one(LineInput)
        assert line.value == r"a\x1b[31m\u202eb.csv"
        assert line.cursor_position == len(line.value)
