"""SIGTERM, SIGHUP or a terminal that is gone: the screens end at once, and nothing under way is tidied up.

Whoever ends us has no patience, and every transfer has a journal: it is offered when s3ml is opened again.
"""

import asyncio
import os
import select
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

from textual.app import App

from s3ml_tui.domain.errors import Cancelled

EXIT_TIMEOUT_S = 3.0
"""So long the terminal may take to be put right; one that hung up takes for ever."""
_ENDING = (signal.SIGTERM, signal.SIGHUP)
_GONE = select.POLLHUP | select.POLLERR


class Signals:
    """Ends the app when a signal says so."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.ended_by = ""
        """The name of the signal; "" while none has come."""

    def listen(self) -> None:
        """Heed signals; one that is ignored stays ignored, as nohup wants it."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for one in _ENDING:
            if signal.getsignal(one) is not signal.SIG_IGN:
                with suppress(NotImplementedError, RuntimeError):  # a loop without signals
                    loop.add_signal_handler(one, self._end_by, one)
        if not self._app.is_headless and not self._app.is_web and sys.__stdin__ is not None:
            threading.Thread(
                target=self._watch_terminal, args=(sys.__stdin__.fileno(), loop), name="terminal", daemon=True
            ).start()

    def _watch_terminal(self, terminal: int, loop: asyncio.AbstractEventLoop) -> None:
        """End when the terminal hangs up, whether the signal for that is heeded or ignored.

        Reading from it then gives nothing at once, for ever, and Textual would ask it again all the time.
        """
        poll = select.poll()
        poll.register(terminal, 0)  # a hang-up alone; what is typed wakes nobody
        if any(seen & _GONE for _, seen in poll.poll()):
            with suppress(RuntimeError):  # the app has ended
                loop.call_soon_threadsafe(self._end_by, signal.SIGHUP)

    def ignore(self) -> None:
        """Heed them no more."""
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for one in _ENDING:
                with suppress(NotImplementedError, RuntimeError):  # a loop without signals, or closed
                    loop.remove_signal_handler(one)

    def _end_by(self, one: signal.Signals) -> None:
        """End; when the terminal keeps us, without it."""
        self.ended_by = one.name
        timer = threading.Timer(EXIT_TIMEOUT_S, os._exit, (Cancelled.exit_code,))
        timer.daemon = True
        timer.start()
        self._app.exit(None, Cancelled.exit_code)
