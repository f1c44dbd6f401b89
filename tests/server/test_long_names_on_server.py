"""Files whose long names differ only in the end, on the embedded server: what tells them apart is not cut off."""

import os
from pathlib import Path

from tests.cli.line import CommandLine
from tests.servers import S3Server


def test_long_names_that_begin_alike_come_down_each_with_its_own_bytes(seaweed: S3Server, tmp_path: Path) -> None:
    """A run's parameters in a file name: what is told apart only behind 200 bytes."""
    bucket, name = seaweed.bucket(), "learning_rate=0.001,".ljust(200, "x")
    bodies = {f"{name}{number:03}.bin": os.urandom(2000 + number) for number in range(60)}
    for key, body in bodies.items():
        seaweed.client().put_object(Bucket=bucket, Key=f"runs/{key}", Body=body)
    got = CommandLine(seaweed.environment()).process("get", "-r", f"s3://{bucket}/runs/", tmp_path / "down")
    assert got.code == 0, got.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "down").iterdir()} == bodies
