"""What was done in one session is undone in the next, in a real terminal; the requests are those that were sent."""

from pathlib import Path

import pytest

from tests.servers import S3Server
from tests.terminal.browsing import Bench, agree, upload
from tests.terminal.pty_screen import PtyScreen

CONTENT = b"id,y\n1,0\n"


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Bench:
    """An empty bucket, and a folder with one file."""
    bench = Bench(seaweed, tmp_path, seaweed.bucket())
    bench.write("churn.csv", CONTENT)
    return bench


def quit_at_once(screen: PtyScreen) -> None:
    screen.press("q")
    assert screen.wait_for_exit() == 0


def test_a_delete_is_undone_in_the_next_session_and_is_listed_there(bench: Bench) -> None:
    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        upload(screen, "churn.csv")
        screen.wait_for("History · 1 version")
        screen.press("x")
        agree(screen, "Delete")
        screen.wait_for("Nothing here yet")
        quit_at_once(screen)
    assert bench.keys() == []
    before = bench.versions()
    assert len(before) == 1

    with bench.screens() as screen:
        screen.wait_for("Nothing here yet")
        screen.press("u")
        agree(screen, "Bring back", plan=r"This undoes “Deleted churn\.csv” \(")
        screen.wait_for("History · 3 versions")
        assert bench.content("churn.csv") == CONTENT
        assert before < bench.versions(), "it was rolled forward"
        screen.press("6")
        screen.wait_for(r"Brought back churn\.csv")
        screen.wait_for(r"Deleted churn\.csv .* undone ")
        screen.wait_for(r"Uploaded churn\.csv .* enter undoes it")
        screen.wait_for(rf"200 .* aws s3api (list-object|head-object|copy-object)\S* --bucket {bench.bucket}")
        screen.press("tab", "y")
        screen.wait_for("The command is copied")
        quit_at_once(screen)
    assert screen.clipboard is not None
    assert screen.clipboard.startswith("aws s3api ")
    assert f"--endpoint-url {bench.server.endpoint}" in screen.clipboard
    assert bench.server.secret_key not in screen.raw.decode("utf-8", "replace")

    rows = bench.line.process("activity", "--json").rows
    assert [row["title"] for row in rows] == ["Brought back churn.csv", "Deleted churn.csv", "Uploaded churn.csv"]
    assert [row["state"] for row in rows] == ["can be undone", "undone", "can be undone"]
    assert {row["by"] for row in rows} == {"the screens"}


def test_what_somebody_changed_since_the_last_session_is_not_undone(bench: Bench) -> None:
    bench.server.client().put_object(Bucket=bench.bucket, Key="churn.csv", Body=CONTENT)
    deleted = bench.line.process("rm", f"s3://{bench.bucket}/churn.csv", "--yes")
    assert deleted.code == 0, deleted.err
    bench.server.client().put_object(Bucket=bench.bucket, Key="churn.csv", Body=b"by somebody else")
    with bench.screens() as screen:
        screen.wait_for("History · 3 versions")
        screen.press("u")
        agree(screen, "Bring back", plan="by the command")
        screen.wait_for("Somebody wrote 16 B to it")
        screen.press("enter")
        screen.wait_until_gone("Somebody wrote")
        quit_at_once(screen)
    assert bench.content("churn.csv") == b"by somebody else"


def test_a_change_from_the_command_line_is_undone_from_it(bench: Bench) -> None:
    bench.server.client().put_object(Bucket=bench.bucket, Key="churn.csv", Body=CONTENT)
    bench.line.process("rm", f"s3://{bench.bucket}/churn.csv", "--yes")
    assert bench.keys() == []
    undone = bench.line.process("undo")
    assert undone.code == 0, undone.err
    assert bench.content("churn.csv") == CONTENT
