"""docs/CODEBASE.md and docs/TESTED.md: every path and test they name exists, and the guide stays short."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "CODEBASE.md").read_text(encoding="utf-8")
TESTED = (ROOT / "docs" / "TESTED.md").read_text(encoding="utf-8")
MOST_LINES = 150


def test_every_path_in_the_guide_exists() -> None:
    named = set(re.findall(r"`((?:s3ml_tui|tests|styles|docs|benchmarks)/[\w./-]*)", GUIDE + TESTED))
    assert len(named) > 30
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_test_in_the_guide_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", GUIDE + TESTED)
    assert named
    for path, test in named:
        assert re.search(rf"def {test}\b", (ROOT / path).read_text(encoding="utf-8")), f"{path}::{test}"


def test_the_guide_is_short() -> None:
    assert len(GUIDE.splitlines()) <= MOST_LINES
