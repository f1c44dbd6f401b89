"""The pane around the bucket tree: asks for the buckets, and for a level when a node is opened."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.errors import Denied, S3mlError
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.bucket_tree.nodes import Node
from s3ml_tui.ui.bucket_tree.tree import BucketTree
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.object_table.level import Level
from s3ml_tui.ui.widgets.status_pane import Pane

MOST_PAGES = 10
"""So many pages in a row without a folder are read of one level; the table goes on."""
INTERVAL_S = 0.25
"""While a level is read, its folders are shown so often."""


class BucketPane(Pane):
    """Buckets and folders."""

    @dataclass
    class Listed(Message):
        """The buckets are known."""

        names: tuple[str, ...]

    def __init__(self, **options: Any) -> None:
        self.tree_rows = BucketTree(id="tree")
        super().__init__(self.tree_rows, title="Buckets", **options)
        self._services: Services | None = None
        self._generation = 0
        self._named: set[str] = set()
        self._denied: Denied | None = None
        self._is_seeking = False
        """Whether the way to the place that is shown is still being opened."""
        self._level: Level | None = None
        """What the table has read last."""
        self._to_open: Place | None = None
        """What the table shows, until the tree has opened it."""

    def connect(self, services: Services | None) -> None:
        """Use another session: nothing of the last one stays."""
        self._services = services
        self._named.clear()
        self._level = self._denied = None
        self.tree_rows.nodes.set_buckets(())
        self.tree_rows.shown = None
        self.tree_rows.nodes_changed()
        self.reload()

    def reload(self) -> None:
        """Read the buckets and all open levels again; what is shown stays until then."""
        if self._services is None:
            return
        self._generation += 1
        if not self.tree_rows.row_count or self.state != "ready":
            self.wait_for("buckets")
        self._load_buckets(self._services, self._generation)
        for node in self.tree_rows.nodes.expanded():
            self._load_level(self._services, self._generation, node)

    @property
    def pointed(self) -> Place | None:
        """The place under the cursor; None behind a notice."""
        return self.tree_rows.pointed if self.state == "ready" else None

    def follow(self, place: Place) -> None:
        """The table shows this place: mark it, and open what leads to it, a level at a time."""
        self.tree_rows.shown = self._to_open = place
        self._is_seeking = True
        self._seek()

    def _seek(self) -> None:
        """Come as near to the place that is shown as is known, and ask for the level below that."""
        tree, place, services = self.tree_rows, self.tree_rows.shown, self._services
        node = tree.nodes.reveal(place) if place is not None else None
        if node is None:
            tree.nodes_changed()
            return
        is_unknown = node.place != place and node.prefixes is None and not node.trouble
        if is_unknown and not node.is_loading and services is not None:
            node.is_expanded = node.is_loading = True
            self._load_level(services, self._generation, node)
        self._is_seeking = node.is_loading
        if self._level is not None and self._level.place == node.place == place:
            self._take_level(self._level)
        tree.nodes_changed(node.place)

    def learn(self, level: Level) -> None:
        """Take the folders of a level that the table has read over, without asking again.

        A bucket that could be read is added when it is not listed: it was given by name.
        """
        tree = self.tree_rows
        if all(root.place.bucket != level.place.bucket for root in tree.nodes.roots):
            self._named.add(level.place.bucket)
            tree.nodes.add_bucket(level.place.bucket)
            tree.nodes.rebuild()
            self._paint()
        self._level = level
        tree.nodes_changed(level.place if self._take_level(level) else None)

    def _take_level(self, level: Level) -> bool:
        """Give its node a level that the table has read; answers whether it was opened by it."""
        node = self.tree_rows.nodes.find(level.place)
        if node is None:
            return False
        if level.is_complete or len(level.folders) >= len(node.prefixes or ()):
            node.take(level.folders, has_more=not level.is_complete)
        is_to_open = level.place == self._to_open
        if is_to_open:
            self._to_open = None
            node.is_expanded = True
        return is_to_open

    # asking --------------------------------------------------------------------------------------------------------

    @work(group="buckets", exit_on_error=False)
    async def _load_buckets(self, services: Services, generation: int) -> None:
        names, denied = set[str](), None
        try:
            names = {bucket.name for bucket in await asyncio.to_thread(services.browsing.buckets)}
        except Denied as error:
            denied = error
        except S3mlError as error:
            if generation == self._generation:
                self._denied = None
                self.trouble(error)
            return
        if generation != self._generation:
            return
        self._denied = denied
        self.tree_rows.nodes.set_buckets(sorted(names | self._named))
        self._paint_nodes()
        self._paint()
        self.post_message(self.Listed(tuple(sorted(names))))

    @on(BucketTree.LevelWanted)
    def _level_wanted(self, message: BucketTree.LevelWanted) -> None:
        if self._services is not None and not message.node.is_loading:
            message.node.is_loading = True
            self._load_level(self._services, self._generation, message.node)

    @work(group="tree", exit_on_error=False)
    async def _load_level(self, services: Services, generation: int, node: Node) -> None:
        prefixes: list[str] = []
        shown_s, barren = time.monotonic(), 0
        token: str | None = None
        trouble = ""
        try:
            while barren < MOST_PAGES and generation == self._generation:
                page = await asyncio.to_thread(services.browsing.page, node.place, token=token)
                prefixes.extend(page.prefixes)
                token, barren = page.next, 0 if page.prefixes else barren + 1
                if token is None:
                    break
                if page.prefixes and time.monotonic() - shown_s > INTERVAL_S and generation == self._generation:
                    shown_s = time.monotonic()
                    node.take(tuple(prefixes), has_more=True)
                    node.is_loading = True
                    self._paint_nodes()
        except S3mlError as error:
            action = error.action if isinstance(error, Denied) else ""
            trouble = f"needs {action}" if action else error.title
        node.is_loading = False
        if generation != self._generation:
            return
        if trouble:
            node.trouble = trouble
        else:
            node.take(tuple(prefixes), has_more=token is not None)
        self._paint_nodes()

    def _paint_nodes(self) -> None:
        if self._is_seeking:
            self._seek()
        else:
            self.tree_rows.nodes_changed()

    def _paint(self) -> None:
        denied = self._denied
        action = (denied.action or "s3:ListAllMyBuckets") if denied is not None else ""
        self.title("Buckets", f"⊘ {action}" if action else "")
        if self.tree_rows.row_count:
            self.ready()
        elif denied is not None:
            advice = with_keys("{app.go_to} goes to a bucket by its name")
            self.trouble(Denied("Buckets cannot be listed", cause=f"{action} is denied.", advice=advice))
        else:
            self.empty(
                "No buckets yet", with_keys("{browse.make_workspace} makes a workspace, or: s3ml init s3://bucket")
            )
