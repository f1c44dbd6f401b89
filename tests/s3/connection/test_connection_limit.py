"""One bound on requests, whoever asks."""

import threading

import pytest

from s3ml_tui.domain.errors import Cancelled, LocalTrouble
from s3ml_tui.domain.storage.store import never
from s3ml_tui.s3.connection.connection_limit import Slots


class Gauge:
    """How many work at once; each waits until `enough` do, or all have come."""

    def __init__(self, enough: int) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self._gate = threading.Barrier(enough)

    def __call__(self, _item: int, _cancelled: object) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._gate.wait(30)
        with self._lock:
            self._now -= 1


def test_files_and_their_parts_share_one_bound() -> None:
    slots, gauge = Slots(4), Gauge(4)
    files = [threading.Thread(target=slots.each, args=(gauge, list(range(8)), never)) for _ in range(3)]
    for file in files:
        file.start()
    for file in files:
        file.join(30)
    assert gauge.most == 4


def test_a_smaller_bound_holds_from_then_on() -> None:
    slots, gauge = Slots(8), Gauge(2)
    slots.limit(2)
    slots.each(gauge, list(range(8)), never)
    assert gauge.most == 2


def test_the_first_failure_stops_the_others_and_is_raised() -> None:
    slots, done = Slots(1), list[int]()

    def work(item: int, _cancelled: object) -> None:
        if item == 2:
            raise LocalTrouble("the disk is full")
        done.append(item)

    with pytest.raises(LocalTrouble, match="full"):
        slots.each(work, list(range(100)), never)
    assert done == [0, 1]


def test_who_waits_for_a_slot_can_be_cancelled() -> None:
    slots = Slots(1)
    with slots.taken(never), pytest.raises(Cancelled), slots.taken(lambda: True):
        raise AssertionError("it was not free")
    with slots.taken(never):
        pass
