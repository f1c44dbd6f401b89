"""Where the outputs of a run or a prediction lie, as choices to go to."""

from dataclasses import dataclass

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.uri import ObjectKey, Place, parse_object
from s3ml_tui.ui.pipeline.follow import Followed, FollowedBatch, FollowedRun

_ROLES = (
    ("report_html", "Report (HTML)"),
    ("report_md", "Report (Markdown)"),
    ("metrics", "Metrics"),
    ("model", "Model file"),
    ("processed", "Processed data"),
    ("train", "Training rows"),
    ("test", "Test rows"),
    ("predictions.csv", "Predictions (CSV)"),
    ("predictions.parquet", "Predictions (Parquet)"),
    ("log", "Log"),
)


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that was made."""

    label: str
    place: Place
    key: ObjectKey | None = None
    """None for a folder."""


def outputs_of(followed: Followed) -> tuple[Output, ...]:
    """What it made so far, folders first."""
    layout = Layout(followed.workspace)
    found: list[Output] = []
    pins = {}
    if isinstance(followed, FollowedRun):
        number = model_number(followed.progress.model or "")
        if number is not None:
            found.append(Output(f"Model models/v{number}", layout.model(number)))
        if followed.result is not None:
            pins = followed.result.outputs
            if any(role.startswith("report") for role in pins):
                found.append(Output("Report folder", layout.report(followed.run_id)))
        found += _pinned({role: pin.uri for role, pin in pins.items()})
        found.append(Output("Record of the run", layout.runs.under(followed.run_id)))
        if "log" not in pins:
            found.append(Output("Log so far, in chunks", layout.training_chunks(followed.run_id)))
    elif isinstance(followed, FollowedBatch):
        if followed.manifest is not None:
            found.append(Output("Predictions folder", layout.predictions(followed.batch_id)))
            found += _pinned({role: pin.uri for role, pin in followed.manifest.outputs.items()})
        else:
            key = layout.inference_log(followed.batch_id)
            found.append(Output("Log", key.place, key))
    return tuple(found)


def _pinned(uris: dict[str, str]) -> list[Output]:
    found = []
    for role, label in _ROLES:
        try:
            key = parse_object(uris[role]) if role in uris else None
        except BadInput:
            key = None
        if key is not None:
            found.append(Output(f"{label}: {key.name}", key.place, key))
    return found
