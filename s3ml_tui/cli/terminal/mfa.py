"""MFA codes on the command line: asked for on the terminal, and only where there is one."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.sign_in import CodeWanted, SignIn, wrong_code

_MOST_TRIES = 5


def ask_on_terminal(sign_in: SignIn | None) -> None:
    """Have codes asked for here; without a terminal whoever needs one is told so."""
    if sign_in is not None and sys.stdin.isatty() and sys.stderr.isatty():
        sign_in.asked_by(_ask)


def _ask(wanted: CodeWanted) -> str | None:
    """A code of six digits; None for an empty line. Raises KeyboardInterrupt."""
    say(f"{wanted.title}: {wanted.hint}")
    with _stopping_at_once():
        for _ in range(_MOST_TRIES):
            sys.stderr.write("Six digits, or enter to leave: ")
            sys.stderr.flush()
            code = sys.stdin.readline().strip().replace(" ", "")
            wrong = wrong_code(code)
            if not code:
                return None
            if not wrong:
                return code
            say(wrong)
    return None


@contextmanager
def _stopping_at_once() -> Iterator[None]:
    """Within it, ctrl+c is not kept for a transfer that may stop later: somebody is being waited for."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
