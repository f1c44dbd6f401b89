"""MODEL_CARD.md: what a model version is for, what it was made from, how good it is, what to mind."""

from s3ml_tui.records.model_manifest import Column, ModelSchema
from s3ml_tui.records.reports import tables
from s3ml_tui.records.reports.markdown import MAX_CLASSES, confusion, escaped, table
from s3ml_tui.records.run_record import RunResult

SHOWN_CATEGORIES = 10


def model_card(result: RunResult, schema: ModelSchema) -> str:
    """The card, as Markdown."""
    parts = [
        f"# {result.model}: {escaped(result.name)}",
        f"Predicts **{escaped(schema.target)}** ({schema.task}) with `{result.estimator}`, "
        f"made by run {escaped(result.run_id)} on {result.started:%Y-%m-%d}.",
        "## How good it is",
        table(("metric", "value"), tables.held_out_rows(result)) if tables.held_out_rows(result) else _none_held_out(),
    ]
    if folds := tables.fold_rows(result):
        parts += ["Over the folds of the training rows:", table(("metric", "mean ± deviation", "folds"), folds)]
    if result.confusion:
        parts.append(escaped(tables.baseline_text(result)))
    if 0 < len(result.confusion) <= MAX_CLASSES:
        parts += ["Rows are the true classes, columns the predicted:", confusion(result)]
    parts += [
        "## What goes in",
        table(("column", "kind", "values"), [_column_row(column) for column in schema.columns]),
        "## What it was made from",
        table(("role", "address", "version", "size", "sha256"), tables.input_rows(result)),
        f"Rows: {', '.join(f'{part} {count:,}' for part, count in result.rows.items())}. Seed: {result.seed}.",
        "## What to mind",
        "".join(f"- {escaped(sentence)}.\n" for sentence in result.warnings)
        + "- The figures hold for rows like those it was measured on; nothing is known of others.\n"
        "- `model.joblib` is a pickle: load it only if its sha256 is the one in MANIFEST.json.\n"
        f"- It was made with {escaped(tables.package_text(result))}.",
    ]
    return "\n\n".join(parts) + "\n"


def _none_held_out() -> str:
    return "No rows were held out; the folds below are all there is."


def _column_row(column: Column) -> tuple[str, ...]:
    shown = column.categories or []
    more = f" … {len(shown) - SHOWN_CATEGORIES} more" if len(shown) > SHOWN_CATEGORIES else ""
    return column.name, column.kind, ", ".join(shown[:SHOWN_CATEGORIES]) + more
