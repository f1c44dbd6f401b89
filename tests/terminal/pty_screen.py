"""A real terminal for tests: a program in a pty, what it printed, and the screen that makes."""

import base64
import os
import re
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

COLUMNS, LINES = 120, 36
TIMEOUT_S = 60.0
"""How long a screen may take to show something; CI's two cores are shared."""

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backtab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "backspace": "\x7f",
    "ctrl+k": "\x0b",
    "ctrl+o": "\x0f",
    "ctrl+u": "\x15",
    "ctrl+a": "\x01",
    "ctrl+p": "\x10",
}


class PtyScreen:
    """One program in a pty: press keys, wait for what the screen shows."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = COLUMNS,
        lines: int = LINES,
        folder: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        """Everything the program sent to the terminal."""
        variables = {name: value for name, value in environment.items() if name not in {"COLUMNS", "LINES"}}
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            env={**variables, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"},
            dimensions=(lines, columns),
            cwd=str(folder) if folder is not None else None,
            timeout=TIMEOUT_S,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Of the program."""
        return int(self._child.pid or 0)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def clipboard(self) -> str | None:
        """What the program put into the terminal's clipboard last (OSC 52); None when nothing."""
        copied = re.findall(rb"\x1b\]52;[^;]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", bytes(self.raw))
        return base64.b64decode(copied[-1]).decode() if copied else None

    def press(self, *keys: str) -> None:
        """Names of KEYS, or characters typed as they are."""
        for key in keys:
            self._child.send(KEYS.get(key, key))
            self._read(0.03)

    def type(self, text: str) -> None:
        """Type a text, character by character."""
        for character in text:
            self._child.send(character)
        self._read(0.05)

    def paste(self, text: str) -> None:
        """Give a text at once, as a terminal gives what was pasted."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")
        self._read(0.05)

    def wait_for(self, pattern: str, *, timeout_s: float = TIMEOUT_S) -> re.Match[str]:
        """Until the screen shows `pattern` (a regular expression); fails with the screen otherwise."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = re.search(pattern, self.text)
            if found:
                return found
            if time.monotonic() > deadline or not self._read(0.1):
                found = re.search(pattern, self.text)
                if found:
                    return found
                raise AssertionError(f"never saw {pattern!r}; the screen is:\n{self.text}")

    def background(self, text: str) -> str:
        """The colour behind the first place where this stands; "" when it is not on the screen."""
        for y, line in enumerate(self._screen.display):
            if text in line:
                return str(self._screen.buffer[y][line.index(text)].bg)
        return ""

    def wait_for_background(self, text: str, colour: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Until `text` stands on this colour, as the cursor's line does in the list that has the focus."""
        deadline = time.monotonic() + timeout_s
        while self.background(text) != colour:
            assert time.monotonic() < deadline, f"never on {colour}: {text!r}; the screen is:\n{self.text}"
            assert self._read(0.1), f"ended before {text!r} was on {colour}"

    def wait_for_bytes(self, wanted: bytes, *, timeout_s: float = TIMEOUT_S) -> None:
        """Until the program has sent this to the terminal: colours and other things the text does not show."""
        deadline = time.monotonic() + timeout_s
        while wanted not in self.raw:
            assert time.monotonic() < deadline, f"never sent {wanted!r}"
            assert self._read(0.1) or wanted in self.raw, f"ended without sending {wanted!r}"

    def wait_until_gone(self, pattern: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Until the screen no longer shows `pattern`."""
        deadline = time.monotonic() + timeout_s
        while re.search(pattern, self.text):
            if time.monotonic() > deadline or not self._read(0.1):
                raise AssertionError(f"still saw {pattern!r}; the screen is:\n{self.text}")

    def wait_for_exit(self, *, timeout_s: float = TIMEOUT_S) -> int:
        """Until the program has ended; answers its exit code."""
        deadline = time.monotonic() + timeout_s
        while self._read(0.1):
            if time.monotonic() > deadline:
                raise AssertionError(f"still running; the screen is:\n{self.text}")
        self._child.close()
        return self._child.exitstatus if self._child.exitstatus is not None else -(self._child.signalstatus or 0)

    def take_in(self, wait_s: float) -> None:
        """Read what comes within this time, so that the program never waits for somebody to read."""
        self._read(wait_s)

    def close(self) -> None:
        """End the program if it still runs."""
        if self._child.isalive():
            os.kill(self.pid, signal.SIGKILL)
        self._child.close(force=True)

    def _read(self, wait_s: float) -> bool:
        """Take in what came; False once the program has closed its terminal."""
        try:
            data = self._child.read_nonblocking(1 << 16, timeout=wait_s)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True


def s3ml_command() -> list[str]:
    """The command under test."""
    return [sys.executable, "-m", "s3ml_tui"]
