"""Transfers that a killed session left: what cannot go on is swept, the rest is offered once the screens are there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.text import count_text, printable, size_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.contexts import SwitchingApp
from s3ml_tui.ui.dialogs.prompts import Choose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from s3ml_tui.domain.plans.transfer import Interrupted, Swept

REST_S = 1.0
"""So long after a session was opened: what the user waits for comes first."""
_MOST_SHOWN = 5


@dataclass
class _Found(Message):
    services: Services
    interrupted: "Sequence[Interrupted]"
    swept: "Swept"


@dataclass
class _Planned(Message):
    services: Services
    plan: Plan


class TakingUpApp(SwitchingApp):
    """Asks once a session what becomes of them."""

    when_settled: "Callable[[], object] | None" = None
    """Called once, in a thread, when all that the first session needs is loaded."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._offered: set[str] = set()
        """Ids of those that were asked about in this session."""
        self._opened = datetime.max.replace(tzinfo=UTC)

    def use_session(self, services: Services) -> None:
        """Look for what was left."""
        super().use_session(services)
        self._opened = min(self._opened, services.now())
        self.set_timer(REST_S, lambda: self._begin_to_look(services))

    def _begin_to_look(self, services: Services) -> None:
        if services is self.services:
            self._look_for_interrupted(services)

    @work(thread=True, group="interrupted", exit_on_error=False)
    def _look_for_interrupted(self, services: Services) -> None:
        try:
            swept = services.transfers.sweep()
            found = services.transfers.interrupted()
        except S3mlError:
            return  # nobody asked; the same is done at the next start
        finally:
            settled, self.when_settled = self.when_settled, None
            if settled is not None:
                settled()
        if found or not swept.is_nothing:
            self.post_message(_Found(services, found, swept))

    @on(_Found)
    def _offer_interrupted(self, message: _Found) -> None:
        swept = message.swept
        if not swept.is_nothing:
            files, uploads = count_text(swept.files, "temporary file"), count_text(swept.uploads, "open upload")
            self.notify(
                f"{files}, {uploads}, {count_text(swept.folders, 'folder')}", title="Swept after a killed session"
            )
        # one that was begun since has failed, or was cancelled, under the user's eyes, and Activity tries it again
        new = [one for one in message.interrupted if one.id not in self._offered and one.begun < self._opened]
        if new and message.services is self.services:
            self._offered |= {one.id for one in new}
            self._ask_when_free(message.services, new)

    def _ask_when_free(self, services: Services, found: "Sequence[Interrupted]") -> None:
        """Ask, but never over another question: keys that were meant for that one would answer this one."""
        if services is not self.services:
            return
        if self.screen.is_modal:
            self.set_timer(REST_S, lambda: self._ask_when_free(services, found))
        elif self.is_free:
            self._ask_about(services, found)
        else:
            self.when_free(lambda: self._ask_when_free(services, found))

    @work
    async def _ask_about(self, services: Services, found: "Sequence[Interrupted]") -> None:
        title = f"{count_text(len(found), 'transfer was', 'transfers were')} interrupted"
        lines = [_line(one) for one in found[:_MOST_SHOWN]]
        choices = [
            ("resume", "Go on where they stopped" if len(found) > 1 else "Go on where it stopped"),
            ("discard", "Discard what was left open; what was moved stays"),
            ("later", "Decide later: s3ml transfers lists them"),
        ]
        answer = await self.push_screen_wait(Choose(title, choices, facts=lines))
        if answer == "resume":
            self._resume(services, found)
        elif answer == "discard":
            self._discard(services, found)

    @work(thread=True, group="interrupted", exit_on_error=False)
    def _resume(self, services: Services, found: "Sequence[Interrupted]") -> None:
        for one in found:
            try:
                plan = services.transfers.plan_resume(one.id)
            except S3mlError as error:
                self.post_message(messages.Trouble(error))
            else:
                self.post_message(_Planned(services, plan))

    @on(_Planned)
    def _begin_again(self, message: _Planned) -> None:
        """Go on at once; what would lose something is shown first, as it was then."""
        if message.plan.is_destructive or message.services is not self.services:
            self.propose(message.plan)
        elif isinstance(message.plan, NothingToDo):
            self.notify(printable(message.plan.reason), title=printable(message.plan.title), markup=False)
        else:
            self._perform(message.services, message.plan, message.plan.size, "")

    @work(thread=True, group="interrupted", exit_on_error=False)
    def _discard(self, services: Services, found: "Sequence[Interrupted]") -> None:
        for one in found:
            try:
                services.transfers.discard(one.id)
            except S3mlError as error:
                self.post_message(messages.Trouble(error))


def _line(one: "Interrupted") -> str:
    done = f"{one.done:,} of {count_text(one.files, 'file')} done"
    return f"{printable(one.title)}: {one.why_not or done}, {size_text(one.size)} in all"
