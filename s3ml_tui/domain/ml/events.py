"""Events of a run: one JSON object a line, the same on the process's stdout, in chunks and in the whole log.

Following a log: where a reader stands, and what came since.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from s3ml_tui.domain.serialization import json_text


class Stage(StrEnum):
    """The five parts of a run, in order."""

    PREPARE = "prepare"
    SPLIT = "split"
    TRAIN = "train"
    EVALUATE = "evaluate"
    PUBLISH = "publish"


class Level(StrEnum):
    """How much a line matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for debug to 3 for error."""
        return list(Level).index(self)


class Kind(StrEnum):
    """What an event reports."""

    LOG = "log"
    RUN_STARTED = "run-started"
    STAGE_STARTED = "stage-started"
    STAGE_FINISHED = "stage-finished"
    """data: elapsed_s."""
    PROGRESS = "progress"
    """data: done, total."""
    METRICS = "metrics"
    """data: the metrics by name."""
    HEARTBEAT = "heartbeat"
    RUN_FINISHED = "run-finished"
    """data: state, model (as `models/v1`, or None), reason."""


MODEL_SHA256 = "model_sha256"
"""In an event's data: the bytes of the model that a run has just written."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a log."""

    at: float
    """Seconds since the epoch, UTC; 0 when the line did not say."""
    message: str
    level: Level = Level.INFO
    stage: Stage | None = None
    kind: Kind = Kind.LOG
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""

    def line(self) -> str:
        """One line of JSON, without the newline; ASCII, so that nothing in it can reach a terminal raw."""
        document: dict[str, Any] = {"at": round(self.at, 3), "level": self.level, "message": self.message}
        if self.stage:
            document["stage"] = self.stage
        if self.kind is not Kind.LOG:
            document["kind"] = self.kind
        if self.data:
            document["data"] = dict(self.data)
        return json_text(document)


def parse_line(line: str) -> Event:
    """The event of a line; a line that is none of ours is a message by itself. Never raises."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return Event(0.0, line)
    if not isinstance(document, dict) or not isinstance(document.get("message"), str):
        return Event(0.0, line)
    at = document.get("at")
    data = document.get("data")
    return Event(
        at=float(at) if isinstance(at, int | float) and not isinstance(at, bool) else 0.0,
        message=document["message"],
        level=_member(Level, document.get("level"), Level.INFO),
        stage=_member(Stage, document.get("stage"), None),
        kind=_member(Kind, document.get("kind"), Kind.LOG),
        data=data if isinstance(data, dict) else {},
    )


def _member(kind: type[StrEnum], value: object, otherwise: Any) -> Any:
    return kind(value) if isinstance(value, str) and value in kind.__members__.values() else otherwise


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader of a log stands; the default is its beginning."""

    chunk: int = 0
    """The last chunk read; 0 when the log is one object."""
    offset: int = 0
    """Bytes read of the object, whole lines only."""
    etag: str = ""
    """Of the object when it was read; another one with fewer bytes means it was replaced."""
    lines: int = 0
    """Lines given out so far."""
    tail: bytes = b""
    """The last bytes given out, by which a replaced object that is no shorter is noticed."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What came since a cursor."""

    lines: tuple[str, ...]
    cursor: Cursor
    is_over: bool
    """Whether nothing more will come."""
    was_replaced: bool = False
    """Whether the object was replaced, so that the lines begin anew."""
