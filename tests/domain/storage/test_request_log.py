"""The request log: bounded, readable while others write, and without bytes or secrets."""

import threading
from typing import Any

import pytest

from s3ml_tui.domain.storage.request_log import FILE, HIDDEN, LONG, RequestLog

NOW = 1_795_000_000.0


def kept(**parameters: Any) -> dict[str, object]:
    return dict(RequestLog().began("PutObject", parameters, NOW).parameters)


def test_the_newest_come_first_and_the_oldest_are_forgotten() -> None:
    log = RequestLog(most=3)
    for number in range(5):
        log.began("ListObjectsV2", {"Prefix": str(number)}, NOW)
    assert [dict(one.parameters)["Prefix"] for one in log.newest_first()] == ["4", "3", "2"]
    assert [one.number for one in log.newest_first()] == [5, 4, 3]
    assert log.last_number == 5


def test_a_request_is_seen_on_its_way_and_once_it_is_answered() -> None:
    log = RequestLog()
    request = log.began("GetObject", {"Key": "a"}, NOW)
    [seen] = log.newest_first()
    assert (seen.status, seen.elapsed_s) == (None, None)
    before = log.changes
    log.ended(request, 0.25, status=200, size=12, retries=1)
    assert log.changes > before
    assert (seen.status, seen.elapsed_s, seen.size, seen.retries, seen.error) == (200, 0.25, 12, 1, "")


def test_bytes_and_secrets_are_not_kept() -> None:
    found = kept(
        Body=b"the bytes",
        SSECustomerKey="c2VjcmV0",
        CopySourceSSECustomerKey="c2VjcmV0",
        MFA="arn:aws:iam::1:mfa/me 123456",
        Other=memoryview(b"more bytes"),
        Key="a.csv",
        Nothing=None,
    )
    assert found == {
        "Body": FILE,
        "SSECustomerKey": HIDDEN,
        "CopySourceSSECustomerKey": HIDDEN,
        "MFA": HIDDEN,
        "Other": FILE,
        "Key": "a.csv",
    }
    body = object()
    assert kept(Body=body) == {"Body": FILE}


def test_what_is_kept_does_not_change_with_what_was_given() -> None:
    tags = [{"Key": "a", "Value": "1"}]
    log = RequestLog()
    request = log.began("PutObjectTagging", {"Tagging": {"TagSet": tags}}, NOW)
    tags[0]["Value"] = "2"
    tags.clear()
    assert request.parameters == (("Tagging", {"TagSet": ({"Key": "a", "Value": "1"},)}),)


@pytest.mark.parametrize(
    "long",
    [
        "x" * 5000,
        {"Objects": [{"Key": str(number)} for number in range(1000)], "Quiet": False},
        [["y" * 5000]],
    ],
    ids=["text", "many parts", "a long part"],
)
def test_what_is_too_long_is_not_kept(long: object) -> None:
    assert kept(Delete=long) == {"Delete": LONG}


def test_many_threads_write_while_one_reads() -> None:
    log = RequestLog(most=50)
    done = threading.Event()

    def write() -> None:
        for _ in range(500):
            log.ended(log.began("HeadObject", {"Key": "k"}, NOW), 0.001, status=200)

    def read() -> None:
        while not done.is_set():
            numbers = [one.number for one in log.newest_first()]
            assert numbers == sorted(numbers, reverse=True)

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in [reader, *writers]:
        thread.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert log.last_number == 2000
    assert log.changes == 4000
    assert len(log.newest_first()) == 50
