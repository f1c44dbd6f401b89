"""Browse: the bucket tree, the objects of a place, and the history of the one under the cursor."""

from typing import Any

from textual import on
from textual.binding import Binding

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.messages import WhereChanged
from s3ml_tui.ui.screens.browse_trail import Trail
from s3ml_tui.ui.screens.browse_usage import UsageKeyScreen
from s3ml_tui.ui.widgets.bucket_tree import BucketTree
from s3ml_tui.ui.widgets.bucket_tree_pane import BucketPane
from s3ml_tui.ui.widgets.history_uses import UsedHistoryRows
from s3ml_tui.ui.widgets.object_table_pane import ObjectPane
from s3ml_tui.ui.widgets.rows import Rows


class BrowseScreen(UsageKeyScreen):
    """Lets the panes follow each other."""

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
        self._trail = Trail()

    def on_mount(self) -> None:
        """Begin with the buckets."""
        self.buckets.take_focus()

    # the session ---------------------------------------------------------------------------------------------------

    def watch_services(self, services: Services | None) -> None:
        """Another session: read everything from it."""
        self.forget_facts()
        self.buckets.connect(services)
        self.objects.connect(services)
        self.looking.connect(services)
        if self.place is not None:
            wanted = self.objects.looked_for
            self.show_level(self.place, wanted, must_find=bool(wanted))
            self.objects.take_focus()

    def watch_workspace(self, workspace: Place | None) -> None:
        """Its models say which versions they were made from."""
        for rows in self.query(UsedHistoryRows):  # none, once the app has begun to take the screen down
            rows.use_workspace(workspace)

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
        if self.place is not None:
            self.reload_facts(self.place)

    def after(self, outcome: Outcome) -> None:
        """Read again what the outcome changed; the cursor comes to what it was done to."""
        from s3ml_tui.domain.layout import Layout

        key, place = outcome.key, self.place
        self.versions.rows.ask_uses_again()
        if key is None:
            self.refresh_all()
            return
        if key.name == Layout(key.place).workspace_record.name:
            self.facts_changed(key.bucket)
        if place is not None and place.contains(key):
            is_busy_elsewhere = self.is_in_history and self.versions.key != key
            self.objects.reload(key.key if key.place == place and not is_busy_elsewhere else "")
        if key == self.versions.key:
            self.looking.reload(to_top=True)

    # where we are --------------------------------------------------------------------------------------------------

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Show a place, with the cursor on `key` when it is given and there."""
        self.show_level(place, key.key if key is not None else "", must_find=key is not None)
        self.objects.take_focus()

    def show_level(self, place: Place, wanted: str = "", *, must_find: bool = False) -> None:
        """The same without taking the focus; `wanted` is a whole key or prefix."""
        self.remove_class("-choosing")
        self._trail.visit(place)
        self.objects.show(place, wanted, must_find=must_find)
        self.buckets.follow(place)
        self._point()
        self.show_facts(place)
        self.post_message(WhereChanged(place))

    def action_go_back(self) -> None:
        """To the place seen before this one, as it was left."""
        self._go_along(self._trail.back(), "There is no place to go back to: this is the first one.")

    def action_go_forward(self) -> None:
        """To the place one went back from."""
        key = keys.key_for("browse.go_back")
        self._go_along(self._trail.forward(), f"There is no place to go forward to: {key} goes back first.")

    def _go_along(self, place: Place | None, why_not: str) -> None:
        if place is None:
            self._say(why_not)
        else:
            self.show_place(place)

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

    def _choose_bucket(self) -> None:
        """To the tree, which takes the screen when there is no room beside it."""
        self.add_class("-choosing")
        self.buckets.take_focus()

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
        self.notify(
            keys.told(
                "{browse.bring_back} brings this version back, {browse.download} downloads, {browse.share} shares it."
            )
        )

    @on(Rows.Left)
    def _left(self) -> None:
        self.action_leave()

    def action_take_back(self) -> None:
        """Stop reading more of a preview; in the table stop loading, clear the filter, the marks; else `leave`."""
        if self.looking.stop_reading():
            return
        if self.is_in_history and self.versions.rows.unmark():
            self.versions.paint_title()
            return
        said = self.objects.escape() if self.objects.has_focus or self.objects.has_focus_within else ""
        if said:
            self.notify(said, timeout=3)
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """From History to the table; from there a level up; from the top to the buckets."""
        if self.is_in_history:
            self.objects.take_focus()
        elif self.is_in_tree or self.buckets.has_focus:
            if self.place is not None:
                self.remove_class("-choosing")
                self.objects.take_focus()
        elif self.place is None or self.place.parent is None:
            self._choose_bucket()
        else:
            self._go_up(self.place, self.place.parent)

    def _go_up(self, place: Place, parent: Place) -> None:
        self.show_level(parent, place.prefix)
        self.objects.take_focus()

    def action_toggle_deleted(self) -> None:
        """Show deleted objects among the others, or hide them."""
        if self.place is None:
            self._say("Choose a bucket first.")
            return
        self.objects.toggle_deleted()
