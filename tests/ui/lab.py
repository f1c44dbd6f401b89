"""A workspace in memory with runs and models in it, the whole app over it, and text that means harm."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.events import Event, Kind, Level, Stage
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.model import AliasMove
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app import S3mlApp
from tests.doubles import MemoryStore
from tests.services.arranged import (
    LAYOUT,
    WORKSPACE,
    manifest_record,
    memory,
    publish,
    result_record,
    spec,
    start_record,
)
from tests.ui.harness import services_over, until_shown

HOSTILE = "evil\x1b[31m [bold red]x[/bold] [/] \u202e\x07\x9b"
"""ESC, C1 and BEL, a bidi override, markup that is whole and markup that is torn."""
SHOWN = "evil\\x1b[31m [bold red]x[/bold] [/]"
"""What a user must see of it."""
SMALL, LARGE = (80, 24), (120, 36)


class Lab:
    """What tests arrange in the workspace, and the app over it."""

    def __init__(self, folder: Path) -> None:
        self.store: MemoryStore = memory()
        self.folder = folder
        self.begun = datetime.now(UTC).replace(microsecond=0)

    def app(self, open: Callable[[Context], Services] | None = None, **options: Any) -> S3mlApp:  # noqa: A002 - the app's
        """The whole app; it begins in the workspace unless told otherwise."""
        options.setdefault("start", WORKSPACE)
        return S3mlApp(open or self.open, options.pop("context", Context(name="prod")), **options)

    def open(self, context: Context) -> Services:
        """A session."""
        return services_over(self.store, self.folder, context)

    def run(self, number: int, *, state: str = "succeeded", lines: int = 0, **more: Any) -> str:
        """A run that began `number` hours ago; one that goes on has no result, and its lines in a chunk."""
        started = self.begun - timedelta(hours=number)
        run_id = f"{started:%Y%m%d-%H%M}-k{number:03}"
        begun = start_record(run_id, started=started, spec=spec())
        self.store.write(LAYOUT.run_spec(run_id), begun.to_bytes())
        body = "".join(f"{line}\n" for line in log_lines(range(lines))).encode()
        if state == "running":
            self.store.write(LAYOUT.training_chunk(run_id, 1), body)
            return run_id
        if state != "succeeded":
            more = {"metrics": {}, "headline": "", "model": None, "reason": f"it was {state}"} | more
        ended = started + timedelta(seconds=72)
        result = result_record(run_id, state=state, started=started, ended=ended, **more)
        self.store.write(LAYOUT.run_result(run_id), result.to_bytes())
        if lines:
            self.store.write(LAYOUT.training_log(run_id), body)
        return run_id

    def chunk(self, run_id: str, number: int, *lines: str) -> None:
        """A running run writes."""
        self.store.write(LAYOUT.training_chunk(run_id, number), "".join(f"{line}\n" for line in lines).encode())

    def models(self, *numbers: int, champion: int | None = None) -> None:
        """Complete model versions."""
        publish(self.store, *numbers)
        if champion is not None:
            record = AliasMove(
                alias="champion", model=f"models/v{champion}", previous=None, moved=self.begun, by="me@here"
            )
            self.store.write(LAYOUT.alias_move("champion", 1), record.to_bytes())

    def hostile_model(self, number: int) -> None:
        """A manifest whose every text means harm."""
        self.store.write(LAYOUT.model_claim(number), b"{}")
        record = manifest_record(number, name=HOSTILE, estimator=HOSTILE, run_id=HOSTILE, headline=HOSTILE)
        self.store.write(LAYOUT.model_manifest(number), record.to_bytes())


class Gate:
    """A hook of the store that lets requests of one verb wait until the test opens it."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.arrived = threading.Event()
        self.opened = threading.Event()

    def __call__(self, verb: str, _address: str) -> None:
        if verb == self.verb:
            self.arrived.set()
            assert self.opened.wait(20), "the gate was never opened"


def log_lines(numbers: range) -> list[str]:
    """Lines of a training log; every tenth is a warning, every 25th an error."""
    return [_event(number).line() for number in numbers]


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
