"""Going about in a real terminal: an address completed, a bookmark, back, another context, and all of it tomorrow."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server
from tests.terminal.browsing import Bench
from tests.terminal.pty_screen import PtyScreen

ALWAYS = 10_000
DENIED = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """Two contexts of one settings file, each with a bucket of its own."""
    work, archive = seaweed.bucket(), seaweed.bucket()
    for name in ("dataset/raw/churn.csv", "dataset/raw/prices.csv", "dataset/train/a.csv", "models/v1/m.bin"):
        seaweed.client().put_object(Bucket=work, Key=name, Body=b"id,y\n1,0\n")
    seaweed.client().put_object(Bucket=archive, Key="old/2024.csv", Body=b"x")
    (tmp_path / "s3ml-config.toml").write_text(
        f"""# mine, and kept as I wrote it
context = "work"

[contexts.work]
endpoint_url = "{seaweed.endpoint}"
workspace = "s3://{work}/"

[contexts.archive]
endpoint_url = "{seaweed.endpoint}"
workspace = "s3://{archive}/old/"
read_only = true
colour = "red"
"""
    )
    return Bench(seaweed, tmp_path, work)


@pytest.mark.parametrize(("columns", "lines"), [(120, 36), pytest.param(80, 24, marks=EXHAUSTIVE)])
def test_to_an_address_a_bookmark_back_and_into_another_context(bench: Bench, columns: int, lines: int) -> None:
    with bench.terminal(columns=columns, lines=lines) as screen:
        screen.wait_for(r"s3ml  work .*▸ test-")
        screen.wait_for(r"dataset/")
        go_to_raw(screen, bench)

        screen.press("B")
        screen.wait_for("Bookmark s3://")
        screen.press("ctrl+u")
        screen.type("raw data")
        screen.press("enter")
        screen.wait_for("Bookmarked as raw data")

        screen.press("<")
        screen.wait_until_gone(r"dataset/raw/")
        screen.wait_for(r"▸ models/")
        screen.press("\x1b[1;3C")  # alt+right, as xterm and tmux send it
        screen.wait_for(r"prices\.csv")
        screen.press("\x1b[1;3D")
        screen.wait_until_gone(r"prices\.csv")
        screen.press("b")
        screen.wait_for("raw data  s3://")
        screen.press("enter")
        screen.wait_for(r"prices\.csv")

        screen.press("C")
        screen.wait_for("● work")
        screen.press("j", "enter")
        screen.wait_for(r"s3ml  archive  READ-ONLY ▸ test-\w+ ▸")
        screen.wait_for(r"old/ · 1 object")
        screen.wait_for(r"2024\.csv")
        assert "prices.csv" not in screen.text
        screen.press("x")
        screen.wait_for("This context is read-only")
        screen.press("C")
        screen.wait_for("● archive")
        screen.press("k", "enter")
        screen.wait_for(r"s3ml  work .*▸ test-")
        screen.wait_for(r"prices\.csv")
        assert "READ-ONLY" not in screen.text
        screen.press("q")
        assert screen.wait_for_exit() == 0

    written = (bench.folder / "s3ml-config.toml").read_text()
    assert written.startswith('# mine, and kept as I wrote it\ncontext = "work"\n')
    kept = tomllib.loads(written)["bookmarks"]
    assert kept["raw data"] == {"uri": f"s3://{bench.bucket}/dataset/raw/", "context": "work"}

    with bench.terminal(columns=columns, lines=lines) as screen:
        screen.wait_for(r"dataset/")
        screen.press(":")
        screen.wait_for("Go to")
        screen.wait_for(r"↺ s3://test-\w+/dataset/raw/prices\.csv")
        screen.press("escape")
        screen.wait_until_gone("Go to")
        screen.press("q")
        assert screen.wait_for_exit() == 0


def go_to_raw(screen: PtyScreen, bench: Bench) -> None:
    """`:`, each level completed with tab, and an object chosen from the list."""
    screen.press(":")
    screen.wait_for("Go to")
    screen.type(bench.bucket[:9])
    screen.wait_for(rf"▸ {bench.bucket}/")
    screen.press("tab")
    screen.type("dat")
    screen.wait_for(r"▸ dataset/ +│")
    screen.press("tab")
    screen.wait_for(r"▸ train/")
    screen.type("raw/")
    screen.wait_for(r"  churn\.csv")
    screen.press("down", "down", "enter")
    screen.wait_for(r"prices\.csv · History · 1 version")


def test_a_pasted_address_is_gone_to_as_it_is(bench: Bench) -> None:
    with bench.terminal() as screen:
        screen.wait_for(r"dataset/")
        screen.press(":")
        screen.wait_for("Go to")
        screen.press("end")
        screen.paste(f"s3://{bench.bucket}/dataset/raw/churn.csv\n")
        screen.wait_for(rf"▊ +s3://{bench.bucket}/dataset/raw/churn\.csv")
        screen.press("enter")
        screen.wait_for(r"churn\.csv · History · 1 version")
        screen.press("q")
        assert screen.wait_for_exit() == 0


def test_the_screens_start_at_an_address(bench: Bench) -> None:
    with bench.terminal(f"s3://{bench.bucket}/dataset/train/") as screen:
        screen.wait_for(r"▸ test-\w+ ▸ dataset/train/")
        screen.wait_for(r"a\.csv")
        screen.press("q")
        assert screen.wait_for_exit() == 0


def test_where_buckets_cannot_be_listed_one_is_opened_by_name(moto: S3Server, tmp_path: Path) -> None:
    def lists_buckets(asked: Asked) -> bool:
        return asked.method == "GET" and asked.target.partition("?")[0] == "/"

    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="raw/churn.csv", Body=b"x")
    with FaultyServer(moto.endpoint) as server:
        server.add(Fault(lists_buckets, ALWAYS, 403, DENIED, {"Content-Type": "application/xml"}))
        bench = Bench(moto, tmp_path, bucket, {"AWS_ENDPOINT_URL": server.endpoint})
        with bench.terminal() as screen:
            screen.wait_for("s3:ListAllMyBuckets")
            screen.press(":")
            screen.wait_for("Go to")
            screen.type(bucket)
            screen.wait_for("may not be listed")
            screen.press("enter")
            screen.wait_for(rf"▸ {bucket}")
            screen.wait_for(r"raw/")
            screen.press("q")
            assert screen.wait_for_exit() == 0
        with bench.terminal(f"s3://{bucket}/raw/") as screen:
            screen.wait_for(r"churn\.csv")
            screen.press("q")
            assert screen.wait_for_exit() == 0


def test_ascii_alone_and_no_colours_reach_the_terminal(bench: Bench) -> None:
    plain = Bench(bench.server, bench.folder, bench.bucket, {"NO_COLOR": "1"})
    with plain.terminal("--ascii") as screen:
        screen.wait_for(r"> dataset/")
        screen.press("3")
        screen.wait_for("Runs")
        screen.press("1", ":")
        screen.wait_for("Go to")
        screen.press("escape")
        screen.wait_until_gone("Go to")
        assert screen.text.isascii(), screen.text
        screen.press("q")
        assert screen.wait_for_exit() == 0
    colours = re.findall(rb"\x1b\[[0-9;]*(?:[34]8[;:]|\b3[0-7]|\b4[0-7])[0-9;:]*m", bytes(screen.raw))
    assert colours == []
