"""The bench, and the data sets whose published figures we are held to."""

import pytest

from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.runner import supervisor
from s3ml_tui.training.data.samples import SAMPLES
from tests.training.bench import Bench, csv_of


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """An empty workspace; work that is asked to stop has the time that a busy machine takes to notice."""
    for name in ("STOP_TIMEOUT_S", "COMMITTED_STOP_TIMEOUT_S"):
        monkeypatch.setattr(supervisor, name, 60.0)
    return Bench()


@pytest.fixture
def cancer(bench: Bench) -> Pin:
    """Breast cancer as CSV in it."""
    return bench.put("cancer.csv", csv_of(SAMPLES["breast_cancer"]()))


@pytest.fixture
def iris(bench: Bench) -> Pin:
    """Iris."""
    return bench.put("iris.csv", csv_of(SAMPLES["iris"]()))


@pytest.fixture
def diabetes(bench: Bench) -> Pin:
    """Diabetes."""
    return bench.put("diabetes.csv", csv_of(SAMPLES["diabetes"]()))
