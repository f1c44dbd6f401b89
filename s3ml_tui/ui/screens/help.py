"""Help for where you are: every key of the screen, from the registry."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from s3ml_tui.domain.actions import Scope, actions_of
from s3ml_tui.ui.keys import keys_text

KEYS_CELLS = 14
LABEL_CELLS = 18


class HelpScreen(ModalScreen[None]):
    """Keys, labels and what they do."""

    BINDINGS = [Binding("escape,question_mark,f1,q", "dismiss", "Close")]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """A section a scope."""
        with Vertical(classes="dialog help"):
            yield Static(f"Help — {self._scope}", classes="dialog--title")
            with VerticalScroll():
                for scope in (self._scope, Scope.LIST, Scope.EVERYWHERE):
                    yield Static(_section(scope))
            yield Static("escape closes", classes="dialog--hint")


def _section(scope: Scope) -> Content:
    lines = [Content.styled(f"{scope}\n", "bold $accent")]
    for action in actions_of(scope):
        keys = f"{keys_text(action):<{KEYS_CELLS}}"
        lines.append(
            Content.assemble((keys, "bold"), f"{action.label:<{LABEL_CELLS}}", (action.tooltip + "\n", "$text-muted"))
        )
    return Content.assemble(*lines)
