"""Values as JSON has them, and back: dataclasses of texts, numbers, times, tuples and more of their kind.

What is written names its types; what is read must fit the annotations of the classes it is read for, and only classes
that the codec names are ever made. Something newer, older or damaged is refused whole, never guessed at.

No name of the code is ever written: a `Form` says under which names a class and its fields are stored. What was written
before a class or a field was renamed is read after it, and the other way round.

`json_text` writes JSON as its standard has it: numbers that are none (NaN, the infinities) become words, as in the
records. Python's own writer makes bare `NaN` and `Infinity` of them, which other readers refuse.
"""

import json
import math
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
KIND = "kind"
"""Under which a class's stored name stands among its fields."""

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


class Misfit(ValueError):
    """The value has no plain form, or what was read is none of a value that is known here."""


@dataclass(frozen=True, slots=True)
class Form:
    """Under which names the values of one class are stored; these never change."""

    cls: type
    name: str
    fields: Mapping[str, str]
    """By the names that the fields have in the code, those they are stored under."""


def form(cls: type, name: str, /, **stored: str) -> Form:
    """The form of a class, with the stored name of every field that its constructor takes. Raises ValueError."""
    in_code = {part.name for part in fields(cls) if part.init}
    if in_code != stored.keys():
        wrong = ", ".join(sorted(in_code ^ stored.keys()))
        raise ValueError(f"{cls.__name__} and its form differ in {wrong}: each field has a stored name")
    if len({*stored.values(), KIND}) <= len(stored):
        raise ValueError(f"two fields of {cls.__name__} are stored under one name, or one as {KIND}")
    return Form(cls, name, stored)


class Codec:
    """Writes and reads values of classes whose forms it is given."""

    def __init__(self, forms: Iterable[Form], *, roots: Collection[type]) -> None:
        """Of the classes only `roots` are read by themselves, or where any of several kinds may be.

        Raises ValueError when two classes have one name.
        """
        self.forms = {one.cls: one for one in forms}
        self._roots = {self.forms[cls].name: cls for cls in roots}
        if len({one.name for one in self.forms.values()}) < len(self.forms):
            raise ValueError("two classes are stored under one name")
        self._hints: dict[type, dict[str, Any]] = {}

    # writing -------------------------------------------------------------------------------------------------------

    def plain(self, value: object) -> Plain:
        """`value` as JSON has it. Raises Misfit."""
        match value:
            case Enum():
                return self.plain(value.value)
            case None | bool() | int() | float() | str():
                return value
            case datetime():
                return value.isoformat()
            case PurePath():
                return str(value)
            case tuple() | list():
                return [self.plain(one) for one in value]
            case Mapping():
                if any(not isinstance(name, str) for name in value):
                    raise Misfit("names must be texts")
                return {name: self.plain(one) for name, one in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            values = self._form(type(value))
            return {KIND: values.name} | {
                name: self.plain(getattr(value, part)) for part, name in values.fields.items()
            }
        raise Misfit(f"{type(value).__name__} has no plain form")

    def _form(self, cls: type) -> Form:
        try:
            return self.forms[cls]
        except KeyError:
            raise Misfit(f"{cls.__name__} has no form") from None

    # reading -------------------------------------------------------------------------------------------------------

    def knows(self, plain: object) -> bool:
        """Whether it names one of the roots."""
        return isinstance(plain, dict) and plain.get(KIND) in self._roots

    def read(self, plain: object) -> Any:
        """One of the roots. Raises Misfit."""
        if not isinstance(plain, dict) or not isinstance(name := plain.get(KIND), str) or name not in self._roots:
            raise Misfit("it is of no kind that is known here")
        return self._made(self._roots[name], plain)

    def _made(self, cls: type[T], plain: Mapping[str, object]) -> T:
        values = self._form(cls)
        if plain.get(KIND) != values.name:
            raise Misfit(f"it is no {values.name}")
        hints = self._hints.get(cls)
        if hints is None:
            hints = self._hints[cls] = get_type_hints(cls)
        unknown = plain.keys() - {*values.fields.values(), KIND}
        if unknown:
            raise Misfit(f"{values.name} has no {', '.join(sorted(unknown))}")
        given: dict[str, Any] = {}
        for part in fields(cls):  # type: ignore[arg-type]  # a dataclass
            if part.name not in values.fields:
                continue
            name = values.fields[part.name]
            if name in plain:
                given[part.name] = self._value(hints[part.name], plain[name])
            elif part.default is MISSING and part.default_factory is MISSING:
                raise Misfit(f"{values.name} lacks {name}")
        return cls(**given)

    def _value(self, hint: Any, plain: object) -> object:
        """`plain` as the annotation `hint` wants it."""
        origin = get_origin(hint)
        if origin is Union or origin is types.UnionType:
            return self._first_fit(get_args(hint), plain)
        if origin in {tuple, list, Sequence}:
            return self._several(hint, plain)
        if origin in {dict, Mapping}:
            if not isinstance(plain, dict):
                raise Misfit("no mapping")
            inner = get_args(hint)[1]
            return {name: self._value(inner, one) for name, one in plain.items()}
        if not isinstance(hint, type):
            raise Misfit(f"{hint} has no plain form")
        return self._single(hint, plain)

    def _first_fit(self, hints: Sequence[Any], plain: object) -> object:
        for hint in hints:
            try:
                return self._value(hint, plain)
            except Misfit:
                continue
        raise Misfit("it fits none of several kinds")

    def _several(self, hint: Any, plain: object) -> object:
        if not isinstance(plain, list):
            raise Misfit("no list")
        inner = get_args(hint)
        if get_origin(hint) is tuple and not (len(inner) == 2 and inner[1] is Ellipsis):
            if len(inner) != len(plain):
                raise Misfit("a list of another length")
            return tuple(self._value(kind, one) for kind, one in zip(inner, plain, strict=True))
        return tuple(self._value(inner[0], one) for one in plain)

    def _single(self, cls: type, plain: object) -> object:
        if cls is types.NoneType or cls in {bool, int, float, str}:
            return _scalar(cls, plain)
        if issubclass(cls, Enum):
            return _made_of(cls, plain)
        if issubclass(cls, datetime):
            moment = _made_of(datetime.fromisoformat, plain)
            if moment.tzinfo is None:
                raise Misfit("a time without a zone")
            return moment
        if issubclass(cls, PurePath):
            return _made_of(cls, plain)
        if is_dataclass(cls) and isinstance(plain, dict):
            return self._made(cls, plain)
        made = self.read(plain)  # a protocol that can be checked: whichever of the classes it names
        if not isinstance(made, cls):
            raise Misfit(f"it is no {cls.__name__}")
        return made


def _scalar(cls: type, plain: object) -> object:
    if cls is types.NoneType:
        if plain is not None:
            raise Misfit("something where nothing should be")
        return None
    if type(plain) is cls:
        return plain
    if cls is float and type(plain) is int:
        return float(plain)
    raise Misfit(f"no {cls.__name__}")


def _made_of(make: Callable[[str], T], plain: object) -> T:
    if not isinstance(plain, str):
        raise Misfit("no text")
    try:
        return make(plain)
    except ValueError as error:
        raise Misfit(str(error)) from error


_NO_NUMBERS = {"NaN", "Infinity", "-Infinity"}


def json_text(document: object, *, indent: int | None = None, is_compact: bool = False) -> str:
    """`document` as ASCII, so that nothing in it can reach a terminal raw. Raises TypeError for what JSON lacks."""
    separators = (",", ":") if is_compact else None
    return json.dumps(in_numbers_and_words(document), indent=indent, separators=separators, allow_nan=False)


def in_numbers_and_words(value: Any) -> Any:
    """`value` with the floats that are no numbers written as words, in lists and mappings too."""
    match value:
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case Mapping():
            return {in_numbers_and_words(name): in_numbers_and_words(item) for name, item in value.items()}
        case list() | tuple():
            return [in_numbers_and_words(item) for item in value]
    return value


def float_of(value: object) -> float | None:
    """What was written as a number or as one of the words; None for anything else."""
    if isinstance(value, str):
        return float(value) if value in _NO_NUMBERS else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
