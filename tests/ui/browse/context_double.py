"""Browse without a terminal: what is selected is given, what a handler does is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from textual.message import Message
from textual.screen import Screen

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Selection
from s3ml_tui.ui.messages import PlanProposed
from s3ml_tui.ui.object_table.level import Entry

T = TypeVar("T")


@dataclass
class BrowseDouble:
    """A `BrowseContext`; questions are answered at once by real services."""

    services: Services | None
    selection: Selection
    workspace: Place | None = None
    is_read_only: bool = False
    is_attached: bool = True
    marks: list[Entry] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    """To the dialogs, one after the other."""
    dialogs: list[Screen[Any]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    """What was proposed."""
    said: list[str] = field(default_factory=list)
    posted: list[Message] = field(default_factory=list)
    is_history_shown: bool = False
    shown: Place | None = None
    copied: str = ""

    async def does(self, handler: Callable[[BrowseContext], Act]) -> None:
        """What the screen does on a key."""
        rest = handler(self)
        if rest is not None:
            await rest

    def marked(self) -> list[Entry]:
        return self.marks

    def say(self, reason: str) -> None:
        self.said.append(reason)

    def tell(self, sentence: str, title: str = "") -> None:
        self.said.append(f"{title} {sentence}".strip())

    async def dialog(self, screen: Screen[T]) -> T:
        self.dialogs.append(screen)
        return cast("T", self.answers.pop(0))

    async def ask(
        self, question: Callable[[Services, Cancelled], T], *, title: str = "", at: Place | None = None
    ) -> T | None:
        assert self.services is not None
        return question(self.services, never)

    def propose(
        self, question: Callable[[Services, Cancelled], Plan], *, title: str = "", at: Place | None = None
    ) -> None:
        assert self.services is not None
        self.plans.append(question(self.services, never))

    def post_message(self, message: Message) -> bool:
        if isinstance(message, PlanProposed):
            self.plans.append(message.plan)
        else:
            self.posted.append(message)
        return True

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        self.shown = place

    def show_history(self) -> None:
        self.is_history_shown = True

    def copy_to_clipboard(self, text: str) -> None:
        self.copied = text

    def run_outside(self, arguments: Sequence[str]) -> int:
        return 0
