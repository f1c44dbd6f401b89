"""The bucket tree, drawn line by line: one level at a time is read, only what is on screen is rendered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.bucket_tree.nodes import Kind, Line, Node, Nodes
from s3ml_tui.ui.widgets.rows import Cell, Column, Rows

INDENT = "  "
_ABOVE = 2
"""Lines that are seen above the place at hand, if there are so many."""


class BucketTree(Rows):
    """Buckets, and the folders in them."""

    COLUMNS = (Column(""),)

    @dataclass
    class Chosen(Message):
        """A place is to be shown in the table."""

        place: Place
        is_again: bool
        """Whether it was open in the tree already."""

    @dataclass
    class LevelWanted(Message):
        """A node was expanded whose level was not read yet."""

        node: Node

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.nodes = Nodes()
        self.shown: Place | None = None
        """The place the table shows."""

    @property
    def row_count(self) -> int:
        """One row a line."""
        return self.nodes.count

    def row(self, index: int) -> Sequence[Cell | str]:
        """Indent, whether it is open, name."""
        line = self.nodes.line(index)
        node = line.node
        if line.kind is Kind.MORE:
            return (Cell(INDENT * (node.depth + 1) + "… more in the table", "dim"),)
        if line.kind is Kind.TROUBLE:
            return (Cell(INDENT * (node.depth + 1) + "⊘ " + node.trouble, "warn"),)
        is_leaf = node.prefixes is not None and not node.prefixes
        sign = "…" if node.is_loading else " " if is_leaf else "▾" if node.is_expanded else "▸"
        look = "accent" if node.place == self.shown else ""
        return (Cell(f"{INDENT * node.depth}{sign} {node.name}", look),)

    def nodes_changed(self, place: Place | None = None) -> None:
        """Make the lines anew and paint; the cursor stays on its node, or comes to a place."""
        line = self._line
        wanted = place or (line.node.place if line is not None else None)
        self.nodes.rebuild()
        self.rows_changed(None if wanted is None else self.nodes.line_of(wanted))
        if place is not None:
            self._give_room()

    def _give_room(self) -> None:
        """Show what the place under the cursor is in, and as much of what is in it as there is room for."""
        line, page = self._line, self._page()
        if line is None or not self.size.height:
            return  # hidden: on_resize comes later
        inside = len(line.node.prefixes or ()) if line.node.is_expanded and line.kind is Kind.NODE else 0
        above = min(self.cursor, _ABOVE, page - 1)
        top = max(int(self.scroll_offset.y), self.cursor + inside - page + 1)
        self.scroll_to(y=min(top, self.cursor - above), animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """The place stays in sight."""
        super().on_resize()
        self._give_room()

    @property
    def _line(self) -> Line | None:
        return self.nodes.line(self.cursor) if self.cursor < self.nodes.count else None

    @property
    def pointed(self) -> Place | None:
        """The place under the cursor."""
        return self._line.node.place if self._line is not None else None

    def action_open(self) -> None:
        """Expand the node and show its place in the table."""
        line = self._line
        if line is None:
            return
        node = line.node
        is_again = node.place == self.shown and node.is_expanded
        if line.kind is Kind.NODE and not node.is_expanded:
            node.is_expanded = True
            if node.prefixes is None or node.trouble:
                self.post_message(self.LevelWanted(node))
            self.nodes_changed()
        self.post_message(self.Chosen(node.place, is_again))

    def action_back(self) -> None:
        """Close the node, or go to the one it is in."""
        line = self._line
        if line is None:
            return
        node = line.node
        if node.is_expanded:
            node.is_expanded = False
            self.nodes_changed(node.place)
        elif node.parent is not None:
            self.nodes_changed(node.parent.place)
