"""Browse's keys that take something along: a name to the clipboard, a link to somebody else. The bucket stays as is."""

from collections.abc import Sequence

from s3ml_tui.domain.plans.download_share import USUAL_LINK_S, SharedLink, duration_text
from s3ml_tui.domain.yank import Yank, yanks_of_object, yanks_of_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Chosen, chosen
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.dialogs.share_link import ShareScreen
from s3ml_tui.ui.dialogs.yank_menu import YankMenu
from s3ml_tui.ui.messages import OutcomeArrived

LIVES_S = (3600, 12 * 3600, 86400, 7 * 86400)
"""What is offered of how long a link lives, besides the usual."""
_TO_THE_END = "end"
_MARGIN_S = 5
"""Before the end of the credentials."""
_WARNING = (
    "Whoever has the link can read exactly this, without signing in, and can pass it on. It cannot be revoked: it ends "
    "with its time, or when the version is purged."
)


def yank(browse: BrowseContext) -> Act:
    """Show what can be taken along of what is chosen, and take it to the clipboard."""
    found = _yanks(browse)
    if not found:
        browse.say("There is nothing to copy here.")
        return None
    return _take_along(browse, found)


async def _take_along(browse: BrowseContext, found: Sequence[Yank]) -> None:
    taken = await browse.dialog(YankMenu("Take along", found))
    if taken is not None:
        browse.copy_to_clipboard(taken.pasted)
        browse.tell(taken.pasted, f"The {taken.name} is copied")


def _yanks(browse: BrowseContext) -> Sequence[Yank]:
    selection, services = browse.selection, browse.services
    if services is None:
        return ()
    context, endpoint = services.context, services.endpoint
    if selection.is_in_history:
        version = selection.version
        return () if version is None else yanks_of_object(version.key, version.version_id, context, endpoint)
    entry = None if selection.is_in_tree else selection.entry
    if entry is not None and entry.key is not None:
        return yanks_of_object(entry.key, None, context, endpoint)
    place = entry.folder if entry is not None else selection.place_at_hand
    return () if place is None else yanks_of_place(place, context, endpoint)


def share(browse: BrowseContext) -> Act:
    """Ask for how long, make a link to exactly what is chosen, and show it."""
    if browse.selection.has_marked:
        browse.say("One object is shared at a time: escape takes the marks away.")
        return None
    found = chosen(browse, "share")
    return _share(browse, found) if found is not None else None


async def _share(browse: BrowseContext, found: Chosen) -> None:
    limit = await browse.ask(lambda services, _: services.sharing.limit())
    if limit is None:
        return
    lives_s = [live_s for live_s in (USUAL_LINK_S, *LIVES_S) if live_s <= limit.longest_s]
    choices = [(str(live_s), duration_text(live_s)) for live_s in lives_s]
    hint = _WARNING
    if limit.credentials_end is not None:
        end = f"{limit.credentials_end.astimezone():%H:%M:%S}"
        choices.append((_TO_THE_END, f"until the credentials end, at {end}"))
        hint += f" It lives no longer than the credentials that sign it: they end at {end}."
    which = f", version {found.version_id}" if found.version_id is not None else ""
    live = await browse.dialog(Choose(f"Share {found.key.name}{which} for", choices, hint=hint))
    if live is None:
        return
    link = await browse.ask(lambda services, _: _shared(services, found, live))
    services = browse.services
    if link is not None and services is not None:
        await browse.dialog(ShareScreen(link, local_now()))
        browse.post_message(OutcomeArrived(services.sharing.outcome(link)))


def _shared(services: Services, found: Chosen, live: str) -> SharedLink:
    left_s = services.sharing.limit().longest_s
    expires_s = max(left_s - _MARGIN_S, 1) if live == _TO_THE_END else int(live)
    return services.share(services.sharing.plan(found.key, found.version_id, expires_s=expires_s))
