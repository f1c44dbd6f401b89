"""What is made later is made once, by whoever asks first, and then is as if it had been there all the time."""

import threading

import pytest

from s3ml_tui.domain.errors import NotFound
from s3ml_tui.services.lazy_services import is_made, later


class Service:
    def __init__(self, made: list[int]) -> None:
        made.append(threading.get_ident())
        self.name = "service"

    def find(self, what: str) -> str:
        if not what:
            raise NotFound("Nothing was asked for")
        return f"{self.name} found {what}"


def test_it_is_made_when_first_asked_and_only_once() -> None:
    made: list[int] = []
    service = later(lambda: Service(made))
    assert not is_made(service)
    assert made == []
    assert service.find("it") == "service found it"
    assert service.name == "service"
    assert is_made(service)
    assert len(made) == 1
    with pytest.raises(NotFound):
        service.find("")
    with pytest.raises(AttributeError):
        _ = service.nothing  # type: ignore[attr-defined]  # that is the point
    assert is_made(Service([]))


def test_many_threads_that_ask_at_once_get_the_same_one() -> None:
    made: list[int] = []
    entered = threading.Barrier(8)

    def make() -> Service:
        return Service(made)

    service = later(make)
    finders: list[object] = []

    def ask() -> None:
        entered.wait()
        finders.append(service.find.__self__)  # type: ignore[attr-defined]  # a bound method has one

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(set(map(id, finders))) == 1


def test_a_maker_that_fails_is_asked_again() -> None:
    made: list[int] = []
    answers = [NotFound("Not yet"), None]

    def make() -> Service:
        error = answers.pop(0)
        if error is not None:
            raise error
        return Service(made)

    service = later(make)
    with pytest.raises(NotFound):
        service.find("it")
    assert not is_made(service)
    assert service.find("it") == "service found it"
