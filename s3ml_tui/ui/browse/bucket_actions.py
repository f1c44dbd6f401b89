"""Browse's keys for a new folder, for having archived objects made readable, and for buckets as a whole.

What is done to a bucket is chosen from one menu; each change goes through its plan.
"""

from collections.abc import Callable, Sequence

from s3ml_tui.domain.ml.workspace import check_new_bucket_name
from s3ml_tui.domain.plans.archive import MOST_DAYS
from s3ml_tui.domain.plans.bucket_folder import folder_key
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.details import ARCHIVES
from s3ml_tui.domain.storage.lifecycle import has_abort_rule, lifecycle_words
from s3ml_tui.domain.storage.store import Cancelled, Progress, Tier
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Chosen
from s3ml_tui.ui.browse.metadata_actions import Several, several_or_one
from s3ml_tui.ui.dialogs.bucket_menu import BucketMenu, Choice
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ShowText, refused_by
from s3ml_tui.ui.messages import JobWanted, PlanProposed

_TIERS = [
    (Tier.STANDARD, "Standard: 3 to 5 hours (DEEP_ARCHIVE 12)"),
    (Tier.BULK, "Bulk, the cheapest: 5 to 12 hours (DEEP_ARCHIVE 48)"),
    (Tier.EXPEDITED, "Expedited, the dearest: 1 to 5 minutes (not for DEEP_ARCHIVE)"),
]
DAYS = 7

# a folder ----------------------------------------------------------------------------------------------------------


def new_folder(browse: BrowseContext) -> Act:
    """Ask for a name, and propose a folder of it where one is."""
    place = browse.selection.place_at_hand
    if place is None:
        browse.say("Choose a bucket first: a folder is made where you are.")
        return None
    return _new_folder(browse, place)


async def _new_folder(browse: BrowseContext, place: Place) -> None:
    name = await browse.dialog(
        AskText(
            f"New folder in {place.uri}",
            placeholder="name",
            hint="S3 has no folders: an empty object whose key ends with a slash stands for one.",
            check=refused_by(lambda text: folder_key(place, text)),
        )
    )
    if name is not None:
        browse.propose(lambda services, _: services.folders.plan(place, name))


# the archive -------------------------------------------------------------------------------------------------------


def thaw(browse: BrowseContext) -> Act:
    """Ask for how long and how fast, and propose to have archived bytes made readable."""
    found = several_or_one(browse, "restore from an archive")
    entry = browse.selection.entry
    if isinstance(found, Chosen) and entry is not None and not browse.selection.is_in_history:
        kept = entry.storage_class
        if kept not in {"", *ARCHIVES} and not kept.startswith("INTELLIGENT"):
            browse.say(f"{entry.name} is in no archive ({kept}): its bytes can be read now.")
            return None
    return _thaw(browse, found) if found is not None else None


async def _thaw(browse: BrowseContext, found: Several | Chosen) -> None:
    name = found.name if isinstance(found, Several) else found.key.name
    title = f"Restore {name} from the archive"
    text = await browse.dialog(
        AskText(title, value=str(DAYS), hint="For how many days is it to be readable?", check=_wrong_days)
    )
    if text is None:
        return
    chosen_tier = await browse.dialog(Choose("How fast?", [(one.value, words) for one, words in _TIERS]))
    if chosen_tier is None:
        return
    days, tier = int(text), Tier(chosen_tier)
    if isinstance(found, Several):
        browse.propose(lambda services, cancelled: _thaw_each(services, found, days, tier, cancelled), title=title)
    else:
        browse.propose(
            lambda services, _: services.archive_restores.plan(found.key, found.version_id, days=days, tier=tier)
        )


def _thaw_each(services: Services, found: Several, days: int, tier: Tier, cancelled: Cancelled) -> Plan:
    versions = found.find(services, cancelled)
    return services.archive_restores.plan_each(versions, days=days, tier=tier, cancelled=cancelled)


def _wrong_days(text: str) -> str:
    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text) <= MOST_DAYS:
        return ""
    return f"Write a number from 1 to {MOST_DAYS}."


# a bucket ----------------------------------------------------------------------------------------------------------

_CREATE = Choice("create", "Create a bucket, private and versioned …")


def bucket(browse: BrowseContext) -> Act:
    """Show what can be done to the bucket under the tree's cursor, or the one whose place is shown."""
    return _show_menu(browse, browse.selection.place_at_hand)


async def _show_menu(browse: BrowseContext, place: Place | None) -> None:
    if place is None:
        menu = BucketMenu("Buckets", "", [_CREATE], is_read_only=browse.is_read_only)
        if await browse.dialog(menu) is not None:
            await _create(browse)
        return
    name = place.bucket
    facts = await browse.ask(lambda services, _: services.browsing.facts(name))
    if facts is None:
        return
    seen = f"{facts.versioning}, {facts.block}, {facts.public_access}"
    answer = await browse.dialog(BucketMenu(f"Bucket {name}", seen, _choices(facts), is_read_only=browse.is_read_only))
    if answer is not None:
        await _go_about(browse, answer, facts)


async def _go_about(browse: BrowseContext, what: str, facts: BucketFacts) -> None:
    name, is_on = facts.name, what.endswith("-on")
    match what:
        case "create":
            await _create(browse)
        case "versioning-on" | "versioning-off":
            browse.propose(lambda services, _: services.buckets.plan_versioning(name, is_on=is_on))
        case "block-on" | "block-off":
            browse.propose(lambda services, _: services.buckets.plan_block(name, is_on=is_on))
        case "lifecycle":
            words = lifecycle_words(facts.lifecycle, facts.versioning)
            await browse.dialog(ShowText(f"Lifecycle rules of {name}", words))
        case "abort-uploads":
            browse.propose(lambda services, _: services.buckets.plan_abort_open_uploads(name))
        case "empty":
            _count(browse, name, lambda services, stop: services.buckets.plan_empty(name, cancelled=stop))
        case "delete":
            _count(browse, name, lambda services, stop: services.buckets.plan_delete(name, cancelled=stop))


async def _create(browse: BrowseContext) -> None:
    name = await browse.dialog(
        AskText(
            "Create a bucket",
            placeholder="name",
            hint="3 to 63 lower-case letters, digits, dots and hyphens; nobody else may have it.",
            check=refused_by(lambda text: check_new_bucket_name(text.strip())),
        )
    )
    if name is not None:
        browse.propose(lambda services, _: services.buckets.plan_create(name.strip()))


def _count(browse: BrowseContext, name: str, plan: Callable[[Services, Cancelled], Plan]) -> None:
    """Count everything in it as a job, which may take its time; then propose the plan."""
    services = browse.services
    if services is None:
        return

    def work(_progress: Progress, cancelled: Cancelled) -> Plan:
        return plan(services, cancelled)

    browse.post_message(JobWanted(f"Count what is in {name}", work, lambda found: _counted(browse, found)))


def _counted(browse: BrowseContext, plan: Plan) -> str:
    """Show the plan, which says what was counted; never in another context than where it was."""
    if browse.is_attached:
        browse.post_message(PlanProposed(plan))
        return ""
    return f"{plan.title}: it was counted, but you have left that context. Nothing is done."


def _choices(facts: BucketFacts) -> Sequence[Choice]:
    """What fits the bucket as it is."""
    count = len(facts.lifecycle or ())
    rules = f"Show its lifecycle rules ({count or 'none'})"
    if facts.lifecycle is None:
        rules = "Lifecycle rules: could not be seen"
    found = [
        Choice("versioning-off", "Suspend versioning …")
        if facts.versioning is Versioning.ON
        else Choice("versioning-on", "Switch versioning on …"),
    ]
    if facts.block is not PublicAccessBlock.UNSUPPORTED:
        is_on = facts.block is PublicAccessBlock.ON
        found.append(
            Choice("block-off", "No longer block public access …")
            if is_on
            else Choice("block-on", "Block public access …")
        )
    return [
        *found,
        Choice("lifecycle", rules, changes=False),
        *_uploads(facts),
        _CREATE,
        Choice("empty", "Empty it, old versions and all …"),
        Choice("delete", "Delete it …"),
    ]


def _uploads(facts: BucketFacts) -> Sequence[Choice]:
    if facts.lifecycle is None or has_abort_rule(facts.lifecycle, Place(facts.name)):
        return []
    return [Choice("abort-uploads", "Have uploads removed that were left open …")]
