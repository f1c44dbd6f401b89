"""Jobs over many things wait between two of them, count them, and tell what was not done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from s3ml_tui.domain.errors import Cancelled, Conflict, Denied, S3mlError, ServerFault, Unreachable
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.storage.store import never
from s3ml_tui.services.parallel import MOST_DENIED, each

TIMEOUT_S = 20
ITEMS = [f"item {number}" for number in range(20)]


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_paused_job_waits_between_two_and_goes_on() -> None:
    control, done = JobControl(), list[str]()
    paused = threading.Event()

    def do(item: str) -> str:
        done.append(item)
        if len(done) == 5:
            control.pause()
            paused.set()
        return item

    thread = in_thread(lambda: each(ITEMS, do, control, threads=3))
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


def test_a_paused_job_can_be_cancelled() -> None:
    control, begun, outcome = JobControl(), list[str](), list[Any]()
    paused = threading.Event()

    def do(item: str) -> str:
        begun.append(item)
        control.pause()
        paused.set()
        return item

    thread = in_thread(lambda: outcome.append(each(ITEMS, do, control, threads=3)))
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

    results = each(ITEMS, do, control, threads=1)
    assert results.rest(ITEMS) == ("item 3", *ITEMS[11:])
    assert len(results.failed) + results.left == len(results.rest(ITEMS))


def test_the_rest_of_nothing_is_nothing() -> None:
    with pytest.raises(Cancelled):
        each(ITEMS, lambda item: item, lambda: True)
    assert each([], lambda item: item, lambda: True).rest([]) == ()


def test_what_would_fail_for_all_is_tried_for_few() -> None:
    tried = list[int]()

    def do(number: int) -> None:
        tried.append(number)
        if number:
            raise Unreachable("Nobody answers")

    results = each(range(1000), do, never, threads=2)
    assert len(tried) < 10
    assert len(results.done) == 1
    assert results.left + len(results.failed) + 1 == 1000
    assert "the rest was not begun" in results.title("Tagged")
    with pytest.raises(Unreachable):
        each(range(1, 1000), do, never, threads=2)


def test_what_everybody_is_denied_is_tried_for_few_from_both_ends() -> None:
    tried = list[int]()

    def do(number: int) -> None:
        tried.append(number)
        raise Denied("Not yours")

    with pytest.raises(Denied):
        each(range(1000), do, never, threads=2)
    assert MOST_DENIED <= len(tried) <= MOST_DENIED + 2
    assert {0, 999} <= set(tried)


def test_rights_that_differ_by_folder_are_found_and_each_is_told_as_it_ends() -> None:
    ended = dict[int, object]()

    def do(number: int) -> int:
        if number < 500:
            raise Denied("Not yours")
        return number

    results = each(range(1000), do, never, threads=4, on_end=lambda number, answer: ended.update({number: answer}))
    assert [number for number, _ in results.done] == list(range(500, 1000))
    assert len(results.failed) == 500
    assert {number for number, answer in ended.items() if isinstance(answer, S3mlError)} == set(range(500))
    assert results.left == 0
    assert not results.is_cancelled


def test_that_all_would_fail_is_not_forgotten_for_an_error_of_one_that_was_looked_at_meanwhile() -> None:
    looked_at, is_gone = threading.Event(), threading.Event()

    class Slow(ServerFault):
        @property  # type: ignore[misc]  # what isinstance asks for
        def __class__(self) -> type:
            looked_at.set()
            assert is_gone.wait(TIMEOUT_S)
            return ServerFault

    def do(item: str) -> str:
        if item == "slow":
            raise Slow("The server failed", advice="Try again")
        if item == "gone":
            assert looked_at.wait(TIMEOUT_S)
            raise Unreachable("The server is gone", advice="Try again")
        return item

    def end(item: str, _answer: object) -> None:
        if item == "gone":
            is_gone.set()

    assert each(["done", "slow", "gone"], do, never, threads=3, on_end=end).is_stopped
