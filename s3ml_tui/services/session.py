"""A session: all services over one connection, and the one door through which plans are performed."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.store import Cancelled, Progress, Received, never, unobserved
from s3ml_tui.services.container import Container

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3ml_tui.domain.activity import ActivityRecord
    from s3ml_tui.domain.plans.copy_move import Clash
    from s3ml_tui.domain.plans.download_share import DownloadFile, SharedLink, ShareObject
    from s3ml_tui.domain.plans.plan import Outcome, Plan
    from s3ml_tui.domain.storage.history import Version
    from s3ml_tui.domain.uri import ObjectKey, Place
    from s3ml_tui.services.runs.plans import CancelBatch, CancelRun
    from s3ml_tui.services.transfers.perform import OnFileEnd


class Services(Container):
    """Everything a user may ask for. All methods block and raise only `S3mlError`s."""

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
        on_file_end: OnFileEnd | None = None,
    ) -> Outcome:
        """Do what a plan says, with the service that made it, and remember it.

        `progress` and `cancelled` matter to transfers; `undoes` is the id of the activity record that the plan undoes;
        `is_unasked` says that nobody was asked since the plan was made; `on_file_end` hears of each of many files.
        Raises ReadOnly in a read-only context, Conflict when what was seen has changed since the plan.
        """
        from s3ml_tui.domain.plans.plan import NothingToDo
        from s3ml_tui.services.plan_registry import Job, entry_of, perform
        from s3ml_tui.services.undo.still_versioned import ensure_versioned_as_then

        with self.activity.telling_of_older(undoes):
            if not self.context.read_only:  # what is refused there is refused without a request
                ensure_versioned_as_then(self.store, plan, is_undo=bool(undoes))
            outcome = perform(self, plan, Job(progress, cancelled, is_unasked, on_file_end))
        if undoes and outcome.failed and (older := self.activity.way_to_older(undoes)):
            outcome = replace(outcome, details=(*outcome.details, f"{older}."))
        if outcome.key is not None and not entry_of(plan).leaves_versions and self.has_made("backgrounds"):
            self.backgrounds.forget(outcome.key)
        if not isinstance(plan, NothingToDo):
            self.activity.note(outcome, plan=plan, undoes=undoes)
        return outcome

    def foresee(self, bucket: str) -> None:
        """Something in this bucket is about to be changed: what every plan asks first is asked now, without waiting."""

        def ask() -> None:
            with suppress(S3mlError):  # whoever waits for the answer is told
                self.store.versioning(bucket)

        threading.Thread(target=ask, name="s3ml-foreseen", daemon=True).start()

    def undo_plan(self, record: ActivityRecord) -> Plan:
        """The plan that undoes a record, as things are now. Raises BadInput (it has none, or is of elsewhere) …"""
        from s3ml_tui.services.plan_registry import entry_of

        with self.activity.telling_of_older(record.id):
            plan = self.activity.undo_of(record)
            return entry_of(plan).as_it_is_now(self.store, plan)

    def plan_again(self, plan: Plan) -> Plan:
        """The same request, planned with what is there now, since a plan that has seen something else is refused.

        Not for the undo of something: that it is refused when somebody changed what was made is its purpose.
        Raises what planning raises.
        """
        from s3ml_tui.services.plan_registry import entry_of

        return entry_of(plan).again(self, plan)

    def decided(self, plan: Plan, clash: Clash, *, cancelled: Cancelled = never) -> Plan:
        """The plan with an answer to its question about what is `taken`. Raises what planning raises, Cancelled."""
        from s3ml_tui.services.plan_registry import entry_of

        return entry_of(plan).decided(self, plan, clash, cancelled)

    def share(self, plan: ShareObject) -> SharedLink:
        """The link that was planned; what was shared and until when is remembered, the link is not."""
        link = self.sharing.share(plan)
        self.activity.note(self.sharing.outcome(link), plan=plan)
        return link

    def download(
        self, plan: DownloadFile, *, progress: Progress = unobserved, cancelled: Cancelled = never
    ) -> Received:
        """Get one version into a file, so that it can go on after a crash. Raises as `objects.download`."""
        from s3ml_tui.services.plan_registry import Job, download

        return download(self, plan, Job(progress, cancelled))

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
