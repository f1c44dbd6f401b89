"""A program that has the terminal to itself while the screens step aside."""

import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from textual.app import App, SuspendNotSupported

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.text import printable


def run_outside(app: App[Any], command: Sequence[str]) -> int:
    """Run it where the screens were; its exit code. Raises LocalTrouble where they cannot step aside, or it is none."""
    words = printable(shlex.join(command))
    try:
        with app.suspend(), _surviving_ctrl_c():
            print(f"s3ml waits for: {words}", flush=True)  # the terminal is not ours, so neither are our widgets
            return subprocess.run(command, check=False).returncode
    except SuspendNotSupported as error:
        raise LocalTrouble(
            "The screens cannot step aside here",
            cause="This is no terminal of its own",
            advice=f"Run it yourself: {words}",
        ) from error
    except OSError as error:
        raise LocalTrouble(
            f"{printable(command[0])} cannot be started", cause=error.strerror or "", advice=f"Run it yourself: {words}"
        ) from error


@contextmanager
def _surviving_ctrl_c() -> Iterator[None]:
    """Ctrl+c goes to the program and to us alike; a handler, unlike a signal that is ignored, is not inherited."""

    def nothing(_signal: int, _frame: FrameType | None) -> None:
        pass

    before = signal.signal(signal.SIGINT, nothing)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
