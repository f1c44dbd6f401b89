"""Jobs over many things wait between two of them, count them, and tell what was not done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, Unreachable
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import never
from s3ml_tui.services import parallel as each_file
from s3ml_tui.services import parallel as results_of_many

TIMEOUT_S = 20
ITEMS = [f"item {number}" for number in range(20)]

BOTH = pytest.mark.parametrize(
    "run",
    [
        lambda do, control: results_of_many.each(ITEMS, do, control, threads=3),
        lambda do, control: each_file.each_file(ITEMS, do, control, at_once=3),
    ],
    ids=["objects", "files"],
)
Run = Callable[[Callable[[str], str], JobControl], Any]


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@BOTH
def test_a_paused_job_waits_between_two_and_goes_on(run: Run) -> None:
    control, done = JobControl(), list[str]()
    paused = threading.Event()

    def do(item: str) -> str:
        done.append(item)
        if len(done) == 5:
            control.pause()
            paused.set()
        return item

    thread = in_thread(lambda: run(do, control))
    assert paused.wait(TIMEOUT_S)
    while not control.is_resting:
        thread.join(0.005)
    thread.join(0.05)
    so_far = len(done)
    assert so_far <= 5 + 3, "those that had begun are finished"
    assert thread.is_alive()
    control.resume()
    thread.join(TIMEOUT_S)
    assert sorted(done) == sorted(ITEMS)
    assert control.counted == (20, 20)


@BOTH
def test_a_paused_job_can_be_cancelled(run: Run) -> None:
    control, begun, outcome = JobControl(), list[str](), list[Any]()
    paused = threading.Event()

    def do(item: str) -> str:
        begun.append(item)
        control.pause()
        paused.set()
        return item

    thread = in_thread(lambda: outcome.append(run(do, control)))
    assert paused.wait(TIMEOUT_S)
    control.stop()
    thread.join(TIMEOUT_S)
    assert outcome[0].left == 20 - len(begun)


def test_what_failed_and_what_was_left_is_the_rest() -> None:
    control = JobControl()

    def do(item: str) -> str:
        if item == "item 3":
            raise Conflict("no")
        if item == "item 10":
            control.stop()
        return item

    results = results_of_many.each(ITEMS, do, control, threads=1)
    assert results.rest(ITEMS) == ("item 3", *ITEMS[11:])
    assert len(results.failed) + results.left == len(results.rest(ITEMS))


def test_the_rest_of_nothing_is_nothing() -> None:
    with pytest.raises(Cancelled):
        results_of_many.each(ITEMS, lambda item: item, lambda: True)
    assert results_of_many.each([], lambda item: item, lambda: True).rest([]) == ()


def test_what_would_fail_for_all_is_tried_for_few() -> None:
    tried = list[int]()

    def do(number: int) -> None:
        tried.append(number)
        if number:
            raise Unreachable("Nobody answers")

    results = results_of_many.each(range(1000), do, never, threads=2)
    assert len(tried) < 10
    assert len(results.done) == 1
    assert results.left + len(results.failed) + 1 == 1000
    assert "the rest was not begun" in results.title("Tagged")
    with pytest.raises(Unreachable):
        results_of_many.each(range(1, 1000), do, never, threads=2)
