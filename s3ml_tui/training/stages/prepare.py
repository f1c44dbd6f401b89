"""Stage 1: the data as it was pinned becomes a table of features and a target."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from s3ml_tui.domain.ml.events import Stage
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.runner.run import TrainingRun
from s3ml_tui.training.data.arrow_types import take
from s3ml_tui.training.data.column_types import kind_of
from s3ml_tui.training.data.parquet import publish_table
from s3ml_tui.training.data.read import DataTable, Rules, read_data
from s3ml_tui.training.data.text_values import numbers_of
from s3ml_tui.training.model import metrics
from s3ml_tui.training.model.estimators import build, family_of
from s3ml_tui.training.model.features import (
    Feature,
    choose,
    frame_of,
    names_by_target,
    no_such_column,
    without_infinities,
)
from s3ml_tui.training.model.target import Target, target_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows that have a target, as they were (`table`) and as the pipeline takes them (`frame`)."""

    table: pa.Table
    frame: pd.DataFrame
    features: list[Feature]
    target: Target


def prepare(run: TrainingRun) -> Prepared:
    """Read, choose the columns, decide the task, drop the rows without a target, write the processed data.

    Raises BadInput, as soon as it can be seen, for a spec that does not fit the data.
    """
    spec, journal = run.job.spec, run.journal
    with journal.stage(Stage.PREPARE) as notes:
        family = family_of(spec.estimator)
        rules = Rules(spec.reading, spec.rules, spec.features.categories)
        data = read_data(run.store, run.job.data, run.folder, journal, run.stop, rules)
        run.draft.inputs["data"] = data.pin
        run.draft.rows["data"] = data.table.num_rows
        if spec.target not in data.table.column_names:
            raise no_such_column(spec.target, data.table.column_names)
        asked = "classification" if spec.task == "auto" and spec.target in spec.features.categories else spec.task
        target = target_of(data.table.column(spec.target), spec.target, asked, family.only_task, spec.reading)
        run.draft.task, run.draft.classes = target.task, list(target.classes)
        journal.emit(f"Task: {target.task}, since {target.why}")
        estimator = build(spec, target.task)
        metrics.check_names(spec.metrics, target.task)
        metrics.check_fit(spec.metrics, estimator, target.values, target.task, target.classes)
        prepared = _with_target(run, _without_index(run, data), target)
        run.draft.features = [feature.name for feature in prepared.features]
        run.draft.target_encoded = names_by_target(prepared.features, spec.features)
        publish_table(run, "processed", prepared.table)
        rows, columns = prepared.table.num_rows, len(prepared.features)
        notes.summary = f"{count_text(rows, 'row')}, {count_text(columns, 'column')} and the target"
    return prepared


def _without_index(run: TrainingRun, data: DataTable) -> pa.Table:
    """The table without the writer's row index, unless the spec keeps it, names it or learns it."""
    spec = run.job.spec
    if spec.rules == 1 or spec.features.index == "keep":
        return data.table
    asked = {spec.target, *(spec.features.include or ()), *spec.features.exclude}
    left_out = {name: why for name, why in data.index.items() if name not in asked}
    for name, why in left_out.items():
        run.journal.caution(
            f"Column {printable(name) or '(no name)'} is left out: {why}. "
            'It tells where a row stood, not what it is; features.index = "keep" keeps it'
        )
    return data.table.drop_columns(list(left_out))


def _with_target(run: TrainingRun, table: pa.Table, target: Target) -> Prepared:
    spec = run.job.spec
    dropped = len(target.present) - int(target.present.sum())
    if dropped:
        run.journal.caution(f"{count_text(dropped, 'row')} without {printable(target.name)} left out")
        usable = {name for name in table.column_names if kind_of(table.column(name)) is not None}
        table = take(table, np.flatnonzero(target.present), usable)
    features = choose(table, target.name, spec, run.journal)
    frame = without_infinities(frame_of(table, features, numbers_of(spec.reading)), run.journal)
    kept = [feature.name for feature in features]
    return Prepared(table.select([*kept, target.name]), frame, features, target)
