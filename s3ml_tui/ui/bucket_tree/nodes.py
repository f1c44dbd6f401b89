"""The nodes of the bucket tree: what is known of each place, and which lines that makes.

A level may have as many folders as it likes: it is a list of prefixes, a node is made of those that are drawn or
opened, and lines are counted in runs of closed folders, not one by one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from s3ml_tui.domain.uri import Place, bucket_text


class Kind(StrEnum):
    """What a line is."""

    NODE = "node"
    MORE = "more"
    """There are more folders than the tree has read."""
    TROUBLE = "trouble"
    """The level could not be read."""


@dataclass(eq=False, slots=True)
class Node:
    """A bucket or a folder."""

    place: Place
    parent: "Node | None" = None
    prefixes: Sequence[str] | None = None
    """Its folders in key order, whole prefixes; None until its level was read."""
    is_expanded: bool = False
    is_loading: bool = False
    has_more: bool = False
    """Whether the level has more folders than `prefixes`."""
    trouble: str = ""
    """Why its level could not be read."""
    depth: int = field(init=False)
    _made: "dict[str, Node]" = field(default_factory=dict)
    """The nodes of its folders that were looked at, by prefix."""

    def __post_init__(self) -> None:
        self.depth = 0 if self.parent is None else self.parent.depth + 1

    @property
    def name(self) -> str:
        """What it is called in its parent."""
        if self.parent is None:
            return bucket_text(self.place.bucket)
        return self.place.prefix[len(self.parent.place.prefix) :].rstrip("/") or "/"

    def child(self, prefix: str) -> "Node":
        """The node of one of its folders."""
        made = self._made.get(prefix)
        if made is None:
            made = self._made[prefix] = Node(Place(self.place.bucket, prefix), self)
        return made

    def place_of(self, prefix: str) -> int | None:
        """Where a prefix stands among its folders; None when it is not one."""
        prefixes = self.prefixes or ()
        at = bisect_left(prefixes, prefix)
        if at < len(prefixes) and prefixes[at] == prefix:
            return at
        return prefixes.index(prefix) if prefix in self._made and prefix in prefixes else None

    def child_towards(self, prefix: str) -> "Node | None":
        """The node of the folder that is, or leads to, `prefix`."""
        start = len(self.place.prefix)
        end = prefix.find("/", start) + 1
        while end:
            if self.place_of(prefix[:end]) is not None:
                return self.child(prefix[:end])
            end = prefix.find("/", end) + 1
        return None

    def take(self, prefixes: Sequence[str], *, has_more: bool) -> None:
        """Its level was read; what is known of those that stay is kept."""
        self.prefixes = prefixes
        self.has_more = has_more
        self.is_loading = False
        self.trouble = ""
        self._made = {prefix: node for prefix, node in self._made.items() if self.place_of(prefix) is not None}

    def open_children(self) -> "list[tuple[int, Node]]":
        """Its folders that are expanded, by where they stand."""
        found = [
            (at, node)
            for prefix, node in self._made.items()
            if node.is_expanded and (at := self.place_of(prefix)) is not None
        ]
        return sorted(found, key=lambda item: item[0])

    def made(self) -> "Iterable[Node]":
        """Its folders that have nodes."""
        return self._made.values()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree."""

    kind: Kind
    node: Node
    """For MORE and TROUBLE the node whose level it is about."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that follow each other: one node, one remark, or closed folders of `node` from `first` on."""

    row: int
    """Of its first line."""
    kind: Kind
    node: Node
    first: int = -1
    """-1 for `node` itself."""
    count: int = 1

    def line(self, row: int) -> Line:
        """One of its lines."""
        if self.first < 0:
            return Line(self.kind, self.node)
        prefixes = self.node.prefixes or ()
        return Line(Kind.NODE, self.node.child(prefixes[self.first + row - self.row]))


class Nodes:
    """All nodes, and the lines that could be seen of them when these were last made."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self._runs: list[Run] = []
        self.count = 0
        """How many lines there are."""

    def line(self, row: int) -> Line:
        """One line."""
        run = self._runs[bisect_right(self._runs, row, key=lambda run: run.row) - 1]
        return run.line(row)

    def set_buckets(self, names: Iterable[str]) -> None:
        """These are the buckets; what is known of those that stay is kept."""
        known = {node.place.bucket: node for node in self.roots}
        self.roots = [known.get(name) or Node(Place(name)) for name in names]

    def add_bucket(self, name: str) -> None:
        """A bucket given by name."""
        if all(node.place.bucket != name for node in self.roots):
            self.roots.append(Node(Place(name)))
            self.roots.sort(key=lambda node: node.place.bucket)

    def find(self, place: Place) -> Node | None:
        """The node of a place; None when it is not known here."""
        node = next((root for root in self.roots if root.place.bucket == place.bucket), None)
        while node is not None and node.place != place:
            node = node.child_towards(place.prefix)
        return node

    def line_of(self, place: Place) -> int | None:
        """The line of a place that can be seen."""
        node = self.find(place)
        if node is None:
            return None
        at = node.parent.place_of(place.prefix) if node.parent is not None else None
        for run in self._runs:
            if run.node is node and run.first < 0 and run.kind is Kind.NODE:
                return run.row
            if at is not None and run.node is node.parent and run.first <= at < run.first + run.count:
                return run.row + at - run.first
        return None

    def reveal(self, place: Place) -> Node | None:
        """Expand what leads to a place, as far as it is known; answers the nearest node."""
        node = next((root for root in self.roots if root.place.bucket == place.bucket), None)
        nearest = node
        while node is not None and node.place != place:
            node.is_expanded = node.prefixes is not None
            node = node.child_towards(place.prefix)
            nearest = node or nearest
        return nearest

    def expanded(self) -> list[Node]:
        """The nodes whose levels are shown."""
        return [node for node in self._all(self.roots) if node.is_expanded]

    def rebuild(self) -> None:
        """Make the lines anew."""
        self._runs = []
        self.count = 0
        for root in self.roots:
            self._add_node(root)

    def _add(self, kind: Kind, node: Node, first: int = -1, count: int = 1) -> None:
        if count:
            self._runs.append(Run(self.count, kind, node, first, count))
            self.count += count

    def _add_node(self, node: Node) -> None:
        self._add(Kind.NODE, node)
        if not node.is_expanded:
            return
        if node.trouble:
            self._add(Kind.TROUBLE, node)
        done = 0
        for at, child in node.open_children():
            self._add(Kind.NODE, node, done, at - done)
            self._add_node(child)
            done = at + 1
        self._add(Kind.NODE, node, done, len(node.prefixes or ()) - done)
        if node.has_more:
            self._add(Kind.MORE, node)

    def _all(self, nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            yield node
            yield from self._all(node.made())
