"""Browse: the bucket tree, the objects of a place, and the history of the one under the cursor.

What was seen of a bucket, in the header; asked once a bucket.

The places seen one after the other in Browse, to go back and forward among.

Browse's key that tells how much lies below a place.
"""

from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.binding import Binding
from textual.message import Message

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.permissions import SEE_VERSIONING
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.uri import ObjectKey, Place, is_directory_bucket
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.browse.edit_actions import EditScreen
from s3ml_tui.ui.bucket_tree.pane import BucketPane
from s3ml_tui.ui.bucket_tree.tree import BucketTree
from s3ml_tui.ui.history.lineage import UsedHistoryRows
from s3ml_tui.ui.history.pane import HistoryPane
from s3ml_tui.ui.messages import WhereChanged
from s3ml_tui.ui.object_table.pane import ObjectPane
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.rows import Rows


class FactsScreen(EditScreen):
    """Keeps the header true to the place that is shown."""

    @dataclass
    class FactsArrived(Message):
        """What is known of a bucket; None when that could not be read."""

        services: Services
        bucket: str
        facts: BucketFacts | None

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, str] = {}
        """In words, by bucket."""

    def show_facts(self, place: Place) -> None:
        """Say what is known of the bucket of a place; ask when that is nothing yet."""
        top = self.query_one(Top)
        top.place = place
        top.facts = self._facts.get(place.bucket, "")
        if place.bucket not in self._facts:
            self.reload_facts(place)

    def reload_facts(self, place: Place) -> None:
        """Ask again; what was seen stays in the header until the answer is there."""
        if self.services is not None:
            self._load_facts(self.services, place.bucket)

    def facts_changed(self, bucket: str) -> None:
        """Something was done to a bucket as a whole: what was seen of it is old."""
        self._facts.pop(bucket, None)
        if self.place is not None and self.place.bucket == bucket:
            self.reload_facts(self.place)

    def forget_facts(self) -> None:
        """They were another session's."""
        self._facts = {}

    @work(thread=True, group="facts", exit_on_error=False)
    def _load_facts(self, services: Services, bucket: str) -> None:
        try:
            facts = services.browsing.facts(bucket)
        except S3mlError:
            facts = None  # the pane that lists the bucket says what is wrong with it
        self.post_message(self.FactsArrived(services, bucket, facts))

    @on(FactsArrived)
    def _facts_arrived(self, message: FactsArrived) -> None:
        if message.services is not self.services:
            return
        self._facts.pop(message.bucket, None)
        if message.facts is not None:
            self._facts[message.bucket] = facts_text(message.facts)
        if self.place is not None and self.place.bucket == message.bucket:
            self.query_one(Top).facts = self._facts.get(message.bucket, UNKNOWN)


SEES_VERSIONING = SEE_VERSIONING.actions[0]
UNKNOWN = f"{Versioning.UNKNOWN.value} · {PublicAccess.UNKNOWN.value}"


def facts_text(facts: BucketFacts) -> str:
    """`versioned · anonymous access refused`; the block only where it is missing."""
    if is_directory_bucket(facts.name):
        return "directory bucket: keeps no versions, lists in no order"
    needs = f": needs {SEES_VERSIONING}" if SEES_VERSIONING in facts.denied else ""
    parts = [facts.versioning.value + needs, facts.public_access.value]
    if facts.block is PublicAccessBlock.OFF:
        parts.append(facts.block.value)
    return " · ".join(parts)


MOST = 200


class Trail:
    """Like a browser's: going anywhere else from the middle forgets what lay ahead."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    def visit(self, place: Place) -> None:
        """Somebody came there; coming where one is already is no step."""
        if self._places and self._places[self._at] == place:
            return
        self._places[self._at + 1 :] = [place]
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def back(self) -> Place | None:
        """The place before; None at the first."""
        return self._step(-1)

    def forward(self) -> Place | None:
        """The place one went back from; None at the last."""
        return self._step(1)

    def _step(self, steps: int) -> Place | None:
        at = self._at + steps
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]


class UsageKeyScreen(FactsScreen):
    """Asks about the folder under the cursor, or the place that is shown."""

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go to a place, to an object in it."""
        raise NotImplementedError

    @work(exit_on_error=False)
    async def action_usage(self) -> None:
        """Show what lies in a place, and go where the user then wants to."""
        from s3ml_tui.ui.browse.folder_size import UsageScreen

        place = self.folder_at_hand() or self.place
        if place is None or self.services is None:
            self._say("No place is chosen: choose a bucket on the left.")
            return
        chosen = await self.app.push_screen_wait(UsageScreen(self.services, place))
        if chosen is not None:
            self.show_place(chosen)


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
        from s3ml_tui.domain.ml.layout import Layout

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
            self.show_level(place, as_seen=True)
            self.objects.take_focus()

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
        self.notify(
            keys.with_keys(
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
