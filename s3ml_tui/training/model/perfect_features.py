"""Features that alone give a perfect score: mostly something that is known only once the target is.

Each feature is tried by itself: a small tree (and a straight line, where numbers are predicted), fitted to the training
rows and judged on the rows held out. A first look at some rows leaves few candidates, which are then judged on all.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from s3ml_tui.training.model.features import Feature
from s3ml_tui.training.model.target import Target

MIN_ROWS = 10
"""With fewer rows on either side a perfect score is chance."""
FIRST_LOOK_ROWS, FEWEST_ROWS = 1_000, 200
FIRST_LOOK_VALUES = 200_000
"""Of all features together, as far as the fewest rows allow."""
LEAVES_A_CLASS = 4
"""A tree with many leaves per class fits anything on few rows."""
ALMOST = 0.95
"""What a candidate reaches at the first look."""
PERFECT_R2 = 0.9999

Values = np.ndarray[Any, Any]


def perfect_features(
    frame: pd.DataFrame, features: Sequence[Feature], target: Target, train: Values, test: Values
) -> list[str]:
    """The names of features that predict every row by themselves; where no rows are held out, every fifth one is."""
    if len(test) == 0:
        train, test = train[np.arange(len(train)) % 5 != 0], train[::5]
    if min(len(train), len(test)) < MIN_ROWS:
        return []
    most = max(FEWEST_ROWS, min(FIRST_LOOK_ROWS, FIRST_LOOK_VALUES // max(1, len(features))))
    few_train, few_test = _some(train, most), _some(test, most)
    found = []
    for feature in features:
        column = _numbers(frame[feature.name], feature)
        judge = _by_value if feature.kind == "category" else _by_order
        if judge(column, target, few_train, few_test) < ALMOST:
            continue
        if judge(column, target, train, test) == 1.0:
            found.append(feature.name)
    return found


def _some(rows: Values, most: int) -> Values:
    return rows[:: max(1, -(-len(rows) // most))]


def _numbers(column: "pd.Series[Any]", feature: Feature) -> Values:
    if feature.kind == "category":
        return np.asarray(pd.factorize(column)[0])
    return np.asarray(column, float)


def _by_order(column: Values, target: Target, train: Values, test: Values) -> float:
    """How well numbers do: where they lie for classes, along a line or in steps for numbers."""
    inputs, truth = column.reshape(-1, 1), target.values
    if target.task == "classification":
        tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES_A_CLASS * len(target.classes), random_state=0)
        tree.fit(inputs[train], truth[train])
        rows = np.concatenate([train, test])
        return _balanced(truth[rows], tree.predict(inputs[rows]))
    line = _line(column, truth, train)
    said = [DecisionTreeRegressor(random_state=0).fit(inputs[train], truth[train]).predict(inputs[test])]
    said += [] if line is None else [line[0] * column[test] + line[1]]
    return max(_r2(truth[test], one) for one in said)


def _line(column: Values, truth: Values, train: Values) -> tuple[float, float] | None:
    values, wanted = column[train], truth[train]
    if not np.isfinite(column).all() or np.ptp(values) == 0:
        return None
    centre, middle = values.mean(), wanted.mean()
    slope = ((values - centre) * (wanted - middle)).sum() / ((values - centre) ** 2).sum()
    return float(slope), float(middle - slope * centre)


def _by_value(column: Values, target: Target, train: Values, test: Values) -> float:
    """How well a category does: what its value mostly means, or means on average, in the training rows."""
    known = pd.Series(target.values[train]).groupby(column[train])
    if target.task == "classification":
        meaning = known.agg(lambda some: some.mode().iloc[0])
        rows = np.concatenate([train, test])
        return _balanced(target.values[rows], pd.Series(column[rows]).map(meaning).fillna("").to_numpy())
    said = pd.Series(column[test]).map(known.mean()).fillna(float(target.values[train].mean()))
    return _r2(target.values[test], said.to_numpy())


def _balanced(truth: Values, said: Values) -> float:
    """The mean over the classes of the share of their rows that are right."""
    is_right = pd.Series(truth == said)
    return float(is_right.groupby(truth).mean().mean())


def _r2(truth: Values, said: Values) -> float:
    """1 for all that a reader would see as 1.0000."""
    spread = float(((truth - truth.mean()) ** 2).sum())
    if spread == 0:
        return 0.0
    r2 = 1 - float(((truth - said) ** 2).sum()) / spread
    return 1.0 if r2 >= PERFECT_R2 else r2
