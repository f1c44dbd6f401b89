"""The pane that shows what there is to know of the chosen version besides its bytes."""

from typing import Any

from s3ml_tui.domain.storage.details import Details
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.services.session import Services
from s3ml_tui.ui.preview.rows import PreviewRows
from s3ml_tui.ui.preview.sheet import Sheet, pairs
from s3ml_tui.ui.preview.version_loader import Target, VersionLoader
from s3ml_tui.ui.widgets.tabs import TabPane


class DetailsPane(TabPane):
    """Names and values; what may not be seen says which action it needs."""

    TAB = "Details"

    def __init__(self, **options: Any) -> None:
        self.rows = PreviewRows(id="details")
        super().__init__(self.rows, **options)
        self.loader = VersionLoader(self, self._ask, self._take, self._clear)

    def look_at(self, target: Target | None) -> None:
        """Another version is chosen, or none."""
        self.loader.look_at(target)

    def _ask(self, services: Services, target: Target, _cancelled: Cancelled) -> Details:
        return services.previews.details(target.key, target.version_id)

    def _take(self, _target: Target, answer: Details) -> None:
        self.rows.show(pairs(answer.rows(), warned=tuple(answer.missing)))

    def _clear(self) -> None:
        self.rows.show(Sheet([]))
