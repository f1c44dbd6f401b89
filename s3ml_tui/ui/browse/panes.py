"""Browse's three panes, and what is chosen in them.

What a key acts on: the object or version that is chosen.
"""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.browse.questions import AskingScreen
from s3ml_tui.ui.bucket_tree.pane import BucketPane
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.history.pane import HistoryPane
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.object_table.level import Entry
from s3ml_tui.ui.object_table.pane import ObjectPane
from s3ml_tui.ui.preview.lower_panes import Looking


@dataclass(frozen=True, slots=True)
class Chosen:
    """An object in the table, or one of its versions in History."""

    key: ObjectKey
    version_id: str | None = None
    """None for the newest."""
    size: int | None = None
    """Bytes; None when unknown."""
    is_deleted: bool = False
    """Whether it is a delete marker, or an object with one on top."""


class PanesScreen(AskingScreen):
    """Buckets on the left, objects on the right, the history of one below them."""

    def body(self) -> ComposeResult:
        """The panes, and why nothing is in them yet: said before they are styled."""
        buckets, objects = BucketPane(id="bucket-pane"), ObjectPane(local_now, id="object-pane")
        looking = Looking(local_now, id="looking")
        buckets.wait_for("the session")
        objects.empty("No place chosen", with_keys("choose a bucket on the left, or {app.go_to} goes to an address"))
        looking.point_at(None)
        with Horizontal(id="browse"):
            yield buckets
            with Vertical(id="browse-right"):
                yield objects
                yield looking

    @property
    def buckets(self) -> BucketPane:
        """On the left."""
        return self.query_one(BucketPane)

    @property
    def objects(self) -> ObjectPane:
        """On the right."""
        return self.query_one(ObjectPane)

    @property
    def versions(self) -> HistoryPane:
        """Below the objects."""
        return self.query_one(HistoryPane)

    @property
    def looking(self) -> Looking:
        """Below the objects: the history, or a look inside the version chosen in it."""
        return self.query_one(Looking)

    @property
    def place(self) -> Place | None:
        """The place that is shown."""
        return self.objects.place

    @property
    def is_in_tree(self) -> bool:
        """Whether keys mean the place under the tree's cursor."""
        return self.buckets.has_focus_within

    @property
    def is_in_history(self) -> bool:
        """Whether keys mean the version under History's cursor; also while it is looked at."""
        return self.looking.has_focus_within

    def entry(self) -> Entry | None:
        """The folder or object under the cursor; None when the tree has the focus, or nothing is there."""
        return None if self.is_in_tree else self.objects.entry

    def folder_at_hand(self) -> Place | None:
        """The place under the tree's cursor, or the folder under the table's; None where an object is chosen."""
        if self.is_in_tree:
            return self.buckets.pointed
        entry = self.objects.entry
        return entry.folder if entry is not None and not self.is_in_history else None

    def chosen(self) -> Chosen | None:
        """The object or version a key acts on; None, and the user told why, when there is none."""
        if self.is_in_history:
            return self._chosen_version()
        entry = self.entry()
        if entry is None:
            self._say("No object is chosen: move the cursor to one in the table.")
            return None
        if entry.key is None:
            self._say(f"{entry.name} is a folder: {key_for('list.open')} opens it, then choose an object.")
            return None
        return Chosen(entry.key, None, entry.size, entry.is_deleted)

    def _chosen_version(self) -> Chosen | None:
        version = self.versions.chosen
        if version is None:
            self._say("No version is chosen: there are none, or they are still being read.")
            return None
        return Chosen(version.key, version.version_id, version.size, version.is_delete_marker)

    def chosen_bytes(self, verb: str) -> Chosen | None:
        """The same, but only what has bytes to `verb`."""
        chosen = self.chosen()
        if chosen is None or not chosen.is_deleted:
            return chosen
        key = key_for("browse.bring_back")
        back = f"{key} brings it back, or choose a version in History."
        self._say(f"It is deleted, so there is nothing to {verb}: {back}")
        return None

    def action_look(self) -> None:
        """From the history to the preview, to the details, and back."""
        self.looking.show_next()

    def action_more(self) -> None:
        """Read more of what is previewed."""
        reason = self.looking.ask_more()
        if reason:
            self._say(reason)

    def _say(self, reason: str) -> None:
        """Why a key did nothing."""
        self.notify(printable(reason), severity="warning", markup=False)
