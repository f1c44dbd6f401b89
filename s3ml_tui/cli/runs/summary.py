"""How a run or a prediction ended, as text or JSON on stdout."""

import json
from typing import TYPE_CHECKING, Any

from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal.output import put, put_json, put_table
from s3ml_tui.domain.text import elapsed_text

if TYPE_CHECKING:
    from s3ml_tui.records.document import Document
    from s3ml_tui.records.run_record import RunResult
    from s3ml_tui.records.workspace import BatchManifest


def result_document(record: "Document") -> dict[str, Any]:
    """A record as plain JSON values."""
    document: dict[str, Any] = json.loads(record.model_dump_json())
    return document


def put_result(result: "RunResult", options: Options) -> None:
    """A run: state, model version, metrics, and where everything lies."""
    if options.as_json:
        put_json(result_document(result))
        return
    took = elapsed_text((result.ended - result.started).total_seconds())
    put(f"run      {result.run_id}  {result.name}  {result.state} in {took}")
    if result.reason:
        put(f"reason   {result.reason}")
    if result.model:
        put(f"model    {result.model}")
    for warning in result.warnings:
        put(f"warning  {warning}")
    for role, pin in result.inputs.items():
        put(f"input    {role}  {pin.uri}  version {pin.version_id or 'none'}")
    if result.metrics:
        put("metrics")
        put_table((f"  {name}", f"{value:.6g}") for name, value in result.metrics.items())
    if result.outputs:
        put("outputs")
        put_table((f"  {role}", pin.uri) for role, pin in result.outputs.items())


def put_batch(batch: "BatchManifest", options: Options) -> None:
    """A prediction: rows, model version, and where everything lies."""
    if options.as_json:
        put_json(result_document(batch))
        return
    put(f"batch    {batch.batch_id}  {batch.rows} rows in {elapsed_text(batch.elapsed_s)}")
    put(f"model    {batch.model}")
    for warning in batch.warnings:
        put(f"warning  {warning}")
    put(f"input    {batch.data.uri}  version {batch.data.version_id or 'none'}")
    put("outputs")
    put_table((f"  {role}", pin.uri) for role, pin in batch.outputs.items())
