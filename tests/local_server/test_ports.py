"""Which ports the embedded server is given."""

import random
import socket

import pytest

from s3ml_tui.local_server import ports


def test_a_port_that_is_taken_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(20_000, 30_000))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        held = taken.getsockname()[1]
        monkeypatch.setattr(random, "randint", lambda _low, _high: held if next(numbers) == 20_000 else next(numbers))
        chosen = ports.choose()
    assert held not in chosen.values()
    assert ports.are_valid(chosen)


def test_when_no_port_is_free_that_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(OSError, match="no free port"):
        ports.choose()
