"""What a run says: events, each told at once to everyone who listens."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage


@dataclass(slots=True)
class StageNotes:
    """What a stage wants said when it has finished."""

    summary: str = ""


class Journal:
    """Emits events; knows the stage that is under way and how long each took."""

    def __init__(self, sinks: Sequence[Callable[[str], None]], clock: Callable[[], float] = time.time) -> None:
        """`sinks` are told each line; `clock` tells seconds since the epoch."""
        self._sinks = list(sinks)
        self._clock = clock
        self._lock = threading.Lock()
        self._is_closed = False
        self.stage_now: Stage | None = None
        self.timings_s: dict[str, float] = {}
        self.cautions: list[str] = []
        """Warnings that the record keeps."""

    def listen(self, sink: Callable[[str], None]) -> None:
        """One more to be told."""
        self._sinks.append(sink)

    def emit(
        self, message: str, *, level: Level = Level.INFO, kind: Kind = Kind.LOG, data: Mapping[str, Any] | None = None
    ) -> None:
        """Say it; nothing is said once the journal is closed."""
        event = Event(self._clock(), message, level, self.stage_now, kind, data or {})
        line = event.line()
        with self._lock:
            if not self._is_closed:
                for sink in self._sinks:
                    sink(line)

    def warn(self, message: str) -> None:
        """A warning."""
        self.emit(message, level=Level.WARNING)

    def caution(self, message: str) -> None:
        """A warning that is still true when the run is over: the record and the report keep it."""
        if message not in self.cautions:
            self.cautions.append(message)
        self.warn(message)

    def debug(self, text: str) -> None:
        """Every line of a text, at debug level."""
        for line in text.splitlines():
            self.emit(line, level=Level.DEBUG)

    def progress(self, message: str, done: int, total: int) -> None:
        """How far it is."""
        self.emit(message, kind=Kind.PROGRESS, data={"done": done, "total": total})

    def heartbeat(self) -> None:
        """Still here."""
        self.emit("Still at work", level=Level.DEBUG, kind=Kind.HEARTBEAT)

    def close(self, message: str, *, level: Level, data: Mapping[str, Any]) -> None:
        """The last word; what a thread says that was left behind is heard no more."""
        self.stage_now = None
        self.emit(message, level=level, kind=Kind.RUN_FINISHED, data=data)
        with self._lock:
            self._is_closed = True

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[StageNotes]:
        """The events around a stage; an error leaves `stage_now` where it happened."""
        self.stage_now = stage
        started = time.monotonic()
        notes = StageNotes()
        self.emit(f"{stage.capitalize()} started", kind=Kind.STAGE_STARTED)
        yield notes
        elapsed_s = round(time.monotonic() - started, 3)
        self.timings_s[stage.value] = elapsed_s
        self.emit(notes.summary, kind=Kind.STAGE_FINISHED, data={"elapsed_s": elapsed_s})
