"""The dialog for an edit that somebody else's write got ahead of: both side by side, and what is to become of mine."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.text import printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import Options

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.edit import Difference

_LOOKS = {"+": "$text-success", "-": "$text-error"}
MOST_SHOWN = 500
"""Lines."""


class EditClash(Dialog[str]):
    """Answers `write`, `keep`, `again` or `drop`; it cannot be left without an answer."""

    BINDINGS = [
        Binding("escape", "stay", show=False),
        Binding("pagedown,ctrl+d", "scroll(8)", show=False),
        Binding("pageup,ctrl+u", "scroll(-8)", show=False),
    ]

    def __init__(
        self, title: str, sentence: str, difference: "Difference | None", choices: tuple[tuple[str, str], ...]
    ) -> None:
        super().__init__()
        self._title, self._sentence = title, sentence
        self._difference, self._choices = difference, choices

    def compose(self) -> ComposeResult:
        """What happened, how both differ, what can be done."""
        with Vertical(classes="dialog -clash"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield Static(render.plain(self._sentence), classes="dialog--sentence")
            with VerticalScroll(classes="dialog--body clash--lines", can_focus=False):
                yield Static(self._lines())
            yield Options(*[Option(render.plain(text)) for _, text in self._choices])

    def on_mount(self) -> None:
        """To be chosen from."""
        self.query_one(Options).focus()

    def _lines(self) -> Content:
        difference = self._difference
        if difference is None or not difference.lines:
            return render.plain("They cannot be compared line by line.")
        shown = [
            Content.styled(printable(line), _LOOKS.get(line[:1], "$foreground-muted"))
            for line in difference.lines[:MOST_SHOWN]
        ]
        if difference.is_cut or len(difference.lines) > MOST_SHOWN:
            shown.append(Content.styled("… and more", "$foreground-muted"))
        return Content("\n").join(shown)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])

    def action_stay(self) -> None:
        """Nothing is lost by a key that is pressed too often."""
        self.notify("Choose what becomes of what you wrote.", severity="warning")

    def action_scroll(self, lines: int) -> None:
        """Through the difference."""
        self.query_one(".clash--lines").scroll_relative(y=lines, animate=False)
