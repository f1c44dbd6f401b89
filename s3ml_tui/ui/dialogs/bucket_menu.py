"""What can be done to a bucket as a whole, and what it is like now; dimmed where nothing may be changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import Options


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do."""

    id: str
    text: str
    changes: bool = True
    """Whether it is dimmed in a read-only context."""


class BucketMenu(Dialog[str | None]):
    """Answers the id of what was chosen."""

    BINDINGS = [Binding("escape,q", "leave", "Leave")]

    def __init__(self, title: str, facts: str, choices: Sequence[Choice], *, is_read_only: bool) -> None:
        super().__init__()
        self._title, self._facts = title, facts
        self._choices, self._is_read_only = tuple(choices), is_read_only

    def compose(self) -> ComposeResult:
        """Title, what was seen, choices, why some are dimmed."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            if self._facts:
                yield Static(render.plain(self._facts), classes="dialog--sentence")
            yield Options(
                *[
                    Option(render.plain(choice.text), disabled=choice.changes and self._is_read_only)
                    for choice in self._choices
                ]
            )
            if self._is_read_only:
                yield Static(
                    "This context is read-only: what would change something is dimmed.", classes="dialog--hint"
                )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index].id)

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss(None)
