"""How a command ends: one place turns errors into a sentence on stderr with an exit code."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from click.exceptions import Exit

from s3ml_tui.cli.terminal.output import say
from s3ml_tui.cli.terminal.signals import Ended, heeded
from s3ml_tui.domain.errors import Cancelled, S3mlError, local_trouble

INTERRUPTED = Cancelled.exit_code
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def ending() -> Iterator[None]:
    """Run a command's body; what it raises becomes `s3ml: sentence` and the error's exit code.

    A reader of stdout that had enough (`s3ml ls … | head`) is no error. Anything unexpected goes on, to `crash.report`.
    """
    try:
        with heeded():
            yield
        sys.stdout.flush()
    except S3mlError as error:
        say(f"s3ml: {error.sentence}")
        raise Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        say(f"s3ml: {error.sentence if isinstance(error, Ended) else 'Interrupted.'}")
        raise Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        _stop_printing()
        raise Exit(0) from error
    except OSError as error:
        if error.filename is not None:
            say(f"s3ml: {local_trouble(error).sentence}")
            raise Exit(1) from error
        if error.errno not in _FULL:
            raise
        _stop_printing()
        say("s3ml: No space is left on the disk. Make room, then run it again.")
        raise Exit(1) from error


def _stop_printing() -> None:
    """Let what is still buffered for stdout vanish, so that Python does not fail on it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
