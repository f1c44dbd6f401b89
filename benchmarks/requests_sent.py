"""How many requests an action sends, counted by a proxy before the embedded server, and its time when each is slow.

    .venv/bin/python -m benchmarks.requests_sent [--verbose] [--rounds 5]

Whole processes with `-y`, each with a state folder of its own; beside them the same change by one call of `aws s3api`.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks import peers
from benchmarks.measuring import Limit
from s3ml_tui.local_server.server import LocalServer
from tests.few_requests import ACTIONS, KEY, Scene, put_new, remove, request_line, restore
from tests.s3.faults import Asked, FaultyServer
from tests.servers import S3Server

LATENCY_S = 0.05
AT_MOST = 1.5
"""Times the bare call."""
IN_THE_APP = 8
"""Requests of the second `r` in a session, until the history is painted again."""

_NOT_OURS = ("AWS_", "S3ML_", "PYTHONDONTWRITEBYTECODE")
"""Without the last the first run of each keeps what it compiled, as an installed program does."""


@contextmanager
def scene() -> Iterator[Scene]:
    """The embedded server behind the proxy."""
    with tempfile.TemporaryDirectory(prefix="s3ml-requests-") as name:
        folder = Path(name)
        local = LocalServer(folder / "server")
        info, keys = local.start(), local.credentials()
        try:
            assert info.endpoint
            server = S3Server(info.endpoint, keys.access_key, keys.secret_key)
            with FaultyServer(server.endpoint) as proxy:
                yield Scene(server, proxy, "", folder)
        finally:
            local.stop()


def fresh(at: Scene) -> Scene:
    """The same with a workspace that nothing was done in."""
    made = replace(at, bucket=f"bench-{uuid.uuid4().hex[:12]}")
    run(made, at.server, [str(peers.OURS), "-y", "init", f"s3://{made.bucket}"])
    return made


def run(at: Scene, server: S3Server, command: Sequence[str]) -> float:
    """Seconds of a whole process that knows nothing of earlier ones."""
    with tempfile.TemporaryDirectory(dir=at.folder) as home:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)},
            **server.environment(),
            "AWS_CONFIG_FILE": f"{home}/none",
            "HOME": home,
            "XDG_STATE_HOME": f"{home}/state",
            "XDG_CONFIG_HOME": f"{home}/config",
            "NO_PROXY": "127.0.0.1",
        }
        start = time.perf_counter()
        ran = subprocess.run(command, env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        took = time.perf_counter() - start
    if ran.returncode:
        raise AssertionError(f"{command}: {ran.stderr.decode()[-2000:]}")
    return took


def ours(words: Sequence[str]) -> list[str]:
    return [str(peers.OURS), "-y", *words]


def counting(at: Scene, *, is_verbose: bool) -> None:
    """A row for each action."""
    print("\n| action | requests | at most |\n|---|---|---|", flush=True)
    for action in ACTIONS:
        made = fresh(at)
        command = ours(action.arrange(made))
        sent = made.sent(lambda made=made, command=command: run(made, made.through, command))  # type: ignore[misc]
        row(action.name, sent, action.at_most, is_verbose=is_verbose)
    sent = asyncio.run(in_the_app(fresh(at)))
    row("restore by r in the app, second time in a session", sent, IN_THE_APP, is_verbose=is_verbose)


def row(name: str, sent: Sequence[Asked], at_most: int, *, is_verbose: bool) -> None:
    print(f"| {name} | {len(sent)} | {at_most} |", flush=True)
    if is_verbose:
        sys.stderr.write("".join(f"    {request_line(asked)}\n" for asked in sent))


async def in_the_app(at: Scene) -> Sequence[Asked]:
    """What the second `r` of a session sends."""
    from tests.ui.requests_of_r import second_restore

    kept = dict(os.environ)
    os.environ.update(at.through.environment() | {"XDG_STATE_HOME": str(at.folder / "app-state")})
    try:
        return await second_restore(at)
    finally:
        os.environ.clear()
        os.environ.update(kept)


def timing(at: Scene, rounds: int) -> list[Limit]:
    """Ours against the bare call, in turns, each request slowed down."""
    aws = [str(peers.BIN / "aws"), "s3api"]

    def bare_put(made: Scene) -> list[str]:
        return [*aws, "put-object", "--bucket", made.bucket, "--key", KEY, "--body", made.file()]

    def bare_restore(made: Scene) -> list[str]:
        old = restore(made)[-1]
        source = f"{made.bucket}/{KEY}?versionId={old}"
        return [*aws, "copy-object", "--bucket", made.bucket, "--key", KEY, "--copy-source", source]

    def bare_delete(made: Scene) -> list[str]:
        remove(made)
        return [*aws, "delete-object", "--bucket", made.bucket, "--key", KEY]

    contestants: dict[str, tuple[Callable[[Scene], list[str]], Callable[[Scene], list[str]]]] = {
        "put": (lambda made: ours(put_new(made)), bare_put),
        "restore": (lambda made: ours(restore(made)), bare_restore),
        "rm": (lambda made: ours(remove(made)), bare_delete),
    }
    limits = []
    for name, pair in contestants.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            for command, times in zip(pair, taken, strict=True):
                made = fresh(at)
                words = command(made)
                at.proxy.latency_s = LATENCY_S
                took = run(made, made.through, words)
                at.proxy.latency_s = 0
                if turn:  # the first one makes caches
                    times.append(took)
        work = f"{name} of one object, whole process, {LATENCY_S * 1000:.0f} ms a request"
        limits.append(Limit(work, median(taken[0]), median(taken[1]), "aws s3api", AT_MOST))
    return limits


def report(rounds: int, *, is_verbose: bool = False) -> None:
    """Both tables; without rounds what is counted alone."""
    with scene() as at:
        counting(at, is_verbose=is_verbose)
        print("\n| work | s3ml | peer | ratio | |\n|---|---|---|---|---|" if rounds else "", flush=True)
        for limit in timing(at, rounds) if rounds else ():
            print(limit.line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="each request on stderr")
    parser.add_argument("--rounds", type=int, default=0, help="of times; 0 counts alone")
    given = parser.parse_args()
    report(given.rounds, is_verbose=given.verbose)


if __name__ == "__main__":
    main()
