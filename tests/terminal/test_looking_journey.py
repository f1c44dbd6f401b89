"""Looking at objects in a real terminal: who wrote a version, what is inside, more of it, and what is known besides."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree
from tests.terminal.pty_screen import PtyScreen

LINE = b"14:02:41 train candidate 7 of 12 and so on and so forth\n"
RUN = "20261123-0911-p2aa"


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """A bucket with a little of everything."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    put = bench.server.client().put_object
    put(Bucket=bench.bucket, Key="a.csv", Body=b"id,name\n1,Ada\n", Metadata={"s3ml-run": RUN}, Tagging="stage=gold")
    put(Bucket=bench.bucket, Key="a.csv", Body=b"id,name\n1,Grace\n", Metadata={"owner": "ml"})
    put(Bucket=bench.bucket, Key="b.json", Body=json.dumps({"layers": [{"n": 1}, {"n": 2}], "lr": 0.1}).encode())
    put(Bucket=bench.bucket, Key="c.log", Body=LINE * 60_000)
    put(Bucket=bench.bucket, Key="d.png", Body=_picture())
    return bench


def test_a_walk_through_history_preview_and_details(bench: Bench) -> None:
    with bench.screens() as screen:
        focused = _history_and_older_preview(screen, bench)
        _to_objects(screen, "a.csv", focused)
        screen.press("j")
        screen.wait_for(r"b\.json · Preview · JSON")
        screen.press("enter")
        screen.wait_for_background("▾ {", focused)
        screen.press("j", "left")
        screen.wait_for(r"▸ layers: \[ 2 values \]")
        screen.press("right", "right")
        screen.wait_for(r"▾ layers: \[ 2 values \]")
        _to_objects(screen, "b.json", focused)
        screen.press("j")
        screen.wait_for(r"262\.1 kB of 3\.4 MB were read: M reads up to 3\.4 MB")
        screen.press("M")
        screen.wait_until_gone("were read|escape stops")
        screen.press("enter")
        screen.wait_for_background("1  14:02:41", focused)
        screen.press("G")
        screen.wait_for(" 60000  14:02:41 train")
        _to_objects(screen, "c.log", focused)
        screen.press("j")
        screen.wait_for(r"d\.png · Preview · PNG picture, 120 x 80")
        screen.wait_for("▀▀▀")
        screen.wait_for_bytes(b"38;2;255;0;0;48;2;255;0;0m")
        screen.wait_for_bytes(b"38;2;0;0;255;48;2;0;0;255m")
        screen.press("q")
        assert screen.wait_for_exit() == 0


def _history_and_older_preview(screen: PtyScreen, bench: Bench) -> str:
    """Who wrote what; the older one is looked into, brought back, and says from when it is. The cursor's colour."""
    screen.wait_for(rf"○ .* 14 B +by run {RUN}  #stage=gold")
    focused = screen.background("a.csv  ")
    screen.press("tab")
    screen.wait_for_background("16 B  ", focused)
    screen.press("j")
    screen.wait_for_background("14 B  ", focused)
    screen.press("i")
    screen.wait_for("1  Ada")
    screen.press("i")
    screen.wait_for(rf"written +by run {RUN}")
    screen.wait_for("tag stage +gold")
    screen.press("r")
    agree(screen, "Bring back", plan="14 B from ")
    screen.press("i")
    screen.wait_for("History · 3 versions")
    screen.wait_for(r"● .* 14 B +brought back from \d\d:\d\d")
    assert bench.content("a.csv") == b"id,name\n1,Ada\n"
    screen.press("i")
    screen.wait_for(r"a\.csv · Preview · CSV")
    return focused


def _to_objects(screen: PtyScreen, name: str, focused: str) -> None:
    """The focus goes back to the table, where the cursor is on `name`."""
    screen.press("tab", "tab")
    screen.wait_for_background(f"{name}  ", focused)


def _picture() -> bytes:
    """Red above, blue below."""
    image = Image.new("RGB", (120, 80), (255, 0, 0))
    image.paste((0, 0, 255), (0, 40, 120, 80))
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def test_how_much_lies_in_a_folder_is_walked_into_and_out_of(bench: Bench) -> None:
    put = bench.server.client().put_object
    for number in range(12):
        put(Bucket=bench.bucket, Key=f"data/train/{number:02}.bin", Body=b"x" * 1000)
    put(Bucket=bench.bucket, Key="data/notes.md", Body=b"x")
    with bench.screens() as screen:
        screen.wait_for(r"a\.csv")
        screen.press("g", "=")
        screen.wait_for(f"All that lies in s3://{bench.bucket}/data/")
        screen.wait_for("13 objects, 12.0 kB")
        screen.wait_for(r"12\.0 kB +12 +▓+ +train/")
        screen.press("left")
        screen.wait_for(f"All that lies in s3://{bench.bucket}/ ")
        screen.wait_for(r"3\.4 MB +4 .*objects on this level")
        screen.wait_until_gone("counting")
        screen.press("right")
        screen.wait_for(f"All that lies in s3://{bench.bucket}/data/")
        screen.press("o")
        screen.wait_until_gone("All that lies in")
        screen.wait_for(r"─ data/train/ · 12 objects")
        screen.press("q")
        assert screen.wait_for_exit() == 0
