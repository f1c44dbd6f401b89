"""Browse over the listing server: a million keys into the table, the first rows of few and of many, a long history.

.venv/bin/python -m benchmarks.screens [--keys 1000000]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from benchmarks.measuring import CREDENTIALS, listing_server
from benchmarks.table import up_or_down
from benchmarks.timed_app import SIZE, TimedApp, head, print_row, until
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from tests.ui.harness import services_over

BUCKET = "bench"
MANY, FEW = Place(BUCKET, "dataset/train/"), Place(BUCKET, "few/")
HISTORY = ObjectKey(BUCKET, "k")
KEY = CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
TIMES = 5


@contextmanager
def an_app(endpoint: str) -> Iterator[TimedApp]:
    """Browse over a server."""
    store = connect(Context(endpoint_url=endpoint, region="us-east-1"), KEY)
    with tempfile.TemporaryDirectory() as folder:
        yield TimedApp(lambda context: services_over(store, Path(folder), context), Context())
    store.close()


async def first_rows(app: TimedApp) -> None:
    """Of a place with few keys and of one with many, in turn."""
    table, taken = app.browse.objects.table, {FEW: list[float](), MANY: list[float]()}
    for turn in range(4 * TIMES + 2):
        for place, times in taken.items():

            def is_there(place: Place = place) -> bool:
                return table.level.place == place and table.row_count > 0

            took = await app.frame(is_there, lambda place=place: app.show_place(place))  # type: ignore[misc]  # bound by its default
            if turn > 1:
                times.append(took)
            await until(lambda: not app.browse.objects.is_reading)
    print_row("first rows of 1,000 keys", taken[FEW])
    print_row("first rows of all keys", taken[MANY], "1.2 times that")


async def long_history(app: TimedApp) -> None:
    """A page of a thousand keys read again, and a history of a thousand versions, in turn."""
    browse, pages, histories = app.browse, list[float](), list[float]()
    table, rows = browse.objects.table, browse.versions.rows
    for turn in range(4 * TIMES + 2):
        app.show_place(FEW)
        await until(lambda: table.level.place == FEW and table.level.is_complete and not browse.objects.is_reading)
        level = table.level
        page = await app.frame(lambda: table.level is not level, browse.objects.reload)  # noqa: B023 - waited for here
        app.show_place(HISTORY.place, HISTORY)
        await until(lambda: len(rows.versions) == 1000 and not browse.objects.is_reading)
        versions = rows.versions
        history = await app.frame(lambda: rows.versions is not versions, browse.versions.reload)  # noqa: B023 - as above
        assert len(rows.versions) == 1000
        if turn > 1:
            pages.append(page)
            histories.append(history)
    print_row("a page of 1,000 keys on screen", pages)
    print_row("a history of 1,000 versions on screen", histories, "that")


async def into_the_table(app: TimedApp, keys: int) -> tuple[float, list[float]]:
    """All keys of the large place: seconds, and the keys pressed meanwhile to their frames."""
    objects = app.browse.objects
    await until(lambda: app.session.services is not None)
    app.show_place(MANY)
    await until(lambda: objects.table.level.place == MANY and objects.table.row_count > 0 and not objects.is_reading)
    started, alive = time.perf_counter(), list[float]()
    objects.load_all()
    while not objects.table.level.is_complete:
        alive.append(await up_or_down(app))
        await app.rest()
    took = time.perf_counter() - started
    assert len(objects.table.level.keys) == keys
    return took, alive


def paginated(endpoint: str, keys: int) -> float:
    """Seconds of boto3's paginator for the same."""
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=KEY[0], aws_secret_access_key=KEY[1]
    )
    started = time.perf_counter()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=MANY.prefix)
    assert sum(len(page["Contents"]) for page in pages) == keys
    client.close()
    return time.perf_counter() - started


def resident() -> int:
    """Bytes of memory this process has; 0 where it cannot be told."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 if status.exists() else 0


async def main(keys: int) -> None:
    """All of it."""
    head()
    with listing_server(keys=keys, versions=1000, few=1000) as endpoint:
        with an_app(endpoint) as app:
            async with app.run_test(size=SIZE):
                await until(lambda: app.session.services is not None)
                await first_rows(app)
                await long_history(app)
        ours, theirs, alive, above = list[float](), list[float](), list[float](), 0.0
        for turn in range(TIMES):
            before = resident()
            with an_app(endpoint) as app:
                async with app.run_test(size=SIZE):
                    took, pressed = await into_the_table(app, keys)
                    alive += pressed
                    ours.append(took * 1000)
                    if not turn:
                        own = sum(map(sys.getsizeof, app.browse.objects.table.level.keys))
                        above = (resident() - before - own) / keys
            theirs.append(await asyncio.to_thread(paginated, endpoint, keys) * 1000)
    print_row(f"keys pressed while {keys:,} keys arrive", alive, "– / 100")
    print_row(f"{keys:,} keys into the table", ours)
    print_row(f"{keys:,} keys, boto3's paginator", theirs, "20 times that, at least")
    sys.stdout.write(f"\nMemory above the keys' own bytes: {above:.0f} bytes a key (at most 250).\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().keys))
