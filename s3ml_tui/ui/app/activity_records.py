"""What was done in this session and others: read from the activity file, and written to it."""

import asyncio
from collections.abc import Callable

from s3ml_tui.domain.activity import ActivityRecord
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import printable
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.session import Session


class ActivityRecords:
    """The records of the session at hand; `changed` is called when there are others to be shown."""

    def __init__(self, app: PausingApp, session: Session, changed: Callable[[], None]) -> None:
        self._app, self._session, self._changed = app, session, changed
        self.all: tuple[ActivityRecord, ...] | None = None
        """Newest first; None until they were read."""
        self.trouble: S3mlError | None = None
        """Why they could not be read."""
        self._is_forgetting = False
        """Whether the user was told that what is done is not remembered."""

    def find(self, record_id: str) -> ActivityRecord | None:
        """The one with this id."""
        return next((record for record in self.all or () if record.id == record_id), None)

    def read(self) -> None:
        """Read again what was done."""
        if self._session.services is not None:
            self._app.begin("activity", self._read, self._session.services)

    async def _read(self, services: Services) -> None:
        records: tuple[ActivityRecord, ...] = ()
        trouble = None
        try:
            records = await asyncio.to_thread(services.activity.records)
        except S3mlError as error:
            trouble = error
        if services is not self._session.services:
            return
        self.all, self.trouble = records, trouble
        self._changed()
        forgets = services.activity.trouble
        if forgets is not None and not self._is_forgetting:
            self._app.notify(printable(forgets.sentence), severity="warning", markup=False)
        self._is_forgetting = forgets is not None

    def remember(self, services: Services, outcome: Outcome) -> None:
        """Keep an outcome of something that went through no plan."""
        self._app.begin("activity", self._remember, services, outcome)

    async def _remember(self, services: Services, outcome: Outcome) -> None:
        await asyncio.to_thread(services.activity.note, outcome)
        self.read()
