"""A run that is asked to stop: everything unwinds, the record says cancelled, no model has a manifest."""

import threading
from datetime import UTC, datetime

from s3ml_tui.domain.errors import Cancelled
from s3ml_tui.domain.ml.events import Kind
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.run_record import CancelRequest
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.supervisor import supervise
from tests.training.bench import QUICK, Bench, when


def test_a_stop_while_the_data_is_written_ends_in_a_cancelled_run(bench: Bench, iris: Pin) -> None:
    bench.store.before = when("upload", "dataset/train", bench.stop.ask)
    result = bench.train(iris, target="species", **QUICK)
    assert (result.state, result.reason) == (RunState.CANCELLED, "Cancelled before it was over")
    assert bench.events[-1].kind is Kind.RUN_FINISHED
    assert bench.events[-1].data["state"] == "cancelled"
    assert bench.log("run1") == bench.events
    assert not bench.exists(bench.layout.model_claim(1))
    assert "processed" in result.outputs


def test_the_record_of_a_cancelled_run_says_by_whom(bench: Bench, iris: Pin) -> None:
    def cancel() -> None:
        asked = CancelRequest(run_id="run1", reason="cancelled by ada@gpu-1", at=datetime.now(UTC))
        bench.store.write(bench.layout.run_cancel("run1"), asked.to_bytes())
        bench.stop.ask()

    bench.store.before = when("upload", "dataset/train", cancel)
    result = bench.train(iris, target="species", **QUICK)
    assert (result.state, result.reason) == (RunState.CANCELLED, "Cancelled by ada@gpu-1")
    assert bench.events[-1].data["reason"] == result.reason


def test_a_stop_after_the_claim_leaves_no_manifest(bench: Bench, iris: Pin) -> None:
    bench.store.before = when("upload", "model.joblib", bench.stop.ask)
    last_word = bench.last_word(iris, target="species", **QUICK)
    assert (last_word.state, last_word.exit_code) == (RunState.CANCELLED, 143)
    assert bench.result("run1").model is None
    assert bench.exists(bench.layout.model_claim(1))
    assert not bench.exists(bench.layout.model_manifest(1))
    bench.store.before = when("", "", lambda: None)
    bench.stop = Stop()
    assert bench.train(iris, target="species", **QUICK).model == "models/v2"


def test_a_stop_while_the_manifest_is_written_comes_too_late(bench: Bench, iris: Pin) -> None:
    bench.store.before = when("write", "MANIFEST.json", bench.stop.ask)
    last_word = bench.last_word(iris, target="species", **QUICK)
    assert (last_word.state, last_word.exit_code) == (RunState.SUCCEEDED, 0)
    assert bench.exists(bench.layout.model_manifest(1))


def test_a_stop_between_folds(bench: Bench, iris: Pin) -> None:
    journal = bench.journal

    def watched() -> object:
        stopping_journal = journal()
        stopping_journal.listen(lambda line: bench.stop.ask() if '"progress"' in line else None)
        return stopping_journal

    bench.journal = watched  # type: ignore[method-assign, assignment] # listens for the first fold
    result = bench.train(iris, target="species", cv=10, **QUICK)
    assert result.state is RunState.CANCELLED
    assert "train" not in result.timings_s


def test_work_that_cannot_notice_is_given_up() -> None:
    release, stop = threading.Event(), Stop()

    def deaf() -> None:
        stop.ask(2)
        release.wait(30)

    ending = supervise(deaf, stop)
    release.set()
    assert isinstance(ending.error, Cancelled)
    assert ending.is_given_up


def test_a_second_signal_changes_nothing() -> None:
    stop = Stop()
    stop.ask(2)
    stop.ask(15)
    assert stop.signal_number == 2
