"""The lower part of Browse: the history of an object, a look inside the chosen version, and its details."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import told
from s3ml_tui.ui.widgets.details_pane import DetailsPane
from s3ml_tui.ui.widgets.history_pane import HistoryPane
from s3ml_tui.ui.widgets.looking_pane import Target
from s3ml_tui.ui.widgets.looking_tabs import TABS, TabPane
from s3ml_tui.ui.widgets.preview_pane import PreviewPane
from s3ml_tui.ui.widgets.rows import Rows


class Looking(Vertical):
    """Three panes, of which one is shown; the other two follow what is chosen in History."""

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.history = HistoryPane(clock, id="history-pane")
        self.preview = PreviewPane(id="preview-pane")
        self.details = DetailsPane(id="details-pane")
        self.tab = TABS[0]
        """Which is shown."""
        self._is_deleted = False
        for pane in (self.preview, self.details):
            pane.display = False

    def compose(self) -> ComposeResult:
        """In the order of TABS."""
        yield self.history
        yield self.preview
        yield self.details

    @property
    def shown(self) -> TabPane:
        """The pane that is seen."""
        return self._pane(self.tab)

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self.history.connect(services)
        self.preview.connect(services)
        self.details.connect(services)

    def point_at(self, key: ObjectKey | None, *, is_deleted: bool = False) -> None:
        """Another object is under the cursor, or none."""
        self._is_deleted = is_deleted
        self.history.point_at(key)
        self._aim()

    def reload(self, *, to_top: bool = False) -> None:
        """Read what is shown again."""
        self.history.reload(to_top=to_top)
        self.preview.reload()
        self.details.reload()

    def take_focus(self) -> None:
        """To what is shown."""
        self.shown.take_focus()

    def ask_more(self) -> str:
        """Read more of what is previewed; why not, when that cannot be."""
        if self.tab != PreviewPane.TAB:
            return told(
                "Here all is shown: {browse.look} leads to the preview, and {browse.more} reads more of it there."
            )
        return self.preview.ask_more()

    def stop_reading(self) -> bool:
        """Read no more; False when nothing more is being read."""
        return self.preview.stop_reading()

    def show_next(self) -> None:
        """The next of TABS."""
        self.show_tab(TABS[(TABS.index(self.tab) + 1) % len(TABS)])

    def show_tab(self, tab: str) -> None:
        """One of TABS; the focus stays in the lower part if it was there."""
        if tab == self.tab:
            return
        before, was_in = self.shown, self.has_focus_within
        is_zoomed = self.screen.maximized is before
        self.tab = tab
        self.history.display = tab == HistoryPane.TAB
        self.preview.show(is_shown=tab == PreviewPane.TAB)
        self.details.show(is_shown=tab == DetailsPane.TAB)
        if is_zoomed:
            self.screen.minimize()
            self.screen.maximize(self.shown, container=False)
        if was_in:
            self.take_focus()

    @on(TabPane.Chosen)
    def _tab_chosen(self, message: TabPane.Chosen) -> None:
        message.stop()
        self.show_tab(message.tab)

    @on(Rows.Highlighted, "#versions")
    def _version_chosen(self) -> None:
        self._aim()

    def _aim(self) -> None:
        target = self._target()
        self.preview.look_at(target)
        self.details.look_at(target)

    def _target(self) -> Target | None:
        """The version chosen in History; the current one while none is, or when it is that."""
        key, version = self.history.key, self.history.chosen
        if key is None:
            return None
        if version is None:
            return Target(key, None, self._is_deleted)
        if version.is_delete_marker:
            return Target(key, None, is_deleted=True)
        return Target(key, None if self.history.rows.cursor == 0 else version.version_id)

    def _pane(self, tab: str) -> TabPane:
        return {HistoryPane.TAB: self.history, PreviewPane.TAB: self.preview, DetailsPane.TAB: self.details}[tab]
