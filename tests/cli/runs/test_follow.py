"""What a command says of a run it follows, and of one that is not there."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from s3ml_tui.cli.runs.run import follow
from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.plans.plan import Outcome
from tests.cli.line import CommandLine


class RunsThatHadNoTime:
    """A run that is cancelled before it has written anything."""

    def wait(self, *_: Any, **__: Any) -> None:
        raise Cancelled("Stopped waiting", cause="The process goes on by itself")

    def cancel(self, _workspace: object, run_id: str) -> Outcome:
        return Outcome(f"Cancelled {run_id}", datetime(2026, 11, 23, tzinfo=UTC))

    def result(self, *_: object) -> None:
        return None


def test_a_run_that_was_cancelled_at_once_is_not_said_to_go_on() -> None:
    services = SimpleNamespace(runs=RunsThatHadNoTime())
    started = SimpleNamespace(run_id="20261123-1402-k3f9", workspace=None)
    with pytest.raises(Cancelled) as raised:
        follow(cast("Any", services), lambda: cast("Any", started))
    assert raised.value.sentence == "The run was cancelled. It had written nothing to the bucket yet."


def test_the_log_of_an_unknown_run_is_not_an_empty_one(line: CommandLine, bucket: str) -> None:
    for following in ((), ("-f",)):
        said = line("logs", "nope", *following, "--workspace", f"s3://{bucket}", code=3)
        assert "has no run nope" in said.err


def test_an_unknown_run_is_not_planned_to_be_cancelled(line: CommandLine, bucket: str) -> None:
    assert not line("cancel", "nope", "--dry-run", "--workspace", f"s3://{bucket}", code=3).out


@pytest.mark.parametrize("what", ["runs", "models"])
def test_no_workspace_is_not_taken_for_an_empty_one(line: CommandLine, bucket: str, what: str) -> None:
    said = line(what, "--workspace", f"s3://{bucket}/ml", code=3)
    assert f"s3ml init s3://{bucket}/ml/" in said.err
    line("init", f"s3://{bucket}/ml", "--yes")
    assert f"has no {what} yet" in line(what, "--workspace", f"s3://{bucket}/ml").err
    assert f"workspace s3://{bucket}/ml/" in line(what, "--workspace", f"s3://{bucket}/ml/dataset", code=3).err
