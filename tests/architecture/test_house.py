"""Where a line lives: how full a folder may be, what a module may be called, and that tests mirror the package.

`make lint` runs this, so that a new module is counted before it is reviewed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import s3ml_tui

PACKAGE = Path(s3ml_tui.__file__).parent
TESTS = Path(__file__).resolve().parents[1]

MOST = 15
"""Modules in a folder; above that nobody reads the list of names to its end."""
MOST_WHERE_FEATURES_COME = 12
FEATURES_COME = frozenset(
    {
        "cli/objects",
        "domain/ml",
        "domain/plans",
        "services/models",
        "services/runs",
        "ui/browse",
        "ui/models",
        "ui/pipeline",
        "ui/runs",
    }
)

PARTICIPLE = re.compile(r"(?:^|_)[a-z]{2,}ing(?:_|$)")
NOUNS = frozenset({"listing", "parsing", "training", "versioning"})
"""Words that end like participles and are the names of things."""
VAGUE = frozenset({"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"})


def modules() -> Iterator[Path]:
    """Every module of the package, below the package's folder; `__init__` and `__main__` are not counted."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem not in {"__init__", "__main__"}:
            yield path.relative_to(PACKAGE)


def test_no_folder_is_too_full() -> None:
    counts = Counter(path.parent.as_posix() for path in modules())
    assert counts["domain"] > 5
    limits = {folder: MOST_WHERE_FEATURES_COME if folder in FEATURES_COME else MOST for folder in counts}
    full = {folder: count for folder, count in counts.items() if count > limits[folder]}
    assert full == {}, "find what belongs together, or make a folder of it"


def test_every_folder_that_features_come_to_exists() -> None:
    assert {folder for folder in FEATURES_COME if not (PACKAGE / folder).is_dir()} == set()


def test_module_names_are_nouns() -> None:
    participles = {
        path.as_posix()
        for path in modules()
        if any(word not in NOUNS for word in path.stem.split("_") if PARTICIPLE.search(word))
    }
    assert participles == set(), "name the thing or the verb, as `copy`, `upload`, `history`"


def test_module_names_say_something() -> None:
    assert {path.as_posix() for path in modules() if VAGUE & set(path.stem.split("_"))} == set()


def test_a_module_and_a_folder_never_share_a_name() -> None:
    """`a.py` beside `a/` would make one of them impossible to import."""
    assert {path.as_posix() for path in modules() if (PACKAGE / path.with_suffix("")).is_dir()} == set()


def test_every_folder_says_what_is_in_it() -> None:
    silent = {
        path.parent.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("__init__.py")
        if not path.read_text(encoding="utf-8").startswith('"""')
    }
    assert silent == set()


def test_tests_mirror_the_package() -> None:
    """A folder of tests below `tests/<part>/` has its counterpart in the package."""
    parts = {path.name for path in PACKAGE.iterdir() if path.is_dir()} & {path.name for path in TESTS.iterdir()}
    assert len(parts) > 5
    extra = {
        folder.relative_to(TESTS).as_posix()
        for part in parts
        for folder in (TESTS / part).rglob("*")
        if (folder / "__init__.py").exists() and not (PACKAGE / folder.relative_to(TESTS)).is_dir()
    }
    assert extra == set()
