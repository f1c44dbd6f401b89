"""Transfers that a killed session left: what cannot go on is swept, the rest is offered once the screens are there."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.text import count_text, printable, size_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.perform import Changes
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.dialogs.prompts import Choose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from s3ml_tui.domain.plans.transfer import Interrupted, Swept

REST_S = 1.0
"""So long after a session was opened: what the user waits for comes first."""
_MOST_SHOWN = 5


class UnfinishedTransfers:
    """Asks once a session what becomes of them."""

    def __init__(self, app: PausingApp, session: Session, changes: Changes) -> None:
        self._app, self._session, self._changes = app, session, changes
        self.when_settled: Callable[[], object] | None = None
        """Called once, in a thread, when all that the first session needs is loaded."""
        self.offered: set[str] = set()
        """Ids of those that were asked about in this session."""
        self._opened = datetime.max.replace(tzinfo=UTC)

    def look_later(self, services: Services) -> None:
        """Look for what was left, once the user has what they wait for."""
        self._opened = min(self._opened, services.now())
        self._app.set_timer(REST_S, lambda: self._app.begin("interrupted", self._look, services))

    async def _look(self, services: Services) -> None:
        if services is not self._session.services:
            return
        try:
            swept, found = await asyncio.to_thread(self._find, services)
        except S3mlError:
            return  # nobody asked; the same is done at the next start
        if not swept.is_nothing:
            files, uploads = count_text(swept.files, "temporary file"), count_text(swept.uploads, "open upload")
            said = f"{files}, {uploads}, {count_text(swept.folders, 'folder')}"
            self._app.notify(said, title="Swept after a killed session")
        # one that was begun since has failed, or was cancelled, under the user's eyes, and Activity tries it again
        new = [one for one in found if one.id not in self.offered and one.begun < self._opened]
        if new and services is self._session.services:
            self.offered |= {one.id for one in new}
            self._ask_when_free(services, new)

    def _find(self, services: Services) -> "tuple[Swept, Sequence[Interrupted]]":
        try:
            return services.transfers.sweep(), services.transfers.interrupted()
        finally:
            settled, self.when_settled = self.when_settled, None
            if settled is not None:
                settled()

    def _ask_when_free(self, services: Services, found: "Sequence[Interrupted]") -> None:
        """Ask, but never over another question: keys that were meant for that one would answer this one."""
        if services is not self._session.services:
            return
        if self._app.screen.is_modal:
            self._app.set_timer(REST_S, lambda: self._ask_when_free(services, found))
        elif self._app.is_free:
            self._app.begin("interrupted", self._ask, services, found)
        else:
            self._app.when_free(lambda: self._ask_when_free(services, found))

    async def _ask(self, services: Services, found: "Sequence[Interrupted]") -> None:
        title = f"{count_text(len(found), 'transfer was', 'transfers were')} interrupted"
        lines = [_line(one) for one in found[:_MOST_SHOWN]]
        choices = [
            ("resume", "Go on where they stopped" if len(found) > 1 else "Go on where it stopped"),
            ("discard", "Discard what was left open; what was moved stays"),
            ("later", "Decide later: s3ml transfers lists them"),
        ]
        answer = await self._app.push_screen_wait(Choose(title, choices, facts=lines))
        if answer in {"resume", "discard"}:
            self._app.begin("interrupted", self._settle, services, found, is_resumed=answer == "resume")

    async def _settle(self, services: Services, found: "Sequence[Interrupted]", *, is_resumed: bool) -> None:
        for one in found:
            try:
                if is_resumed:
                    self._go_on(services, await asyncio.to_thread(services.transfers.plan_resume, one.id))
                else:
                    await asyncio.to_thread(services.transfers.discard, one.id)
            except S3mlError as error:
                self._app.post_message(messages.Trouble(error))

    def _go_on(self, services: Services, plan: Plan) -> None:
        """Go on at once; what would lose something is shown first, as it was then."""
        if plan.is_destructive or services is not self._session.services:
            self._changes.propose(plan)
        elif isinstance(plan, NothingToDo):
            self._app.notify(printable(plan.reason), title=printable(plan.title), markup=False)
        else:
            self._changes.perform(services, plan)


def _line(one: "Interrupted") -> str:
    done = f"{one.done:,} of {count_text(one.files, 'file')} done"
    return f"{printable(one.title)}: {one.why_not or done}, {size_text(one.size)} in all"
