"""Rows of copy, move and rename, with what is there already."""

from collections.abc import Awaitable, Callable

from tests.actions.bucket_words import write
from tests.actions.hands import Hands
from tests.actions.row import BEFORE, Row
from tests.actions.rows_files import BOTH, NEWER, OVERWRITE, SKIP

Play = Callable[[Hands], Awaitable[None]]


def carried(key: str, name: str, to: str, title: str, done: str, *more: str) -> Play:
    """The object or folder `name` to an address of the same bucket."""

    async def play(hands: Hands) -> None:
        await hands.to(name)
        await hands.press(key)
        await hands.gives(f"s3://{hands.bucket}/{to}", f"{name} to")
        await hands.agrees(title, *more)
        await hands.done(done)

    return play


def carried_marked(key: str, title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.mark("a.csv", "b.csv")
        await hands.press(key)
        await hands.gives(f"s3://{hands.bucket}/to/", "2 objects to")
        await hands.agrees(title)
        await hands.done(done)

    return play


async def copies_old(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await hands.press("c")
    await hands.gives(f"s3://{hands.bucket}/was.csv", "Copy a.csv to")
    await hands.agrees("Copy a.csv", "(version ")
    await hands.done("Copied a.csv")


def has_other(hands: Hands) -> None:
    hands.notes["other"] = hands.server.bucket()


def elsewhere(key: str, title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.to("f/")
        await hands.press(key)
        await hands.gives(f"s3://{hands.notes['other']}/new/", "all of f/ to")
        await hands.agrees(title)
        await hands.done(done)
        assert hands.seen(hands.notes["other"]) == {"new/x.csv": "x", "new/y/z.csv": "z"}

    return play


def other_is_empty(hands: Hands) -> None:
    assert hands.seen(hands.notes["other"]) == {"new/x.csv": "✗ x", "new/y/z.csv": "✗ z"}


COPIES = (
    Row(
        "copy",
        "one object",
        "browse.copy",
        carried("c", "a.csv", "to.csv", "Copy a.csv", "Copied a.csv", "Nothing is there now"),
        before=BEFORE | {"a.csv": "a[text/csv]{team=x}(rows=1)"},
        after=BEFORE | {"a.csv": "a[text/csv]{team=x}(rows=1)", "to.csv": "a[text/csv]{team=x}(rows=1)"},
        undone=BEFORE | {"a.csv": "a[text/csv]{team=x}(rows=1)", "to.csv": "✗ a[text/csv]{team=x}(rows=1)"},
    ),
    Row(
        "copy",
        "an old version",
        "browse.copy",
        copies_old,
        before={"a.csv": "newest old"},
        after={"a.csv": "newest old", "was.csv": "old"},
        undone={"a.csv": "newest old", "was.csv": "✗ old"},
    ),
    Row(
        "copy",
        "a selection",
        "browse.copy",
        carried_marked("c", "Copy 2 objects", "Copied 2 objects"),
        after=BEFORE | {"to/a.csv": "a", "to/b.csv": "b"},
        undone=BEFORE | {"to/a.csv": "✗ a", "to/b.csv": "✗ b"},
    ),
    Row(
        "copy",
        "a prefix",
        "browse.copy",
        carried("c", "f/", "g/", "Copy 2 objects", "Copied 2 objects"),
        after=BEFORE | {"g/x.csv": "x", "g/y/z.csv": "z"},
        undone=BEFORE | {"g/x.csv": "✗ x", "g/y/z.csv": "✗ z"},
    ),
    Row(
        "copy",
        "to another bucket",
        "browse.copy",
        elsewhere("c", "Copy 2 objects", "Copied 2 objects"),
        begins=has_other,
        undone=BEFORE,
        ends=other_is_empty,
    ),
)

# move ----------------------------------------------------------------------------------------------------------------

MOVES = (
    Row(
        "rename",
        "one object",
        "browse.move",
        carried("m", "a.csv", "z.csv", "Rename a.csv", "Renamed a.csv", "a delete marker is put"),
        after=BEFORE | {"a.csv": "✗ a", "z.csv": "a"},
        undone=BEFORE | {"a.csv": "a ✗ a", "z.csv": "✗ a"},
    ),
    Row(
        "move",
        "one object, no versions kept",
        "browse.move",
        carried("m", "a.csv", "f/", "Move a.csv", "Moved a.csv"),
        is_versioned=False,
        after={"b.csv": "b", "f/a.csv": "a", "f/x.csv": "x", "f/y/z.csv": "z"},
        undone=BEFORE,
    ),
    Row(
        "move",
        "a selection",
        "browse.move",
        carried_marked("m", "Move 2 objects", "Moved 2 objects"),
        after=BEFORE | {"a.csv": "✗ a", "b.csv": "✗ b", "to/a.csv": "a", "to/b.csv": "b"},
        undone=BEFORE | {"a.csv": "a ✗ a", "b.csv": "b ✗ b", "to/a.csv": "✗ a", "to/b.csv": "✗ b"},
    ),
    Row(
        "rename",
        "a prefix",
        "browse.move",
        carried("m", "f/", "g/", "Move 2 objects", "Moved 2 objects"),
        after=BEFORE | {"f/x.csv": "✗ x", "f/y/z.csv": "✗ z", "g/x.csv": "x", "g/y/z.csv": "z"},
        undone=BEFORE | {"f/x.csv": "x ✗ x", "f/y/z.csv": "z ✗ z", "g/x.csv": "✗ x", "g/y/z.csv": "✗ z"},
    ),
    Row(
        "move",
        "a prefix, to another bucket",
        "browse.move",
        elsewhere("m", "Move 2 objects", "Moved 2 objects"),
        begins=has_other,
        after=BEFORE | {"f/x.csv": "✗ x", "f/y/z.csv": "✗ z"},
        undone=BEFORE | {"f/x.csv": "x ✗ x", "f/y/z.csv": "z ✗ z"},
        ends=other_is_empty,
    ),
)

# what is there already -----------------------------------------------------------------------------------------------

MOST_TRIES = 2000
TAKEN = BEFORE | {"to/a.csv": "1", "to/b.csv": "2"}


def is_met(hands: Hands) -> None:
    """b.csv is written once more, later than all else by the server's clock, which may count whole seconds."""
    client, at = hands.server.client(), {"Bucket": hands.bucket, "Key": "to/b.csv"}
    there = client.head_object(**at)["LastModified"]
    scratch = hands.server.bucket(versioned=False)
    for _ in range(MOST_TRIES):
        write(hands.server, scratch, "clock", "tick")
        if client.head_object(Bucket=scratch, Key="clock")["LastModified"] > there:
            write(hands.server, hands.bucket, "b.csv", "new")
            assert client.head_object(Bucket=hands.bucket, Key="b.csv")["LastModified"] > there
            return
    raise AssertionError("the server's clock stands still")


def met(answer: str, title: str, done: str) -> Play:
    async def play(hands: Hands) -> None:
        await hands.mark("a.csv", "b.csv")
        await hands.press("c")
        await hands.gives(f"s3://{hands.bucket}/to/", "2 objects to")
        await hands.chooses(answer, "2 objects are there already", "stays as an older version")
        await hands.agrees(title)
        await hands.done(done)

    return play


async def skips(hands: Hands) -> None:
    await hands.mark("a.csv", "b.csv")
    await hands.press("c")
    await hands.gives(f"s3://{hands.bucket}/to/", "2 objects to")
    await hands.chooses(SKIP, "1 object is there already")
    await hands.agrees("Copy b.csv", "1 object is there already: left out")
    await hands.done("Copied b.csv")


CLASHES = (
    Row(
        "copy",
        "conflict: overwrite",
        "browse.copy",
        met(OVERWRITE, "Copy 2 objects", "Copied 2 objects"),
        before=TAKEN,
        after=TAKEN | {"to/a.csv": "a 1", "to/b.csv": "b 2"},
        undone=TAKEN | {"to/a.csv": "1 a 1", "to/b.csv": "2 b 2"},
    ),
    Row(
        "copy",
        "conflict: skip",
        "browse.copy",
        skips,
        before=BEFORE | {"to/a.csv": "1"},
        after=BEFORE | {"to/a.csv": "1", "to/b.csv": "b"},
    ),
    Row(
        "copy",
        "conflict: keep both",
        "browse.copy",
        met(BOTH, "Copy 2 objects", "Copied 2 objects"),
        before=TAKEN,
        after=TAKEN | {"to/a (2).csv": "a", "to/b (2).csv": "b"},
    ),
    Row(
        "copy",
        "conflict: newer only",
        "browse.copy",
        met(NEWER, "Copy", "Copied b.csv"),
        before=TAKEN,
        begins=is_met,
        after=TAKEN | {"b.csv": "new b", "to/b.csv": "new 2"},
    ),
)
