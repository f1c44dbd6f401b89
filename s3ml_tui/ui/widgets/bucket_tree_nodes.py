"""The nodes of the bucket tree: what is known of each place, and which lines that makes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from s3ml_tui.domain.uri import Place

MOST_CHILDREN = 2_000
"""So many folders of one level are shown; the table shows them all."""


class Kind(StrEnum):
    """What a line is."""

    NODE = "node"
    MORE = "more"
    """There are more folders than the tree shows."""
    TROUBLE = "trouble"
    """The level could not be read."""


@dataclass(eq=False, slots=True)
class Node:
    """A bucket or a folder."""

    place: Place
    parent: "Node | None" = None
    children: "list[Node] | None" = None
    """None until its level was read."""
    is_expanded: bool = False
    is_loading: bool = False
    has_more: bool = False
    """Whether the level has more folders than `children`."""
    trouble: str = ""
    """Why its level could not be read."""
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        self.depth = 0 if self.parent is None else self.parent.depth + 1

    @property
    def name(self) -> str:
        """What it is called in its parent."""
        if self.parent is None:
            return self.place.bucket
        return self.place.prefix[len(self.parent.place.prefix) :].rstrip("/") or "/"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree."""

    kind: Kind
    node: Node
    """For MORE and TROUBLE the node whose level it is about."""


class Nodes:
    """All nodes, and the lines that could be seen of them when these were last made."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.lines: list[Line] = []

    def set_buckets(self, names: Iterable[str]) -> None:
        """These are the buckets; what is known of those that stay is kept."""
        known = {node.place.bucket: node for node in self.roots}
        self.roots = [known.get(name) or Node(Place(name)) for name in names]

    def add_bucket(self, name: str) -> None:
        """A bucket given by name."""
        if all(node.place.bucket != name for node in self.roots):
            self.roots.append(Node(Place(name)))
            self.roots.sort(key=lambda node: node.place.bucket)

    def set_children(self, node: Node, prefixes: Sequence[str], *, has_more: bool) -> None:
        """The folders of a level; what is known of those that stay is kept."""
        known = {child.place.prefix: child for child in node.children or ()}
        bucket = node.place.bucket
        node.children = [known.get(prefix) or Node(Place(bucket, prefix), node) for prefix in prefixes[:MOST_CHILDREN]]
        node.has_more = has_more or len(prefixes) > MOST_CHILDREN
        node.is_loading = False
        node.trouble = ""

    def find(self, place: Place) -> Node | None:
        """The node of a place; None when it is not known here."""
        for node in self._all(self.roots):
            if node.place == place:
                return node
        return None

    def line_of(self, place: Place) -> int | None:
        """The line of a place that can be seen."""
        for row, line in enumerate(self.lines):
            if line.kind is Kind.NODE and line.node.place == place:
                return row
        return None

    def reveal(self, place: Place) -> Node | None:
        """Expand what leads to a place, as far as it is known; answers the nearest node."""
        node = next((root for root in self.roots if root.place.bucket == place.bucket), None)
        nearest = node
        while node is not None and node.place != place:
            node.is_expanded = node.children is not None
            node = next((c for c in node.children or () if place.prefix.startswith(c.place.prefix)), None)
            nearest = node or nearest
        return nearest

    def expanded(self) -> list[Node]:
        """The nodes whose levels are shown."""
        return [node for node in self._all(self.roots) if node.is_expanded]

    def rebuild(self) -> None:
        """Make the lines anew."""
        self.lines = list(self._lines(self.roots))

    def _all(self, nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            yield node
            yield from self._all(node.children or ())

    def _lines(self, nodes: Iterable[Node]) -> Iterator[Line]:
        for node in nodes:
            yield Line(Kind.NODE, node)
            if not node.is_expanded:
                continue
            if node.trouble:
                yield Line(Kind.TROUBLE, node)
            yield from self._lines(node.children or ())
            if node.has_more:
                yield Line(Kind.MORE, node)
