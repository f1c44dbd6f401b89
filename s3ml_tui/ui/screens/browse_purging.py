"""Browse's key that destroys versions: only in History, and only what is chosen or marked there."""

from s3ml_tui.ui.screens.browse_changes import ChangeScreen


class PurgeScreen(ChangeScreen):
    """Proposes the loudest plan there is."""

    def action_purge(self) -> None:
        """Propose to destroy the marked versions, or the one under History's cursor."""
        if not self.versions.has_focus_within:
            self._say("Only versions are purged: tab goes to History; choose or mark them there.")
            return
        history = self.versions.history
        marked = self.versions.rows.marked
        chosen = marked or ([self.versions.chosen] if self.versions.chosen is not None else [])
        if history is None or not chosen:
            self._say(
                "No object is chosen: move the cursor to one in the table."
                if self.versions.key is None
                else "No version is chosen: there are none, or they are still being read."
            )
            return
        ids = [version.version_id for version in chosen]
        self.propose(lambda services: services.actions.purging.plan(history, ids))
