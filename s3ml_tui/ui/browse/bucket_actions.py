"""Browse's key for buckets as a whole: one menu, from which each change goes through its plan.

Browse's keys for a new folder, and for having archived objects made readable.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.lifecycle import has_abort_rule, lifecycle_words
from s3ml_tui.domain.storage.store import Cancelled, Progress, Tier
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.metadata_actions import Several
from s3ml_tui.ui.browse.share_actions import TakeScreen
from s3ml_tui.ui.dialogs.bucket_menu import Choice
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ShowText
from s3ml_tui.ui.messages import JobWanted, PlanProposed

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.bucket_folder import DeleteBucket, EmptyBucket


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
            self.propose(lambda services: services.folders.plan(place, name))

    @work
    async def action_thaw(self) -> None:
        """Ask for how long and how fast, and propose to have archived bytes made readable."""
        from s3ml_tui.domain.storage.details import ARCHIVES

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
                lambda services, cancelled: _restore_several(services, several, int(days), Tier(tier), cancelled),
            )
        elif chosen is not None:
            key, version_id = chosen.key, chosen.version_id
            self.propose(
                lambda services: services.archive_restores.plan(key, version_id, days=int(days), tier=Tier(tier))
            )


def _restore_several(services: Services, several: Several, days: int, tier: Tier, cancelled: Cancelled) -> Plan:
    versions = several.find(services, cancelled)
    return services.archive_restores.plan_each(versions, days=days, tier=tier, cancelled=cancelled)


def _wrong(place: Place, name: str) -> str:
    from s3ml_tui.domain.plans.bucket_folder import folder_key

    try:
        folder_key(place, name)
    except S3mlError as error:
        return error.sentence
    return ""


def _wrong_days(text: str) -> str:
    from s3ml_tui.domain.plans.archive import MOST_DAYS

    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text) <= MOST_DAYS:
        return ""
    return f"Write a number from 1 to {MOST_DAYS}."


_CREATE = Choice("create", "Create a bucket, private and versioned …")


class BucketScreen(NewScreen):
    """The bucket under the tree's cursor, or the one whose place is shown."""

    def action_bucket(self) -> None:
        """Show what can be done to the bucket at hand."""
        place = self.buckets.pointed if self.is_in_tree else self.place
        if place is None:
            self._show_menu("", None)
            return
        bucket = place.bucket
        self.ask(lambda services: services.browsing.facts(bucket), lambda facts: self._show_menu(bucket, facts))

    @work
    async def _show_menu(self, bucket: str, facts: BucketFacts | None) -> None:
        from s3ml_tui.ui.dialogs.bucket_menu import BucketMenu

        choices = [_CREATE] if facts is None else _choices(facts)
        title = f"Bucket {bucket}" if bucket else "Buckets"
        seen = f"{facts.versioning}, {facts.block}, {facts.public_access}" if facts is not None else ""
        answer = await self.app.push_screen_wait(BucketMenu(title, seen, choices, is_read_only=self.is_read_only))
        if answer is not None:
            self._go_about(answer, bucket, facts)

    def _go_about(self, what: str, bucket: str, facts: BucketFacts | None) -> None:
        match what:
            case "create":
                self._create()
            case "versioning-on" | "versioning-off":
                self.propose(lambda services: _versioning(services, bucket, is_on=what.endswith("on")))
            case "block-on" | "block-off":
                self.propose(lambda services: services.buckets.plan_block(bucket, is_on=what.endswith("on")))
            case "lifecycle":
                words = lifecycle_words(facts.lifecycle if facts else None, facts.versioning if facts else _UNKNOWN)
                self.app.push_screen(ShowText(f"Lifecycle rules of {bucket}", words))
            case "abort-uploads":
                self.propose(lambda services: services.buckets.plan_abort_open_uploads(bucket))
            case "empty":
                self._count(bucket, lambda services, stop: services.buckets.plan_empty(bucket, cancelled=stop))
            case "delete":
                self._count(bucket, lambda services, stop: services.buckets.plan_delete(bucket, cancelled=stop))

    @work
    async def _create(self) -> None:
        name = await self.app.push_screen_wait(
            AskText(
                "Create a bucket",
                placeholder="name",
                hint="3 to 63 lower-case letters, digits, dots and hyphens; nobody else may have it.",
                check=_wrong_name,
            )
        )
        if name is not None:
            self.propose(lambda services: services.buckets.plan_create(name.strip()))

    def _count(self, bucket: str, plan: "Callable[[Services, Cancelled], EmptyBucket | DeleteBucket]") -> None:
        """Count everything in it as a job, which may take its time; then propose the plan."""
        services = self.services
        if services is None:
            return

        def work(_progress: Progress, cancelled: Cancelled) -> Any:
            return plan(services, cancelled)

        self.post_message(JobWanted(f"Count what is in {bucket}", work, self._counted))

    def _counted(self, plan: Plan) -> str:
        """Show the plan, which says what was counted; never in another context than where it was."""
        if self.is_attached:
            self.post_message(PlanProposed(plan))
            return ""
        return f"{plan.title}: it was counted, but you have left that context. Nothing is done."


_UNKNOWN = Versioning.UNKNOWN


def _versioning(services: Services, bucket: str, *, is_on: bool) -> Plan:
    return services.buckets.plan_versioning(bucket, is_on=is_on)


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


def _wrong_name(name: str) -> str:
    from s3ml_tui.domain.ml.workspace import check_new_bucket_name

    try:
        check_new_bucket_name(name.strip())
    except S3mlError as error:
        return error.sentence
    return ""
