"""The lower part of Browse: the history of an object, a look inside the chosen version, and its details."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.pane import HistoryPane
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.tabs import TABS, TabPane

if TYPE_CHECKING:
    from s3ml_tui.ui.preview.details_pane import DetailsPane
    from s3ml_tui.ui.preview.preview_pane import PreviewPane
    from s3ml_tui.ui.preview.version_loader import Target

_HISTORY, _PREVIEW, _DETAILS = TABS


class Looking(Vertical):
    """Three panes, of which one is shown; the other two follow what is chosen in History.

    These two are loaded and mounted when one of them is first to be shown: the first frame needs not wait for them.
    """

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self.history = HistoryPane(clock, id="history-pane")
        self.tab = _HISTORY
        """Which is shown."""
        self._is_deleted = False
        self._services: Services | None = None
        self._made: tuple[PreviewPane, DetailsPane] | None = None

    def compose(self) -> ComposeResult:
        """The first of TABS."""
        yield self.history

    @property
    def preview(self) -> "PreviewPane":
        """What is inside the chosen version."""
        return self._make()[0]

    @property
    def details(self) -> "DetailsPane":
        """What else there is to know of it."""
        return self._make()[1]

    @property
    def _others(self) -> "tuple[PreviewPane | DetailsPane, ...]":
        """Those besides the history, once they are there."""
        return tuple(pane for pane in self._made or () if pane.is_attached)

    def _make(self) -> "tuple[PreviewPane, DetailsPane]":
        if self._made is None:
            from s3ml_tui.ui.preview.details_pane import DetailsPane
            from s3ml_tui.ui.preview.preview_pane import PreviewPane

            self._made = PreviewPane(id="preview-pane"), DetailsPane(id="details-pane")
            for pane in self._made:
                pane.display = False
        return self._made

    @property
    def shown(self) -> TabPane:
        """The pane that is seen."""
        return self._pane(self.tab)

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = services
        self.history.connect(services)
        for pane in self._others:
            pane.loader.connect(services)

    def point_at(self, key: ObjectKey | None, *, is_deleted: bool = False) -> None:
        """Another object is under the cursor, or none."""
        self._is_deleted = is_deleted
        self.history.point_at(key)
        self._aim()

    def reload(self, *, to_top: bool = False, looks_again: bool = True) -> None:
        """Read what is shown again; `looks_again` as in the history."""
        self.history.reload(to_top=to_top, looks_again=looks_again)
        for pane in self._others:
            pane.loader.reload()

    def take_focus(self) -> None:
        """To what is shown."""
        self.shown.take_focus()

    def ask_more(self) -> str:
        """Read more of what is previewed; why not, when that cannot be."""
        if self.tab != _PREVIEW:
            return with_keys(
                "Here all is shown: {browse.look} leads to the preview, and {browse.more} reads more of it there."
            )
        return self.preview.ask_more()

    def stop_reading(self) -> bool:
        """Read no more; False when nothing more is being read."""
        return bool(self._others) and self.preview.stop_reading()

    def show_next(self) -> None:
        """The next of TABS."""
        self.show_tab(TABS[(TABS.index(self.tab) + 1) % len(TABS)])

    def show_tab(self, tab: str) -> None:
        """One of TABS; the focus stays in the lower part if it was there."""
        if tab == self.tab:
            return
        if not self._others:
            self.call_later(self._bring_others, tab)
            return
        before, was_in = self.shown, self.has_focus_within
        is_zoomed = self.screen.maximized is before
        self.tab = tab
        self.history.display = tab == _HISTORY
        self.preview.loader.show(is_shown=tab == _PREVIEW)
        self.details.loader.show(is_shown=tab == _DETAILS)
        if is_zoomed:
            self.screen.minimize()
            self.screen.maximize(self.shown, container=False)
        if was_in:
            self.take_focus()

    async def _bring_others(self, tab: str) -> None:
        """Mount the panes besides the history, then show one."""
        if not self._others:
            await self.mount(*self._make())
            for pane in self._others:
                pane.loader.connect(self._services)
            self._aim()
        self.show_tab(tab)

    @on(TabPane.Chosen)
    def _tab_chosen(self, message: TabPane.Chosen) -> None:
        message.stop()
        self.show_tab(message.tab)

    @on(Rows.Highlighted, "#versions")
    def _version_chosen(self) -> None:
        self._aim()

    def _aim(self) -> None:
        others = self._others
        target = self._target() if others else None
        for pane in others:
            pane.look_at(target)

    def _target(self) -> "Target | None":
        """The version chosen in History; the current one while none is, or when it is that."""
        from s3ml_tui.ui.preview.version_loader import Target

        key, version = self.history.key, self.history.chosen
        if key is None:
            return None
        if version is None:
            return Target(key, None, self._is_deleted)
        if version.is_delete_marker:
            return Target(key, None, is_deleted=True)
        return Target(key, None if self.history.rows.cursor == 0 else version.version_id)

    def _pane(self, tab: str) -> TabPane:
        if tab == _HISTORY:
            return self.history
        return self.preview if tab == _PREVIEW else self.details
