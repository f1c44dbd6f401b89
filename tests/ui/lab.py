"""A workspace in memory with runs and models in it, the whole app over it, and text that means harm."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.model_manifest import AliasMove
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.app import S3mlApp
from tests.doubles import MemoryStore
from tests.exhaustive import EXHAUSTIVE
from tests.services.arranged import WORKSPACE, manifest_record, result_record, spec, start_record
from tests.ui.harness import services_over, until_shown

HOSTILE = "evil\x1b[31m [bold red]x[/bold] [/] \u202e\x07\x9b"
"""ESC, C1 and BEL, a bidi override, markup that is whole and markup that is torn."""
SHOWN = "evil\\x1b[31m [bold red]x[/bold] [/]"
"""What a user must see of it."""
CHURN = b"age,plan,churned\n" + b"31,a,no\n52,b,yes\n" * 20
SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [pytest.param(SMALL, marks=EXHAUSTIVE), LARGE])
"""What does not depend on the size is walked a second time by `make test-all` alone."""


class Workbench:
    """What tests arrange in a workspace, on any store."""

    def __init__(self, store: Store, workspace: Place = WORKSPACE) -> None:
        self.kept = store
        self.workspace = workspace
        self.layout = Layout(workspace)
        self.begun = datetime.now(UTC).replace(microsecond=0)
        self.put(self.layout.workspace_record, b"{}")
        self.put(workspace.key("dataset/raw/churn.csv"), CHURN)

    def put(self, key: ObjectKey, body: bytes) -> None:
        """An object."""
        self.kept.write(key, body)

    def run(self, number: int, *, state: str = "succeeded", lines: int = 0, **more: Any) -> str:
        """A run that began `number` hours ago; one that goes on has no result, and its lines in a chunk."""
        started = self.begun - timedelta(hours=number)
        run_id = f"{started:%Y%m%d-%H%M}-k{number:03}"
        self.put(self.layout.run_spec(run_id), start_record(run_id, started=started, spec=spec()).to_bytes())
        if state == "running":
            self.chunk(run_id, 1, *log_lines(range(lines)))
            return run_id
        if state != "succeeded":
            more = {"metrics": {}, "headline": "", "model": None, "reason": f"it was {state}"} | more
        ended = started + timedelta(seconds=72)
        result = result_record(run_id, state=state, started=started, ended=ended, **more)
        self.put(self.layout.run_result(run_id), result.to_bytes())
        if lines:
            self.put(self.layout.training_log(run_id), _body(log_lines(range(lines))))
        return run_id

    def chunk(self, run_id: str, number: int, *lines: str) -> None:
        """A running run writes."""
        self.put(self.layout.training_chunk(run_id, number), _body(lines))

    def end(self, run_id: str, *lines: str) -> None:
        """A running run has ended: the whole log and the result are there, the chunks are purged."""
        self.put(self.layout.training_log(run_id), _body(lines))
        self.put(self.layout.run_result(run_id), result_record(run_id).to_bytes())
        for version in [one for page in self._chunk_pages(run_id) for one in page]:
            self.kept.delete_version(version.key, version.version_id)

    def _chunk_pages(self, run_id: str) -> Iterator[Sequence[Version]]:
        for key in self.kept.list_page(self.layout.training_chunks(run_id)).keys:
            for page in self.kept.history(ObjectKey(self.workspace.bucket, key)):
                yield page.versions

    def models(self, *numbers: int, champion: int | None = None) -> None:
        """Complete model versions."""
        for number in numbers:
            self.put(self.layout.model_claim(number), b"{}")
            self.put(self.layout.model_manifest(number), manifest_record(number).to_bytes())
        if champion is not None:
            model = f"models/v{champion}"
            record = AliasMove(alias="champion", model=model, previous=None, moved=self.begun, by="me@here")
            self.put(self.layout.alias_move("champion", 1), record.to_bytes())

    def hostile_model(self, number: int) -> None:
        """A manifest whose every text means harm."""
        self.put(self.layout.model_claim(number), b"{}")
        record = manifest_record(number, name=HOSTILE, estimator=HOSTILE, run_id=HOSTILE, headline=HOSTILE)
        self.put(self.layout.model_manifest(number), record.to_bytes())


class Lab(Workbench):
    """A workspace in memory, and the app over it."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryStore(WORKSPACE.bucket)
        self.folder = folder
        super().__init__(self.store)

    def app(self, open: Callable[[Context], Services] | None = None, **options: Any) -> S3mlApp:  # noqa: A002 - the app's
        """The whole app; it begins in the workspace unless told otherwise."""
        options.setdefault("start", WORKSPACE)
        return S3mlApp(open or self.open, options.pop("context", Context(name="prod")), **options)

    def open(self, context: Context) -> Services:
        """A session."""
        return services_over(self.store, self.folder, context)


class Gate:
    """A hook of the store that lets requests of one verb wait until the test opens it."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.arrived = threading.Event()
        self.opened = threading.Event()

    def __call__(self, verb: str, _address: str) -> None:
        if verb == self.verb:
            self.arrived.set()
            assert self.opened.wait(60), "the gate was never opened"


def log_lines(numbers: range) -> list[str]:
    """Lines of a training log; every tenth is a warning, every 25th an error."""
    return [_event(number).line() for number in numbers]


def _body(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _event(number: int) -> Event:
    level = Level.ERROR if number % 25 == 24 else Level.WARNING if number % 10 == 9 else Level.INFO
    return Event(1_795_000_000.0 + number, f"candidate {number} of many", level, Stage.TRAIN, Kind.LOG)


def dangerous_texts(app: App[Any]) -> list[str]:
    """Texts on the screen that hold a character no terminal should get."""
    strips = app.screen._compositor.render_strips()
    texts = [segment.text for strip in strips for segment in strip if not segment.control]
    return [text for text in texts if printable(text) != text]


async def to_mode(pilot: Pilot[Any], key: str, *texts: str) -> None:
    """Press a mode's key and wait for what its screen shows."""
    await pilot.press(key)
    await until_shown(pilot, *texts)


ELSEWHERE = Place("other")
"""A bucket without a workspace."""
