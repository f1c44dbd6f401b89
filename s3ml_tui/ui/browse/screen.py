"""Browse: the bucket tree, the objects of a place, and the history of the one under the cursor.

What its keys do stands in the modules `*_actions`; `HANDLERS` says which function of them.
"""

from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import Any, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.browse.context import Act, BrowsePanes, Focus, Selection
from s3ml_tui.ui.browse.navigation import HeaderFacts, Trail
from s3ml_tui.ui.browse.questions import Questions
from s3ml_tui.ui.bucket_tree.pane import BucketPane
from s3ml_tui.ui.bucket_tree.tree import BucketTree
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.external_program import run_outside
from s3ml_tui.ui.history.pane import HistoryPane
from s3ml_tui.ui.messages import PlanProposed, WhereChanged
from s3ml_tui.ui.object_table.level import Entry
from s3ml_tui.ui.object_table.pane import ObjectPane
from s3ml_tui.ui.preview.lower_panes import Looking
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.rows import Rows

T = TypeVar("T")

HANDLERS = {
    "browse.bring_back": "restore_delete_actions:bring_back",
    "browse.delete": "restore_delete_actions:delete",
    "browse.purge": "restore_delete_actions:purge",
    "browse.make_workspace": "restore_delete_actions:make_workspace",
    "browse.train": "restore_delete_actions:train",
    "browse.predict": "restore_delete_actions:predict",
    "browse.add": "transfer_actions:add",
    "browse.download": "transfer_actions:download",
    "browse.verify": "transfer_actions:verify",
    "browse.copy": "copy_move_actions:copy",
    "browse.move": "copy_move_actions:move",
    "browse.edit": "edit_actions:edit",
    "browse.describe": "metadata_actions:describe",
    "browse.share": "share_actions:share",
    "browse.yank": "share_actions:yank",
    "browse.bucket": "bucket_actions:bucket",
    "browse.new_folder": "bucket_actions:new_folder",
    "browse.thaw": "bucket_actions:thaw",
    "browse.look": "table_actions:look",
    "browse.more": "table_actions:more",
    "browse.mark": "table_actions:mark",
    "browse.mark_range": "table_actions:mark_range",
    "browse.invert_marks": "table_actions:invert_marks",
    "browse.mark_all": "table_actions:mark_all",
    "browse.filter": "table_actions:filter_names",
    "browse.sort": "table_actions:sort",
    "browse.toggle_deleted": "table_actions:toggle_deleted",
    "browse.go_back": "table_actions:go_back",
    "browse.go_forward": "table_actions:go_forward",
    "browse.usage": "table_actions:usage",
}
"""By action id: the module, which is loaded when one of its keys is first pressed, and the function."""


class BrowseScreen(ModeScreen):
    """Lets the panes follow each other, and is what the handlers of its keys know as `BrowsePanes`."""

    MODE = "browse"
    SCOPE = Scope.BROWSE
    BINDINGS = [
        *keys.bindings(Scope.BROWSE),
        Binding("h,left,backspace", "leave", "Up a level", show=False, id="list.back"),
        Binding("escape", "take_back", "Back", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init__(self) -> None:
        super().__init__()
        self.add_class("-choosing", update=False)
        self.questions = Questions(self)
        self._trail = Trail()
        self._facts = HeaderFacts(self)

    def body(self) -> ComposeResult:
        """The panes, and why nothing is in them yet: said before they are styled."""
        buckets, objects = BucketPane(id="bucket-pane"), ObjectPane(local_now, id="object-pane")
        looking = Looking(local_now, id="looking")
        buckets.wait_for("the session")
        objects.empty(
            "No place chosen", keys.with_keys("choose a bucket on the left, or {app.go_to} goes to an address")
        )
        looking.point_at(None)
        with Horizontal(id="browse"):
            yield buckets
            with Vertical(id="browse-right"):
                yield objects
                yield looking

    def on_mount(self) -> None:
        """Begin with the buckets."""
        self.buckets.take_focus()

    # the panes -----------------------------------------------------------------------------------------------------

    buckets = getters.query_one(BucketPane)
    objects = getters.query_one(ObjectPane)
    versions = getters.query_one(HistoryPane)
    looking = getters.query_one(Looking)

    @property
    def place(self) -> Place | None:
        """The place that is shown."""
        return self.objects.place

    # what handlers know and do -------------------------------------------------------------------------------------

    def action_act(self, action_id: str) -> None:
        """Do what a key of the registry means."""
        handler: Callable[[BrowsePanes], Act] = resolve_name(f"{__package__}.{HANDLERS[action_id]}")
        rest = handler(self)
        if rest is not None:
            self.run_worker(rest, name=action_id, exit_on_error=False)

    @property
    def _focus(self) -> Focus:
        if self.buckets.has_focus_within:
            return Focus.TREE
        if self._is_in_table:
            return Focus.TABLE
        if self.versions.has_focus_within:
            return Focus.HISTORY
        return Focus.PREVIEW if self.looking.has_focus_within else Focus.NONE

    @property
    def _is_in_table(self) -> bool:
        return self.objects.has_focus or self.objects.has_focus_within

    @property
    def selection(self) -> Selection:
        """What the keys mean now."""
        objects, versions = self.objects, self.versions
        return Selection(
            self._focus,
            objects.place,
            self.buckets.pointed,
            objects.entry,
            self._is_in_table and objects.table.marks.count > 0,
            versions.history,
            versions.chosen,
            versions.rows.marked,
        )

    def marked(self) -> list[Entry]:
        """What is marked in the table."""
        if self.objects.is_waiting_for_marks:
            self.say("The listing is still being read, and marked objects may come: wait a moment.")
            return []
        return self.objects.marked()

    def say(self, reason: str) -> None:
        """Why a key did nothing."""
        self.notify(printable(reason), severity="warning", markup=False)

    def tell(self, sentence: str, title: str = "") -> None:
        """Something to be read in passing."""
        self.notify(printable(sentence), title=printable(title), markup=False)

    async def dialog(self, screen: Screen[T]) -> T:
        """What a dialog is answered."""
        return await self.app.push_screen_wait(screen)

    async def ask(
        self, question: Callable[[Services, Cancelled], T], *, title: str = "", at: Place | None = None
    ) -> T | None:
        """Put a question to the services."""
        return await self.questions.ask(question, title=title, at=at)

    def propose(
        self, question: Callable[[Services, Cancelled], Plan], *, title: str = "", at: Place | None = None
    ) -> None:
        """Ask for a plan, and hand it to the app."""

        async def put() -> None:
            plan = await self.questions.ask(question, title=title, at=at)
            if plan is not None:
                self.post_message(PlanProposed(plan))

        self.run_worker(put(), name="propose", exit_on_error=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Of the terminal."""
        self.app.copy_to_clipboard(text)

    def run_outside(self, arguments: Sequence[str]) -> int:
        """Give the terminal to another program."""
        return run_outside(self.app, arguments)

    # the session ---------------------------------------------------------------------------------------------------

    def watch_services(self, services: Services | None) -> None:
        """Another session: read everything from it."""
        self._facts.forget()
        self.buckets.connect(services)
        self.objects.connect(services)
        self.looking.connect(services)
        if self.place is not None:
            wanted = self.objects.looked_for
            self.show_level(self.place, wanted, must_find=bool(wanted))
            self.objects.take_focus()

    def watch_workspace(self, workspace: Place | None) -> None:
        """Its models say which versions they were made from."""
        for pane in self.query(HistoryPane):  # none, once the app has begun to take the screen down
            pane.lineage.use_workspace(workspace)

    def connect_failed(self, error: S3mlError) -> None:
        """There is nothing to show, and why."""
        self.buckets.trouble(error)
        self.objects.trouble(error)
        self.looking.point_at(None)

    def refresh_all(self) -> None:
        """Read what is shown again; cursors stay where they are."""
        if self.services is None:
            return
        self.buckets.reload()
        self.objects.reload()
        self.looking.reload()
        self._facts.reload()

    def after(self, outcome: Outcome) -> None:
        """Read again what the outcome changed; the cursor comes to what it was done to."""
        key, place = outcome.key, self.place
        self.versions.lineage.ask_soon()
        if key is None:
            self.refresh_all()
            return
        if key.name == Layout(key.place).workspace_record.name:
            self._facts.changed(key.bucket)
        if place is not None and place.contains(key):
            is_busy_elsewhere = self.looking.has_focus_within and self.versions.key != key
            self.objects.reload(key.key if key.place == place and not is_busy_elsewhere else "")
        if key == self.versions.key:
            self.looking.reload(to_top=True, looks_again=False)

    # where we are --------------------------------------------------------------------------------------------------

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Show a place, with the cursor on `key` when it is given and there."""
        self.show_level(place, key.key if key is not None else "", must_find=key is not None)
        self.objects.take_focus()

    def show_level(self, place: Place, wanted: str = "", *, must_find: bool = False, as_seen: bool = False) -> None:
        """The same without taking the focus; `wanted` is a whole key or prefix.

        `as_seen` shows what was seen there until it is read again.
        """
        self.remove_class("-choosing")
        self._trail.visit(place)
        self.objects.show(place, wanted, must_find=must_find, as_seen=as_seen)
        self.buckets.follow(place)
        self._point()
        self._facts.show(place)
        self.post_message(WhereChanged(place))

    def show_history(self) -> None:
        """Go to the history of what is under the table's cursor."""
        self.looking.show_tab("History")
        self.versions.take_focus()

    def go_along(self, steps: int) -> bool:
        """To a place seen before this one, or after it, as it was left."""
        place = self._trail.step(steps)
        if place is not None:
            self.show_level(place, as_seen=True)
            self.objects.take_focus()
        return place is not None

    def keep(self) -> Any:
        """The way one came, and where the cursor was on it."""
        self.objects.remember()
        return self._trail, self.objects.memory

    def bring(self, kept: Any) -> None:
        """Go on where one left."""
        self._trail, self.objects.memory = kept

    def _point(self) -> None:
        entry = self.objects.entry
        is_deleted = entry is not None and entry.is_deleted
        self.looking.point_at(entry.key if entry is not None else None, is_deleted=is_deleted)

    # what the panes tell -------------------------------------------------------------------------------------------

    @on(BucketPane.Listed)
    def _only_one_bucket(self, message: BucketPane.Listed) -> None:
        if len(message.names) == 1 and self.place is None:
            self.show_place(Place(message.names[0]))

    @on(BucketTree.Chosen)
    def _place_chosen(self, message: BucketTree.Chosen) -> None:
        if message.place != self.place:
            self.show_level(message.place)
        self.remove_class("-choosing")
        if message.is_again or self.has_class("-narrow"):
            self.objects.take_focus()

    @on(ObjectPane.Listed)
    def _level_listed(self, message: ObjectPane.Listed) -> None:
        self.buckets.learn(message.level)
        self._point()

    @on(ObjectPane.Changed)
    @on(Rows.Highlighted, "#objects")
    def _object_pointed(self) -> None:
        self._point()

    @on(HistoryPane.Gone)
    def _object_gone(self, message: HistoryPane.Gone) -> None:
        """Somebody deleted it since the place was listed."""
        entry = self.objects.entry
        is_listed = entry is not None and entry.key == message.key and not entry.is_deleted
        if is_listed and not self.objects.is_read_again:
            self.objects.reload()

    @on(Rows.Opened, "#objects")
    def _opened(self) -> None:
        entry = self.objects.entry
        if entry is None:
            return
        if entry.folder is not None:
            self.show_place(entry.folder)
        else:
            self.looking.take_focus()

    @on(Rows.Opened, "#versions")
    def _version_opened(self) -> None:
        self.tell(
            keys.with_keys(
                "{browse.bring_back} brings this version back, {browse.download} downloads, {browse.share} shares it."
            )
        )

    @on(Rows.Left)
    def _left(self) -> None:
        self.action_leave()

    # back ----------------------------------------------------------------------------------------------------------

    def action_take_back(self) -> None:
        """Stop reading more of a preview; in the table stop loading, clear the filter, the marks; else `leave`."""
        if self.looking.stop_reading():
            return
        if self.looking.has_focus_within and self.versions.rows.unmark():
            self.versions.paint_title()
            return
        said = self.objects.escape() if self._is_in_table else ""
        if said:
            self.notify(said, timeout=3)
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """From History to the table; from there a level up; from the top to the buckets."""
        place = self.place
        if self.looking.has_focus_within:
            self.objects.take_focus()
        elif self.buckets.has_focus_within or self.buckets.has_focus:
            if place is not None:
                self.remove_class("-choosing")
                self.objects.take_focus()
        elif place is None or place.parent is None:
            self.add_class("-choosing")  # the tree takes the screen when there is no room beside it
            self.buckets.take_focus()
        else:
            self.show_level(place.parent, place.prefix)
            self.objects.take_focus()
