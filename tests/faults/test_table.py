"""Every fault at every transfer and every way to bring something back: the same promises for all of them.

No byte is silently wrong, nothing torn has a final name, nothing is made twice, nothing of ours stays after the next
start, the error says what happened in time, and the same command again finishes the job.
"""

import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botocore.retries.standard import ExponentialBackoff

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.s3.settings import TransferSettings
from tests.exhaustive import EXHAUSTIVE
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.scene import LONG_TIMEOUTS, READ_TIMEOUT_S, SHORT, Scene, open_session, state_folder
from tests.faults.table import ALWAYS, FEW, ROWS, Row, has_bytes, is_body, is_change
from tests.s3.faults import Asked, FaultyServer
from tests.servers import S3Server

_numbers = itertools.count()
RECORD = os.environ.get("FAULTS_TOLD", "")
Recorded = dict[str, dict[str, list[list[str]]]]
"""By operation and row: the kinds of error and their titles; "" and "" where the command came through."""
LONGEST_S = 4 * READ_TIMEOUT_S
"""As 60 s are to 15."""
SLACK_S = 10.0
"""For a machine that does other things as well."""


@dataclass
class Bench:
    """What the cells share."""

    server: S3Server
    bucket: str
    way: FaultyServer
    clean: dict[str, list[Asked]] = field(default_factory=dict)
    """The requests of each command when nothing goes wrong, by its name."""


@pytest.fixture(scope="module")
def shared_bench(embedded: object) -> Iterator[Bench]:
    """One bucket and one way for all cells; each has a prefix of its own."""
    server: S3Server = embedded.server  # type: ignore[attr-defined]  # the fixture of tests.servers
    with FaultyServer(server.endpoint) as way:
        yield Bench(server, server.bucket(), way)


@pytest.fixture(scope="module", autouse=True)
def record() -> Iterator[Recorded]:
    """What was told in each cell, written where FAULTS_TOLD says, for `tests.faults.documented`."""
    recorded: Recorded = {}
    yield recorded
    if RECORD:
        Path(RECORD).write_text(json.dumps(recorded))


@pytest.fixture
def bench(shared_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The same, with boto3's waits between attempts left out."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda _self, _context: 0.0)
    return shared_bench


def scene_of(bench: Bench, operation: Operation, folder: Path) -> Scene:
    """Arranged for one cell."""
    number = next(_numbers)
    home = folder / str(number)
    home.mkdir()
    scene = Scene(bench.server, bench.bucket, f"{operation.name.replace(' ', '-')}-{number}", home, state_folder())
    operation.arrange(scene)
    scene.begin()
    return scene


def attempted(
    bench: Bench, operation: Operation, scene: Scene, transfer: TransferSettings = LONG_TIMEOUTS
) -> Outcome | S3mlError:
    """The command in a new session, which sweeps first, as every start does."""
    services = open_session(bench.server, bench.way, scene.state, transfer)
    try:
        services.transfers.sweep()
        return operation.run(scene, services)
    except S3mlError as error:
        return error
    finally:
        services.close()


def error_of(answer: Outcome | S3mlError) -> S3mlError | None:
    """The error a user sees; None when all was done."""
    if isinstance(answer, S3mlError):
        return answer
    if answer.failures:
        return answer.failures[0][1]
    if answer.failed or answer.left or "could not be" in answer.title:
        return S3mlError(answer.title, cause=" ".join(answer.details))
    return None


def requests_of(bench: Bench, operation: Operation, folder: Path) -> list[Asked]:
    """The requests of a command that nothing happens to; it is checked whole."""
    if operation.name not in bench.clean:
        scene = scene_of(bench, operation, folder)
        before = len(bench.way.asked)
        assert error_of(attempted(bench, operation, scene)) is None
        assert (scene.wrong(), scene.missing(), scene.left()) == ([], [], [])
        bench.clean[operation.name] = bench.way.asked[before:]
    return bench.clean[operation.name]


def places_of(row: Row, requests: list[Asked]) -> dict[str, int]:
    """How many requests are let pass, by the place in the command."""
    fitting = [asked for asked in requests if row.matches(asked)]
    changes = [at for at, asked in enumerate(fitting) if is_change(asked)]
    found = {"first": 0, "last": len(fitting) - 1} if fitting else {}
    found |= {"first change": changes[0], "last change": changes[-1]} if changes else {}
    chosen: dict[str, int] = {}
    for place, skip in found.items():
        if place in row.places and skip not in chosen.values():
            chosen[place] = skip
    return chosen


def check(bench: Bench, operation: Operation, row: Row, skip: int, folder: Path, seen: list[list[str]]) -> list[str]:
    """One cell: what is wrong with it. What was told is added to `seen`."""
    scene = scene_of(bench, operation, folder)
    bench.way.add(row.fault(skip))
    began = time.monotonic()
    answer = attempted(bench, operation, scene, SHORT if row.is_silent else LONG_TIMEOUTS)
    took_s = time.monotonic() - began
    bench.way.clear()
    error = error_of(answer)
    title = "" if error is None else error.title
    for name, plain in (
        (f"s3://{scene.bucket}/{scene.prefix}", ""),
        (bench.way.endpoint, "the server"),
        (scene.bucket, "the bucket"),
    ):
        title = title.replace(name, plain)
    seen.append(["" if error is None else type(error).__name__, title])
    wrong = scene.wrong()
    if error is None:
        wrong += scene.missing()
    else:
        if not isinstance(error, row.errors) and not (type(error) is S3mlError and row.errors):
            wrong.append(f"it told {type(error).__name__}: {error.sentence}")
        if not error.title or not (error.cause or error.advice):
            wrong.append(f"it told too little: {error.sentence}")
        is_in_part = isinstance(answer, Outcome) and row.times == 1
        if row.times == 1 and not is_in_part and not scene.is_untouched_or_known(operation.is_known_again):
            wrong.append(f"it told {error.sentence} of what was done")
    if row.is_silent and took_s > LONGEST_S + SLACK_S:
        wrong.append(f"it took {took_s:.1f} s")
    if error is not None:
        again = error_of(attempted(bench, operation, scene))
        if again is not None and scene.missing():
            wrong.append(f"again: {type(again).__name__}: {again.sentence}")
        most = 1 if operation.is_known_again or not (row.times == ALWAYS or is_in_part) else 2
        wrong += [f"again: {one}" for one in (*scene.wrong(most=most), *scene.missing())]
    return wrong + scene.left()


def is_always_run(operation: Operation, row: Row) -> bool:
    """Whether the cell stands for its row or its operation in `make test`; the whole table is for `make test-all`."""
    if row.matches in (is_body, has_bytes):
        return operation.name == ("get small" if row.matches is is_body else "put small")
    whole = [one for one in OPERATIONS if not one.is_like_another]
    return row.name == "lost answer" or operation is whole[ROWS.index(row) % len(whole)]


CELLS = [
    pytest.param(
        operation,
        row,
        id=f"{operation.name}, {row.name}",
        marks=() if is_always_run(operation, row) else (EXHAUSTIVE,),
    )
    for operation in OPERATIONS
    for row in ROWS
    if not operation.is_like_another or row.name in FEW
]


@pytest.mark.parametrize(("operation", "row"), CELLS)
def test_the_promises_hold(bench: Bench, operation: Operation, row: Row, tmp_path: Path, record: Recorded) -> None:
    places = places_of(row, requests_of(bench, operation, tmp_path))
    seen = record.setdefault(operation.name, {}).setdefault(row.name, [])
    wrong = [
        f"{place}: {one}"
        for place, skip in places.items()
        for one in check(bench, operation, row, skip, tmp_path, seen)
    ]
    assert not wrong, "\n".join(wrong)
