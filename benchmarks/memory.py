"""Memory of a transfer of 10 GiB, up from a sparse file and down into one: what it takes above an idle process.

`python -m benchmarks.memory` (minutes: all of it is hashed). `--gib 1` for less.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.transfers import S3ML

_LOOK_EVERY_S = 0.02
MIB = 1024 * 1024


def peak(words: list[str], environment: dict[str, str]) -> tuple[int, float]:
    """The most memory a process has had, bytes, and its seconds."""
    most, start = 0, time.perf_counter()
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(_LOOK_EVERY_S)
        _, err = process.communicate()
    if process.returncode:
        raise AssertionError(err.decode()[-2000:])
    return most, time.perf_counter() - start


def main(gib: float) -> None:
    size = int(gib * 1024**3)
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink_server", "--size", str(size)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    with tempfile.TemporaryDirectory(prefix="s3ml-bench-") as name, server:
        folder = Path(name)
        endpoint = server.stdout.readline().strip()
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench-secret",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-east-1",
            "XDG_STATE_HOME": name,
        }
        sparse, small = folder / "sparse", folder / "small"
        with sparse.open("wb") as file:
            file.truncate(size)
        small.write_bytes(b"x")
        try:
            idle, _ = peak([S3ML, "--yes", "put", str(small), "s3://bench/small"], environment)
            for verb, words in {
                "up": ["put", str(sparse), "s3://bench/large"],
                "down": ["get", "s3://bench/large", str(folder / "down")],
            }.items():
                most, took_s = peak([S3ML, "--yes", *words], environment)
                above = (most - idle) / MIB
                print(
                    f"{gib:g} GiB {verb}: {above:.0f} MiB above idle ({idle / MIB:.0f} MiB), {took_s:.0f} s", flush=True
                )
        finally:
            server.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=10)
    main(parser.parse_args().gib)
