"""Fills a bucket of a running server: `python -m benchmarks.seed ENDPOINT BUCKET --keys 100000`.

The keys are those of the listing server; credentials come from the environment. boto3 takes longer to make a request
than a server to answer a small one: so requests are signed by it and sent by hand, from some processes at once.
"""

import argparse
import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.listing_server import flat_keys, nested_keys

_FILLED = 100
"""One object in so many is not empty: that costs a server several times as much."""
_ENABLED = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
_REPORT_EVERY = 10_000


@dataclass
class Sender:
    """One connection that sends signed requests."""

    endpoint: str
    credentials: Credentials
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc)

    def send(self, method: str, path: str, body: bytes = b"", *, is_fine: Callable[[int], bool]) -> None:
        """Raises AssertionError when the answer's status is not fine."""
        request = AWSRequest(method, self.endpoint + path, data=body)
        S3SigV4Auth(self.credentials, "s3", "us-east-1").add_auth(request)
        self.connection.request(method, path, body, dict(request.headers.items()))
        answer = self.connection.getresponse()
        text = answer.read()
        if not is_fine(answer.status):
            raise AssertionError(f"{method} {path}: {answer.status} {text[:200]!r}")


def sender(endpoint: str) -> Sender:
    """With the environment's credentials."""
    return Sender(endpoint, Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]))


def is_done(status: int) -> bool:
    """Whether a request was carried out."""
    return status in {200, 204}


@dataclass(frozen=True)
class Share:
    """What one of the processes puts."""

    endpoint: str
    bucket: str
    keys: int
    is_nested: bool
    number: int
    processes: int
    deleted: int
    """One key in so many is deleted again; 0 for none."""

    def puts(self) -> Iterator[tuple[int, str]]:
        """Its keys, with their numbers."""
        keys = (nested_keys if self.is_nested else flat_keys)(self.keys)
        return ((at, key) for at, key in enumerate(keys) if at % self.processes == self.number and at < self.keys)


def put(share: Share) -> int:
    """Put them; returns how many."""
    to, count = sender(share.endpoint), 0
    for at, key in share.puts():
        body = bytes(1 + at // _FILLED % 1000) if at % _FILLED == 0 else b""
        path = f"/{share.bucket}/{quote(key)}"
        to.send("PUT", path, body, is_fine=is_done)
        if share.deleted and at % share.deleted == share.deleted - 1:
            to.send("DELETE", path, is_fine=is_done)
        count += 1
        if count % _REPORT_EVERY == 0 and not share.number:
            sys.stderr.write(f"\r{count * share.processes:,} … ")
            sys.stderr.flush()
    return count


def main() -> None:
    """Make the bucket, and fill it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("bucket")
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--nested", action="store_true")
    parser.add_argument("--versioned", action="store_true")
    parser.add_argument("--deleted", type=int, default=0, metavar="N", help="delete one key in N again")
    parser.add_argument("--processes", type=int, default=4)
    given = parser.parse_args()
    to = sender(given.endpoint)
    to.send("PUT", f"/{given.bucket}", is_fine=lambda status: status in {200, 409})
    if given.versioned:
        to.send("PUT", f"/{given.bucket}?versioning=", _ENABLED, is_fine=is_done)
    shares = [
        Share(given.endpoint, given.bucket, given.keys, given.nested, number, given.processes, given.deleted)
        for number in range(given.processes)
    ]
    start = time.perf_counter()
    with get_context("spawn").Pool(given.processes) as pool:
        count = sum(pool.map(put, shares))
    took = time.perf_counter() - start
    print(f"\r{count:,} objects in {took:.0f} s, {count / took:,.0f} a second")


if __name__ == "__main__":
    main()
