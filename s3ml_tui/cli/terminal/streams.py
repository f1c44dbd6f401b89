"""The process's own standard streams, when one of them is closed or its disk is full.

A closed one is opened on nothing, or the next file or connection would get its number. What was to be printed and
cannot be is an error where printing is what was asked for. Where something was done, it stays done, and that is said.
"""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from s3ml_tui.cli.terminal import charset
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.errors import LocalTrouble

_WHY = {
    errno.EBADF: "Standard output is closed",
    errno.ENOSPC: "No space is left on the disk that standard output is written to",
    errno.EDQUOT: "No space is left on the disk that standard output is written to",
}


class ResultLost(LocalTrouble):
    """What was asked for could not be written to standard output."""


class _Results(io.FileIO):
    """Standard output, which says once that it cannot be written, and takes anything from then on."""

    why_lost = ""
    """Why something could not be written; "" while everything was."""
    is_done = False
    """Whether the command has done what it was given for, and only says so."""

    def write(self, data: Any) -> int:
        """Raises ResultLost once, and BrokenPipeError when the reader had enough."""
        if not self.why_lost:
            try:
                return super().write(data) or 0
            except BrokenPipeError:
                if not self.is_done:
                    raise
            except OSError as error:
                self.why_lost = _WHY.get(error.errno or 0) or f"Standard output: {error.strerror or error}"
                if not self.is_done:
                    advice = "Send it to another place, and run it again"
                    raise ResultLost("The result could not be written", cause=self.why_lost, advice=advice) from error
        return memoryview(data).nbytes


class _Words(io.FileIO):
    """Standard error. When it cannot be written, nobody can be told, and the work goes on."""

    def write(self, data: Any) -> int:
        """Never fails."""
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


_of_process: list[_Results] = []
"""Standard output, once it was taken over."""


def done() -> None:
    """From now on what is printed tells of what was done: it is no failure of the command when nobody can read it."""
    for results in _of_process:
        results.is_done = True


@contextmanager
def prepared() -> Iterator[None]:
    """While it lasts standard streams may be closed or full; what was printed is written out at its end.

    Ends the process with a sentence and exit code 1 when a result was lost.
    """
    _open_closed()
    if not _of_process:
        _of_process.append(_Results(1, "wb", closefd=False))
        sys.stdout = _text(_of_process[0], sys.stdout)
        sys.stderr = _text(_Words(2, "wb", closefd=False), sys.stderr, is_read_at_once=True)
    charset.never_stumble()
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            _say_lost()
    except ResultLost as lost:
        ended = lost.__context__
        say(f"s3ml: {lost.sentence}")
        sys.exit(ended.code if isinstance(ended, SystemExit) and ended.code else lost.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise


def _say_lost() -> None:
    for results in _of_process:
        if results.is_done and results.why_lost:
            say(f"s3ml: What was asked for is done. What the command printed is lost: {results.why_lost}.")


def _open_closed() -> None:
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # it gets the lowest number that is free; not one that can be written, for 1
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process


def _text(raw: io.FileIO, before: object, *, is_read_at_once: bool = False) -> io.TextIOWrapper:
    """A stream like the one it takes the place of."""
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=getattr(before, "errors", None) or "strict",
        line_buffering=is_read_at_once or bool(getattr(before, "line_buffering", False)),
        write_through=bool(getattr(before, "write_through", False)),
    )
