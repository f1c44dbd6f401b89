"""A session: all services over one connection, and the one door through which plans are performed."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import NotSupported, S3mlError
from s3ml_tui.domain.plans.plan import (
    CopyForward,
    DeleteObject,
    NothingToDo,
    Outcome,
    Plan,
    RemoveMarker,
    UploadFile,
    told_unnamed,
)
from s3ml_tui.domain.storage.store import Cancelled, Progress, Received, never, unobserved
from s3ml_tui.domain.text import size_text
from s3ml_tui.services.container import Container

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3ml_tui.domain.activity import ActivityRecord
    from s3ml_tui.domain.plans.alias import MoveAlias
    from s3ml_tui.domain.plans.download_share import DownloadFile, SharedLink, ShareObject
    from s3ml_tui.domain.plans.transfer import MoveFiles
    from s3ml_tui.domain.storage.history import Version
    from s3ml_tui.domain.uri import ObjectKey, Place
    from s3ml_tui.services.runs.plans import CancelBatch, CancelRun, Predict, StartRun
    from s3ml_tui.services.transfers.copy_journal import NotesOf
    from s3ml_tui.services.transfers.perform import OnFileEnd

_LEAVES_VERSIONS = (CopyForward, RemoveMarker, DeleteObject, UploadFile, NothingToDo)
"""Plans that change nothing of the versions that were there: their tags above all."""


class Services(Container):
    """Everything a user may ask for. All methods block and raise only `S3mlError`s."""

    @property
    def actions(self) -> Services:
        """Itself."""
        return self

    def current_of(self, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never) -> list[Version]:
        """What is current of these; deleted ones and such as are gone are left out. Raises BadInput (too many)."""
        from s3ml_tui.services.browse.recursive import current_of

        return current_of(self.store, keys, cancelled=cancelled)

    def all_below(self, place: Place, *, cancelled: Cancelled = never) -> list[Version]:
        """What is current below a prefix. Raises NotFound when nothing is, BadInput (too many)."""
        from s3ml_tui.services.browse.recursive import all_below

        return all_below(self.store, place, cancelled=cancelled)

    def going_on(self) -> tuple[CancelRun | CancelBatch, ...]:
        """Runs and predictions that were started here and go on, as the plans that would cancel them."""
        going_on: list[CancelRun | CancelBatch] = []
        if self.has_made("runs"):
            going_on += [self.runs.plan_cancel(one.workspace, one.run_id) for one in self.runs.running_here()]
        if self.has_made("predictions"):
            batches = self.predictions
            going_on += [batches.plan_cancel(one.workspace, one.batch_id) for one in batches.running_here()]
        return tuple(going_on)

    def perform(
        self,
        plan: Plan,
        *,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
        undoes: str = "",
        is_unasked: bool = False,
    ) -> Outcome:
        """Do what a plan says, with the service that made it, and remember it.

        `progress` and `cancelled` matter to transfers; `undoes` is the id of the activity record that the plan undoes;
        `is_unasked` says that nobody was asked since the plan was made.
        Raises ReadOnly in a read-only context, Conflict when what was seen has changed since the plan.
        """
        with self.activity.telling_of_older(undoes):
            self._ensure_versioned(plan, is_undo=bool(undoes))
            outcome = self._perform(plan, progress, cancelled, is_unasked=is_unasked)
        if undoes and outcome.failed and (older := self.activity.way_to_older(undoes)):
            outcome = replace(outcome, details=(*outcome.details, f"{older}."))
        if outcome.key is not None and not isinstance(plan, _LEAVES_VERSIONS) and self.has_made("backgrounds"):
            self.backgrounds.forget(outcome.key)
        if not isinstance(plan, NothingToDo):
            self.activity.note(outcome, plan=plan, undoes=undoes)
        return outcome

    def _ensure_versioned(self, plan: Plan, *, is_undo: bool = False) -> None:
        """Before any other request; what a read-only context refuses is refused without one."""
        if self.context.read_only:
            return
        from s3ml_tui.services.undo.still_versioned import ensure_versioned_as_then

        ensure_versioned_as_then(self.store, plan, is_undo=is_undo)

    def foresee(self, bucket: str) -> None:
        """Something in this bucket is about to be changed: what every plan asks first is asked now, without waiting."""

        def ask() -> None:
            with suppress(S3mlError):  # whoever waits for the answer is told
                self.store.versioning(bucket)

        threading.Thread(target=ask, name="s3ml-foreseen", daemon=True).start()

    def undo_plan(self, record: ActivityRecord) -> Plan:
        """The plan that undoes a record, as things are now. Raises BadInput (it has none, or is of elsewhere) …"""
        from s3ml_tui.services.undo.chain import as_it_is_now

        with self.activity.telling_of_older(record.id):
            return as_it_is_now(self.store, self.activity.undo_of(record))

    def move(
        self,
        plan: MoveFiles,
        *,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
        on_file_end: OnFileEnd | None = None,
    ) -> Outcome:
        """`perform` for many files, of which each is told as it ends, from any thread."""
        self._ensure_versioned(plan)
        outcome = self.transfers.perform(plan, progress=progress, cancelled=cancelled, on_file_end=on_file_end)
        self.activity.note(outcome, plan=plan)
        return outcome

    def _perform(self, plan: Plan, progress: Progress, cancelled: Cancelled, *, is_unasked: bool = False) -> Outcome:
        from s3ml_tui.domain.ml.workspace import MakeWorkspace
        from s3ml_tui.domain.plans.alias import MoveAlias
        from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
        from s3ml_tui.domain.plans.download_share import DownloadFile
        from s3ml_tui.domain.plans.transfer import MoveFiles
        from s3ml_tui.domain.plans.undo import TakeUploadsBack
        from s3ml_tui.services.runs.plans import CancelBatch, CancelRun, Predict, StartRun

        match plan:
            case NothingToDo():
                return Outcome(plan.title, self.now(), (plan.reason,), no_undo="Nothing was changed.")
            case CopyForward():
                return self._bring_back(plan, progress, cancelled)
            case RemoveMarker():
                return self.versions.perform(plan)
            case UploadFile():
                with self.transfers.noted(plan) as notes:
                    return self.objects.upload(
                        plan, notes=notes, progress=progress, cancelled=cancelled, is_unasked=is_unasked
                    )
            case DownloadFile():
                return self._download(plan, progress, cancelled)
            case DeleteObject():
                return self.objects.delete(plan, is_unasked=is_unasked)
            case MoveFiles() | TakeUploadsBack():
                return self.transfers.perform(plan, progress=progress, cancelled=cancelled)
            case DeleteMany() | BringBackMany():
                return self.many.perform(plan, progress=progress, cancelled=cancelled)
            case MakeWorkspace():
                return self.workspaces.make(plan)
            case MoveAlias():
                return self._promote(plan)
            case StartRun() | CancelRun() | CancelBatch() | Predict():
                return self._run(plan)
        return self._change(plan, progress, cancelled)

    def _change(self, plan: Plan, progress: Progress, cancelled: Cancelled) -> Outcome:
        from s3ml_tui.domain.plans.archive import RestoreFromArchive
        from s3ml_tui.domain.plans.bucket_folder import MakeFolder
        from s3ml_tui.domain.plans.copy_move import CopyObjects
        from s3ml_tui.domain.plans.edit import WriteBack
        from s3ml_tui.domain.plans.purge import PurgeVersions
        from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags
        from s3ml_tui.domain.plans.undo import TakeBack
        from s3ml_tui.services.undo.undo_many import Together

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
                return Together(self.context, self.now, self._quietly).take_back(plan, cancelled=cancelled)
        return self._change_bucket(plan, cancelled)

    def _change_bucket(self, plan: Plan, cancelled: Cancelled) -> Outcome:
        from s3ml_tui.domain.plans.bucket_folder import (
            AbortOpenUploads,
            CreateBucket,
            DeleteBucket,
            EmptyBucket,
            SetBlock,
            SetVersioning,
        )

        match plan:
            case CreateBucket():
                return self.buckets.create(plan)
            case SetVersioning():
                return self.buckets.set_versioning(plan)
            case SetBlock():
                return self.buckets.set_block(plan)
            case AbortOpenUploads():
                return self.buckets.abort_open_uploads(plan)
            case EmptyBucket():
                return self.buckets.empty(plan, cancelled=cancelled)
            case DeleteBucket():
                return self.buckets.delete(plan, cancelled=cancelled)
        raise NotSupported(f"{plan.title} cannot be performed", advice="Report this: no service knows the plan")

    def share(self, plan: ShareObject) -> SharedLink:
        """The link that was planned; what was shared and until when is remembered, the link is not."""
        link = self.sharing.share(plan)
        self.activity.note(self.sharing.outcome(link), plan=plan)
        return link

    def _quietly(self, plan: Plan) -> Outcome:
        return self._perform(plan, unobserved, never)

    def look_again(self, key: ObjectKey) -> None:
        """Ask anew who wrote the versions of `key`, and what was made from them."""
        self.backgrounds.forget(key)
        if self.has_made("uses"):
            self.uses.forget()

    def close(self) -> None:
        """Let go of the connections and of the preview process; runs go on."""
        if self.has_made("previews"):
            self.previews.close()
        self.store.close()

    def _promote(self, plan: MoveAlias) -> Outcome:
        outcome = self.models.promote(plan)
        if self.has_made("uses"):
            self.uses.forget()
        return outcome

    def _bring_back(self, plan: CopyForward, progress: Progress, cancelled: Cancelled) -> Outcome:
        def do(notes: NotesOf) -> Outcome:
            return self.versions.perform(
                plan, notes=notes(plan.key, plan.source.size), progress=progress, cancelled=cancelled
            )

        return self.transfers.copies.perform(plan, do)

    def _download(self, plan: DownloadFile, progress: Progress, cancelled: Cancelled) -> Outcome:
        received = self.download(plan, progress=progress, cancelled=cancelled)
        checked = (
            "Its bytes are those the server vouches for."
            if received.is_verified
            else "The server gives nothing to check the bytes against."
        )
        return Outcome(
            title=f"Downloaded {plan.key.name}",
            at=self.now(),
            details=(
                f"{size_text(received.size)} of {plan.key.uri} are {received.path}.",
                f"sha256 {received.sha256}",
                checked,
                *told_unnamed(received.was_named),
            ),
            key=plan.key,
            version_id=received.version_id,
            no_undo="Nothing in the bucket was changed; the file can be deleted.",
        )

    def download(
        self, plan: DownloadFile, *, progress: Progress = unobserved, cancelled: Cancelled = never
    ) -> Received:
        """Get one version into a file, so that it can go on after a crash. Raises as `objects.download`."""
        with self.transfers.noted(plan) as notes:
            return self.objects.download(
                plan.key,
                plan.path,
                plan.version_id,
                overwrite=plan.replaces is not None,
                notes=notes,
                progress=progress,
                cancelled=cancelled,
            )

    def _run(self, plan: StartRun | CancelRun | CancelBatch | Predict) -> Outcome:
        from s3ml_tui.services.runs.plans import CancelBatch, CancelRun, StartRun

        if isinstance(plan, StartRun):
            return self._start_run(plan)
        if isinstance(plan, CancelBatch):
            return self.predictions.cancel(plan.workspace, plan.batch_id)
        if isinstance(plan, CancelRun):
            return self.runs.cancel(plan.workspace, plan.run_id)
        return self._start_batch(plan)

    def _start_run(self, plan: StartRun) -> Outcome:
        started = self.runs.start(plan)
        return Outcome(
            title=f"Started run {started.run_id}",
            at=self.now(),
            details=(f"Process {started.pid} trains {plan.spec.name} for {plan.workspace.uri}.",),
            no_undo="A run is cancelled, not undone; what it wrote stays.",
        )

    def _start_batch(self, plan: Predict) -> Outcome:
        started = self.predictions.start(plan)
        return Outcome(
            title=f"Started prediction {started.batch_id}",
            at=self.now(),
            details=(f"Process {started.pid} applies {plan.model} for {plan.workspace.uri}.",),
            no_undo="What it writes stays; nothing that is there is overwritten.",
        )
