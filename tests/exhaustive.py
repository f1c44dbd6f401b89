"""What `make test-all` alone runs: rows of a table whose kind is shown by another row in `make test` too."""

from collections.abc import Collection, Iterable, Mapping

import pytest
from _pytest.mark import ParameterSet

EXHAUSTIVE = pytest.mark.exhaustive


def beyond(first: int, number: int) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of row `number`: the `first` ones are run always."""
    return (EXHAUSTIVE,) if number >= first else ()


def first(number: int, values: Iterable[object]) -> list[ParameterSet]:
    """All values of a parameter; the `number` first are run always. Several of them are given as a tuple."""
    each = (value if isinstance(value, tuple) else (value,) for value in values)
    return [pytest.param(*value, marks=beyond(number, index)) for index, value in enumerate(each)]


def rows(table: Mapping[str, object], usual: Collection[str]) -> list[ParameterSet]:
    """All rows of a table, by their names; those in `usual` are run always."""
    assert set(usual) <= set(table), usual
    return [pytest.param(row, id=name, marks=() if name in usual else (EXHAUSTIVE,)) for name, row in table.items()]
