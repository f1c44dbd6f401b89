"""Moving bytes, whole processes against s5cmd and aws on the embedded server; starts are subtracted on both sides."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import boto3

from benchmarks import peers
from benchmarks.measuring import Row, medians
from s3ml_tui.local_server.server import LocalServer

MIB = 1024 * 1024
BUCKET = "bench"
LARGE = 256 * MIB
FILES, FILE_SIZE = 2000, 10 * 1024
UNCHANGED = 20_000
S3ML = str(Path(sys.executable).with_name("s3ml"))

Command = Callable[[str], Sequence[str | Path]]
"""Takes a name that was never used before, for the target."""
Contestants = dict[str, tuple[Command, Command]]
"""By name, ours first: the command, and the same on one empty object."""
Before = Callable[[str, bool], None]
"""What is done before each command, outside of its time, and whether it is the one on an empty object."""


def _nothing(_target: str, _is_empty: bool) -> None:
    """What most commands need."""


@dataclass
class Bench:
    """A server, a folder, and the environment of whoever speaks to it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, command: Command, before: Before = _nothing, *, is_empty: bool = False) -> float:
        """Seconds of a whole process; nothing is deleted meanwhile: some file systems are slow for minutes then."""
        target = f"t{next(self._numbers)}"
        before(target, is_empty)
        words = [str(word) for word in command(target)]
        os.sync()  # what the run before left to be written is not this one's to wait for
        start = time.perf_counter()
        ran = subprocess.run(words, env=self.environment, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        took = time.perf_counter() - start
        if ran.returncode:
            raise AssertionError(f"{words}: {ran.stderr.decode()[-2000:]}")
        return took

    def compare(
        self,
        work: str,
        contestants: Mapping[str, tuple[Command, Command]],
        target: float,
        rounds: int,
        *,
        before: Before = _nothing,
    ) -> list[Row]:
        """A row for each peer; each contestant is its command and the same on one empty object."""
        runs: dict[str, Callable[[], float]] = {}
        for name, (command, empty) in contestants.items():
            runs[name] = partial(self.run, command, before)
            runs[f"{name} start"] = partial(self.run, empty, before, is_empty=True)
        found = medians(runs, rounds)
        net = {name: max(found[name] - found[f"{name} start"], 1e-3) for name in contestants}
        ours, *others = contestants
        return [Row(work, net[ours], net[peer], peer, target, rounds) for peer in others]


@contextmanager
def bench() -> Iterator[Bench]:
    """The embedded server, and files to move."""
    folder = Path(tempfile.mkdtemp(prefix="s3ml-bench-"))
    server = LocalServer(folder / "server")
    info, keys = server.start(), server.credentials()
    try:
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_ENDPOINT_URL": str(info.endpoint),
            "S3_ENDPOINT_URL": str(info.endpoint),
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "XDG_STATE_HOME": str(folder / "state"),
            "AWS_CONFIG_FILE": str(folder / "none"),
        }
        boto3.client(
            "s3",
            endpoint_url=info.endpoint,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
        ).create_bucket(Bucket=BUCKET)
        _fill(folder)
        yield Bench(folder, environment)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _fill(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "e").write_bytes(b"")
    (folder / "large").write_bytes(os.urandom(MIB) * (LARGE // MIB))
    for number in range(FILES):
        path = folder / "many" / f"d{number % 20:02}" / f"f{number:05}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(FILE_SIZE))
    (folder / "out").mkdir()


def s3ml(*words: str | Path) -> list[str | Path]:
    return [S3ML, "--yes", *words]


def s5cmd(*words: str | Path) -> list[str | Path]:
    return [peers.BIN / "s5cmd", "--log", "error", *words]


def aws(*words: str | Path) -> list[str | Path]:
    return [peers.BIN / "aws", "s3", *words, "--only-show-errors"]


def many_up(at: Bench, rounds: int) -> list[Row]:
    many, empty = at.folder / "many", at.folder / "empty"
    return at.compare(
        "2,000 files of 10 KiB up, verified",
        {
            "s3ml": (
                lambda t: s3ml("put", "-r", many, f"s3://{BUCKET}/{t}/"),
                lambda t: s3ml("put", "-r", empty, f"s3://{BUCKET}/{t}/"),
            ),
            "s5cmd": (
                lambda t: s5cmd("cp", f"{many}/*", f"s3://{BUCKET}/{t}/"),
                lambda t: s5cmd("cp", f"{empty}/*", f"s3://{BUCKET}/{t}/"),
            ),
        },
        1,
        rounds,
    )


def many_down(at: Bench, rounds: int) -> list[Row]:
    at.run(lambda _: s5cmd("cp", f"{at.folder / 'many'}/*", f"s3://{BUCKET}/many/"))
    at.run(lambda _: s5cmd("cp", f"{at.folder / 'empty'}/*", f"s3://{BUCKET}/empty/"))
    out = at.folder / "out"
    return at.compare(
        "2,000 files of 10 KiB down, verified",
        {
            "s3ml": (
                lambda t: s3ml("get", "-r", f"s3://{BUCKET}/many/", out / t),
                lambda t: s3ml("get", "-r", f"s3://{BUCKET}/empty/", out / t),
            ),
            "s5cmd": (
                lambda t: s5cmd("cp", f"s3://{BUCKET}/many/*", f"{out / t}/"),
                lambda t: s5cmd("cp", f"s3://{BUCKET}/empty/*", f"{out / t}/"),
            ),
        },
        1,
        rounds,
    )


def large_up(at: Bench, rounds: int) -> list[Row]:
    large, empty = at.folder / "large", at.folder / "empty" / "e"
    return at.compare(
        "one file of 256 MiB up, verified",
        {
            "s3ml": (
                lambda t: s3ml("put", large, f"s3://{BUCKET}/{t}"),
                lambda t: s3ml("put", empty, f"s3://{BUCKET}/{t}"),
            ),
            "s5cmd": (
                lambda t: s5cmd("cp", large, f"s3://{BUCKET}/{t}"),
                lambda t: s5cmd("cp", empty, f"s3://{BUCKET}/{t}"),
            ),
        },
        1 / 1.2,
        rounds,
    )


def large_down(at: Bench, rounds: int) -> list[Row]:
    at.run(lambda _: s3ml("put", at.folder / "large", f"s3://{BUCKET}/large"))
    at.run(lambda _: s3ml("put", at.folder / "empty" / "e", f"s3://{BUCKET}/e"))
    out = at.folder / "out"
    return at.compare(
        "one file of 256 MiB down, verified",
        {
            "s3ml": (
                lambda t: s3ml("get", f"s3://{BUCKET}/large", out / t),
                lambda t: s3ml("get", f"s3://{BUCKET}/e", out / t),
            ),
            "s5cmd": (
                lambda t: s5cmd("cp", f"s3://{BUCKET}/large", out / t),
                lambda t: s5cmd("cp", f"s3://{BUCKET}/e", out / t),
            ),
        },
        1 / 1.5,
        rounds,
    )


def unchanged(at: Bench, rounds: int) -> list[Row]:
    folder = at.folder / "unchanged"
    for number in range(UNCHANGED):
        path = folder / f"d{number % 50:02}" / f"f{number:05}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    empty = at.folder / "empty"
    at.run(lambda _: s3ml("sync", folder, f"s3://{BUCKET}/unchanged/"))
    at.run(lambda _: s3ml("sync", empty, f"s3://{BUCKET}/one/"))
    commands: dict[str, tuple[Command, Command]] = {
        "s3ml": (
            lambda _: s3ml("sync", folder, f"s3://{BUCKET}/unchanged/"),
            lambda _: s3ml("sync", empty, f"s3://{BUCKET}/one/"),
        ),
        "s5cmd": (
            lambda _: s5cmd("sync", f"{folder}/*", f"s3://{BUCKET}/unchanged/"),
            lambda _: s5cmd("sync", f"{empty}/*", f"s3://{BUCKET}/one/"),
        ),
    }
    rows = at.compare("sync of 20,000 unchanged files", commands, 1, rounds)
    commands["aws s3"] = (
        lambda _: aws("sync", folder, f"s3://{BUCKET}/unchanged/"),
        lambda _: aws("sync", empty, f"s3://{BUCKET}/one/"),
    )
    del commands["s5cmd"]
    return rows + at.compare("sync of 20,000 unchanged files", commands, 3, min(rounds, 3))


def transfers(rounds: int) -> list[Row]:
    """All rows."""
    with bench() as at:
        return [row for part in (many_up, many_down, large_up, large_down, unchanged) for row in part(at, rounds)]
