"""Browse's keys for a new folder, and for having archived objects made readable."""

from textual import work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans import Plan
from s3ml_tui.domain.store import Cancelled
from s3ml_tui.domain.store_changes import Tier
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.browse_labels import Several
from s3ml_tui.ui.screens.browse_taking import TakeScreen
from s3ml_tui.ui.screens.dialogs import AskText, Choose

_TIERS = [
    (Tier.STANDARD, "Standard: 3 to 5 hours (DEEP_ARCHIVE 12)"),
    (Tier.BULK, "Bulk, the cheapest: 5 to 12 hours (DEEP_ARCHIVE 48)"),
    (Tier.EXPEDITED, "Expedited, the dearest: 1 to 5 minutes (not for DEEP_ARCHIVE)"),
]
DAYS = 7


class NewScreen(TakeScreen):
    """Asks for a name, or for days and a tier, and proposes the plan."""

    @work
    async def action_new_folder(self) -> None:
        """Ask for a name, and propose a folder of it where one is."""
        place = self.buckets.pointed if self.is_in_tree else self.place
        if place is None:
            self._say("Choose a bucket first: a folder is made where you are.")
            return
        name = await self.app.push_screen_wait(
            AskText(
                f"New folder in {place.uri}",
                placeholder="name",
                hint="S3 has no folders: an empty object whose key ends with a slash stands for one.",
                check=lambda text: _wrong(place, text),
            )
        )
        if name is not None:
            self.propose(lambda services: services.actions.folders.plan(place, name))

    @work
    async def action_thaw(self) -> None:
        """Ask for how long and how fast, and propose to have archived bytes made readable."""
        from s3ml_tui.domain.details import ARCHIVES

        several = self._several()
        chosen = self.chosen_bytes("restore from an archive") if several is None else None
        if several is None and chosen is None:
            return
        entry = self.objects.entry
        is_plain = entry is not None and not self.is_in_history and entry.storage_class not in {"", *ARCHIVES}
        if several is None and is_plain and entry is not None and not entry.storage_class.startswith("INTELLIGENT"):
            self._say(f"{entry.name} is in no archive ({entry.storage_class}): its bytes can be read now.")
            return
        name = several.name if several is not None else chosen.key.name if chosen is not None else ""
        days = await self.app.push_screen_wait(
            AskText(
                f"Restore {name} from the archive",
                value=str(DAYS),
                hint="For how many days is it to be readable?",
                check=_wrong_days,
            )
        )
        if days is None:
            return
        tier = await self.app.push_screen_wait(Choose("How fast?", [(one.value, words) for one, words in _TIERS]))
        if tier is None:
            return
        if several is not None:
            self.propose_many(
                f"Restore {several.name} from the archive",
                lambda services, cancelled: _several_thawed(services, several, int(days), Tier(tier), cancelled),
            )
        elif chosen is not None:
            key, version_id = chosen.key, chosen.version_id
            self.propose(
                lambda services: services.actions.thawing.plan(key, version_id, days=int(days), tier=Tier(tier))
            )


def _several_thawed(services: Services, several: Several, days: int, tier: Tier, cancelled: Cancelled) -> Plan:
    versions = several.find(services, cancelled)
    return services.actions.thawing.plan_each(versions, days=days, tier=tier, cancelled=cancelled)


def _wrong(place: Place, name: str) -> str:
    from s3ml_tui.domain.folders import folder_key

    try:
        folder_key(place, name)
    except S3mlError as error:
        return error.sentence
    return ""


def _wrong_days(text: str) -> str:
    from s3ml_tui.domain.thawing import MOST_DAYS

    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text) <= MOST_DAYS:
        return ""
    return f"Write a number from 1 to {MOST_DAYS}."
