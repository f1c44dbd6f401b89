"""A spec written as TOML is the same spec when it is read."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.records.spec import Estimator, Features, Spec, Split, parse_spec

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
