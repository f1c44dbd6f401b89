"""The contexts: choose the one to work in; and what to do when it cannot be opened."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import Options

MOST_NAME_CELLS = 24
HINT = "enter works in it · escape leaves"
HOW_TO_ADD = "s3ml config init writes a file that shows how to describe others."


class ContextList(Dialog[Context | None]):
    """Answers the one to work in; None when the user leaves."""

    BINDINGS = [Binding("escape", "leave", "Leave")]

    def __init__(self, contexts: Sequence[Context], current: Context) -> None:
        super().__init__()
        self._current = current
        self._is_any_described = any(context.name not in {"default", "local"} for context in contexts)
        is_described = any(context.account == current.account for context in contexts)
        self._contexts = tuple(contexts) if is_described else (current, *contexts)

    def compose(self) -> ComposeResult:
        """Title, list, hint."""
        width = min(max(render.width_of(context.name) for context in self._contexts), MOST_NAME_CELLS)
        with Vertical(classes="dialog contexts"):
            yield Static("Contexts", classes="dialog--title")
            yield Options(*[Option(self._line(context, width)) for context in self._contexts])
            yield Static(HINT if self._is_any_described else f"{HINT} · {HOW_TO_ADD}", classes="dialog--hint")

    def on_mount(self) -> None:
        """The cursor is on the current one."""
        options = self.query_one(Options)
        options.highlighted = next(at for at, one in enumerate(self._contexts) if self._is_current(one))
        options.focus()

    def _is_current(self, context: Context) -> bool:
        return context.account == self._current.account

    def _line(self, context: Context, width: int) -> Content:
        sign = "● " if self._is_current(context) else "  "
        name = (render.fit(context.name, width), f"bold {context.colour or '$text-accent'}")
        read_only = ("  read-only", "bold $text-warning") if context.read_only else ""
        return Content.assemble(sign, name, "  ", printable(where_text(context)), read_only)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._contexts[event.option_index])

    def action_leave(self) -> None:
        """Stay."""
        self.dismiss(None)


class ContextTrouble(Dialog[bool]):
    """A context that cannot be opened, and why; True to go back to the one before."""

    BINDINGS = [Binding("escape", "stay", "Stay here")]

    def __init__(self, error: S3mlError, context: Context, before: Context) -> None:
        super().__init__()
        self._error, self._failed, self._before = error, context, before

    def compose(self) -> ComposeResult:
        """What happened, why, what to do."""
        with Vertical(classes="dialog -trouble"):
            yield Static(render.plain(f"The context {self._failed.name} cannot be opened"), classes="dialog--title")
            yield Static(render.error_text(self._error), classes="dialog--sentence")
            with Horizontal(classes="dialog--buttons"):
                yield Button(render.plain(f"Back to {self._before.name}"), variant="primary", id="back")
                yield Button("Stay here", id="stay")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "back")

    def action_stay(self) -> None:
        """There is nothing to see, but it can be tried again."""
        self.dismiss(False)

    def key_left(self) -> None:
        """To the other button."""
        self.focus_previous()

    def key_right(self) -> None:
        """To the other button."""
        self.focus_next()


def where_text(context: Context) -> str:
    """Server and account in words, and where it begins."""
    if context.is_local:
        server = "the embedded server"
    else:
        parts = [f"profile {context.profile}" if context.profile else "", context.endpoint_url or ""]
        server = ", ".join(part for part in parts if part) or "boto3's own chain"
    return f"{server}  {context.workspace}" if context.workspace else server
