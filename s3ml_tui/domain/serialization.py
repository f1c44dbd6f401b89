"""Values as JSON has them, and back: dataclasses of texts, numbers, times, tuples and more of their kind.

What is written names its types; what is read must fit the annotations of the classes it is read for, and only classes
that the codec names are ever made. Something newer, older or damaged is refused whole, never guessed at.

A `Form` says under which names a class and its fields are stored. What is kept in files has forms whose names never
change: who renames a class or a field says there what it was called, so that what was written before is read after.

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
from functools import partial
from pathlib import PurePath
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

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
    """"" where none is written: what is read there can be nothing else."""
    fields: Mapping[str, str]
    """By the names that the fields have in the code, those they are stored under."""


def form(cls: type, name: str | None = None, /, **stored: str) -> Form:
    """The form of a class, stored as `name` and each of its fields as `stored` says: as in the code where they do not.

    Raises ValueError.
    """
    in_code = {part.name: part.name for part in fields(cls) if part.init}
    if stored.keys() - in_code.keys():
        raise ValueError(f"{cls.__name__} has no {', '.join(sorted(stored.keys() - in_code.keys()))}")
    names = in_code | stored
    if len({*names.values(), KIND}) <= len(names):
        raise ValueError(f"two fields of {cls.__name__} are stored under one name, or one as {KIND}")
    return Form(cls, cls.__name__ if name is None else name, names)


class Codec:
    """Writes and reads values of classes whose forms it is given."""

    def __init__(self, forms: Iterable[Form], *, roots: Collection[type] = (), gone: Collection[str] = ()) -> None:
        """Of the classes only `roots` are read by themselves, or where any of several kinds may be.

        What stands under the names in `gone`, of fields that there were once, is passed over.
        Raises ValueError when two classes have one name.
        """
        self.forms = {one.cls: one for one in forms}
        self._roots = {self.forms[cls].name: cls for cls in roots}
        names = [one.name for one in self.forms.values() if one.name]
        if len(set(names)) < len(names):
            raise ValueError("two classes are stored under one name")
        self._gone = frozenset(gone)
        self._hints: dict[type, dict[str, Any]] = {}
        self._readers: dict[Any, _Reader] = {}

    # writing -------------------------------------------------------------------------------------------------------

    def plain(self, value: object) -> Plain:
        """`value` as JSON has it. Raises Misfit."""
        match value:
            case Enum():
                return self.plain(value.value)
            case None | bool() | int() | float() | str():
                return value
            case tuple() | list():
                return [self.plain(one) for one in value]
            case datetime():
                return value.isoformat()
            case PurePath():
                return str(value)
            case Mapping():
                if any(not isinstance(name, str) for name in value):
                    raise Misfit("names must be texts")
                return {name: self.plain(one) for name, one in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            stored = self._form(type(value))
            named: dict[str, Plain] = {KIND: stored.name} if stored.name else {}
            return named | {name: self.plain(getattr(value, part)) for part, name in stored.fields.items()}
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
        return self.read_one(self._roots[name], plain)

    def read_one(self, cls: type[T], plain: object) -> T:
        """A value of this class. Raises Misfit."""
        stored = self._form(cls)
        if not isinstance(plain, dict) or plain.get(KIND, "") != stored.name:
            raise Misfit(f"it is no {stored.name or cls.__name__}")
        hints = self._hints.get(cls)
        if hints is None:
            hints = self._hints[cls] = get_type_hints(cls)
        unknown = plain.keys() - {*stored.fields.values(), KIND} - self._gone
        if unknown:
            raise Misfit(f"{cls.__name__} has no {', '.join(sorted(map(str, unknown)))}")
        given: dict[str, Any] = {}
        for part in fields(cls):  # type: ignore[arg-type]  # a dataclass
            if part.name not in stored.fields:
                continue
            name = stored.fields[part.name]
            if name in plain:
                given[part.name] = self._reader(hints[part.name])(plain[name])
            elif part.default is MISSING and part.default_factory is MISSING:
                raise Misfit(f"{cls.__name__} lacks {name}")
        return cls(**given)

    def _reader(self, hint: Any) -> "_Reader":
        """What makes of a plain value the one that the annotation `hint` wants; made once for each annotation."""
        reader = self._readers.get(hint)
        if reader is None:
            reader = self._readers[hint] = self._new_reader(hint)
        return reader

    def _new_reader(self, hint: Any) -> "_Reader":
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Union or origin is types.UnionType:
            return partial(_first_fit, [self._reader(one) for one in inner])
        if origin is Literal:
            return partial(_one_of, inner)
        if origin is tuple and inner[-1] is not Ellipsis:
            return partial(_each, [self._reader(one) for one in inner])
        if origin in {tuple, list, Sequence}:
            return partial(_several, self._reader(inner[0]))
        if origin in {dict, Mapping}:
            return partial(_mapping, self._reader(inner[1]))
        if not isinstance(hint, type):
            raise Misfit(f"{hint} has no plain form")
        return self._reader_of(hint)

    def _reader_of(self, cls: type) -> "_Reader":
        if cls is types.NoneType or cls in {bool, int, str}:
            return partial(_exactly, cls)
        if cls is float:
            return _float
        if issubclass(cls, datetime):
            return _moment
        if issubclass(cls, Enum | PurePath):
            return partial(_made_of, cls)
        return partial(self.read_one, cls) if is_dataclass(cls) else partial(self._any_root, cls)

    def _any_root(self, protocol: type, plain: object) -> object:
        """Where a protocol that can be checked is wanted: whichever of the classes it names."""
        made = self.read(plain)
        if not isinstance(made, protocol):
            raise Misfit(f"it is no {protocol.__name__}")
        return made


_Reader = Callable[[object], Any]


def _first_fit(readers: Sequence[_Reader], plain: object) -> object:
    for reader in readers:
        try:
            return reader(plain)
        except Misfit:
            continue
    raise Misfit("it fits none of several kinds")


def _one_of(words: Sequence[object], plain: object) -> object:
    if not isinstance(plain, str) or plain not in words:
        raise Misfit("a word that is not known here")
    return plain


def _each(readers: Sequence[_Reader], plain: object) -> tuple[object, ...]:
    if not isinstance(plain, list) or len(plain) != len(readers):
        raise Misfit("no list, or one of another length")
    return tuple([reader(one) for reader, one in zip(readers, plain, strict=True)])


def _several(reader: _Reader, plain: object) -> tuple[object, ...]:
    if not isinstance(plain, list):
        raise Misfit("no list")
    return tuple(map(reader, plain))


def _mapping(reader: _Reader, plain: object) -> dict[str, object]:
    if not isinstance(plain, dict):
        raise Misfit("no mapping")
    return {name: reader(one) for name, one in plain.items()}


def _exactly(cls: type, plain: object) -> object:
    if type(plain) is not cls:
        raise Misfit(f"no {cls.__name__}")
    return plain


def _float(plain: object) -> float:
    if type(plain) is not int:
        return cast(float, _exactly(float, plain))
    try:
        return float(plain)
    except OverflowError as error:
        raise Misfit("no float is as large") from error


def _moment(plain: object) -> datetime:
    moment = _made_of(datetime.fromisoformat, plain)
    if moment.tzinfo is None:
        raise Misfit("a time without a zone")
    return moment


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
