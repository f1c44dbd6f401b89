"""Which models were made from the versions of a history: asked for once it is on the screen."""

from collections.abc import Sequence
from functools import partial

from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.ml.lineage import KeyUses, uses_text
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.rows import HistoryRows


class Lineage:
    """Asked once for a history, and outside a workspace not at all; where it may not be seen, nothing is said."""

    def __init__(self, rows: HistoryRows) -> None:
        self._rows = rows
        self.services: Services | None = None
        self.denied = ""  # of which nothing is said here
        self._workspace: Place | None = None
        self._uses = KeyUses()
        self._asked = 0
        """Counts the questions; answers to an older one are dropped."""
        self._is_asked = False

    def use_workspace(self, workspace: Place | None) -> None:
        """Another workspace is at hand."""
        if workspace != self._workspace:
            self._workspace = workspace
            self.ask_soon()

    def ask_soon(self) -> None:
        """An alias may have been moved; what is known stays until it is known anew."""
        self.ask_again()
        self._rows.rest()

    def words(self, version: Version) -> Sequence[str]:
        """As `used by models/v3 (champion)`."""
        used = uses_text(self._uses.of(version))
        return [used] if used else ()

    def forget(self) -> None:
        """Other versions come."""
        self.ask_again()
        self._uses = KeyUses()

    def ask_again(self) -> None:
        """The versions are read again."""
        self._asked += 1
        self._is_asked = False
        self._rows.workers.cancel_group(self._rows, "uses")

    def look(self) -> None:
        """Ask for the history that is shown, unless that was done."""
        workspace, key = self._workspace, self._rows.versions[0].key if self._rows.versions else None
        if self._is_asked or self.services is None or workspace is None or key is None or not workspace.contains(key):
            return
        self._is_asked = True
        find = partial(self._find, self.services, workspace, key, self._asked)
        self._rows.run_worker(find, group="uses", thread=True, exit_on_error=False)

    def _find(self, services: Services, workspace: Place, key: ObjectKey, number: int) -> None:
        worker = get_current_worker()
        try:
            uses = services.uses.of(workspace, key, cancelled=lambda: worker.is_cancelled)
        except Stopped:
            return
        self._rows.post_message(HistoryRows.Learned(partial(self._take, number, uses)))

    def _take(self, number: int, uses: KeyUses | None) -> None:
        if number == self._asked:
            self._uses = uses or KeyUses()
