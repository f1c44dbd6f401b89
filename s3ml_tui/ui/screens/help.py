"""Help for where you are: every key of the screen, from the registry."""

import textwrap

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from s3ml_tui.domain.actions import Scope, actions_of
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.keys import keys_text

KEYS_CELLS = 12
LABEL_CELLS = 16
MOST_CELLS = 96
"""Of a line."""


class HelpScreen(Dialog[None]):
    """Keys, labels and what they do."""

    BINDINGS = [Binding("escape,question_mark,f1,q", "dismiss", "Close")]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """A section a scope."""
        with Vertical(classes="dialog help"):
            yield Static(f"Keys of {self._scope}", classes="dialog--title")
            with HelpText():
                for scope in (self._scope, Scope.LIST, Scope.EVERYWHERE):
                    yield Static(_section(scope, min(MOST_CELLS, int(self.app.size.width * 0.95) - 8)))
            yield Static("escape closes · j k scroll", classes="dialog--hint")


class HelpText(VerticalScroll):
    """Scrolls by the keys of lists."""

    BINDINGS = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]


def _section(scope: Scope, width: int) -> Content:
    lines = [Content.styled(str(scope), "bold $text-accent")]
    for action in actions_of(scope):
        keys, label = f"{keys_text(action):<{KEYS_CELLS}} ", f"{action.label:<{LABEL_CELLS}} "
        indent = len(keys) + len(label)
        sentence = f"\n{' ' * indent}".join(textwrap.wrap(action.tooltip, max(width - indent, 20)))
        lines.append(Content.assemble((keys, "bold"), label, (sentence, "$foreground-muted")))
    return Content("\n").join(lines)
