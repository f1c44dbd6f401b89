"""Which columns a model learns from, and what is done to them before the estimator sees them."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.many_texts import MIN_ROWS, is_many, names_rows
from s3ml_tui.domain.ml.number_text import Numbers
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.records.spec import Features, Spec
from s3ml_tui.runner.events import Journal
from s3ml_tui.training.data.column_types import Kind, kind_of, values_as
from s3ml_tui.training.data.csv import refuse_commas
from s3ml_tui.training.data.text_values import numbers_of, odd_text
from s3ml_tui.training.model.target import Target

ENCODING_FOLDS = 5
MAX_CATEGORIES = 100
"""One-hot columns a category gives at most; rarer values share one."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column a model learns from."""

    name: str
    kind: Kind
    has_many_values: bool = False
    """Whether it is a category of so many that one-hot columns would mislead."""


def no_such_column(name: str, names: Sequence[str], what: str = "column") -> BadInput:
    """The sentence for a column that is not there, with the closest names."""
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    close = close or [other for other in names if other.strip().lower() == name.strip().lower()]
    shown = ", ".join(printable(other) for other in (close or list(names)[:8]))
    more = "" if close or len(names) <= 8 else f" and {len(names) - 8} more"
    return BadInput(
        f"The data has no {what} {printable(name)!r}",
        cause=f"{'Close to it' if close else 'It has'}: {shown}{more}",
        advice="Use a name from its header",
    )


def choose(table: pa.Table, target: str, spec: Spec, journal: Journal) -> list[Feature]:
    """The features in the order of the data.

    Raises BadInput for names that are not there, numbers written with a comma, text among numbers, or when no column is
    left.
    """
    wanted = spec.features
    for name in (*(wanted.include or ()), *wanted.exclude, *wanted.categories):
        if name not in table.column_names:
            raise no_such_column(name, table.column_names)
    found = []
    for name in table.column_names:
        if name == target or name in wanted.exclude or (wanted.include is not None and name not in wanted.include):
            continue
        is_wanted = wanted.include is not None or (not name and wanted.index == "keep")
        why_not = _why_not(table.column(name), name, is_wanted=is_wanted)
        kind = kind_of(table.column(name))
        if kind == "category" and name not in wanted.categories:
            refuse_commas(table.column(name), name, "column", "or leave it out: features.exclude")
            _refuse_odd_text(table.column(name), name, spec, journal)
        if why_not or kind is None:
            journal.caution(f"Column {printable(name) or '(no name)'} is left out: {why_not}")
        else:
            if wanted.include is None and len(table) >= MIN_ROWS and _numbers_rows(table.column(name)):
                journal.caution(f"Column {printable(name)} only counts the rows; features.exclude leaves it out")
            found.append(_feature(table.column(name), name, kind, wanted, journal))
    if not found:
        raise BadInput(
            "No column is left to learn from",
            cause=f"The data has {count_text(len(table.column_names), 'column')}, the target among them",
            advice="Look at features.include and features.exclude",
        )
    return found


def _feature(column: pa.ChunkedArray, name: str, kind: Kind, wanted: Features, journal: Journal) -> Feature:
    distinct = pc.count_distinct(column).as_py() if kind == "category" else 0
    if not is_many(distinct, len(column)):
        return Feature(name, kind)
    what = {
        "onehot": f"one-hot gives {MAX_CATEGORIES} columns at most, rarer texts share one",
        "ordinal": "they are numbered in order, which means nothing",
    }.get(wanted.encode, "each becomes the mean of the target (target-encoded)")
    journal.caution(f"Column {printable(name)} has {distinct:,} different texts in {len(column):,} rows: {what}")
    return Feature(name, kind, has_many_values=True)


def _refuse_odd_text(column: pa.ChunkedArray, name: str, spec: Spec, journal: Journal) -> None:
    """Raises BadInput for a column of numbers with a few texts among them: as text it would teach next to nothing."""
    odd = odd_text(column, numbers_of(spec.reading), spec.reading.missing) if spec.rules > 1 else None
    if odd and not odd.is_exception:
        journal.caution(
            f"Column {printable(name)} holds numbers and text (row {odd.row:,} says {printable(odd.text[:80])!r}): "
            "all of them are taken as names; features.categories says that they are"
        )
    elif odd:
        others = f", and {count_text(odd.others, 'other row')} {'is' if odd.others == 1 else 'are'} like it"
        raise BadInput(
            f"The column {printable(name)} holds numbers and text",
            cause=f"Row {odd.row:,} says {printable(odd.text[:80])!r}{others if odd.others else ''}",
            advice="Mend it; or, if the text means a missing value, add it to reading.missing; or, if all of them are "
            "names, name the column in features.categories; or leave it out: features.exclude",
        )


def frame_of(table: pa.Table, features: Sequence[Feature], numbers: Numbers) -> pd.DataFrame:
    """The features as the pipeline takes them. Raises BadInput for a value that does not fit its column's kind."""
    columns = {one.name: values_as(table.column(one.name), one.name, one.kind, numbers) for one in features}
    return pd.DataFrame(columns)


def without_infinities(frame: pd.DataFrame, journal: Journal) -> pd.DataFrame:
    """The frame with infinite numbers as missing ones, and a warning for each column that had some."""
    for name in frame.columns[[bool(kind.kind == "f") for kind in frame.dtypes]]:
        infinite = np.isinf(frame[name].to_numpy())
        if infinite.any():
            journal.caution(f"Column {printable(str(name))}: {infinite.sum():,} infinite values are taken as missing")
            frame[name] = frame[name].mask(infinite)
    return frame


def preprocessing(features: Sequence[Feature], spec: Spec, target: Target) -> ColumnTransformer:
    """Impute, encode and scale, by kind; booleans are never scaled, columns unknown to the spec are dropped."""
    wanted = spec.features
    categories = [one for one in features if one.kind == "category"]
    by_target = names_by_target(features, wanted)
    parts = [
        ("numbers", _numbers(wanted), [one.name for one in features if one.kind in ("number", "date")]),
        ("booleans", _booleans(wanted), [one.name for one in features if one.kind == "boolean"]),
        ("categories", _categories(wanted), [one.name for one in categories if one.name not in by_target]),
        ("categories_by_target", _by_target(spec, target), by_target),
    ]
    return ColumnTransformer(
        [part for part in parts if part[2]], sparse_threshold=0, verbose_feature_names_out=False, remainder="drop"
    )


def categories_seen(frame: pd.DataFrame, feature: Feature) -> list[str] | None:
    """The values of a category in training, sorted; None for other kinds, and when there are too many to list."""
    if feature.kind != "category":
        return None
    seen = sorted(frame[feature.name].dropna().unique())
    return seen if len(seen) <= MAX_CATEGORIES else None


def _why_not(column: pa.ChunkedArray, name: str, *, is_wanted: bool) -> str:
    kind = kind_of(column)
    if kind is None:
        return f"nothing can be learned from {column.type}"
    if column.null_count == len(column):
        return "all of its values are missing"
    if is_wanted:
        return ""
    if not name and _counts_rows(column):
        return "it has no name and only counts the rows"
    if kind == "category":
        distinct = pc.count_distinct(column).as_py()
        if names_rows(distinct, len(column)):
            return f"it names the rows ({distinct:,} different texts in {len(column):,} rows)"
    return ""


def _numbers_rows(column: pa.ChunkedArray) -> bool:
    """Whether its values are consecutive whole numbers, each once, in any order."""
    if not pa.types.is_integer(column.type) or column.null_count:
        return False
    return bool((np.diff(np.sort(column.to_numpy())) == 1).all())


def _counts_rows(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_integer(column.type) or column.null_count:
        return False
    return bool((np.diff(column.to_numpy()) == 1).all())


def _numbers(wanted: Features) -> Any:
    steps: list[tuple[str, Any]] = []
    if wanted.impute != "none":
        strategy = "median" if wanted.impute == "auto" else wanted.impute
        steps.append(("impute", SimpleImputer(strategy=strategy, keep_empty_features=True)))
    if wanted.scale:
        steps.append(("scale", StandardScaler()))
    return Pipeline(steps) if steps else "passthrough"


def _booleans(wanted: Features) -> Any:
    if wanted.impute == "none":
        return "passthrough"
    return SimpleImputer(strategy="most_frequent", keep_empty_features=True)


def names_by_target(features: Sequence[Feature], wanted: Features) -> list[str]:
    """The categories that are target-encoded."""
    is_all = wanted.encode == "target"
    return [
        one.name
        for one in features
        if one.kind == "category" and (is_all or (wanted.encode == "auto" and one.has_many_values))
    ]


def _by_target(spec: Spec, target: Target) -> Any:
    """Scikit-learn's, which encodes each fold by the others; the task is said, not guessed from the numbers."""
    kind = "continuous" if target.task == "regression" else "binary" if len(target.classes) == 2 else "multiclass"
    folds: Any = KFold if target.task == "regression" else StratifiedKFold
    encoder = TargetEncoder(target_type=kind, cv=folds(ENCODING_FOLDS, shuffle=True, random_state=spec.split.seed))
    return Pipeline([*_filled(spec.features), ("encode", encoder)])


def _filled(wanted: Features) -> list[tuple[str, Any]]:
    return [] if wanted.impute == "none" else [("impute", SimpleImputer(strategy="most_frequent"))]


def _categories(wanted: Features) -> Any:
    steps = _filled(wanted)
    if wanted.encode in ("auto", "onehot"):
        encoder = OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
        )
    else:
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return Pipeline([*steps, ("encode", encoder)])
