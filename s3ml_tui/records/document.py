"""What every stored document shares: a format number, strictness about newer ones, and one way in and out of JSON."""

import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from s3ml_tui.domain.errors import NotSupported, StrangeAnswer
from s3ml_tui.domain.ml.layout import FORMAT

JSON_TYPE = "application/json"
_IN_WORDS = {
    "extra_forbidden": "there is no such setting",
    "string_pattern_mismatch": (  # the only pattern in a document is that of a spec's name
        "must be letters, digits, dots, dashes and underscores, 63 at most, and begin with a letter or a digit"
    ),
}
"""What stands for pydantic's words where they would puzzle, by its type of error."""


class Document(BaseModel):
    """A record in the bucket. Unknown fields of the same format are kept out of the way, not refused."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=True, ser_json_inf_nan="strings")

    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """Indented JSON, UTF-8, with a last newline."""
        return (self.model_dump_json(indent=2) + "\n").encode()

    @classmethod
    def from_bytes(cls, body: bytes, where: str) -> Self:
        """The document in `body`. Raises NotSupported for a newer format, StrangeAnswer for anything else.

        `where` names the object in the sentence.
        """
        document = _parsed(body, where)
        found = document.get("format")
        if isinstance(found, int) and found > FORMAT:
            raise NotSupported(
                f"{where} was written by a newer s3ml",
                cause=f"It has format {found}; this one reads up to {FORMAT}",
                advice="Update s3ml-tui",
            )
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise StrangeAnswer(
                f"{where} is damaged", cause="; ".join(places(error)), advice="Bring back an older version of it"
            ) from error


def _parsed(body: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StrangeAnswer(
            f"{where} is damaged", cause="It is no JSON", advice="Bring back an older version of it"
        ) from error
    if not isinstance(document, dict):
        raise StrangeAnswer(
            f"{where} is damaged", cause="It is no JSON object", advice="Bring back an older version of it"
        )
    return document


def places(error: ValidationError) -> list[str]:
    """Every error of a validation with its place, as `split.test_size: must be greater than 0`."""
    found = []
    for detail in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in detail["loc"]) or "the whole"
        message = (
            _IN_WORDS.get(detail["type"], detail["msg"])
            .removeprefix("Value error, ")
            .replace("Input should be", "must be", 1)
        )
        found.append(f"{place}: {message[0].lower()}{message[1:]}")
    return found
