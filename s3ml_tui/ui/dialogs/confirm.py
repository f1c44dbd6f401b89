"""The dialog for what cannot be undone at all: it is agreed to by typing the name of what is destroyed."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from s3ml_tui.ui.widgets.line_input import LineInput


def confirmation(plan: Plan, *, note: str = "") -> Dialog[bool]:
    """The dialog in which a plan is agreed to; `note` is what else is to be known of it."""
    if plan.must_type and plan.changes_anything:
        return ConfirmLoud(plan, note=note)
    return ConfirmPlan(plan, note=note)


class ConfirmLoud(Dialog[bool]):
    """Prints a plan; True once its name was typed and the button, or enter, was pressed."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]

    def __init__(self, plan: Plan, *, note: str = "") -> None:
        super().__init__()
        self.plan = plan
        self._note = note
        self._wanted = printable(plan.must_type)

    def compose(self) -> ComposeResult:
        """Title, sentences, what to type, two buttons."""
        plan = self.plan
        with Vertical(classes="dialog -loud"):
            yield Static(render.plain(plan.title), classes="dialog--title")
            with VerticalScroll(classes="dialog--body", can_focus=False):
                for sentence in (*((self._note,) if self._note else ()), *plan.sentences()):
                    yield Static(render.plain(sentence), classes="dialog--sentence")
            yield Static(render.plain(f"Type {self._wanted} to go on:"), classes="dialog--label")
            yield LineInput(id="name")
            with Horizontal(classes="dialog--buttons"):
                yield Button(render.plain(plan.affirmative), variant="error", id="agree", disabled=True)
                yield Button("Cancel", id="cancel")

    def on_mount(self) -> None:
        """To be typed into."""
        self.query_one("#name").focus()

    @property
    def _is_typed(self) -> bool:
        return self.query_one(Input).value.strip() == self._wanted.strip()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#agree", Button).disabled = not self._is_typed

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self._is_typed:
            self.dismiss(True)
        else:
            self.notify("This is not its name: nothing is done.", severity="warning")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "agree" and self._is_typed)

    def action_scroll(self, lines: int) -> None:
        """Through a plan that is longer than the screen."""
        self.query_one(".dialog--body").scroll_relative(y=lines, animate=False)

    def action_cancel(self) -> None:
        """No."""
        self.dismiss(False)
