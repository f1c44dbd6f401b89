"""The pane that shows what there is to know of the chosen version besides its bytes."""

from typing import TYPE_CHECKING, Any

from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.services.session import Services
from s3ml_tui.ui.preview.sheet import pairs
from s3ml_tui.ui.preview.version_pane import LookingPane, Target

if TYPE_CHECKING:
    from s3ml_tui.domain.storage.details import Details


class DetailsPane(LookingPane):
    """Names and values; what may not be seen says which action it needs."""

    TAB = "Details"
    WHAT = "details"

    def __init__(self, **options: Any) -> None:
        super().__init__(rows_id="details", **options)

    def ask(self, services: Services, target: Target, cancelled: Cancelled) -> "Details":  # noqa: ARG002 - two requests
        """Everything that may be seen."""
        return services.previews.details(target.key, target.version_id)

    def take(self, target: Target, answer: "Details") -> None:  # noqa: ARG002 - the title names it already
        """Show it."""
        self.rows.show(pairs(answer.rows(), warned=tuple(answer.missing)))
