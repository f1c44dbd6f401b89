"""What a run's process says of what ended it."""

import pytest

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.runner.exit import sentence


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LocalTrouble("No room"), "No room"),
        (MemoryError(), "ran out of memory"),
        (KeyError("age"), "Unexpected KeyError: 'age'"),
        (KeyError(), "Unexpected KeyError"),
    ],
)
def test_an_error_is_told_in_a_sentence(error: BaseException, said: str) -> None:
    assert said in sentence(error)
    assert "\n" not in sentence(error)
