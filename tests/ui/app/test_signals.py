"""The app ends by the signals it heeds; one that was ignored before stays ignored."""

import signal

from tests.ui.harness import until_shown
from tests.ui.lab import LARGE, Lab


async def test_a_signal_that_is_ignored_stays_ignored(lab: Lab) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        async with lab.app().run_test(size=LARGE) as pilot:
            await until_shown(pilot, "dataset/")
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
