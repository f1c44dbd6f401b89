"""A spec written as TOML is the same spec when it is read."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.records.job import Job, TrainingJob
from s3ml_tui.records.run_record import RunStart
from s3ml_tui.records.spec import Estimator, Features, Spec, Split, parse_spec, spec_from

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
SCALARS: Any = st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False), TEXTS)
FEATURES = st.builds(
    Features,
    include=st.none() | st.lists(TEXTS.map("in_".__add__), max_size=3),
    exclude=st.lists(TEXTS, max_size=3),
    scale=st.booleans(),
    impute=st.sampled_from(["auto", "none", "mean", "median", "most_frequent"]),
    encode=st.sampled_from(["onehot", "ordinal"]),
)
SPLITS = st.builds(
    Split,
    method=st.sampled_from(["auto", "random", "stratified", "tail"]),
    test_size=st.floats(0.01, 0.99) | st.integers(1, 1000).map(float),
    seed=st.integers(0, 2**32 - 1),
)
ESTIMATORS = st.builds(
    Estimator, family=TEXTS, params=st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS, max_size=3), max_size=4)
)
SPECS = st.builds(
    Spec,
    name=NAMES,
    data=TEXTS.filter(bool),
    version_id=st.none() | TEXTS,
    target=TEXTS.filter(bool),
    task=st.sampled_from(["auto", "classification", "regression"]),
    features=FEATURES,
    split=SPLITS,
    estimator=ESTIMATORS,
    cv=st.none() | st.integers(2, 100),
    n_jobs=st.sampled_from([-1, 1, 2, 8]),
    metrics=st.lists(TEXTS, max_size=3),
)


@settings(deadline=None, max_examples=200)
@given(SPECS)
def test_a_spec_survives_its_toml(spec: Spec) -> None:
    assert parse_spec(spec.to_toml()) == spec


def test_the_smallest_spec_is_three_lines() -> None:
    text = 'name = "churn"\ndata = "dataset/raw/churn.csv"\ntarget = "churned"\n'
    assert parse_spec(text).to_toml() == text


def test_an_infinite_parameter_survives_job_and_record() -> None:
    spec = Spec(name="a", data="d", target="t", estimator=Estimator(params={"C": math.inf, "tol": -math.inf}))
    pin = Pin("s3://b/d", None, "", "", 1)
    sent = TrainingJob(context=Context(), workspace="s3://b/", data=pin, run_id="r", spec=spec)
    heard = Job.model_validate_json(Job(job=sent).model_dump_json()).job
    assert isinstance(heard, TrainingJob)
    assert heard.spec == spec
    started = datetime(2026, 11, 23, tzinfo=UTC)
    start = RunStart(run_id="r", started=started, spec=spec, data=pin, host="h", pid=1, process_started=1.0)
    assert RunStart.from_bytes(start.to_bytes(), "spec.json").spec == spec


def test_none_is_no_parameter_since_toml_cannot_say_it() -> None:
    for value in (None, [1, None]):
        with pytest.raises(BadInput, match=r"estimator\.params"):
            spec_from({"name": "a", "data": "d", "target": "t", "estimator": {"params": {"depth": value}}})


def test_wrong_names_and_settings_are_told_without_patterns() -> None:
    with pytest.raises(BadInput, match=r"name: must be letters, digits.*foo: there is no such setting"):
        parse_spec('name = "x y"\ndata = "d"\ntarget = "t"\nfoo = 1\n')
