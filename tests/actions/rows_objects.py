"""Rows of what is done to objects where they are: new folder, edit, delete, bring back, purge."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from s3ml_tui.ui.dialogs.edit_conflict import EditClash
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from tests.actions.bucket_words import write
from tests.actions.hands import Hands
from tests.actions.row import BEFORE, SEAWEED, Row

Play = Callable[[Hands], Awaitable[None]]


async def makes_folder(hands: Hands) -> None:
    await hands.press("F")
    await hands.gives("new", "New folder in s3://")
    await hands.agrees("New folder new/")
    await hands.done("Made the folder new/")


FOLDERS = (
    Row(
        "new folder",
        "where one is",
        "browse.new_folder",
        makes_folder,
        after=BEFORE | {"new/": "∅[application/x-directory]"},
        undone=BEFORE | {"new/": "✗ ∅[application/x-directory]"},
        undone_on={SEAWEED: BEFORE},  # which keeps no versions of a key that ends with a slash
    ),
)

# edit ----------------------------------------------------------------------------------------------------------------


def types(text: str) -> Callable[[Hands], None]:
    """$EDITOR writes this."""
    return lambda hands: hands.editor.append(lambda path: _type(path, text))


def _type(path: Path, text: str) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(text)


async def edits(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.press("e")
    await hands.agrees("Write a.csv back", "1 line added, 1 line removed")
    await hands.done("Edited a.csv")


async def edits_old(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await hands.press("e")
    await hands.agrees("Write a.csv back")
    await hands.done("Edited a.csv")


def clashes(answer: str, done: str) -> Play:
    """Somebody writes between the plan and Enter."""

    async def play(hands: Hands) -> None:
        await hands.to("a.csv")
        await hands.press("e")
        await hands.dialog(ConfirmPlan, "Write a.csv back")
        write(hands.server, hands.bucket, "a.csv", "theirs")
        await hands.press("y")
        await hands.chooses(answer, "was changed while you edited it", "-theirs", "+mine", kind=EditClash)
        if done:
            await hands.done(done)
        else:
            await hands.gives("./kept.csv", "Keep what you wrote in")
            await hands.says("What you wrote is kept")

    return play


LABELLED = "a[text/csv]{team=x}(rows=1)"
EDITS = (
    Row(
        "edit",
        "one object",
        "browse.edit",
        edits,
        before={"a.csv": LABELLED},
        begins=types("mine"),
        after={"a.csv": f"{LABELLED.replace('a', 'mine', 1)} {LABELLED}"},
        undone={"a.csv": f"{LABELLED} {LABELLED.replace('a', 'mine', 1)} {LABELLED}"},
    ),
    Row(
        "edit",
        "an old version",
        "browse.edit",
        edits_old,
        before={"a.csv": "newest old"},
        begins=types("mine"),
        after={"a.csv": "mine newest old"},
        undone={"a.csv": "newest mine newest old"},
    ),
    Row(
        "edit",
        "conflict, as a difference: written on top",
        "browse.edit",
        clashes("Write mine", "Edited a.csv"),
        before={"a.csv": "a"},
        begins=types("mine"),
        after={"a.csv": "mine theirs a"},
        undone={"a.csv": "theirs mine theirs a"},
    ),
    Row(
        "edit",
        "conflict, as a difference: kept in a file",
        "browse.edit",
        clashes("Keep what I wrote", ""),
        before={"a.csv": "a"},
        begins=types("mine"),
        after={"a.csv": "theirs a"},
        files={"kept.csv": "mine"},
    ),
)

# delete --------------------------------------------------------------------------------------------------------------


def deletes(*texts: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.to("a.csv")
        await hands.press("x")
        await hands.agrees("Delete a.csv", *texts)
        await hands.done("Deleted a.csv")

    return play


def deletes_marked(*texts: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.mark("a.csv", "b.csv")
        await hands.press("x")
        await hands.agrees("Delete 2 objects", *texts)
        await hands.done("Deleted 2 objects")

    return play


def deletes_folder(*texts: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.to("f/")
        await hands.press("x")
        await hands.agrees("Delete 2 objects", *texts)
        await hands.done("Deleted 2 objects")

    return play


MARKED = "nothing is destroyed"
LOST = ("keeps no versions", "destroyed")
DELETES = (
    Row(
        "delete",
        "one object",
        "browse.delete",
        deletes(MARKED),
        after=BEFORE | {"a.csv": "✗ a"},
        undone=BEFORE | {"a.csv": "a ✗ a"},
    ),
    Row(
        "delete",
        "a selection",
        "browse.delete",
        deletes_marked(MARKED),
        after=BEFORE | {"a.csv": "✗ a", "b.csv": "✗ b"},
        undone=BEFORE | {"a.csv": "a ✗ a", "b.csv": "b ✗ b"},
    ),
    Row(
        "delete",
        "a prefix",
        "browse.delete",
        deletes_folder(MARKED),
        after=BEFORE | {"f/x.csv": "✗ x", "f/y/z.csv": "✗ z"},
        undone=BEFORE | {"f/x.csv": "x ✗ x", "f/y/z.csv": "z ✗ z"},
    ),
    Row(
        "delete",
        "one object, no versions kept",
        "browse.delete",
        deletes(*LOST),
        is_versioned=False,
        after={"b.csv": "b", "f/x.csv": "x", "f/y/z.csv": "z"},
        no_undo="The bucket keeps no versions: what was there before is gone.",
    ),
    Row(
        "delete",
        "a prefix, no versions kept",
        "browse.delete",
        deletes_folder(*LOST),
        is_versioned=False,
        after={"a.csv": "a", "b.csv": "b"},
        no_undo="The bucket keeps no versions: what was there before is gone.",
    ),
)

# bring back ----------------------------------------------------------------------------------------------------------


async def brings_version(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await hands.press("r")
    await hands.agrees("Bring back a.csv", "stay in the")
    await hands.done("Brought back a.csv")


async def brings_deleted(hands: Hands) -> None:
    await hands.press("full_stop")
    await hands.shows("✗ a.csv")
    await hands.to("a.csv")
    await hands.press("r")
    await hands.agrees("Bring back a.csv")
    await hands.done("Brought back a.csv")


async def brings_marked(hands: Hands) -> None:
    await hands.press("full_stop")
    await hands.shows("✗ a.csv", "✗ b.csv")
    await hands.mark("a.csv", "b.csv")
    await hands.press("r")
    await hands.agrees("Bring back 2 objects")
    await hands.done("Brought back 2 objects")


async def brings_folder(hands: Hands) -> None:
    await hands.press("full_stop")
    await hands.shows("f/")
    await hands.to("f/")
    await hands.press("r")
    await hands.agrees("Bring back 2 objects", "All below s3://")
    await hands.done("Brought back 2 objects")


GONE = {"a.csv": "✗ a", "b.csv": "✗ b", "f/x.csv": "✗ x", "f/y/z.csv": "✗ z old", "here.csv": "h"}
BACK = (
    Row(
        "bring back",
        "an old version",
        "browse.bring_back",
        brings_version,
        before={"a.csv": "newest old[text/csv]{team=x}(rows=1)"},
        after={"a.csv": "old[text/csv]{team=x}(rows=1) newest old[text/csv]{team=x}(rows=1)"},
        undone={"a.csv": "newest old[text/csv]{team=x}(rows=1) newest old[text/csv]{team=x}(rows=1)"},
    ),
    Row(
        "bring back",
        "a deleted object",
        "browse.bring_back",
        brings_deleted,
        before=GONE,
        after=GONE | {"a.csv": "a ✗ a"},
        undone=GONE | {"a.csv": "✗ a ✗ a"},
    ),
    Row(
        "bring back",
        "a selection",
        "browse.bring_back",
        brings_marked,
        before=GONE,
        after=GONE | {"a.csv": "a ✗ a", "b.csv": "b ✗ b"},
        undone=GONE | {"a.csv": "✗ a ✗ a", "b.csv": "✗ b ✗ b"},
    ),
    Row(
        "bring back",
        "a prefix",
        "browse.bring_back",
        brings_folder,
        before=GONE,
        after=GONE | {"f/x.csv": "x ✗ x", "f/y/z.csv": "z ✗ z old"},
        undone=GONE | {"f/x.csv": "✗ x ✗ x", "f/y/z.csv": "✗ z ✗ z old"},
    ),
)

# purge ---------------------------------------------------------------------------------------------------------------


async def purges(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(2, 4)
    await hands.press("X")
    await hands.types("a.csv", "Purge 1 version of a.csv", "Nobody can undo this")
    await hands.done("Purged 1 version of a.csv")


async def purges_marked(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(2, 4)
    await hands.press("space", "space")
    await hands.shows("2 marked")
    await hands.press("X")
    await hands.types("a.csv", "Purge 2 versions of a.csv")
    await hands.done("Purged 2 versions of a.csv")


def is_held(hands: Hands) -> None:
    """The oldest version is on legal hold."""
    held = write(hands.server, hands.bucket, "a.csv", "held")
    write(hands.server, hands.bucket, "a.csv", "xx")
    hands.server.client().put_object_legal_hold(
        Bucket=hands.bucket, Key="a.csv", VersionId=held, LegalHold={"Status": "ON"}, ChecksumAlgorithm="SHA256"
    )
    hands.notes["held"] = held


async def purges_held(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(2, 2)
    await hands.press("ctrl+a")
    await hands.shows("2 marked")
    await hands.press("X")
    await hands.types("a.csv", "Purge 1 version of a.csv", "is on legal hold")
    await hands.done("Purged 1 version of a.csv")


PURGES = (
    Row(
        "purge",
        "a chosen version",
        "browse.purge",
        purges,
        before={"a.csv": "x xx xxx xxxx"},
        after={"a.csv": "x xxx xxxx"},
        no_undo="gone for good",
    ),
    Row(
        "purge",
        "marked versions",
        "browse.purge",
        purges_marked,
        before={"a.csv": "x xx xxx xxxx"},
        after={"a.csv": "x xxxx"},
        no_undo="gone for good",
    ),
    Row(
        "purge",
        "a locked version is refused",
        "browse.purge",
        purges_held,
        before={"b.csv": "b"},
        has_lock=True,
        begins=is_held,
        after={"a.csv": "held", "b.csv": "b"},
        no_undo="gone for good",
    ),
)
