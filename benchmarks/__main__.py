"""All measurements of listing and transfers in one run: `make bench`."""

import argparse
import asyncio
import os
import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore

from benchmarks import call_path, peers, requests_sent, screens, table
from benchmarks.acting import OBJECTS, acting
from benchmarks.measuring import CREDENTIALS, Limit, Row, listing_server, medians, process
from benchmarks.starting import starting
from benchmarks.transfers import transfers
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect

if TYPE_CHECKING:
    from s3ml_tui.s3.store import S3Store

PLACE = Place("bench")
PARTS = ("processes", "aws", "million", "history", "transfers", "acting", "starting")
SCREENS = {"screens": screens.main, "table": table.main}
"""What is measured in Browse, each with a table of its own."""


def whole_processes(rounds: int) -> list[Row]:
    rows = []
    for latency_ms, target in ((0, 2.0), (50, 6.0)):
        with listing_server(keys=100_000, latency_ms=latency_ms) as endpoint:
            commands = {"s3ml": peers.s3ml, "s5cmd": peers.s5cmd, "rclone lsf": peers.rclone}
            runs = {name: process(command(endpoint), 100_000) for name, command in commands.items()}
            found = medians(runs, rounds)
        work = f"100,000 keys, whole process, {latency_ms} ms a page"
        rows.append(Row(work, found["s3ml"], found["s5cmd"], "s5cmd", target, rounds))
        rows.append(Row(work, found["s3ml"], found["rclone lsf"], "rclone lsf", 0, rounds))
    return rows


def aws_cli(rounds: int) -> list[Row]:
    with listing_server(keys=100_000) as endpoint:
        found = medians(
            {
                "s3ml": process(peers.s3ml(endpoint), 100_000),
                "aws": process(peers.aws(endpoint), 100_000),
            },
            rounds,
        )
    return [Row("100,000 keys, whole process, 0 ms a page", found["s3ml"], found["aws"], "aws s3 ls", 0, rounds)]


def a_million(rounds: int, keys: int) -> list[Row]:
    with listing_server(keys=keys) as endpoint, _Both(endpoint) as both:
        found = medians({"engine": both.engine(keys), "paginator": both.paginator(keys)}, rounds)
        first = medians({"first page": both.first_page}, rounds)["first page"]
    with listing_server(keys=1000) as endpoint, _Both(endpoint) as both:
        first_of_few = medians({"first page": both.first_page}, rounds)["first page"]
    return [
        Row(f"{keys:,} keys, engine, 0 ms a page", found["engine"], found["paginator"], "boto3 paginator", 20, rounds),
        Row(f"first rows of {keys:,} keys", first, first_of_few, "of 1,000 keys", 0.8, rounds),
    ]


def history(rounds: int) -> list[Row]:
    with listing_server(keys=1000, versions=1000) as endpoint, _Both(endpoint) as both:
        found = medians({"history": both.history, "page": both.first_page, "boto3": both.boto_versions}, rounds)
    return [
        Row("history of 1,000 versions", found["history"], found["page"], "a page of 1,000 keys", 0, rounds),
        Row("history of 1,000 versions", found["history"], found["boto3"], "boto3", 0, rounds),
    ]


class _Both:
    """Our store and boto3's client at one server, each warm."""

    def __init__(self, endpoint: str) -> None:
        key = CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
        self.store: S3Store = connect(Context(endpoint_url=endpoint, region="us-east-1"), key)
        self.client: Any = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key[0], aws_secret_access_key=key[1]
        )
        self.store.list_page(Place("bench", "none/"))
        self.client.list_objects_v2(Bucket="bench", Prefix="none/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
        self.client.close()

    def engine(self, keys: int) -> Callable[[], float]:
        def run() -> float:
            start = time.perf_counter()
            count = sum(len(page.keys) for page in self.store.list_all(PLACE))
            took = time.perf_counter() - start
            assert count == keys
            return took

        return run

    def paginator(self, keys: int) -> Callable[[], float]:
        def run() -> float:
            start = time.perf_counter()
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket="bench")
            count = sum(len(page["Contents"]) for page in pages)
            took = time.perf_counter() - start
            assert count == keys
            return took

        return run

    def first_page(self) -> float:
        start = time.perf_counter()
        next(iter(self.store.list_all(PLACE)))
        return time.perf_counter() - start

    def history(self) -> float:
        start = time.perf_counter()
        versions = [version for page in self.store.history(ObjectKey("bench", "k")) for version in page.versions]
        took = time.perf_counter() - start
        assert len(versions) == 1000
        assert all(one.modified >= other.modified for one, other in pairwise(versions))
        return took

    def boto_versions(self) -> float:
        start = time.perf_counter()
        assert len(self.client.list_object_versions(Bucket="bench", Prefix="k")["Versions"]) == 1000
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=[*PARTS, *SCREENS, "requests", "calls"])
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--objects", type=int, default=OBJECTS, help="that are copied, deleted and tagged")
    parser.add_argument("--verbose", action="store_true", help="each request of `requests`, each file of `calls`")
    given = parser.parse_args()
    peers.install()
    parts: dict[str, Callable[[], Sequence[Row | Limit]]] = {
        "processes": lambda: whole_processes(given.rounds),
        "aws": lambda: aws_cli(min(given.rounds, 3)),
        "million": lambda: a_million(min(given.rounds, 5), given.keys),
        "history": lambda: history(max(given.rounds, 9)),
        "transfers": lambda: transfers(given.rounds),
        "acting": lambda: acting(min(given.rounds, 3), given.objects),
        "starting": lambda: starting(given.rounds),
    }
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {platform.platform()} · {os.cpu_count()} cores, load {load:.1f}")
    print(f"Python {platform.python_version()} · botocore {botocore.__version__} · {peers.versions()}\n")
    print("| work | s3ml | peer | ratio | at least |\n|---|---|---|---|---|", flush=True)
    for name, part in parts.items():
        if given.only in {None, name}:
            for row in part():
                print(row.line, flush=True)
    if given.only in {None, "requests"}:
        requests_sent.report(given.rounds, is_verbose=given.verbose)
    if given.only in {None, "calls"}:
        call_path.report(is_verbose=given.verbose)
    for name, run in SCREENS.items():
        if given.only in {None, name}:
            asyncio.run(run(given.keys))


if __name__ == "__main__":
    main()
