"""What is remembered of an embedded server between commands: its ports, and the process that ran last."""

import json
from dataclasses import dataclass
from pathlib import Path

from s3ml_tui.local_server.data_folder import translated, write_private
from s3ml_tui.local_server.ports import Ports, are_valid

FORMAT = 1


@dataclass(frozen=True, slots=True)
class State:
    """The contents of the state file."""

    ports: Ports
    pid: int | None = None
    """None when it was stopped; also for the moment between choosing ports and the process being there."""
    started: float | None = None
    """The process's start time, seconds since the epoch: with the pid it tells our server from a later process."""
    is_stopped: bool = True
    """Whether it was ended by a stop, so that no process need be looked for."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A state file that cannot be made out."""

    path: Path

    @property
    def sentence(self) -> str:
        """What the user is told."""
        return f"The state file {self.path} was damaged and is written anew; data and credentials are not touched."


def read(path: Path) -> State | Damaged | None:
    """What the file says; None when there is none. Raises LocalTrouble when it cannot be read at all."""
    with translated(path.parent):
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return Damaged(path)
    return _parsed(text) or Damaged(path)


def write(path: Path, state: State) -> None:
    """Replace what is remembered. Raises LocalTrouble."""
    write_private(
        path,
        {
            "format": FORMAT,
            "ports": state.ports,
            "pid": state.pid,
            "started": state.started,
            "is_stopped": state.is_stopped,
        },
    )


def _parsed(text: str) -> State | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match document:
        case {"format": 1, "ports": ports, "pid": pid, "started": started, "is_stopped": bool(is_stopped)} if (
            are_valid(ports)
            and (pid is None or type(pid) is int)
            and (started is None or isinstance(started, int | float))
        ):
            return State(ports, pid, started, is_stopped)
    return None
