"""What is wrong with a spec that is not finished: every error with its place."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from s3ml_tui.records.document import places
from s3ml_tui.records.spec import Spec
from s3ml_tui.records.spec_names import unknown_names

_WHOLE = "the whole"
PARTS = ("features", "split", "estimator", "reading")
"""The tables of a spec; what lies in them has a path with a dot."""


def wrong_places(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Pairs of path (`split.test_size`; "" when it concerns the whole) and sentence; empty for a good spec."""
    try:
        spec = Spec.model_validate(dict(document))
    except ValidationError as error:
        return tuple(_place(text) for text in places(error))
    return tuple(unknown_names(spec))


def _place(text: str) -> tuple[str, str]:
    path, _, sentence = text.partition(": ")
    if path == _WHOLE:
        path, colon, rest = sentence.partition(": ")
        return (path, rest) if colon and " " not in path else ("", sentence)
    return path, sentence


def flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """A spec's document by path: `{"split": {"seed": 1}}` becomes `{"split.seed": 1}`."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        if name in PARTS and isinstance(value, Mapping):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            found[name] = value
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The document of values by path; the reverse of `flat`."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        part, dot, name = path.partition(".")
        if dot:
            document.setdefault(part, {})[name] = value
        else:
            document[path] = value
    return document
