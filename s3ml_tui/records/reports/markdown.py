"""report.md: a run as Markdown, its plots as links to the SVG files beside it."""

import re
from collections.abc import Sequence

from s3ml_tui.domain.text import printable
from s3ml_tui.records.reports import tables
from s3ml_tui.records.run_record import RunResult

MAX_CLASSES = 20
"""A confusion matrix of more is no table any more."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def escaped(text: str) -> str:
    """Text from outside so that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def table(header: Sequence[str], rows: tables.Rows) -> str:
    """A Markdown table; cells are escaped."""
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(['---'] * len(header))}|"]
    lines += [f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def markdown_report(result: RunResult, plots: Sequence[str] = ()) -> str:
    """The whole report; `plots` are the names of the SVG files that lie beside it."""
    parts = [f"# {escaped(result.name)}: run {escaped(result.run_id)}", table(("", ""), tables.fact_rows(result))]
    if result.reason:
        parts.append(f"**{escaped(result.state)}**: {escaped(result.reason)}")
    if result.warnings:
        parts += ["## Warnings", "\n".join(f"- {escaped(sentence)}" for sentence in result.warnings)]
    if held_out := tables.held_out_rows(result):
        parts += ["## Metrics on the held-out rows", table(("metric", "value"), held_out)]
        parts += [escaped(tables.baseline_text(result))] if result.confusion else []
    if folds := tables.fold_rows(result):
        parts += ["## Cross-validation", table(("metric", "mean ± deviation", "folds"), folds)]
    if 0 < len(result.confusion) <= MAX_CLASSES:
        parts += ["## Confusion matrix", "Rows are the true classes, columns the predicted.", confusion(result)]
    if plots:
        parts += ["## Plots", "\n\n".join(f"![{name.replace('_', ' ')}]({name}.svg)" for name in plots)]
    header = ("role", "address", "version", "size", "sha256")
    parts += ["## Data", table(header, tables.input_rows(result))]
    parts += ["## Features", escaped(tables.feature_text(result.features))]
    parts += ["## Parameters", table(("parameter", "value", ""), tables.parameter_rows(result))]
    parts += ["## Outputs", table(header, tables.output_rows(result))]
    parts += ["## Environment", escaped(tables.package_text(result))]
    parts.append(f"Predictions sha256: `{result.predictions_sha256}`")
    return "\n\n".join(parts) + "\n"


def confusion(result: RunResult) -> str:
    """The confusion matrix as a table."""
    rows: tables.Rows = [
        (name, *(f"{count:,}" for count in line)) for name, line in zip(result.classes, result.confusion, strict=True)
    ]
    return table(("", *(escaped(name) for name in result.classes)), rows)
