"""Values as JSON and back: what was written is read, and nothing else is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

import pytest

from s3ml_tui.domain.serialization import Codec, Misfit, form


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    size: int = 0


@runtime_checkable
class Shape(Protocol):
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Square:
    title: str


@dataclass(frozen=True, slots=True)
class Tree:
    title: str
    leaves: tuple[Leaf, ...]
    pair: tuple[str, int]
    first: Leaf | None
    at: datetime
    path: Path
    colour: Colour
    tags: Mapping[str, str]
    share: float
    is_old: bool
    inside: tuple[tuple[Shape, ...], ...] = ()
    """Of any shape that is known."""


TREE = Tree(
    "t",
    (Leaf("a", 1), Leaf("b")),
    ("x", 2),
    None,
    datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC),
    Path("/tmp/x"),
    Colour.BLUE,
    {"k": "v"},
    0.5,
    is_old=True,
    inside=((Square("s"),), ()),
)
LEAF = form(Leaf, size="bytes")
CODEC = Codec((form(Tree), LEAF, form(Square, "Quadrat", title="caption")), roots=(Tree, Square))


def plain() -> dict[str, object]:
    document = json.loads(json.dumps(CODEC.plain(TREE)))
    assert isinstance(document, dict)
    return document


def test_what_was_written_is_read() -> None:
    assert CODEC.read(plain()) == TREE


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "Bush"},
        {"kind": None},
        {"title": 3},
        {"leaves": {}},
        {"leaves": [{"kind": "Quadrat", "caption": "s"}]},
        {"leaves": [{"kind": "Leaf", "name": "a", "bytes": True}]},
        {"leaves": [{"kind": "Leaf", "name": "a", "size": 1}]},
        {"pair": ["x"]},
        {"first": "a"},
        {"at": "yesterday"},
        {"at": "2026-11-23T12:00:00"},
        {"path": 1},
        {"colour": "green"},
        {"tags": {"k": 1}},
        {"tags": []},
        {"share": "0.5"},
        {"share": 10**400},
        {"is_old": 1},
        {"inside": [[{"kind": "Leaf", "name": "a", "bytes": 0}]]},
        {"a_guard_of_tomorrow": "v2"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Misfit):
        CODEC.read(plain() | change)


def test_a_lacking_field_has_its_default_and_without_one_is_refused() -> None:
    document = plain()
    del document["inside"]
    assert CODEC.read(document).inside == ()
    del document["title"]
    with pytest.raises(Misfit):
        CODEC.read(document)


@pytest.mark.parametrize("thing", [None, 3, "Tree", [], {}, {"kind": "Leaf", "name": "a"}], ids=repr)
def test_only_what_the_codec_names_is_made(thing: object) -> None:
    assert not CODEC.knows(thing)
    with pytest.raises(Misfit):
        CODEC.read(thing)


@pytest.mark.parametrize(
    "value", [object(), {1: "a"}, b"bytes", Leaf], ids=["an object", "a number as key", "bytes", "a class"]
)
def test_what_has_no_plain_form_is_refused(value: object) -> None:
    with pytest.raises(Misfit):
        CODEC.plain(value)


def test_a_lone_surrogate_of_a_path_survives() -> None:
    leaf = Leaf("\udcff")
    codec = Codec((LEAF,), roots=(Leaf,))
    assert codec.read(json.loads(json.dumps(codec.plain(leaf)))) == leaf


def test_what_is_stored_has_no_name_of_the_code() -> None:
    assert CODEC.plain(Square("s")) == {"kind": "Quadrat", "caption": "s"}
    assert CODEC.read({"kind": "Quadrat", "caption": "s"}) == Square("s")
    for document in ({"kind": "Square", "caption": "s"}, {"kind": "Quadrat", "title": "s"}):
        with pytest.raises(Misfit):
            CODEC.read(document)


def test_a_class_without_a_form_is_refused_though_it_has_the_name_of_another() -> None:
    @dataclass(frozen=True)
    class Tree:
        title: str

    with pytest.raises(Misfit, match="Tree has no form"):
        CODEC.plain(Tree("t"))


def test_every_field_has_a_stored_name_of_its_own() -> None:
    assert form(Leaf, size="bytes").fields == {"name": "name", "size": "bytes"}
    with pytest.raises(ValueError, match="has no gone"):
        form(Leaf, gone="gone")
    with pytest.raises(ValueError, match="one name"):
        form(Leaf, size="name")
    with pytest.raises(ValueError, match="one as kind"):
        form(Leaf, size="kind")


def test_where_only_one_class_may_be_its_name_is_not_written() -> None:
    codec = Codec((form(Leaf, ""),))
    assert codec.plain(Leaf("a", 1)) == {"name": "a", "size": 1}
    assert codec.read_one(Leaf, {"name": "a"}) == Leaf("a")
    with pytest.raises(Misfit):
        codec.read_one(Leaf, {"kind": "Leaf", "name": "a"})


def test_two_classes_never_share_a_stored_name() -> None:
    with pytest.raises(ValueError, match="two classes"):
        Codec((LEAF, form(Square, "Leaf", title="title")), roots=(Leaf,))
