"""The line at the top: where you are, what was seen of the bucket, and the modes."""

from textual.app import RenderResult
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place, bucket_text

MODES = ("browse", "pipeline", "runs", "models", "logs", "activity")


class Top(Widget):
    """One line: context, place, facts; the modes on the right."""

    context: reactive[Context | None] = reactive(None)
    place: reactive[Place | None] = reactive(None)
    facts: reactive[str] = reactive("")
    mode: reactive[str] = reactive("browse")

    class ModeClicked(Message):
        """A mode's name was clicked."""

        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    class ContextClicked(Message):
        """The context's name was clicked."""

    class PlaceClicked(Message):
        """The place was clicked."""

    def render(self) -> RenderResult:
        """The line, cut to the width."""
        left, right = self._where(), self._modes()
        room = self.size.width - right.cell_length - 2
        if left.cell_length > room:
            left = left.truncate(max(room, 0), ellipsis=True)
        gap = " " * max(self.size.width - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, gap, right)

    def _who(self) -> Content:
        """The context, in its colour."""
        context = self.context
        parts = [("s3ml ", "bold $primary")]
        if context is not None:
            look = f"bold {context.colour or '$accent'}"
            parts.append((f" {printable(context.name)} ", look))
            if context.read_only:
                parts.append((" READ-ONLY ", f"{look} reverse" if context.colour else "bold $warning"))
            if context.request_payer:
                parts.append((" YOU PAY ", "bold $warning"))
        return Content.assemble(*parts)

    def _where(self) -> Content:
        parts: list[Content | tuple[str, str]] = [self._who()]
        if self.place is not None:
            parts.append(("▸ ", "$foreground-muted"))
            parts.append(Content(printable(bucket_text(self.place.bucket))))
            if self.place.prefix:
                parts.append((" ▸ ", "$foreground-muted"))
                parts.append(Content(printable(self.place.prefix)))
        if self.facts:
            parts.append((f"   {printable(self.facts)}", "$foreground-muted"))
        return Content.assemble(*parts)

    @property
    def _is_narrow(self) -> bool:
        """Whether only the mode at hand has room for its name."""
        names = sum(len(f" {number} {mode} ") for number, mode in enumerate(MODES, 1))
        return self._where().cell_length + names + 2 > self.size.width

    def _modes(self) -> Content:
        is_narrow = self._is_narrow
        parts: list[tuple[str, str]] = []
        for number, mode in enumerate(MODES, 1):
            name = str(number) if is_narrow and mode != self.mode else f"{number} {mode.title()}"
            parts.append((f" {name} ", "reverse bold" if mode == self.mode else "$foreground-muted"))
        return Content.assemble(*parts)

    def on_click(self, event: Click) -> None:
        """A click on a mode goes there; on the context or the place it asks for another."""
        right = self._modes()
        position = event.x - (self.size.width - right.cell_length)
        if position < 0:
            is_context = event.x <= self._who().cell_length
            self.post_message(self.ContextClicked() if is_context else self.PlaceClicked())
            return
        is_narrow = self._is_narrow
        for number, mode in enumerate(MODES, 1):
            name = str(number) if is_narrow and mode != self.mode else f"{number} {mode.title()}"
            position -= len(name) + 2
            if position < 0:
                self.post_message(self.ModeClicked(mode))
                return
