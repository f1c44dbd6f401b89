"""Rows of upload, download and verify, with names that are taken on either side."""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from s3ml_tui.ui.dialogs.file_picker import PickFiles
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.widgets.local_files import LocalRows
from tests.actions.hands import Hands
from tests.actions.row import BEFORE, Row

LONG_AGO_S = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
IN_AN_HOUR_S = 3600
CSV = "[text/csv]"
"""The content type that is guessed of what the rows upload."""
LOCAL = {"f/x.csv": "X", "f/y/z.csv": "Z", "f/new.csv": "N"}
"""A folder that meets two names of the bucket's; its x is newer, its z older."""
OVERWRITE, SKIP, BOTH, NEWER = "Overwrite them", "Skip these", "Keep both", "Overwrite only those"


def has(*names: str) -> Callable[[Hands], None]:
    """Begins with these files in the working folder."""
    return lambda hands: hands.write({name: name.partition(".")[0] for name in names})


def has_folder(hands: Hands) -> None:
    hands.write(LOCAL)
    in_an_hour_s = datetime.now(UTC).timestamp() + IN_AN_HOUR_S
    for name, modified_s in (("f/x.csv", in_an_hour_s), ("f/y/z.csv", LONG_AGO_S)):
        os.utime(hands.folder / name, (modified_s, modified_s))


# upload --------------------------------------------------------------------------------------------------------------


async def completed(hands: Hands) -> None:
    await hands.press("a")
    await hands.dialog(PickFiles)
    line = await hands.line()
    await hands.press("u")
    await hands.until(lambda: line._suggestion == "up.csv", "the rest of its name")
    await hands.press("right", "enter")
    await hands.agrees("Upload up.csv", "Nothing is there now")
    await hands.done("Uploaded up.csv")


async def over(hands: Hands) -> None:
    await hands.press("a")
    await hands.dialog(PickFiles)
    await hands.paste("./a.csv")
    await hands.press("enter")
    await hands.agrees("Upload a.csv", "stay as an older version")
    await hands.done("Uploaded a.csv")


async def picked(hands: Hands) -> None:
    await hands.press("a")
    await hands.dialog(PickFiles)
    await hands.shows("up.csv", "vp.csv")
    rows = hands.app.screen.query_one(LocalRows)
    await hands.press("down")
    await hands.until(lambda: rows.has_focus and rows.row_count == 3, "the list")
    while rows.path_at(rows.cursor).name != "up.csv":
        await hands.press("j")
    await hands.press("space", "space")
    await hands.shows("2 marked")
    await hands.press("a")
    await hands.agrees("Upload 2 files")
    await hands.done("Uploaded 2 files")


async def uploads_folder(hands: Hands) -> None:
    await hands.press("a")
    await hands.dialog(PickFiles)
    await hands.paste("f")
    await hands.press("enter")


async def folder(hands: Hands) -> None:
    await uploads_folder(hands)
    await hands.agrees("Upload 3 files")
    await hands.done("Uploaded 3 files")


def met(answer: str, title: str, done: str) -> Callable[[Hands], Awaitable[None]]:
    """A folder goes up where two of its names are taken."""

    async def play(hands: Hands) -> None:
        await uploads_folder(hands)
        await hands.chooses(answer, "2 names are taken there already")
        await hands.agrees(title)
        await hands.done(done)

    return play


UPLOADS = (
    Row(
        "upload",
        "a typed path, completed",
        "browse.add",
        completed,
        begins=has("up.csv"),
        after=BEFORE | {"up.csv": f"up{CSV}"},
        undone=BEFORE | {"up.csv": f"✗ up{CSV}"},
    ),
    Row(
        "upload",
        "a file on top of an object",
        "browse.add",
        over,
        begins=lambda hands: hands.write({"a.csv": "new"}),
        after=BEFORE | {"a.csv": f"new{CSV} a"},
        undone=BEFORE | {"a.csv": f"a new{CSV} a"},
    ),
    Row(
        "upload",
        "several, picked and marked",
        "browse.add",
        picked,
        begins=has("up.csv", "vp.csv"),
        after=BEFORE | {"up.csv": f"up{CSV}", "vp.csv": f"vp{CSV}"},
        undone=BEFORE | {"up.csv": f"✗ up{CSV}", "vp.csv": f"✗ vp{CSV}"},
    ),
    Row(
        "upload",
        "a folder",
        "browse.add",
        folder,
        before={"a.csv": "a"},
        begins=has_folder,
        after={"a.csv": "a", **{name: body + CSV for name, body in LOCAL.items()}},
        undone={"a.csv": "a", **{name: f"✗ {body}{CSV}" for name, body in LOCAL.items()}},
    ),
    Row(
        "upload",
        "conflict: overwrite",
        "browse.add",
        met(OVERWRITE, "Upload 3 files", "Uploaded 3 files"),
        begins=has_folder,
        after=BEFORE | {"f/x.csv": f"X{CSV} x", "f/y/z.csv": f"Z{CSV} z", "f/new.csv": f"N{CSV}"},
        undone=BEFORE | {"f/x.csv": f"x X{CSV} x", "f/y/z.csv": f"z Z{CSV} z", "f/new.csv": f"✗ N{CSV}"},
    ),
    Row(
        "upload",
        "conflict: skip",
        "browse.add",
        met(SKIP, "Upload 1 file", "Uploaded 1 file"),
        begins=has_folder,
        after=BEFORE | {"f/new.csv": f"N{CSV}"},
    ),
    Row(
        "upload",
        "conflict: keep both",
        "browse.add",
        met(BOTH, "Upload 3 files", "Uploaded 3 files"),
        begins=has_folder,
        after=BEFORE | {"f/x (2).csv": f"X{CSV}", "f/y/z (2).csv": f"Z{CSV}", "f/new.csv": f"N{CSV}"},
    ),
    Row(
        "upload",
        "conflict: newer only",
        "browse.add",
        met(NEWER, "Upload 2 files", "Uploaded 2 files"),
        begins=has_folder,
        after=BEFORE | {"f/x.csv": f"X{CSV} x", "f/new.csv": f"N{CSV}"},
    ),
)

# download ------------------------------------------------------------------------------------------------------------


async def gets_one(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.press("D")
    await hands.gives("./got.csv", "Download a.csv")
    await hands.says("Downloaded got.csv, verified")


async def gets_old(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await hands.press("D")
    await hands.gives("./got.csv", "Download a.csv")
    await hands.says("Downloaded got.csv, verified")


async def gets_marked(hands: Hands) -> None:
    await hands.mark("a.csv", "b.csv")
    await hands.press("D")
    await hands.gives("./into", "Download 2 marked")
    await hands.agrees("Download 2 objects")
    await hands.done("Downloaded 2 objects")


async def gets_folder(hands: Hands) -> None:
    await hands.to("f/")
    await hands.press("D")
    await hands.gives("./into", "Download all of f/")
    await hands.agrees("Download 2 objects")
    await hands.done("Downloaded 2 objects")


def met_down(answer: str, title: str, done: str) -> Callable[[Hands], Awaitable[None]]:
    """A folder comes down where two of its names are taken."""

    async def play(hands: Hands) -> None:
        await hands.to("f/")
        await hands.press("D")
        await hands.gives("./f", "Download all of f/")
        await hands.chooses(answer, "2 names are taken there already", "is lost on this machine")
        await hands.agrees(title)
        await hands.done(done)

    return play


async def not_over(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.press("D")
    await hands.gives("./b.csv", "Download a.csv")
    await hands.chooses("Keep it", "b.csv exists already")
    await hands.until(lambda: not isinstance(hands.app.screen, Choose), "nothing is downloaded")
    await hands.press("V")
    await hands.gives("./b.csv", "Compare a.csv with a file")
    await hands.shows("b.csv differs from s3://")
    await hands.press("escape", "D")
    await hands.gives("./b.csv", "Download a.csv")
    await hands.chooses("Overwrite it", "b.csv exists already")
    await hands.says("Downloaded b.csv, verified")
    await hands.press("V")
    await hands.gives("./b.csv", "Compare a.csv with a file")
    await hands.says("b.csv has the bytes of")


THREE = BEFORE | {"f/n.csv": "n"}
NOT_UNDONE = "Nothing in the bucket was changed"
DOWNLOADS = (
    Row("download", "one object", "browse.download", gets_one, files={"got.csv": "a"}),
    Row(
        "download",
        "an old version",
        "browse.download",
        gets_old,
        before={"a.csv": "newest old"},
        files={"got.csv": "old"},
    ),
    Row("download", "a selection", "browse.download", gets_marked, files={"into/a.csv": "a", "into/b.csv": "b"}),
    Row("download", "a prefix", "browse.download", gets_folder, files={"into/x.csv": "x", "into/y/z.csv": "z"}),
    Row("download", "onto a file; verify", "browse.verify", not_over, begins=has("b.csv"), files={"b.csv": "a"}),
    Row(
        "download",
        "conflict: overwrite",
        "browse.download",
        met_down(OVERWRITE, "Download 3 objects", "Downloaded 3 objects"),
        before=THREE,
        begins=has_folder,
        files={"f/x.csv": "x", "f/y/z.csv": "z", "f/n.csv": "n", "f/new.csv": "N"},
    ),
    Row(
        "download",
        "conflict: skip",
        "browse.download",
        met_down(SKIP, "Download 1 object", "Downloaded 1 object"),
        before=THREE,
        begins=has_folder,
        files=LOCAL | {"f/n.csv": "n"},
    ),
    Row(
        "download",
        "conflict: keep both",
        "browse.download",
        met_down(BOTH, "Download 3 objects", "Downloaded 3 objects"),
        before=THREE,
        begins=has_folder,
        files=LOCAL | {"f/n.csv": "n", "f/x (2).csv": "x", "f/y/z (2).csv": "z"},
    ),
    Row(
        "download",
        "conflict: newer only",
        "browse.download",
        met_down(NEWER, "Download 2 objects", "Downloaded 2 objects"),
        before=THREE,
        begins=has_folder,
        files=LOCAL | {"f/n.csv": "n", "f/y/z.csv": "z"},
    ),
)
