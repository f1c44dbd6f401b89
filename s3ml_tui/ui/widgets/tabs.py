"""What the panes below the objects share: three names on the border, of which one is shown."""

from dataclasses import dataclass
from typing import Any, ClassVar

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from s3ml_tui.ui.widgets.status_pane import Pane

TABS = ("History", "Preview", "Details")


class TabPane(Pane):
    """One of TABS."""

    TAB: ClassVar[str] = ""

    @dataclass
    class Chosen(Message):
        """A name on the border was clicked."""

        tab: str

    def __init__(self, *content: Widget, **options: Any) -> None:
        super().__init__(*content, title=self.TAB, **options)
        self._show_tabs()

    def title(self, text: str, subtitle: str = "") -> None:
        """As any pane's; the names of the tabs stand below."""
        super().title(text, subtitle)
        self._show_tabs()

    def _show_tabs(self) -> None:
        parts: list[Content] = []
        for tab in TABS:
            look = Style.parse("bold $text-accent") if tab == self.TAB else Style.parse("$text-muted")
            parts.append(Content.styled(tab, look + Style.from_meta({"@click": f"choose_tab('{tab}')"})))
        self.border_subtitle = Content(" · ").join(parts)

    def action_choose_tab(self, tab: str) -> None:
        """A click on a name."""
        self.post_message(self.Chosen(tab))
