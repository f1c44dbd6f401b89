"""A server that goes away while a run goes on."""

import time

import pytest

from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.domain.ml.events import Level
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.runner import retry_store
from tests.doubles import MemoryStore
from tests.training.bench import QUICK, ROOT, Bench


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(retry_store, "FIRST_PAUSE_S", 0.05)
    return Bench()


def data_of(bench: Bench) -> Pin:
    rows = "".join(f"{n},{n % 7},{'yes' if n % 2 else 'no'}\n" for n in range(60))
    return bench.put("d.csv", f"a,b,c\n{rows}".encode())


@pytest.mark.parametrize("part", ["model.joblib", "MANIFEST.json", "report.html", "result.json", "_claim.json"])
def test_a_run_outlives_an_outage_while_it_publishes(bench: Bench, part: str) -> None:
    outages = [0]

    def away(verb: str, address: str) -> None:
        if verb in {"write", "upload"} and address.endswith(part) and outages[0] < 3:
            outages[0] += 1
            raise Unreachable("Nobody answers")

    bench.store = MemoryStore("bench", before=away)
    result = bench.train(data_of(bench), target="c", **QUICK)
    assert outages[0] == 3
    assert result.state is RunState.SUCCEEDED
    assert bench.store.read(ROOT.key("models/v1/MANIFEST.json"))
    warnings = [event.message for event in bench.events if event.level is Level.WARNING]
    if part != "result.json":  # the log is closed by then
        assert sum("trying again" in warning for warning in warnings) == 3


def test_a_stop_ends_the_waiting(bench: Bench) -> None:
    def away(verb: str, address: str) -> None:
        if verb in {"write", "upload"} and address.endswith("model.joblib"):
            bench.stop.ask()
            raise Unreachable("Nobody answers")

    bench.store = MemoryStore("bench", before=away)
    began = time.monotonic()
    result = bench.train(data_of(bench), target="c", **QUICK)
    assert result.state is RunState.CANCELLED
    assert time.monotonic() - began < 120, "it waited out the half hour"


def test_patience_has_an_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def away() -> None:
        calls.append(1)
        raise Unreachable("Nobody answers")

    short = retry_store.RetryPolicy(bench.journal(), bench.stop, timeout_s=2.0)
    with pytest.raises(Unreachable):
        short.retry(away)
    assert 1 < len(calls) < 10
