"""Browse's keys that take something along: a name to the clipboard, a link to somebody else."""

from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.metadata_actions import LabelScreen
from s3ml_tui.ui.browse.panes import Chosen
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.dialogs.share_link import ShareScreen
from s3ml_tui.ui.messages import OutcomeArrived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3ml_tui.domain.plans.download_share import SharedLink
    from s3ml_tui.domain.yank import Yank
    from s3ml_tui.services.objects.share import Limit

LIVES_S = (3600, 12 * 3600, 86400, 7 * 86400)
"""What is offered of how long a link lives, besides the usual."""
_TO_THE_END = "end"
_MARGIN_S = 5
"""Before the end of the credentials."""
_WARNING = (
    "Whoever has the link can read exactly this, without signing in, and can pass it on. It cannot be revoked: it ends "
    "with its time, or when the version is purged."
)


class TakeScreen(LabelScreen):
    """Nothing here changes the bucket."""

    # yank ----------------------------------------------------------------------------------------------------------

    @work
    async def action_yank(self) -> None:
        """Show what can be taken along of what is chosen, and take it to the clipboard."""
        from s3ml_tui.ui.dialogs.yank_menu import YankMenu

        found = self._yanks()
        if not found:
            self._say("There is nothing to copy here.")
            return
        yank = await self.app.push_screen_wait(YankMenu("Take along", found))
        if yank is not None:
            self.app.copy_to_clipboard(yank.pasted)
            self.notify(printable(yank.pasted), title=f"The {yank.name} is copied", markup=False)

    def _yanks(self) -> "Sequence[Yank]":
        from s3ml_tui.domain.yank import yanks_of_object, yanks_of_place

        services = self.services
        if services is None:
            return ()
        context, endpoint = services.context, services.endpoint
        if self.is_in_history:
            version = self.versions.chosen
            return () if version is None else yanks_of_object(version.key, version.version_id, context, endpoint)
        entry = self.entry()
        if entry is not None and entry.key is not None:
            return yanks_of_object(entry.key, None, context, endpoint)
        place = entry.folder if entry is not None else self.buckets.pointed if self.is_in_tree else self.place
        return () if place is None else yanks_of_place(place, context, endpoint)

    # share ---------------------------------------------------------------------------------------------------------

    def action_share(self) -> None:
        """Ask for how long, make a link to exactly what is chosen, and show it."""
        if self.has_marked:
            self._say("One object is shared at a time: escape takes the marks away.")
            return
        chosen = self.chosen_bytes("share")
        if chosen is not None:
            self.ask(lambda services: services.sharing.limit(), lambda limit: self._ask_how_long(chosen, limit))

    @work
    async def _ask_how_long(self, chosen: Chosen, limit: "Limit") -> None:
        from s3ml_tui.domain.plans.download_share import USUAL_LINK_S, duration_text

        lives_s = [live_s for live_s in (USUAL_LINK_S, *LIVES_S) if live_s <= limit.longest_s]
        choices = [(str(live_s), duration_text(live_s)) for live_s in lives_s]
        hint = _WARNING
        if limit.credentials_end is not None:
            end = f"{limit.credentials_end.astimezone():%H:%M:%S}"
            choices.append((_TO_THE_END, f"until the credentials end, at {end}"))
            hint += f" It lives no longer than the credentials that sign it: they end at {end}."
        which = f", version {chosen.version_id}" if chosen.version_id is not None else ""
        answer = await self.app.push_screen_wait(Choose(f"Share {chosen.key.name}{which} for", choices, hint=hint))
        if answer is not None:
            self.ask(lambda services: _shared(services, chosen, answer), self._show_link)

    def _show_link(self, link: "SharedLink") -> None:
        services = self.services

        def on_closed(_answer: None) -> None:
            if services is not None:
                self.post_message(OutcomeArrived(services.sharing.outcome(link)))

        self.app.push_screen(ShareScreen(link, local_now()), on_closed)


def _shared(services: Services, chosen: Chosen, live: str) -> "SharedLink":
    left_s = services.sharing.limit().longest_s
    expires_s = max(left_s - _MARGIN_S, 1) if live == _TO_THE_END else int(live)
    return services.share(services.sharing.plan(chosen.key, chosen.version_id, expires_s=expires_s))
