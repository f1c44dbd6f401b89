"""Everything a user does to a bucket besides looking, uploading and downloading: one service an idea, one door."""

from collections.abc import Callable, Sequence
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NotSupported
from s3ml_tui.domain.plans.archive import RestoreFromArchive
from s3ml_tui.domain.plans.bucket_folder import (
    CreateBucket,
    DeleteBucket,
    EmptyBucket,
    MakeFolder,
    SetBlock,
    SetVersioning,
)
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.edit import WriteBack
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.plans.purge import PurgeVersions
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags
from s3ml_tui.domain.plans.undo import TakeBack
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Cancelled, Progress, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.browse.recursive import all_below, current_of
from s3ml_tui.services.buckets.buckets import Buckets
from s3ml_tui.services.objects.archive import ArchiveRestores
from s3ml_tui.services.objects.copy_move_plan import Copies
from s3ml_tui.services.objects.edit import Editing
from s3ml_tui.services.objects.metadata import Describing
from s3ml_tui.services.objects.new_folder import Folders
from s3ml_tui.services.objects.purge import Purging
from s3ml_tui.services.objects.share import Sharing
from s3ml_tui.services.objects.tags import Tagging
from s3ml_tui.services.transfers.copy_journal import CopyJournals
from s3ml_tui.services.undo.undo_many import Together


class Actions:
    """The services that act, put together over one connection."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        perform: Callable[[Plan], Outcome],
        journals: CopyJournals,
    ) -> None:
        """`perform` is the session's door, for plans that are made of plans."""
        self._store = store
        self._context = context
        self._now = now
        self._perform = perform
        self.copies = Copies(store, context, now, journals)
        self.purging = Purging(store, context, now)
        self.tagging = Tagging(store, context, now)
        self.describing = Describing(store, context, now, journals)
        self.editing = Editing(store, context, now)
        self.folders = Folders(store, context, now)
        self.archive_restores = ArchiveRestores(store, context, now)
        self.sharing = Sharing(store, now)
        self.buckets = Buckets(store, context, now)

    def current_of(self, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never) -> list[Version]:
        """What is current of these; deleted ones and such as are gone are left out. Raises BadInput (too many)."""
        return current_of(self._store, keys, cancelled=cancelled)

    def all_below(self, place: Place, *, cancelled: Cancelled = never) -> list[Version]:
        """What is current below a prefix. Raises NotFound when nothing is, BadInput (too many)."""
        return all_below(self._store, place, cancelled=cancelled)

    def perform(self, plan: Plan, *, progress: Progress, cancelled: Cancelled) -> Outcome:
        """Do what a plan says, with the service that made it. Raises NotSupported for a plan nobody knows."""
        match plan:
            case CopyObjects():
                return self.copies.perform(plan, progress=progress, cancelled=cancelled)
            case PurgeVersions():
                return self.purging.perform(plan, cancelled=cancelled)
            case ChangeTags():
                return self.tagging.perform(plan, cancelled=cancelled)
            case ChangeDescription():
                return self.describing.perform(plan, progress=progress, cancelled=cancelled)
            case WriteBack():
                return self.editing.perform(plan)
            case MakeFolder():
                return self.folders.perform(plan)
            case RestoreFromArchive():
                return self.archive_restores.perform(plan, cancelled=cancelled)
            case TakeBack():
                return Together(self._context, self._now, self._perform).take_back(plan, cancelled=cancelled)
        return self._perform_on_bucket(plan, cancelled)

    def _perform_on_bucket(self, plan: Plan, cancelled: Cancelled) -> Outcome:
        match plan:
            case CreateBucket():
                return self.buckets.create(plan)
            case SetVersioning():
                return self.buckets.set_versioning(plan)
            case SetBlock():
                return self.buckets.set_block(plan)
            case EmptyBucket():
                return self.buckets.empty(plan, cancelled=cancelled)
            case DeleteBucket():
                return self.buckets.delete(plan, cancelled=cancelled)
        raise NotSupported(f"{plan.title} cannot be performed", advice="Report this: no service knows the plan")
