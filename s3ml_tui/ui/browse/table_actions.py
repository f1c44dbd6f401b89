"""Browse's keys about the table as a whole: sort, filter, mark.

Browse's keys that act on everything marked, through one plan.
"""

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.browse.panes import PanesScreen
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.object_table.level import Entry


class ArrangingScreen(PanesScreen):
    """Which rows of a place are shown, in which order, and which are marked."""

    def action_sort(self) -> None:
        """By the next column."""
        if self._has_rows():
            self.objects.sort_next()

    def action_filter(self) -> None:
        """Type what the names are to have."""
        if self.place is None or self.objects.state != "ready":
            self._say("There is nothing to filter here.")
            return
        self.objects.open_filter()

    def action_mark(self) -> None:
        """Mark the object or version under the cursor, and go down."""
        if self._is_for_versions():
            self.versions.rows.mark()
        elif self._is_for_marks() and not self.objects.mark():
            self._say(with_keys("Folders cannot be marked: {list.open} opens one, and objects in it can."))

    def action_mark_range(self) -> None:
        """Mark from what was marked last to the cursor."""
        if self._is_for_versions():
            if not self.versions.rows.mark_range():
                self._say(with_keys("There is no mark to go from: {browse.mark} marks a version."))
        elif self._is_for_marks() and not self.objects.mark_range():
            self._say(with_keys("There is no mark to go from: {browse.mark} marks an object."))

    def action_invert_marks(self) -> None:
        """Mark the objects or versions that are shown and not marked, and the other way round."""
        if self._is_for_versions():
            self.versions.rows.invert()
        elif self._is_for_marks():
            self.objects.invert_marks()

    def action_mark_all(self) -> None:
        """Mark all objects or versions that are shown."""
        if self._is_for_versions():
            self.versions.rows.mark_all()
        elif self._is_for_marks():
            self.objects.mark_all()

    @property
    def has_marked(self) -> bool:
        """Whether keys mean what is marked: something is, and the table has the focus."""
        return self._is_in_table and self.objects.table.marks.count > 0

    @property
    def _is_in_table(self) -> bool:
        return self.objects.has_focus or self.objects.has_focus_within

    def _is_for_versions(self) -> bool:
        """Whether the marks are those of History, whose title is then to be painted anew."""
        if not (self.versions.has_focus_within and self.versions.state == "ready"):
            return False
        self.call_later(self.versions.paint_title)
        return True

    def _is_for_marks(self) -> bool:
        if not self._is_in_table:
            self._say("Objects of the table are marked: tab goes there.")
            return False
        if self.objects.table.is_arranging:
            self._say("The rows are still being sorted or filtered: wait a moment.")
            return False
        return self._has_rows()

    def _has_rows(self) -> bool:
        if self.objects.state == "ready" and self.objects.table.row_count:
            return True
        self._say("There are no objects here.")
        return False


class MarkedScreen(ArrangingScreen):
    """Delete, bring back."""

    def delete_marked(self) -> None:
        """Propose to delete all."""
        keys = _keys(self._marked())
        if keys:
            self.propose_many(
                f"Delete {count_text(len(keys), 'object')}",
                lambda services, cancelled: services.many.plan_delete(keys, cancelled=cancelled),
                at=keys[0].place,
            )

    def bring_back_marked(self) -> None:
        """Propose to bring back those that are deleted."""
        keys = _keys(self._marked())
        if keys:
            self.propose_many(
                f"Bring back {count_text(len(keys), 'object')}",
                lambda services, cancelled: services.many.plan_bring_back(keys, cancelled=cancelled),
                _size_of,
                at=keys[0].place,
            )

    def _marked(self) -> list[Entry]:
        if self.objects.is_waiting_for_marks:
            self._say("The listing is still being read, and marked objects may come: wait a moment.")
            return []
        return self.objects.marked()


def _keys(entries: list[Entry]) -> list[ObjectKey]:
    return [key for entry in entries if (key := entry.key) is not None]


def _size_of(plan: Plan) -> int | None:
    return plan.size
