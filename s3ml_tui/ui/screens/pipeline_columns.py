"""A dialog to choose several of a data object's columns."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from s3ml_tui.ui import cells


class ChooseColumns(ModalScreen[list[str] | None]):
    """Answers the marked names in their order; None when the user leaves."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("enter", "take", "Take", priority=True),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, title: str, names: Sequence[str], marked: Sequence[str]) -> None:
        super().__init__()
        self._title, self._names, self._marked = title, tuple(names), set(marked)

    def compose(self) -> ComposeResult:
        """Title and list; values are positions, prompts never markup."""
        with Vertical(classes="dialog"):
            yield Static(cells.plain(self._title), classes="dialog--title")
            yield SelectionList[int](
                *(Selection(cells.plain(name), at, name in self._marked) for at, name in enumerate(self._names))
            )
            yield Static("space marks, enter takes what is marked, escape leaves", classes="dialog--hint")

    def action_take(self) -> None:
        """Answer."""
        self.dismiss([self._names[at] for at in sorted(self.query_one(SelectionList).selected)])

    def action_move(self, step: int) -> None:
        """To another row."""
        marks = self.query_one(SelectionList)
        marks.action_cursor_down() if step > 0 else marks.action_cursor_up()

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)
