"""cat, stat and preview on moto."""

import fcntl
import gzip
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from contextlib import suppress

from PIL import Image as Pillow

from tests.cli.line import CommandLine
from tests.readers.files import numbers, parquet
from tests.servers import S3Server


def put(moto: S3Server, bucket: str, key: str, body: bytes, **more: object) -> str:
    return str(moto.client().put_object(Bucket=bucket, Key=key, Body=body, **more)["VersionId"])


def test_cat_prints_the_bytes_of_any_version(line: CommandLine, moto: S3Server, bucket: str) -> None:
    old = put(moto, bucket, "a.bin", b"one\n")
    put(moto, bucket, "a.bin", b"two")
    assert line("cat", f"s3://{bucket}/a.bin").out == "two"
    assert line("cat", f"s3://{bucket}/a.bin", "--version-id", old).out == "one\n"
    line("cat", f"s3://{bucket}/nothing", code=3)
    assert "stat --json" in line("cat", f"s3://{bucket}/a.bin", "--json", code=2).err


def on_a_terminal(line: CommandLine, *arguments: str, **environment: str) -> bytes:
    """What a terminal gets from a command in a process of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    command = [sys.executable, "-m", "s3ml_tui", *arguments]
    env = os.environ | dict(line.environment) | environment
    with subprocess.Popen(command, env=env, stdout=slave, stderr=slave) as process:
        os.close(slave)
        got = b""
        with suppress(OSError):  # the terminal's other end is closed
            while piece := os.read(master, 4096):
                got += piece
        process.wait(timeout=60)
    os.close(master)
    return got


def test_cat_shows_a_terminal_no_raw_escapes(line: CommandLine, moto: S3Server, bucket: str) -> None:
    put(moto, bucket, "a.txt", b"one\x1b[31mred\nlast")
    put(moto, bucket, "a.bin", b"\x1b[2J\x00\x01")
    shown = on_a_terminal(line, "cat", f"s3://{bucket}/a.txt")
    assert b"one\\x1b[31mred" in shown
    assert b"last" in shown
    refused = on_a_terminal(line, "cat", f"s3://{bucket}/a.bin")
    assert b"no text" in refused
    assert b"\x1b" not in shown + refused


def test_stat_tells_what_is_known(line: CommandLine, moto: S3Server, bucket: str) -> None:
    put(moto, bucket, "a.csv", b"a,b\n", ContentType="text/csv", Metadata={"owner": "ann"}, Tagging="team=ml")
    said = line("stat", f"s3://{bucket}/a.csv").out
    assert "metadata owner  ann" in said
    row = line("stat", f"s3://{bucket}/a.csv", "--json").row
    assert row["content_type"] == "text/csv"
    assert row["tags"] == {"team": "ml"}
    assert row["metadata"]["owner"] == "ann"
    assert row["size"] == 4
    assert row["missing"] == {}
    line("stat", f"s3://{bucket}/nothing", code=3)


def test_preview_shows_a_table(line: CommandLine, moto: S3Server, bucket: str) -> None:
    put(moto, bucket, "a.csv.gz", gzip.compress(b"id,name\n1,ann\n2,b\x1b[0mb\n"))
    said = line("preview", f"s3://{bucket}/a.csv.gz")
    assert said.out.splitlines()[0].split() == ["id", "name"]
    assert "b\\x1b[0mb" in said.out
    assert "CSV, 2 rows, 2 columns, gzip" in said.err
    row = line("preview", f"s3://{bucket}/a.csv.gz", "--json").row
    assert row["content"]["kind"] == "Table"
    assert row["content"]["rows"][0] == ["1", "ann"]
    assert row["packed"] == ["gzip"]


def test_preview_shows_every_kind(line: CommandLine, moto: S3Server, bucket: str) -> None:
    for key, body, word in (
        ("a.parquet", parquet(numbers(5)), "int64"),
        ("a.json", b'{"a": [1, 2]}', "a: [ 2 values"),
        ("a.bin", bytes(range(256)), "00000010"),
        ("a.md", b"# Title\n", "# Title"),
        ("a.py", b"import os\n", "import os"),
        ("a.pkl", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00K\x01.", "protocol"),
    ):
        put(moto, bucket, key, body)
        assert word in line("preview", f"s3://{bucket}/{key}").out
    put(moto, bucket, "empty", b"")
    assert "The object is empty." in line("preview", f"s3://{bucket}/empty").err
    line("preview", f"s3://{bucket}/nothing", code=3)


def test_preview_says_how_much_is_shown_and_how_to_see_more(line: CommandLine, moto: S3Server, bucket: str) -> None:
    put(moto, bucket, "a.log", b"a line of a log\n" * 200_000)
    said = line("preview", f"s3://{bucket}/a.log").err
    assert "Not all of it is shown; 262.1 kB of 3.2 MB were read; --read 8 shows more." in said
    said = line("preview", f"s3://{bucket}/a.log", "--read", 64).err
    assert "Not all of it" not in said


def test_preview_draws_a_picture_on_a_terminal_with_colours(line: CommandLine, moto: S3Server, bucket: str) -> None:
    body = io.BytesIO()
    Pillow.new("RGB", (200, 100), (255, 0, 0)).save(body, "PNG")
    put(moto, bucket, "a.png", body.getvalue())
    uri = f"s3://{bucket}/a.png"
    colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    drawn = on_a_terminal(line, "preview", uri, **colours)
    assert drawn.count("▀".encode()) == 100 * 25
    assert b"38;2;255;0;0" in drawn
    plain = on_a_terminal(line, "preview", uri, **colours, NO_COLOR="1")
    assert "▀".encode() not in plain
    assert b"200 x 100 pixels" in plain
    assert "▀" not in line("preview", uri).out


def test_what_is_not_there_is_named_with_what_may_have_been_meant(
    line: CommandLine, moto: S3Server, bucket: str
) -> None:
    moto.client().put_object(Bucket=bucket, Key="raw/data.csv", Body=b"1")
    uri = f"s3://{bucket}/raw"
    for command in ("cat", "stat", "preview", "get"):
        assert f"is a folder, not an object. See what is in it: s3ml ls {uri}/" in line(command, uri, code=3).err
        assert f"Did you mean {uri}/data.csv?" in line(command, f"{uri}/dat.csv", code=3).err
        assert f"There is no bucket {bucket}x" in line(command, f"s3://{bucket}x/a", code=3).err
    assert "is a folder" in line("get", uri, "-", code=3).err
    assert "is a folder" in line("verify", uri, __file__, code=3).err
