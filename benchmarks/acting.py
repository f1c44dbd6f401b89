"""Acting on many objects, whole processes against aws s3 and others on the embedded server; starts are subtracted."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import peers
from benchmarks.measuring import Row
from benchmarks.transfers import BUCKET, Bench, Contestants, aws, bench, s3ml, s5cmd

OBJECTS = 10_000
SIZE = 100
TARGET = 3
_LOOP = 50
"""So many single commands tell what a loop of them takes."""


def acting(rounds: int, objects: int = OBJECTS) -> list[Row]:
    """Copying, deleting and tagging `objects` objects."""
    with bench() as at:
        _fill(at, objects)
        return [row for part in (copying, deleting, tagging) for row in part(at, rounds, objects)]


def _fill(at: Bench, objects: int) -> None:
    for number in range(objects):
        path = at.folder / "objects" / f"d{number % 50:02}" / f"f{number:05}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{number:0{SIZE}}".encode())
    _put(at, "objects")
    _put(at, "one", is_empty=True)


def _put(at: Bench, name: str, *, is_empty: bool = False) -> None:
    folder = at.folder / ("empty" if is_empty else "objects")
    at.run(lambda _: s5cmd("cp", f"{folder}/*", f"s3://{BUCKET}/{name}/"))


def copying(at: Bench, rounds: int, objects: int) -> list[Row]:
    many, one = f"s3://{BUCKET}/objects/", f"s3://{BUCKET}/one/"
    contestants: Contestants = {
        "s3ml": (
            lambda t: s3ml("cp", "-r", many, f"s3://{BUCKET}/{t}/"),
            lambda t: s3ml("cp", "-r", one, f"s3://{BUCKET}/{t}/"),
        ),
        "aws s3": (
            lambda t: aws("cp", "--recursive", many, f"s3://{BUCKET}/{t}/"),
            lambda t: aws("cp", "--recursive", one, f"s3://{BUCKET}/{t}/"),
        ),
        "s5cmd": (
            lambda t: s5cmd("cp", f"{many}*", f"s3://{BUCKET}/{t}/"),
            lambda t: s5cmd("cp", f"{one}*", f"s3://{BUCKET}/{t}/"),
        ),
    }
    return _only_aws(at.compare(f"{objects:,} objects copied", contestants, TARGET, rounds))


def deleting(at: Bench, rounds: int, objects: int) -> list[Row]:
    """Each contestant has objects of its own, put before its time is taken."""

    def place(target: str) -> str:
        return f"s3://{BUCKET}/{target}/"

    contestants: Contestants = {
        "s3ml": (lambda t: s3ml("rm", "-r", place(t)),) * 2,
        "aws s3": (lambda t: aws("rm", "--recursive", place(t)),) * 2,
        "s5cmd": (lambda t: s5cmd("rm", f"{place(t)}*"),) * 2,
    }
    return _only_aws(
        at.compare(
            f"{objects:,} objects deleted",
            contestants,
            TARGET,
            rounds,
            before=lambda target, is_empty: _put(at, target, is_empty=is_empty),
        )
    )


def tagging(at: Bench, rounds: int, objects: int) -> list[Row]:
    """A new value each time, and what else an object has stays; a script that overwrites it has half the work."""

    def script(prefix: str, value: str, others: str) -> Sequence[str | Path]:
        return [sys.executable, Path(__file__).with_name("tag_all.py"), BUCKET, prefix, "round", value, others]

    contestants: Contestants = {
        "s3ml": (
            lambda t: s3ml("tag", "-r", f"s3://{BUCKET}/objects/", f"round={t}"),
            lambda t: s3ml("tag", "-r", f"s3://{BUCKET}/one/", f"round={t}"),
        ),
        "boto3, 10 threads": (lambda t: script("objects/", t, "keep"), lambda t: script("one/", t, "keep")),
        "the same, overwriting other tags": (lambda t: script("objects/", t, "-"), lambda t: script("one/", t, "-")),
    }
    rows = at.compare(f"{objects:,} objects tagged", contestants, TARGET, rounds)
    rows[1:] = [replace(row, target=0) for row in rows[1:]]
    single = sum(at.run(_tag_one) for _ in range(_LOOP)) / _LOOP
    loop = f"aws s3api in a loop, from {_LOOP}"
    return [*rows, Row(f"{objects:,} objects tagged", rows[0].ours_s, single * objects, loop, TARGET, 1)]


def _tag_one(value: str) -> Sequence[str | Path]:
    tags = f"TagSet=[{{Key=round,Value={value}}}]"
    key = ["--bucket", BUCKET, "--key", "objects/d00/f00000.bin"]
    return [peers.BIN / "aws", "s3api", "put-object-tagging", *key, "--tagging", tags]


def _only_aws(rows: list[Row]) -> list[Row]:
    """Something was promised against aws s3 alone; the others show what the server allows."""
    return [row if row.peer == "aws s3" else replace(row, target=0) for row in rows]
