"""What a handler of Browse's keys is handed: what is selected, and what it may do about it.

The handlers are functions over `BrowseContext`, in the modules `*_actions`; the screen is one, a test's double another.
Those about the panes themselves (sort, mark, look) are handed `BrowsePanes`.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol, TypeVar

from textual.message import Message
from textual.screen import Screen

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.history import History, Version
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.pane import HistoryPane
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.object_table.level import Entry
from s3ml_tui.ui.object_table.pane import ObjectPane
from s3ml_tui.ui.preview.lower_panes import Looking

T = TypeVar("T")
NO_OBJECT = "No object is chosen: move the cursor to one in the table."
NO_VERSION = "No version is chosen: there are none, or they are still being read."


class Focus(Enum):
    """Which pane the keys mean."""

    NONE = auto()
    TREE = auto()
    TABLE = auto()
    HISTORY = auto()
    PREVIEW = auto()
    """Of the version that is chosen in History, or its details."""


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


@dataclass(frozen=True, slots=True)
class Selection:
    """What is under the cursors, and which of them the keys mean."""

    focus: Focus = Focus.TABLE
    place: Place | None = None
    """The one that is shown."""
    pointed: Place | None = None
    """Under the tree's cursor."""
    entry: Entry | None = None
    """Under the table's cursor: a folder or an object."""
    has_marked: bool = False
    """Whether keys mean what is marked in the table: something is, and the table has the focus."""
    history: History | None = None
    """Of the object under the table's cursor; None while some of it may be missing."""
    version: Version | None = None
    """Under History's cursor."""
    marked_versions: Sequence[Version] = ()

    @property
    def is_in_tree(self) -> bool:
        """Whether keys mean the place under the tree's cursor."""
        return self.focus is Focus.TREE

    @property
    def is_in_history(self) -> bool:
        """Whether keys mean the version under History's cursor; also while it is looked at."""
        return self.focus in {Focus.HISTORY, Focus.PREVIEW}

    @property
    def place_at_hand(self) -> Place | None:
        """The place under the tree's cursor, else the one that is shown."""
        return self.pointed if self.is_in_tree else self.place

    @property
    def folder(self) -> Place | None:
        """The place under the tree's cursor, or the folder under the table's; None where an object is chosen."""
        if self.is_in_tree:
            return self.pointed
        return self.entry.folder if self.entry is not None and not self.is_in_history else None


Act = Coroutine[Any, Any, None] | None
"""What is left to do once a handler has looked at what is selected; None when that was all."""


class BrowseContext(Protocol):
    """Browse as its handlers know it."""

    services: Services | None
    """None until connected."""
    workspace: Place | None
    is_read_only: bool

    @property
    def selection(self) -> Selection:
        """As it is now."""

    def marked(self) -> list[Entry]:
        """What is marked in the table; nothing, and the user told why, while marked objects may still come."""

    @property
    def is_attached(self) -> bool:
        """Whether it is still there: another context is another Browse."""

    def say(self, reason: str) -> None:
        """Why a key did nothing."""

    def tell(self, sentence: str, title: str = "") -> None:
        """Something to be read in passing."""

    async def dialog(self, screen: Screen[T]) -> T:
        """What a dialog is answered."""

    async def ask(
        self, question: Callable[[Services, Cancelled], T], *, title: str = "", at: Place | None = None
    ) -> T | None:
        """Put `question` to the services in a thread.

        One with a title may take its time: a dialog counts meanwhile, and escape stops it. `at` is the place that
        something is to be changed at, where that is known: what is asked of that is asked meanwhile.
        None when the answer is not wanted any more, or the user was told of an error instead.
        """

    def propose(
        self, question: Callable[[Services, Cancelled], Plan], *, title: str = "", at: Place | None = None
    ) -> None:
        """Ask for a plan in the same way, and hand it to the app."""

    def post_message(self, message: Message) -> bool:
        """Tell the app."""

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go to a place, to an object in it."""

    def show_history(self) -> None:
        """Go to the history of what is under the table's cursor."""

    def copy_to_clipboard(self, text: str) -> None:
        """Of the terminal."""

    def run_outside(self, arguments: Sequence[str]) -> int:
        """Give the terminal to another program until it ends; answers its exit code."""


class BrowsePanes(BrowseContext, Protocol):
    """The same, and the panes."""

    objects: ObjectPane
    versions: HistoryPane
    looking: Looking

    def go_along(self, steps: int) -> bool:
        """To a place seen before this one (-1), or the one after it; False when there is none."""


def chosen(browse: BrowseContext, verb: str = "") -> Chosen | None:
    """The object or version a key acts on; None, and the user told why, when there is none.

    With a `verb` only what has bytes to do that with.
    """
    found = _chosen(browse)
    if found is None or not verb or not found.is_deleted:
        return found
    back = f"{key_for('browse.bring_back')} brings it back, or choose a version in History."
    browse.say(f"It is deleted, so there is nothing to {verb}: {back}")
    return None


def _chosen(browse: BrowseContext) -> Chosen | None:
    selection = browse.selection
    if selection.is_in_history:
        version = selection.version
        if version is not None:
            return Chosen(version.key, version.version_id, version.size, version.is_delete_marker)
        browse.say(NO_VERSION)
        return None
    entry = None if selection.is_in_tree else selection.entry
    if entry is None:
        browse.say(NO_OBJECT)
    elif entry.key is None:
        browse.say(f"{entry.name} is a folder: {key_for('list.open')} opens it, then choose an object.")
    else:
        return Chosen(entry.key, None, entry.size, entry.is_deleted)
    return None


def marked_keys(browse: BrowseContext) -> list[ObjectKey]:
    """The marked objects that are there; none, and the user told why, when that cannot be told or all are deleted."""
    marked = browse.marked()
    keys = [key for entry in marked if (key := entry.key) is not None and not entry.is_deleted]
    if marked and not keys:
        browse.say(with_keys("All that is marked is deleted: {browse.bring_back} brings it back."))
    return keys
