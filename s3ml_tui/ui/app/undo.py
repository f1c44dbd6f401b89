"""Taking back what was done, and doing again what failed."""

import asyncio

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.activity_records import ActivityRecords
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.perform import Changes
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.app.sign_in import SignIn
from s3ml_tui.ui.jobs import Job
from s3ml_tui.ui.keys import with_keys


class Undo:
    """Proposes what takes back a record, and what does again what failed."""

    def __init__(
        self, app: PausingApp, session: Session, sign_in: SignIn, records: ActivityRecords, changes: Changes
    ) -> None:
        self._app, self._session, self._sign_in = app, session, sign_in
        self._records, self._changes = records, changes

    def undo(self, record: ActivityRecord) -> None:
        """Propose the plan that undoes it, or say why there is none."""
        if record.can_be_undone:
            self._app.begin_alone("undo", self._propose, record)
        else:
            is_undone = record.undone_at is not None
            why = "It was undone already; what undid it can be undone." if is_undone else record.no_undo
            self._warn(why or "It has no undo.")

    def undo_last(self) -> None:
        """Undo the last thing that was done and can be undone; once more, the one before it.

        What undid something is undone in Activity, and a run that ended meanwhile does not stand in the way.
        """
        if self._session.context.read_only:
            self._warn("This context is read-only: nothing in the bucket can be changed.")
        elif self._session.services is None:
            self._warn("There is no connection yet in which something could be undone.")
        else:
            place = self._session.place
            bucket = place.bucket if place is not None else ""
            self._app.begin_alone("undo", self._find_last, self._session.services, bucket)

    async def _find_last(self, services: Services, bucket: str) -> None:
        try:
            record = await asyncio.to_thread(services.activity.last, bucket)
        except S3mlError as error:
            self._sign_in.show_trouble(error)
            return
        if record is not None:
            await self._propose(record)
        elif outcomes := self._changes.outcomes:
            again = with_keys("{app.activity} shows it: there it can be done again.")
            self._warn(outcomes[0].no_undo or f"Nothing more can be undone: what was done here was undone. {again}")
        else:
            self._warn("Nothing was done yet that could be undone.")

    async def _propose(self, record: ActivityRecord) -> None:
        if self._session.services is None:
            return
        try:
            plan = await asyncio.to_thread(self._session.services.undo_plan, record)
        except S3mlError as error:
            self._sign_in.show_trouble(error)
        else:
            self._changes.propose(plan, undoes=record)

    def retry(self, job: Job) -> None:
        """The rest of an undo is not planned anew: that it is refused when something was changed is its use."""
        plan = job.result.retry if isinstance(job.result, Outcome) else job.plan
        services = self._session.services
        if services is None or job.context is None or job.context.account != self._session.context.account:
            where = job.context.name if job.context is not None else "another context"
            self._warn(f"It was begun in {where}: work there to do it again.")
        elif plan is not None and job.undoes:
            self._changes.propose(plan, undoes=self._records.find(job.undoes))
        elif plan is not None:
            self._app.begin("retry", self._plan_again, services, plan)
        elif job.wanted is not None:
            self._changes.start(job.wanted)

    async def _plan_again(self, services: Services, plan: Plan) -> None:
        try:
            again = await asyncio.to_thread(services.plan_again, plan)
        except S3mlError as error:
            self._app.post_message(messages.Trouble(error))
        else:
            self._app.post_message(messages.PlanProposed(again))

    def _warn(self, sentence: str) -> None:
        self._app.notify(printable(sentence), severity="warning", markup=False)
