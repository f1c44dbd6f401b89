"""Browse's keys that act on everything marked, through one plan."""

from s3ml_tui.domain.plans import Plan
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.screens.browse_arranging import ArrangingScreen
from s3ml_tui.ui.widgets.object_table_level import Entry


class MarkedScreen(ArrangingScreen):
    """Delete, bring back."""

    def delete_marked(self) -> None:
        """Propose to delete all."""
        keys = _keys(self._marked())
        if keys:
            self.propose_many(
                f"Delete {count_text(len(keys), 'object')}",
                lambda services, cancelled: services.many.plan_delete(keys, cancelled=cancelled),
            )

    def bring_back_marked(self) -> None:
        """Propose to bring back those that are deleted."""
        keys = _keys(self._marked())
        if keys:
            self.propose_many(
                f"Bring back {count_text(len(keys), 'object')}",
                lambda services, cancelled: services.many.plan_bring_back(keys, cancelled=cancelled),
                _size_of,
            )

    def _marked(self) -> list[Entry]:
        if self.objects.is_waiting_for_marks:
            self._say("The listing is still being read, and marked objects may come: wait a moment.")
            return []
        return self.objects.marked()


def _keys(entries: list[Entry]) -> list[ObjectKey]:
    return [key for entry in entries if (key := entry.key) is not None]


def _size_of(plan: Plan) -> int | None:
    return getattr(plan, "size", None)
