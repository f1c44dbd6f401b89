"""Our own records as rows: results and specs of runs, manifests, moves of aliases, claims, a workspace's mark."""

import json
import re
from collections.abc import Callable

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.preview.content import Reading, Record, Section
from s3ml_tui.readers.cells import clipped

_MOST_ROWS = 500
_PINS = ("role", "address", "version", "size", "sha256")
_PLACES = (
    ("result", re.compile(r"(.*/)?\.s3ml/runs/[^/]+/result\.json")),
    ("start", re.compile(r"(.*/)?\.s3ml/runs/[^/]+/spec\.json")),
    ("manifest", re.compile(r"(.*/)?MANIFEST\.json")),
    ("move", re.compile(r"(.*/)?\.s3ml/aliases/[^/]+/\d+\.json")),
    ("claim", re.compile(r"(.*/)?models/v\d+/_claim\.json")),
)


def read_record(key: str, data: bytes) -> Reading | None:
    """The record by its place and its content; None when it is none of ours after all."""
    kind = next((kind for kind, place in _PLACES if place.fullmatch(key)), "")
    if not kind:
        return None
    try:
        title, sections = _READERS[kind](data, key)
    except (S3mlError, RecursionError):
        return None
    return Reading(Record(clipped(title), tuple(_bounded(section) for section in sections if section.rows)))


def _bounded(section: Section) -> Section:
    rows = tuple(tuple(clipped(cell) for cell in row) for row in section.rows[:_MOST_ROWS])
    return Section(section.title, section.header, rows)


def _result(data: bytes, where: str) -> tuple[str, list[Section]]:
    from s3ml_tui.records.reports import tables
    from s3ml_tui.records.run_record import RunResult

    result = RunResult.from_bytes(data, where)
    facts = [("state", result.state.value), *([("because", result.reason)] if result.reason else ())]
    return f"Run {result.run_id}", [
        Section("", (), (*facts, *_pairs(tables.fact_rows(result)))),
        Section("Metrics", ("metric", "value"), tuple(tables.held_out_rows(result))),
        Section("Cross-validation", ("metric", "mean ± deviation", "folds"), tuple(tables.fold_rows(result))),
        Section("Data", _PINS, tuple(tables.input_rows(result))),
        Section("Outputs", _PINS, tuple(tables.output_rows(result))),
        Section("Parameters", ("parameter", "value", ""), tuple(tables.parameter_rows(result))),
        Section("Seconds by stage", (), tuple((name, f"{taken:.1f}") for name, taken in result.timings_s.items())),
    ]


def _start(data: bytes, where: str) -> tuple[str, list[Section]]:
    from s3ml_tui.records.reports.tables import pin_row
    from s3ml_tui.records.run_record import RunStart

    start = RunStart.from_bytes(data, where)
    spec = start.spec.model_dump(mode="json", exclude_none=True)
    return f"Run {start.run_id}, as it was started", [
        Section("", (), (("started", _time(start.started)), ("on", start.host), ("process", str(start.pid)))),
        Section("Data", _PINS, (pin_row("data", start.data),)),
        Section("Spec", (), _plain(spec)),
    ]


def _manifest(data: bytes, where: str) -> tuple[str, list[Section]]:
    from s3ml_tui.records.model_manifest import Manifest
    from s3ml_tui.records.reports.tables import number, pin_row

    manifest = Manifest.from_bytes(data, where)
    facts = (
        ("pipeline", manifest.name), ("run", manifest.run_id), ("created", _time(manifest.created)),
        ("task", manifest.task), ("estimator", manifest.estimator), ("target", manifest.target),
        ("features", ", ".join(manifest.features)), ("predictions sha256", manifest.predictions_sha256),
    )  # fmt: skip
    return f"Model {manifest.model}", [
        Section("", (), tuple(row for row in facts if row[1])),
        Section("Metrics", ("metric", "value"), tuple((name, number(at)) for name, at in manifest.metrics.items())),
        Section("Data", _PINS, (pin_row("data", manifest.data),)),
        Section("Files", _PINS, tuple(pin_row(name, pin) for name, pin in manifest.files.items())),
        Section("Packages", (), tuple(manifest.packages.items())),
    ]


def _move(data: bytes, where: str) -> tuple[str, list[Section]]:
    from s3ml_tui.records.model_manifest import AliasMove

    move = AliasMove.from_bytes(data, where)
    rows = (("from", move.previous or "nothing"), ("to", move.model), ("moved", _time(move.moved)))
    more = tuple((name, text) for name, text in (("by", move.by), ("why", move.why)) if text)
    return f"Alias {move.alias} moves to {move.model}", [Section("", (), (*rows, *more))]


def _claim(data: bytes, where: str) -> tuple[str, list[Section]]:
    from s3ml_tui.records.model_manifest import Claim

    claim = Claim.from_bytes(data, where)
    rows = (("claimed by", claim.claimant), ("claimed", _time(claim.claimed)), ("on", claim.host))
    return "The claim on a model's number", [Section("", (), tuple(row for row in rows if row[1]))]


def _time(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}".rstrip()


def _pairs(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(row for row in rows if any(row[1:]))


def _plain(document: dict[str, object]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in document.items()
    )


_READERS: dict[str, Callable[[bytes, str], tuple[str, list[Section]]]] = {
    "result": _result,
    "start": _start,
    "manifest": _manifest,
    "move": _move,
    "claim": _claim,
}
