"""History rows that find out which models were made from the versions, once these are on the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.ml.lineage import KeyUses
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.provenance import InformedHistoryRows


class UsedHistoryRows(InformedHistoryRows):
    """Asked once for a history, and outside a workspace not at all; where it may not be seen, nothing is said."""

    @dataclass
    class Used(Message):
        """What was made from the versions of a key; None when that could not be seen."""

        generation: int
        uses: KeyUses | None

    def __init__(self, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(clock, **options)
        self.workspace: Place | None = None
        self._asked = 0
        """Counts the questions; answers to an older one are dropped."""
        self._is_asked = False

    def use_workspace(self, workspace: Place | None) -> None:
        """Another workspace is at hand."""
        if workspace != self.workspace:
            self.workspace = workspace
            self.ask_uses_again()

    def ask_uses_again(self) -> None:
        """An alias may have been moved; what is known stays until it is known anew."""
        self._forget_question()
        self._rest()

    def forget(self) -> None:
        """Other versions come."""
        super().forget()
        self.uses = KeyUses()

    def ask_again(self) -> None:
        """The versions are read again."""
        super().ask_again()
        self._forget_question()

    def _forget_question(self) -> None:
        self._asked += 1
        self._is_asked = False
        self.workers.cancel_group(self, "uses")

    def _ask(self) -> None:
        super()._ask()
        workspace, key = self.workspace, self.versions[0].key if self.versions else None
        if self._is_asked or self.services is None or workspace is None or key is None or not workspace.contains(key):
            return
        if self.size.height and self.is_on_screen:
            self._is_asked = True
            self._find_uses(self.services, workspace, key, self._asked)

    @work(thread=True, group="uses", exit_on_error=False)
    def _find_uses(self, services: Services, workspace: Place, key: ObjectKey, generation: int) -> None:
        worker = get_current_worker()
        try:
            uses = services.uses.of(workspace, key, cancelled=lambda: worker.is_cancelled)
        except Stopped:
            return
        self.post_message(self.Used(generation, uses))

    @on(Used)
    def _used(self, message: Used) -> None:
        message.stop()
        if message.generation == self._asked:
            self.uses = message.uses or KeyUses()
            self.refresh()
