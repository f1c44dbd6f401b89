"""Pausing and stopping a job: it waits only where it asks to rest, and never for good."""

import threading

from s3ml_tui.domain.job_control import JobControl, report_done, rests
from s3ml_tui.domain.storage.store import never

TIMEOUT_S = 20


def test_a_job_that_is_not_paused_does_not_rest() -> None:
    control = JobControl()
    assert not rests(control)
    assert not control()
    assert not control.is_resting


def test_what_cannot_be_paused_is_only_asked_whether_it_is_to_stop() -> None:
    assert not rests(never)
    assert rests(lambda: True)
    report_done(never, 1, 2)


class Resting:
    """A thread that rests."""

    def __init__(self, control: JobControl) -> None:
        self.answers: list[bool] = []
        self._thread = threading.Thread(target=lambda: self.answers.append(rests(control)))
        self._thread.start()
        while not control.is_resting and self._thread.is_alive():
            self._thread.join(0.001)

    def ended(self) -> list[bool]:
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive()
        return self.answers


def seen(control: JobControl) -> tuple[bool, bool]:
    """Whether it is paused, and whether it is to stop."""
    return control.is_paused, control()


def test_a_paused_job_rests_until_it_may_go_on() -> None:
    control = JobControl()
    control.pause()
    assert seen(control) == (True, False), "in the middle of a body nothing waits"
    one, other = Resting(control), Resting(control)
    assert control.is_resting
    assert (one.answers, other.answers) == ([], [])
    control.resume()
    assert one.ended() == other.ended() == [False]
    assert seen(control) == (False, False)
    assert not Resting(control).ended()[0]


def test_stopping_a_paused_job_wakes_it() -> None:
    control = JobControl()
    control.pause()
    one = Resting(control)
    control.stop()
    assert one.ended() == [True]
    assert control()
    control.pause()
    assert not control.is_paused, "what is to stop is not made to wait"
    assert rests(control)


def test_the_count_only_grows_while_it_is_of_the_same_things() -> None:
    control = JobControl()
    report_done(control, 2, 10)
    report_done(control, 1, 10)
    assert control.counted == (2, 10)
    report_done(control, 0, 3)
    assert control.counted == (0, 3)
