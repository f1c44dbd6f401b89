"""What is told of a job in a word, from its state alone."""

from typing import Any

import pytest

from s3ml_tui.domain.errors import Cancelled, LocalTrouble
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress
from s3ml_tui.ui.jobs import Job


def work(_progress: Progress, _cancelled: IsCancelled) -> Any:
    return None


def job() -> Job:
    return Job(1, "Upload a.csv", 10, work)


def test_one_that_waits_and_is_cancelled() -> None:
    one = job()
    assert one.state == "waiting"
    one.pause()
    assert one.state == "paused"
    one.cancel()
    assert one.state == "cancelling"


@pytest.mark.parametrize(
    ("error", "state"), [(None, "done"), (Cancelled(), "cancelled"), (LocalTrouble("No room"), "failed")]
)
def test_one_that_is_over(error: BaseException | None, state: str) -> None:
    one = job()
    one.is_over, one.error = True, error
    assert one.state == state
