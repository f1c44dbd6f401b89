"""Python's warnings of a piece of work, gathered as sentences instead of printed."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gathered() -> Iterator[list[str]]:
    """The first line of each different warning raised inside; the list is full once the block is left."""
    sentences: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield sentences
    for warning in caught:
        lines = str(warning.message).strip().splitlines() or [""]
        said = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
        sentence = f"{warning.category.__name__}: {said}"
        if sentence not in sentences:
            sentences.append(sentence)
