"""docs/CODEBASE.md: every path and test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "CODEBASE.md").read_text(encoding="utf-8")


def test_every_path_in_the_guide_exists() -> None:
    named = set(re.findall(r"`((?:s3ml_tui|tests|styles|docs|benchmarks)/[\w./-]*)", GUIDE))
    assert len(named) > 30
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_test_in_the_guide_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", GUIDE)
    assert named
    for path, test in named:
        assert re.search(rf"def {test}\b", (ROOT / path).read_text(encoding="utf-8")), f"{path}::{test}"
