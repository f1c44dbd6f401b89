"""Browse's key that tells how much lies below a place."""

from textual import work

from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.screens.browse_facts import FactsScreen


class UsageKeyScreen(FactsScreen):
    """Asks about the folder under the cursor, or the place that is shown."""

    def show_place(self, place: Place, key: ObjectKey | None = None) -> None:
        """Go to a place, to an object in it."""
        raise NotImplementedError

    @work(exit_on_error=False)
    async def action_usage(self) -> None:
        """Show what lies in a place, and go where the user then wants to."""
        from s3ml_tui.ui.screens.usage import UsageScreen

        place = self.folder_at_hand() or self.place
        if place is None or self.services is None:
            self._say("No place is chosen: choose a bucket on the left.")
            return
        chosen = await self.app.push_screen_wait(UsageScreen(self.services, place))
        if chosen is not None:
            self.show_place(chosen)
