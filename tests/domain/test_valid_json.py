"""Every JSON that is written is JSON by its standard, which has no NaN and no infinities."""

import json
import math
from pathlib import Path

import pytest

from s3ml_tui.domain.serialization import float_of, json_text

PACKAGE = Path(__file__).parents[2] / "s3ml_tui"
ELSEWHERE = {
    "cli/admin/doctor.py": "policies: texts only",
    "domain/preview/protocol.py": "between two processes of ours; texts and whole numbers",
    "domain/serialization.py": "the place itself",
    "domain/storage/request_log.py": "shown as a command",
    "readers/formats/json.py": "what the user's own file says",
    "readers/formats/s3ml_records.py": "shown, not written",
    "s3/listing/page.py": "a token of texts",
    "training/data/json_lines.py": "said in an error",
    "ui/logs/lines.py": "a text to search for",
    "ui/pipeline/spec_fields.py": "a field of a form",
}
"""Where Python's own writer is used, and why that is no document."""


def no_word(constant: str) -> object:
    raise AssertionError(f"bare {constant}")


def test_what_is_no_number_is_written_as_a_word() -> None:
    document = {"a": [math.nan, {"b": (math.inf, -math.inf)}], "c": 1.5, "d": None, "e": True, "é": "\x1b"}
    text = json_text(document)
    assert text.isascii()
    assert json.loads(text, parse_constant=no_word) == {
        "a": ["NaN", {"b": ["Infinity", "-Infinity"]}],
        "c": 1.5,
        "d": None,
        "e": True,
        "é": "\x1b",
    }


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1.5, 3])
def test_a_figure_is_read_as_it_was_written(value: float) -> None:
    assert float_of(json.loads(json_text(value))) == value


def test_only_figures_are_read_as_figures() -> None:
    strange: list[object] = ["nan", "1", True, None, [], {}]
    assert math.isnan(float_of("NaN") or 0.0)
    assert [float_of(value) for value in strange] == [None] * 6


def test_documents_are_written_nowhere_else() -> None:
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if "json.dump" in path.read_text("utf-8")}
    assert found == set(ELSEWHERE)
