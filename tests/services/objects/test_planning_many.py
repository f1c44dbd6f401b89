"""Many questions at once: answers in order, the first error, cancelled between two, counted for whoever watches."""

import threading
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Cancelled, Denied, NotFound
from s3ml_tui.domain.job_control import JobControl
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse.recursive import all_below, current_below, current_of
from s3ml_tui.services.parallel import READ_THREADS, at_once
from tests.doubles import MemoryStore
from tests.ui.harness import services_over

RAW = Place("acme", "raw/")


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_answers_are_in_the_order_of_the_questions_and_counted(count: int) -> None:
    control = JobControl()
    assert at_once(lambda number: number * 2, range(count), control) == [number * 2 for number in range(count)]
    assert control.counted == ((count, count) if count > 1 else None)


def test_the_error_of_the_first_question_that_failed_is_raised() -> None:
    barrier = threading.Barrier(2, timeout=30)

    def ask(number: int) -> int:
        barrier.wait()
        raise NotFound("first") if number == 0 else Denied("second")

    with pytest.raises(NotFound, match="first"):
        at_once(ask, range(2))


def test_what_no_service_raises_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        at_once(lambda number: 1 // number, range(3))


def test_once_cancelled_nothing_more_is_asked() -> None:
    control, asked = JobControl(), list[int]()

    def ask(number: int) -> None:
        asked.append(number)
        control.stop()

    with pytest.raises(Cancelled):
        at_once(ask, range(1000), control)
    assert len(asked) <= READ_THREADS


def test_what_is_found_by_a_listing_is_counted() -> None:
    store, control = MemoryStore("acme", page_size=10), JobControl()
    for number in range(25):
        store.write(RAW.key(f"{number:02}"), b"1")
    assert len(current_below(store, RAW, cancelled=control)) == 25
    assert control.found == 25


def test_a_selection_can_be_cancelled() -> None:
    store, control = MemoryStore("acme"), JobControl()
    keys = [RAW.key(f"{number}") for number in range(50)]
    control.stop()
    with pytest.raises(Cancelled):
        current_of(store, keys, cancelled=control)
    with pytest.raises(Cancelled):
        all_below(store, RAW, cancelled=control)


@pytest.mark.parametrize("what", ["delete", "delete below", "bring back"])
def test_whether_the_bucket_keeps_versions_is_asked_beside_what_is_there(what: str, tmp_path: Path) -> None:
    """At four seconds an answer the dialog of a delete came after eight."""
    store = MemoryStore("acme")
    key = RAW.key("a.csv")
    store.write(key, b"1")
    if what == "bring back":
        store.delete(key)
    services = services_over(store, tmp_path)
    together = threading.Barrier(2)

    def before(verb: str, _address: str) -> None:
        if verb in {"versioning", "history", "versions_below"}:
            together.wait(timeout=30)

    store.before = before
    if what == "delete":
        assert services.objects.plan_delete(key).changes_anything
    elif what == "delete below":
        assert services.many.plan_delete_below(RAW).changes_anything
    else:
        assert services.many.plan_bring_back([key]).changes_anything


@pytest.mark.parametrize("is_move", [False, True])
@pytest.mark.parametrize(
    ("what", "questions"),
    [
        ("object", ["history", "history", "list_page", "versioning"]),
        ("several", ["history", "history", "list_page", "versioning"]),
        ("folder", ["list_page", "versioning", "versions_below"]),
    ],
)
def test_the_source_and_the_target_of_a_copy_are_asked_side_by_side(
    what: str, questions: list[str], tmp_path: Path, *, is_move: bool
) -> None:
    store = MemoryStore("acme")
    keys = [RAW.key("a.csv"), RAW.key("b.csv")]
    for key in keys:
        store.write(key, b"1")
    copies = services_over(store, tmp_path).copies
    together = threading.Barrier(len(questions))
    store.requests.clear()

    def before(_verb: str, _address: str) -> None:
        together.wait(timeout=30)

    store.before = before
    to = Place("acme", "new/")
    if what == "object":
        assert copies.plan_object(keys[0], to.key("a.csv"), is_move=is_move).changes_anything
    elif what == "several":
        assert copies.plan_objects(keys, to, is_move=is_move).changes_anything
    else:
        assert copies.plan_place(RAW, to, is_move=is_move).changes_anything
    assert sorted(verb for verb, _ in store.requests) == questions
