"""The entry point: the plainest commands at once, all others by the whole command line."""

import os
import sys
from types import TracebackType

from s3ml_tui.cli import fast_ls, fast_tui, single_command
from s3ml_tui.cli.terminal import streams


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from s3ml_tui.cli.terminal import crash

    crash.report(kind, error, trace)


def main() -> None:
    """Run what the command line says."""
    sys.excepthook = _report
    with streams.prepared():
        code = fast_ls.run(sys.argv[1:])
        if code is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # nothing is left to tidy up, and freeing a hundred thousand names takes a tenth of a second
        fast_tui.run(sys.argv[1:])
        single_command.run(sys.argv[1:])
        from s3ml_tui.cli.main import main as whole

        whole()
