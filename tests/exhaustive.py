"""What `make test-all` alone runs: rows of a table whose kind is shown by another row in `make test` too."""

from collections.abc import Collection, Mapping

import pytest
from _pytest.mark import ParameterSet

EXHAUSTIVE = pytest.mark.exhaustive


def beyond(first: int, number: int) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of row `number`: the `first` ones are run always."""
    return (EXHAUSTIVE,) if number >= first else ()


def rows(table: Mapping[str, object], usual: Collection[str]) -> list[ParameterSet]:
    """All rows of a table, by their names; those in `usual` are run always."""
    assert set(usual) <= set(table), usual
    return [pytest.param(row, id=name, marks=() if name in usual else (EXHAUSTIVE,)) for name, row in table.items()]
