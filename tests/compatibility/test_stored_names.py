"""What is stored has names of its own: those of 5680b01, whatever classes and fields are called by now."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest

from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.transfer import Way
from s3ml_tui.domain.serialization import Codec
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.services.undo import activity_codec
from tests.compatibility.fixtures import FOLDER

CODECS = {"undo_plans": activity_codec._codec, "deed_lines": activity_codec._record_codec}
ENUMS = {Versioning, Clash}
STORED: Mapping[str, Any] = json.loads((FOLDER / "forms.json").read_text())
"""A new kind of undo, and a new field of an old one, is added there by hand; nothing is ever changed or removed."""


def reachable(hint: Any, seen: set[type]) -> Iterator[type]:
    """The dataclasses and enums that a value of this annotation may have in it."""
    if isinstance(hint, type) and hint not in seen:
        seen.add(hint)
        if is_dataclass(hint):
            yield hint
            for inner in get_type_hints(hint).values():
                yield from reachable(inner, seen)
        elif issubclass(hint, Enum):
            yield hint
    for inner in get_args(hint):
        yield from reachable(inner, seen)


def classes_of(codec: Codec) -> set[type]:
    """All that may have to be written, from the forms it has."""
    seen: set[type] = set()
    return {found for cls in codec.forms for found in reachable(cls, seen)}


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_every_class_that_may_be_stored_has_a_form(codec: Codec) -> None:
    found = classes_of(codec)
    assert {cls for cls in found if is_dataclass(cls)} == codec.forms.keys()
    assert {cls for cls in found if issubclass(cls, Enum)} <= ENUMS, "pin the words of a new one below"


def test_the_stored_names_are_those_of_5680b01() -> None:
    forms = [form for codec in CODECS.values() for form in codec.forms.values()]
    stored = {name: {*fields} for name, fields in STORED["classes"].items()}
    gone = {form.name: stored[form.name] & {*activity_codec.GONE} for form in forms}
    assert {form.name: {*form.fields.values()} | gone[form.name] for form in forms} == stored
    names = {form.name: form.cls for form in forms}
    assert all(names[form.name] is form.cls for form in forms), "two codecs give one name to different classes"


@pytest.mark.parametrize(("cls", "words"), zip((Versioning, Clash, Way), STORED["words"], strict=True))
def test_the_words_of_enums_stay(cls: type[Enum], words: list[str]) -> None:
    assert [member.value for member in cls] == words
