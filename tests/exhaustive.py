"""What `make test-all` alone runs: rows of a table whose kind is shown by another row in `make test` too."""

import pytest

EXHAUSTIVE = pytest.mark.exhaustive


def beyond(first: int, number: int) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of row `number`: the `first` ones are run always."""
    return (EXHAUSTIVE,) if number >= first else ()
