"""The fields of a spec as a form has them: derived from the schema, with what a user may write for each."""

import ast
import csv
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from s3ml_tui.records.spec import Spec


class Kind(Enum):
    """How a field is edited."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"
    PARAMS = "params"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a spec."""

    path: str
    """As `split.test_size`."""
    label: str
    kind: Kind
    choices: tuple[Any, ...] = ()
    """Of a CHOICE."""
    default: Any = None
    is_required: bool = False
    description: str = ""


_LABELS = {
    "version_id": "version",
    "features.index": "row index",
    "split.method": "split",
    "estimator.family": "estimator",
    "reading.missing_in_text": "in text",
}
_DESCRIPTIONS = {
    "name": "What the pipeline is called: letters, digits, dots, dashes.",
    "target": "The column to be predicted.",
    "task": "auto looks at the target's values.",
    "split.seed": "The same seed gives the same split and the same model.",
}
_UNSET = {
    "version_id": "newest",
    "features.include": "all but the target",
    "features.exclude": "none",
    "estimator.params": "defaults",
    "cv": "none",
    "metrics": "the task's own",
    "estimator.family": "auto: hist_gradient_boosting",
    "features.categories": "as the data say",
    "reading.delimiter": "told from the file",
    "reading.encoding": "told from the file",
}


def _fields(model: type[BaseModel], part: str = "") -> tuple[Field, ...]:
    found: list[Field] = []
    for name, info in model.model_fields.items():
        path = f"{part}{name}"
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found += _fields(info.annotation, f"{path}.")
        else:
            found.append(_field(path, info))
    return tuple(found)


def _field(path: str, info: FieldInfo) -> Field:
    kind, choices = _kind_of(info.annotation)
    return Field(
        path=path,
        label=_LABELS.get(path, path.rpartition(".")[2]),
        kind=kind,
        choices=choices,
        default=None if info.is_required() else info.get_default(call_default_factory=True),
        is_required=info.is_required(),
        description=_DESCRIPTIONS.get(path) or " ".join((info.description or "").split()),
    )


def _kind_of(annotation: Any) -> tuple[Kind, tuple[Any, ...]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _kind_of(next(one for one in get_args(annotation) if one is not type(None)))
    if origin is Literal:
        return Kind.CHOICE, get_args(annotation)
    if annotation is bool:
        return Kind.CHOICE, (False, True)
    kinds = {list: Kind.LIST, dict: Kind.PARAMS, int: Kind.INTEGER, float: Kind.NUMBER}
    return kinds.get(origin or annotation, Kind.TEXT), ()


FIELDS: tuple[Field, ...] = _fields(Spec)
"""All fields, in the schema's order."""


def field_at(path: str) -> Field | None:
    """The field an error's path means: itself, or the one it lies in."""
    fits = [field for field in FIELDS if path == field.path or path.startswith(f"{field.path}.")]
    return fits[0] if fits else None


def value_text(field: Field, value: Any) -> str:
    """A value as it is shown, and as `parse` reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.kind is Kind.LIST and isinstance(value, Sequence) and not isinstance(value, str):
        return _list_text(value)
    if field.kind is Kind.PARAMS and isinstance(value, Mapping):
        return ", ".join(f"{name}={_param_text(one)}" for name, one in value.items())
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def unset_text(field: Field) -> str:
    """What stands for a value that is not set."""
    if field.is_required:
        return "needed"
    return _UNSET.get(field.path) or value_text(field, field.default)


def parse(field: Field, text: str) -> Any:
    """The value a user wrote; None for no text. Raises ValueError with a sentence."""
    text = text.strip()
    if not text:
        return None
    if field.kind is Kind.INTEGER:
        return _number(text, int, "a whole number")
    if field.kind is Kind.NUMBER:
        return _number(text, float, "a number")
    if field.kind is Kind.LIST:
        return [name for name in (one.strip() for one in next(csv.reader([text], skipinitialspace=True))) if name]
    return _params(text) if field.kind is Kind.PARAMS else text


def _number(text: str, kind: type[int] | type[float], what: str) -> int | float:
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"must be {what}") from error


def _params(text: str) -> dict[str, Any]:
    inner = text.removeprefix("{").removesuffix("}")
    try:
        params: dict[str, Any] = tomllib.loads(f"params = {{{inner}}}")["params"]
    except (tomllib.TOMLDecodeError, RecursionError):
        try:
            call = ast.parse(f"params({inner})", mode="eval").body
            keywords = call.keywords if isinstance(call, ast.Call) and not call.args else []
            params = {str(one.arg): ast.literal_eval(one.value) for one in keywords if one.arg}
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(_HOW) from error
        if not params:
            raise ValueError(_HOW) from None
    return params


_HOW = 'write them as C=1.0, kernel="linear"'


def _list_text(values: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue().replace(",", ", ") if not any("," in str(one) for one in values) else line.getvalue()


def _param_text(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_param_text, value))}]"
    return str(value)
