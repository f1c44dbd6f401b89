"""Signals that end a process: heeded while a command works, and left alone where they were ignored before."""

import signal

import pytest

from s3ml_tui.cli.terminal.signals import heeded


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeded():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_heeded_a_signal_before_does_so_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyError), heeded():
        raise KeyError
    assert signal.getsignal(signal.SIGTERM) is before
