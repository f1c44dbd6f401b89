"""The preview process seen from the app: started when first needed, asked, watched, ended when it takes too much.

It has no credentials and reads nothing by itself: the bytes it asks for are fetched here. Whatever becomes of it,
the next question finds a new one.
"""

import os
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import IO

import psutil

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.preview.content import READ_BYTES, Reading
from s3ml_tui.domain.preview.protocol import BYTES, CODEC, HEADER, Request, frame, header, message, parsed
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.domain.storage.store import Cancelled, never

COMMAND = (sys.executable, "-P", "-m", "s3ml_tui.readers")
"""-P: nothing in the folder the user happens to be in is imported."""
TIME_S = 5.0
"""The process's own, for one request; the network's is not counted."""
MEMORY_BYTES = 256 * 1024 * 1024
"""What it may take beside the libraries it loads: a small file can hold a cell of any size."""
_MOST_RANGE_REQUESTS = 500
_LOOK_EVERY_S = 0.05
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")
"""All of the environment it is given: nothing there may be a secret."""
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONSAFEPATH": "1",
}
"""The limit is on memory that is reserved, and pools and threads reserve more than they use."""

_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}
"""Exit codes of a process that ended itself by such a signal."""

Fetch = Callable[[int, int], bytes | None]
"""Bytes of the object from `start`, `length` of them; None when that would be too much."""


class Failed(Exception):
    """It gave no reading; the message is the sentence that says why."""


class _DiedBefore(Failed):
    """It was gone before it heard of this question, which therefore is not what ended it."""


class _Crashed(Failed):
    """A library in it crashed, which is how some take it that there is no more memory."""


class PreviewProcess:
    """One process, kept from question to question. One question at a time."""

    def __init__(
        self, command: tuple[str, ...] = COMMAND, *, time_s: float = TIME_S, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._command = (*command, str(memory_bytes))
        self._time_s = time_s
        self._memory_bytes = memory_bytes
        self._child: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that would be asked; None when there is none."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def ask(self, request: Request, fetch: Fetch, *, cancelled: Cancelled = never) -> Reading:
        """The reading it makes of an object whose bytes `fetch` gets.

        Raises Failed, Cancelled, and what `fetch` raises; the process lives on after the last two, and what it still
        says to this question is dropped.
        """
        fetched = _Fetched(fetch)
        try:
            try:
                return self._ask(request, fetched, cancelled)
            except _DiedBefore:
                self.close()
                return self._ask(request, fetch, cancelled)
            except _Crashed:
                self.close()
                return self._ask(replace(request, is_sparing=True), fetched.again, cancelled)
        except Misfit as error:
            self.close()
            raise Failed("The preview process answered nonsense; a new one is started for the next preview.") from error
        except Failed:
            self.close()
            raise

    def kill(self) -> None:
        """Stop it at once, from any thread; whoever asks it hears that it ended, and then must `close`."""
        child = self._child
        if child is not None:
            child.kill()

    def _ask(self, request: Request, fetch: Fetch, cancelled: Cancelled) -> Reading:
        time_s = self._time_s * max(1, (request.budget // READ_BYTES).bit_length())  # more to read takes longer
        exchange = _Exchange(self._living(), time_s, self._memory_bytes, cancelled)
        exchange.send(message(CODEC.plain(request)))
        for _ in range(_MOST_RANGE_REQUESTS):
            said = exchange.message()
            if said.get("request") != request.request:
                continue  # a late answer to an old question
            if "reading" in said:
                return CODEC.read_one(Reading, said["reading"])
            start, length = _requested_range(said)
            data = fetch(start, length)
            exchange.send(message({"refused": request.request}) if data is None else frame(BYTES, data))
        raise Failed("Reading it takes too many requests.")

    def close(self) -> None:
        """End the process, if there is one; not while another thread asks it."""
        end, self._end, self._child = self._end, None, None
        if end is not None:
            end()

    def _living(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | _FRUGAL
        try:
            child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise Failed(f"The preview process cannot be started: {error.strerror}.") from error
        for pipe in (child.stdin, child.stdout):
            os.set_blocking(_open(pipe).fileno(), False)
        self._child, self._end = child, weakref.finalize(self, _finish, child)
        return child


class _Fetched:
    """Fetches, and keeps some of it for a process that is asked the same again after a crash."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._kept: dict[tuple[int, int], bytes] = {}
        self._left = READ_BYTES

    def __call__(self, start: int, length: int) -> bytes | None:
        data = self._fetch(start, length)
        if data is not None and len(data) <= self._left:
            self._left -= len(data)
            self._kept[start, length] = data
        return data

    def again(self, start: int, length: int) -> bytes | None:
        kept = self._kept.get((start, length))
        return self(start, length) if kept is None else kept


class _Exchange:
    """The frames of one question, within its time."""

    def __init__(self, child: subprocess.Popen[bytes], time_s: float, memory_bytes: int, cancelled: Cancelled) -> None:
        self._child = child
        self._in = _open(child.stdin).fileno()
        self._out = _open(child.stdout).fileno()
        self._whole_s = self._left_s = time_s
        self._memory_bytes = memory_bytes
        self._cancelled = cancelled
        self._was_heard = False

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait(writing=True)
            with suppress(BlockingIOError):  # somebody was faster: wait again
                try:
                    view = view[os.write(self._in, view) :]
                except BrokenPipeError as error:
                    raise self._died() from error

    def message(self) -> dict[str, object]:
        """The next message, whole. Cancelled only between messages, so that the next question finds their beginning."""
        kind, length = header(self._exactly(HEADER.size, may_stop=True))
        payload = self._exactly(length)
        if kind == BYTES:
            raise Misfit("bytes where a message belongs")
        self._was_heard = True
        return parsed(payload)

    def _exactly(self, length: int, *, may_stop: bool = False) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait(may_stop=may_stop and not data)
            with suppress(BlockingIOError):  # nothing came after all: wait again
                piece = os.read(self._out, min(length - len(data), 1 << 20))
                if not piece:
                    raise self._died()
                data += piece
        return bytes(data)

    def _wait(self, *, writing: bool = False, may_stop: bool = False) -> None:
        """Until the pipe is ready. Raises Failed when the time is up or the memory is, Cancelled where it may."""
        while True:
            if may_stop and self._cancelled():
                raise Stopped
            begun = time.monotonic()
            poller = select.poll()
            poller.register(*((self._in, select.POLLOUT) if writing else (self._out, select.POLLIN)))
            is_ready = bool(poller.poll(1000 * max(0.0, min(_LOOK_EVERY_S, self._left_s))))
            self._left_s -= time.monotonic() - begun
            if is_ready:
                return
            if self._left_s <= 0:
                raise Failed(f"Reading it takes longer than {self._whole_s:g} s; it was given up.")
            self._look_at_memory()

    def _look_at_memory(self) -> None:
        """A second fence, and the only one where the system does not limit address space."""
        with suppress(psutil.Error):  # it has ended: who waits for it is told
            if psutil.Process(self._child.pid).memory_info().rss > self._memory_bytes:
                raise _too_much_memory()

    def _died(self) -> Failed:
        with suppress(subprocess.TimeoutExpired):  # then no code is known
            self._child.wait(timeout=2)
        code = self._child.returncode
        if not self._was_heard:
            return _DiedBefore("The preview process ends as soon as it is asked.")
        if code in _CRASHES:
            return _Crashed(f"The preview process crashed while it read this (signal {-code}).")
        if code is not None and code < 0:
            return Failed(f"The preview process was stopped by signal {-code} while it read this.")
        return Failed("The preview process ended while it read this: the file is more than it can take.")


def _too_much_memory() -> Failed:
    return Failed("Reading it takes more memory than a preview may have.")


def _requested_range(said: dict[str, object]) -> tuple[int, int]:
    """Start and length of the bytes asked for. Raises Misfit."""
    requested = said.get("need")
    if (
        not isinstance(requested, list)
        or len(requested) != 2
        or not all(type(part) is int and part >= 0 for part in requested)
    ):
        raise Misfit("it asks for bytes that are nowhere")
    start, length = requested
    return start, length


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None or pipe.closed:
        raise Failed("The preview process was ended.")
    return pipe


def _finish(child: subprocess.Popen[bytes]) -> None:
    """Kill, reap, close; whatever state it is in."""
    with suppress(ProcessLookupError):  # it has ended
        child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was to be written in the end, nobody reads
                pipe.close()
