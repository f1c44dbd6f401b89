"""A JSON document as rows that fold."""

from s3ml_tui.domain.preview.content import JsonNode
from s3ml_tui.domain.text import count_text
from s3ml_tui.ui.preview.sheet import Line, Sheet, whole
from s3ml_tui.ui.render import width_of

_SMALL = 40
"""A document of so many values is all open at first."""


class JsonSheet(Sheet):
    """Values under the value they are in; a value with others in it folds, a long one opens."""

    def __init__(self, nodes: tuple[JsonNode, ...]) -> None:
        self._nodes = nodes
        is_small = len(nodes) <= _SMALL
        self._folded = set() if is_small else {at for at, node in enumerate(nodes) if node.depth and node.children}
        self._shown: list[int] = []
        super().__init__([])
        self._show()

    @property
    def count(self) -> int:
        """How many are not folded away."""
        return len(self._shown)

    def row(self, index: int) -> Line:
        """Its sign, its name and its value."""
        at = self._shown[index]
        node = self._nodes[at]
        name = ((f"{node.name}: ", "name"),) if node.name else ()
        return Line(((f"{'  ' * node.depth}{self._sign(at)} ", "dim"), *name, self._value(node)))

    def opened(self, index: int, width: int) -> Sheet | None:
        """Itself, folded otherwise; a sheet of its own for a long text."""
        at = self._shown[index]
        if self._has_inside(at):
            self._folded ^= {at}
            self._show()
            return self
        return whole(self._nodes[at].text, width) if width_of(self.row(index).text) > width else None

    def folded(self, index: int) -> int | None:
        """Fold what is open; else the value around it."""
        at = self._shown[index]
        if self._has_inside(at) and at not in self._folded:
            self._folded.add(at)
            self._show()
            return index
        depth = self._nodes[at].depth
        return next((row for row in range(index - 1, -1, -1) if self._nodes[self._shown[row]].depth < depth), None)

    def unfolded(self, index: int) -> int | None:
        """Unfold what is folded; else the first value in it."""
        at = self._shown[index]
        if not self._has_inside(at):
            return None
        if at not in self._folded:
            return index + 1
        self._folded.discard(at)
        self._show()
        return index

    def is_sign(self, index: int, x: int) -> bool:
        """The sign, and what is left of it."""
        at = self._shown[index]
        return self._has_inside(at) and x <= 2 * self._nodes[at].depth

    def _sign(self, at: int) -> str:
        if not self._has_inside(at):
            return " "
        return "▸" if at in self._folded else "▾"

    def _has_inside(self, at: int) -> bool:
        return at + 1 < len(self._nodes) and self._nodes[at + 1].depth > self._nodes[at].depth

    def _value(self, node: JsonNode) -> tuple[str, str]:
        if node.text in {"{", "["}:
            end = "}" if node.text == "{" else "]"
            return (
                f"{node.text} {count_text(node.children, 'value')} {end}" if node.children else node.text + end,
                "dim",
            )
        if node.text.startswith('"'):
            return node.text, "string"
        return node.text, "keyword" if node.text in {"true", "false", "null"} else "number"

    def _show(self) -> None:
        self._shown = []
        hidden_from: int | None = None
        for at, node in enumerate(self._nodes):
            if hidden_from is not None and node.depth > hidden_from:
                continue
            hidden_from = node.depth if at in self._folded else None
            self._shown.append(at)
