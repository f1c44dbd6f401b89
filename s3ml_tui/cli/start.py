"""The entry point: the plainest commands at once, all others by the whole command line."""

import os
import sys
from types import TracebackType

from s3ml_tui.cli import opening, quick, streams


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from s3ml_tui.cli import crash

    crash.report(kind, error, trace)


def main() -> None:
    """Run what the command line says."""
    sys.excepthook = _report
    streams.never_stumble()
    code = quick.run(sys.argv[1:])
    if code is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # nothing is left to tidy up, and freeing a hundred thousand names takes a tenth of a second
    opening.run(sys.argv[1:])
    from s3ml_tui.cli.main import main as whole

    whole()
