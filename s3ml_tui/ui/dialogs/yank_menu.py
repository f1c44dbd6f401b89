"""The menu of what can be taken along; what is chosen goes to the terminal's clipboard and stays to be seen."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.text import printable
from s3ml_tui.domain.yank import Yank
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import Options

_NAME_CELLS = 12


class YankMenu(Dialog[Yank | None]):
    """Answers what was chosen; `y` again takes the first."""

    BINDINGS = [Binding("escape,q", "leave", "Leave"), Binding("y", "first", show=False)]

    def __init__(self, title: str, yanks: Sequence[Yank]) -> None:
        super().__init__()
        self._title, self._yanks = title, tuple(yanks)

    def compose(self) -> ComposeResult:
        """Each with its text, as it is pasted."""
        with Vertical(classes="dialog yank"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield Options(*[Option(_line(yank)) for yank in self._yanks])
            yield Static(
                "enter takes it to the clipboard, if this terminal lets programs write it · y takes the first",
                classes="dialog--hint",
            )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._yanks[event.option_index])

    def action_first(self) -> None:
        """What is meant most often."""
        self.dismiss(self._yanks[0])

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss(None)


def _line(yank: Yank) -> Content:
    return Content.assemble((f"{yank.name:<{_NAME_CELLS}}", "$text-accent"), printable(yank.pasted))
