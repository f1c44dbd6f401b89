"""A paused transfer of a large file: what is on its way is finished, nothing is begun, and others go on."""

import threading

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import never
from s3ml_tui.s3.connection.connection_limit import Slots

TIMEOUT_S = 20


class Parts:
    """Parts that last until they are let go."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.done: list[int] = []
        self.go = threading.Event()
        self.some_begun = threading.Event()

    def __call__(self, item: int, _stopped: IsCancelled) -> None:
        self.begun.append(item)
        if len(self.begun) == 2:
            self.some_begun.set()
        assert self.go.wait(TIMEOUT_S)
        self.done.append(item)


class Running:
    """`each` in a thread of its own."""

    def __init__(self, slots: Slots, parts: Parts, control: JobControl, count: int = 8) -> None:
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(slots, parts, control, count))
        self._thread.start()

    def _run(self, slots: Slots, parts: Parts, control: JobControl, count: int) -> None:
        try:
            slots.each(parts, list(range(count)), control)
        except (Cancelled, Conflict) as error:
            self.error = error

    def ended(self) -> BaseException | None:
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive()
        return self.error


def until_resting(control: JobControl) -> None:
    nobody, waited = threading.Event(), 0.0
    while not control.is_resting:
        nobody.wait(0.005)
        waited += 0.005
        assert waited < TIMEOUT_S


@pytest.fixture
def paused() -> tuple[Slots, Parts, JobControl, Running]:
    """Two parts of eight were on their way when the job was paused; they are over."""
    slots, parts, control = Slots(2), Parts(), JobControl()
    running = Running(slots, parts, control)
    assert parts.some_begun.wait(TIMEOUT_S)
    control.pause()
    assert not control.is_resting, "what is on its way is not stopped"
    parts.go.set()
    until_resting(control)
    return slots, parts, control, running


def test_what_is_on_its_way_is_finished_and_nothing_more_is_begun(
    paused: tuple[Slots, Parts, JobControl, Running],
) -> None:
    slots, parts, control, running = paused
    assert sorted(parts.done) == sorted(parts.begun)
    assert len(parts.begun) < 8
    control.resume()
    assert running.ended() is None
    assert sorted(parts.done) == list(range(8))
    slots.close()


def test_another_transfer_goes_on_beside_a_paused_one(paused: tuple[Slots, Parts, JobControl, Running]) -> None:
    slots, _, control, running = paused
    others = list[int]()
    slots.each(lambda item, _: others.append(item), list(range(20)), never)
    assert sorted(others) == list(range(20))
    control.resume()
    assert running.ended() is None
    slots.close()


def test_a_paused_transfer_is_cancelled_at_once(paused: tuple[Slots, Parts, JobControl, Running]) -> None:
    slots, parts, control, running = paused
    begun = len(parts.begun)
    control.stop()
    assert isinstance(running.ended(), Cancelled)
    assert len(parts.begun) == begun
    slots.close()


def test_a_failure_keeps_the_rest_from_being_begun() -> None:
    slots, begun = Slots(2), list[int]()

    def fail(item: int, _stopped: IsCancelled) -> None:
        begun.append(item)
        raise Conflict("it failed")

    with pytest.raises(Conflict, match="it failed"):
        slots.each(fail, list(range(50)), never)
    assert len(begun) <= 2
    slots.close()


def test_the_bound_may_change_while_parts_are_under_way() -> None:
    slots, parts = Slots(2), Parts()
    running = Running(slots, parts, JobControl(), count=30)
    assert parts.some_begun.wait(TIMEOUT_S)
    slots.limit(5)
    parts.go.set()
    assert running.ended() is None
    assert sorted(parts.done) == list(range(30))
    slots.close()
