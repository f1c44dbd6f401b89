"""Following a run or a prediction that was started here: its own file, line by line, until its process has ended.

What Activity is told of a run or a prediction.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.errors import NotFound, S3mlError
from s3ml_tui.domain.ml.events import Cursor, Event, LogPage, parse_line
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.records.workspace import BatchManifest
from s3ml_tui.services.processes.launch import StartedBatch, StartedRun
from s3ml_tui.services.runs.output import why_it_died
from s3ml_tui.services.runs.records import headline_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import key_for, with_keys
from s3ml_tui.ui.pipeline.stages import new_progress

POLL_S = 0.3
SETTLE_POLLS = 16
"""How often its record is looked for after its process has ended: whoever cancels a run writes it after that."""


class Followed(ABC):
    """One process that was started here, and what is known of it."""

    name = ""
    """As `run 20261123-1402-k3f9`."""

    def __init__(self, services: Services, started: StartedRun | StartedBatch, *, is_batch: bool) -> None:
        self.services = services
        self.workspace = started.workspace
        self.output = started.output
        self.progress = new_progress(time.time(), is_batch=is_batch)
        self.lines: list[str] = []
        self.trouble: S3mlError | None = None
        """Why its log or its record cannot be read."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.progress.ended is not None

    @property
    @abstractmethod
    def made(self) -> str:
        """What a success is worth saying; "" while there is none."""

    @property
    @abstractmethod
    def next_step(self) -> str:
        """What to do after a success."""

    @property
    @abstractmethod
    def end_record(self) -> ObjectKey:
        """What tells of its end; the key of the outcome of cancelling it."""

    @abstractmethod
    def is_alive(self) -> bool:
        """Whether its process goes on; blocks."""

    @abstractmethod
    def settle(self) -> None:
        """Its process has ended: read its record, and tell how it ended where its log did not; blocks.

        Tells nothing while there is no record. Raises S3mlError.
        """

    def die(self) -> None:
        """Its process ended and nothing says how."""
        if not self.is_over:
            self.progress.end(
                RunState.LOST, f"Its process died: {why_it_died(self.output, self.progress.last_error)}", time.time()
            )

    def poll(self, cursor: Cursor) -> tuple[LogPage, list[Event], bool]:
        """What came since `cursor`, and whether it was the last; blocks. Raises S3mlError."""
        lives = self.is_alive()
        page = self.services.logs.poll_file(self.output, cursor, is_final=not lives)
        return page, [parse_line(line) for line in page.lines], page.is_over and not lives


class FollowedRun(Followed):
    """A training run."""

    result: RunResult | None = None

    def __init__(self, services: Services, started: StartedRun) -> None:
        super().__init__(services, started, is_batch=False)
        self.started = started
        self.run_id = started.run_id
        self.name = f"run {started.run_id}"

    @property
    def made(self) -> str:
        """As `models/v1 — roc_auc 0.993`."""
        if self.result is None:
            return self.progress.model or ""
        figure = headline_text(self.result.headline, self.result.metrics)
        return f"{self.result.model or self.progress.model or 'Done'}{' — ' if figure else ''}{figure}"

    @property
    def next_step(self) -> str:
        """To its outputs, or on."""
        return with_keys("{pipeline.open_output} opens what it made; {pipeline.predict} predicts with it")

    @property
    def end_record(self) -> ObjectKey:
        """result.json."""
        return Layout(self.workspace).run_result(self.run_id)

    def is_alive(self) -> bool:
        """Whether its process goes on."""
        return self.services.runs.is_alive(self.started)

    def settle(self) -> None:
        """Read result.json, or what its model tells where it was killed before that."""
        self.result = self.services.runs.result_of_dead(self.workspace, self.run_id)
        if self.result is not None and not self.is_over:
            self.progress.end(self.result.state, self.result.reason, self.result.ended.timestamp(), self.result.model)


class FollowedBatch(Followed):
    """A prediction."""

    manifest: BatchManifest | None = None

    def __init__(self, services: Services, started: StartedBatch) -> None:
        super().__init__(services, started, is_batch=True)
        self.started = started
        self.batch_id = started.batch_id
        self.name = f"prediction {started.batch_id}"

    @property
    def made(self) -> str:
        """As `1,000 rows predicted with models/v1`."""
        if self.manifest is None:
            return ""
        rows = count_text(self.manifest.rows, "row")
        return f"{rows} predicted with {self.manifest.model}"

    @property
    def next_step(self) -> str:
        """Where they are."""
        return f"{key_for('pipeline.open_output')} opens outputs/predictions/{self.batch_id}/"

    @property
    def end_record(self) -> ObjectKey:
        """Its log."""
        return Layout(self.workspace).inference_log(self.batch_id)

    def is_alive(self) -> bool:
        """Whether its process goes on."""
        return self.services.predictions.is_alive(self.started)

    def settle(self) -> None:
        """Read its manifest."""
        try:
            self.manifest = self.services.predictions.manifest(self.workspace, self.batch_id)
        except NotFound:
            return
        if not self.is_over:
            self.progress.end(RunState.SUCCEEDED, "", self.manifest.created.timestamp(), self.manifest.model)


async def follow(followed: Followed, moved: Callable[[Followed, Sequence[str]], None]) -> None:
    """Tell `moved` of every page of lines until the process has ended and its record was read."""
    cursor, is_last = Cursor(), False
    try:
        while not is_last:
            page, events, is_last = await asyncio.to_thread(followed.poll, cursor)
            cursor = page.cursor
            if page.lines:
                followed.progress.take(events)
                followed.lines += page.lines
                moved(followed, page.lines)
            elif not is_last:
                await asyncio.sleep(POLL_S)
    except S3mlError as error:
        followed.trouble = error
    try:
        for _ in range(SETTLE_POLLS):
            await asyncio.to_thread(followed.settle)
            if followed.is_over:
                break
            await asyncio.sleep(POLL_S)
    except S3mlError as error:
        followed.trouble = followed.trouble or error
    followed.die()


_STAYS = "What it wrote stays; nothing that was there was overwritten."


def started_outcome(followed: Followed) -> Outcome:
    """It was started."""
    return Outcome(
        title=f"Started {followed.name}",
        at=datetime.now(UTC),
        details=(f"It writes to {followed.workspace.uri}.", f"Its output on this machine is {followed.output}."),
        no_undo=with_keys("{app.cancel_job} cancels it."),
    )


def ended_outcome(followed: Followed) -> Outcome:
    """It is over, one way or another."""
    progress = followed.progress
    name = followed.name[:1].upper() + followed.name[1:]
    is_good = progress.state is RunState.SUCCEEDED
    result = followed.made if is_good else progress.reason
    return Outcome(
        title=f"{name} {progress.state}: {progress.model}"
        if is_good and progress.model
        else f"{name} {progress.state}",
        at=datetime.now(UTC),
        details=(result,) if result else (),
        no_undo=result or _STAYS,
    )
