"""Rows of what is written on objects: tags, metadata and headers; and objects asked for from an archive class."""

from collections.abc import Awaitable, Callable

from s3ml_tui.ui.dialogs.key_values import PairsEditor
from tests.actions.hands import Hands
from tests.actions.row import SEAWEED, Row

Play = Callable[[Hands], Awaitable[None]]
TAGS, FIELDS = "Tags", "Metadata"


async def _writes(hands: Hands, kind: str, *pairs: str) -> None:
    """Through the menu and the editor, up to the plan."""
    await hands.press("E")
    await hands.chooses(kind, "Describe ")
    for pair in pairs:
        await hands.dialog(PairsEditor)
        await hands.press("a")
        await hands.gives(pair)
    await hands.dialog(PairsEditor)
    await hands.press("w")


def one(kind: str, pair: str, title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.to("a.csv")
        await _writes(hands, kind, pair)
        await hands.agrees(title)
        await hands.done(done)

    return play


async def of_old(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await _writes(hands, TAGS, "stage=gold")
    await hands.agrees("Tag a.csv", "No new version")
    await hands.done("Tagged a.csv")


def marked(kind: str, pairs: tuple[str, ...], title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.mark("a.csv", "b.csv")
        await _writes(hands, kind, *pairs)
        await hands.agrees(title)
        await hands.done(done)

    return play


def below(kind: str, pair: str, title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.to("f/")
        await _writes(hands, kind, pair)
        await hands.agrees(title)
        await hands.done(done)

    return play


TAGGED = {"a.csv": "a{old=1,team=x}", "b.csv": "b", "f/x.csv": "x{team=y}", "f/y/z.csv": "z"}
LABELS = (
    Row(
        "edit tags",
        "one object",
        "browse.describe",
        one(TAGS, "stage=gold", "Tag a.csv", "Tagged a.csv"),
        before=TAGGED,
        after=TAGGED | {"a.csv": "a{old=1,stage=gold,team=x}"},
        undone=TAGGED,
    ),
    Row(
        "edit tags",
        "an old version",
        "browse.describe",
        of_old,
        before={"a.csv": "newest old"},
        after={"a.csv": "newest old{stage=gold}"},
        undone={"a.csv": "newest old"},
    ),
    Row(
        "edit tags",
        "a selection",
        "browse.describe",
        marked(TAGS, ("stage=gold", "-old"), "Tag 2 objects", "Tagged 2 objects"),
        before=TAGGED,
        after=TAGGED | {"a.csv": "a{stage=gold,team=x}", "b.csv": "b{stage=gold}"},
        undone=TAGGED,
    ),
    Row(
        "edit tags",
        "a prefix",
        "browse.describe",
        below(TAGS, "stage=gold", "Tag 2 objects", "Tagged 2 objects"),
        before=TAGGED,
        after=TAGGED | {"f/x.csv": "x{stage=gold,team=y}", "f/y/z.csv": "z{stage=gold}"},
        undone=TAGGED,
    ),
    Row(
        "edit metadata",
        "one object",
        "browse.describe",
        one(FIELDS, "rows=3", "Change the metadata of a.csv", "Changed the metadata of a.csv"),
        before=TAGGED,
        after=TAGGED | {"a.csv": "a{old=1,team=x}(rows=3) a{old=1,team=x}"},
        undone=TAGGED | {"a.csv": "a{old=1,team=x} a{old=1,team=x}(rows=3) a{old=1,team=x}"},
    ),
    Row(
        "edit metadata",
        "a selection",
        "browse.describe",
        marked(
            FIELDS, ("content-type=text/csv",), "Change the metadata of 2 objects", "Changed the metadata of 2 objects"
        ),
        before=TAGGED,
        after=TAGGED | {"a.csv": "a[text/csv]{old=1,team=x} a{old=1,team=x}", "b.csv": "b[text/csv] b"},
        undone=TAGGED
        | {"a.csv": "a{old=1,team=x} a[text/csv]{old=1,team=x} a{old=1,team=x}", "b.csv": "b b[text/csv] b"},
    ),
    Row(
        "edit metadata",
        "a prefix",
        "browse.describe",
        below(FIELDS, "rows=3", "Change the metadata of 2 objects", "Changed the metadata of 2 objects"),
        before=TAGGED,
        after=TAGGED | {"f/x.csv": "x{team=y}(rows=3) x{team=y}", "f/y/z.csv": "z(rows=3) z"},
        undone=TAGGED | {"f/x.csv": "x{team=y} x{team=y}(rows=3) x{team=y}", "f/y/z.csv": "z z(rows=3) z"},
    ),
)

# archives ------------------------------------------------------------------------------------------------------------


async def _asks(hands: Hands, title: str, done: str) -> None:
    await hands.press("A")
    await hands.gives("3", "For how many days")
    await hands.chooses("Bulk", "How fast?")
    await hands.agrees(title, "3 days")
    await hands.done(done)


async def restores_from_archive(hands: Hands) -> None:
    await hands.to("a.csv")
    await _asks(hands, "Restore a.csv from the archive", "Asked for a.csv from the archive")


async def restores_marked_from_archive(hands: Hands) -> None:
    await hands.mark("a.csv", "b.csv")
    await _asks(hands, "Restore 2 objects from the archive", "Asked for 2 objects")


async def restores_folder_from_archive(hands: Hands) -> None:
    await hands.to("f/")
    await _asks(hands, "Restore x.csv from the archive", "Asked for x.csv from the archive")


ARCHIVED = {"a.csv": "❄", "b.csv": "❄", "f/x.csv": "❄", "f/y/z.csv": "z"}
NO_ARCHIVE = {SEAWEED: "it has no archive classes, and answers 405 to RestoreObject"}
NO_UNDO = "cannot be called off"
ARCHIVES = (
    Row(
        "restore from an archive",
        "one object",
        "browse.thaw",
        restores_from_archive,
        before=ARCHIVED,
        after=ARCHIVED | {"a.csv": "☼"},
        no_undo=NO_UNDO,
        not_on=NO_ARCHIVE,
    ),
    Row(
        "restore from an archive",
        "a selection",
        "browse.thaw",
        restores_marked_from_archive,
        before=ARCHIVED,
        after=ARCHIVED | {"a.csv": "☼", "b.csv": "☼"},
        no_undo=NO_UNDO,
        not_on=NO_ARCHIVE,
    ),
    Row(
        "restore from an archive",
        "a prefix",
        "browse.thaw",
        restores_folder_from_archive,
        before=ARCHIVED,
        after=ARCHIVED | {"f/x.csv": "☼"},
        no_undo=NO_UNDO,
        not_on=NO_ARCHIVE,
    ),
)
