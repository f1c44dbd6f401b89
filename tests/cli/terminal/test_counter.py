"""Looking at what there is before a plan: counted on the terminal, ended at once by ctrl+c, with nothing changed."""

import threading
from collections.abc import Iterator

import pytest

from s3ml_tui.cli.terminal import counter as module
from s3ml_tui.cli.terminal.counter import count_line, counting, done_line
from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.job_control import JobControl, report_done, report_found
from tests.cli.line import CommandLine
from tests.cli.terminal.test_terminal import ended, terminal
from tests.exhaustive import first
from tests.s3.faults import Asked, Fault, FaultyServer, query
from tests.servers import S3Server

CHANGES = {"PUT", "POST", "DELETE"}


@pytest.fixture
def faulty(moto: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(moto.endpoint) as server:
        yield server


@pytest.fixture
def through(line: CommandLine, faulty: FaultyServer) -> CommandLine:
    """The command line with the misbehaving server in between."""
    return CommandLine({**line.environment, "AWS_ENDPOINT_URL": faulty.endpoint})


@pytest.fixture
def raw(moto: S3Server, bucket: str) -> str:
    """A prefix with three objects; its address."""
    for name in "abc":
        moto.client().put_object(Bucket=bucket, Key=f"raw/{name}", Body=b"1")
    return f"s3://{bucket}/raw/"


def is_change(asked: Asked) -> bool:
    return asked.method in CHANGES


def test_what_is_told_while_it_is_looked() -> None:
    control = JobControl()
    assert count_line(control) == "Asking the server ..."
    report_found(control, 11_000)
    report_found(control, 1000)
    assert count_line(control) == "12,000 found ..."
    report_done(control, 1200, 12_000)
    assert count_line(control) == "1,200 of 12,000 looked at ..."


def test_what_is_told_while_it_is_done() -> None:
    control = JobControl()
    assert done_line("Tag 3 objects", control) == ""
    report_done(control, 1, 1)
    assert done_line("Tag 3 objects", control) == ""
    report_done(control, 1200, 12_000)
    assert done_line("Tag \x1b objects", control) == "Tag \\x1b objects: 1,200 of 12,000 ..."
    control.stop()
    assert done_line("Tag", control) == "Tag: 1,200 of 12,000, stopping ..."


def test_many_are_counted_while_they_are_done_and_ctrl_c_stops_between_two(
    through: CommandLine, faulty: FaultyServer, moto: S3Server, raw: str
) -> None:
    for number in range(60):
        moto.client().put_object(Bucket=raw.split("/")[2], Key=f"raw/{number}", Body=b"1")
    release = threading.Event()

    def held(body: bytes) -> bytes:
        assert release.wait(60)
        return body

    faulty.add(Fault(lambda asked: asked.method == "PUT" and "/raw/a?tagging" in asked.target, change=held))
    with terminal(through, "tag", "-r", raw, "a=1", "--yes") as child:
        child.expect_exact("Tag 63 objects: 62 of 63 ...")
        child.sendintr()
        child.expect_exact("62 of 63, stopping ...")
        release.set()
        child.expect_exact("Tagged 63 objects")
        assert ended(child) == 0


def test_ctrl_c_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    left = list[bool]()
    monkeypatch.setattr(module, "_leave_soon", lambda: left.append(True))
    with pytest.raises(Cancelled, match="Interrupted") as raised, counting():
        raise KeyboardInterrupt
    assert "nothing was changed" in raised.value.sentence
    assert left == [True]


@pytest.mark.parametrize(
    ("words", "hangs", "shown"),
    first(
        3,
        [
            (("rm", "-r", "{raw}"), "versions", "Asking the server ..."),
            (("cp", "-r", "{raw}", "{new}"), "versions", "Asking the server ..."),
            (("mv", "-r", "{raw}", "{new}"), "versions", "Asking the server ..."),
            (("bucket", "empty", "{bucket}"), "versions", "Asking the server ..."),
            (("unarchive", "-r", "{raw}", "--days", "3"), "versions", "Asking the server ..."),
            (("tag", "-r", "{raw}", "a=1"), "tagging", "3 found ..."),
            (("get", "-r", "{raw}", "/nonexistent/s3ml"), "list-type", "Asking the server ..."),
        ],
    ),
)
def test_a_server_that_says_nothing_keeps_nobody_who_presses_ctrl_c(
    through: CommandLine, faulty: FaultyServer, raw: str, words: tuple[str, ...], hangs: str, shown: str
) -> None:
    faulty.add(Fault(query(hangs), hangs=True, times=99))
    with terminal(
        through, *(word.format(raw=raw, new=raw.replace("raw/", "new/"), bucket=raw.split("/")[2]) for word in words)
    ) as child:
        child.expect_exact(shown)
        child.sendintr()
        child.expect_exact("s3ml: Interrupted. It was still being looked at what is there; nothing was changed.")
        assert ended(child) == 130
    assert faulty.count(is_change) == 0
