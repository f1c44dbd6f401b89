"""Where everything lies in a workspace: the layout, as functions from names to keys."""

import re
from dataclasses import dataclass

from s3ml_tui.domain.uri import ObjectKey, Place

FORMAT = 1
"""Of workspace.json and every record; a newer one is refused with a sentence."""
FOLDERS = (
    "dataset/raw/",
    "dataset/processed/",
    "dataset/train/",
    "dataset/test/",
    "models/",
    "logs/training/",
    "logs/inference/",
    "outputs/predictions/",
    "outputs/reports/",
)
"""What a workspace is made of; prefixes, nothing more."""
_MODEL = re.compile(r"v([1-9]\d*)/?")
_CHUNK = re.compile(r"(\d{8})\.jsonl")


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of one workspace."""

    root: Place

    @property
    def workspace_record(self) -> ObjectKey:
        """The mark of a workspace."""
        return self.root.key(".s3ml/workspace.json")

    @property
    def runs(self) -> Place:
        """One folder a run."""
        return self.root.under(".s3ml/runs")

    def run_spec(self, run_id: str) -> ObjectKey:
        """Written when a run starts."""
        return self.runs.key(f"{run_id}/spec.json")

    def run_result(self, run_id: str) -> ObjectKey:
        """Written when a run has ended."""
        return self.runs.key(f"{run_id}/result.json")

    def run_cancel(self, run_id: str) -> ObjectKey:
        """Written by whoever cancels a run."""
        return self.runs.key(f"{run_id}/cancel.json")

    @property
    def training_logs(self) -> Place:
        """Whole logs, and chunks of those that go on."""
        return self.root.under("logs/training")

    def training_log(self, run_id: str) -> ObjectKey:
        """The whole log, there once the run is over."""
        return self.training_logs.key(f"{run_id}.jsonl")

    def training_chunks(self, run_id: str) -> Place:
        """The log in chunks while the run goes on."""
        return self.training_logs.under(run_id)

    def training_chunk(self, run_id: str, number: int) -> ObjectKey:
        """One chunk; numbers begin at 1."""
        return self.training_chunks(run_id).key(f"{number:08}.jsonl")

    def inference_log(self, batch_id: str) -> ObjectKey:
        """The log of one prediction."""
        return self.root.key(f"logs/inference/{batch_id}.jsonl")

    def predictions(self, batch_id: str) -> Place:
        """What one prediction made."""
        return self.root.under(f"outputs/predictions/{batch_id}")

    def batch_manifest(self, batch_id: str) -> ObjectKey:
        """Written last: a prediction is whole when this exists."""
        return self.predictions(batch_id).key("MANIFEST.json")

    def report(self, run_id: str) -> Place:
        """The report of one run."""
        return self.root.under(f"outputs/reports/{run_id}")

    def data(self, state: str, run_id: str, suffix: str = ".parquet") -> ObjectKey:
        """What a run made of its data; `state` is processed, train or test."""
        return self.root.key(f"dataset/{state}/{run_id}{suffix}")

    @property
    def models(self) -> Place:
        """One folder a model version."""
        return self.root.under("models")

    def model(self, number: int) -> Place:
        """`models/vN/`."""
        return self.models.under(f"v{number}")

    def model_claim(self, number: int) -> ObjectKey:
        """What takes the number; never deleted."""
        return self.model(number).key("_claim.json")

    def model_manifest(self, number: int) -> ObjectKey:
        """Written last: a model version exists when this does."""
        return self.model(number).key("MANIFEST.json")

    @property
    def aliases(self) -> Place:
        """One folder an alias."""
        return self.root.under(".s3ml/aliases")

    def alias_move(self, name: str, number: int) -> ObjectKey:
        """One move of an alias; the highest number is where it points."""
        return self.aliases.key(f"{name}/{number:06}.json")

    def relative(self, key: ObjectKey) -> str:
        """The key below the workspace's root."""
        return key.key[len(self.root.prefix) :] if self.root.contains(key) else key.uri


def roots_by_layout(place: Place) -> tuple[Place, ...]:
    """Where a workspace would have its root, for `place` to lie in one of the layout's folders; the nearest first."""
    starts = {
        at + 1
        for folder in FOLDERS
        for at in range(-1, len(place.prefix))
        if (at < 0 or place.prefix[at] == "/") and place.prefix.startswith(folder, at + 1)
    }
    return tuple(Place(place.bucket, place.prefix[:start]) for start in sorted(starts, reverse=True))


def model_number(name: str) -> int | None:
    """7 for `v7`, `v7/` or `models/v7`; None when it is no model version's name."""
    match = _MODEL.fullmatch(name.removeprefix("models/"))
    return int(match[1]) if match else None


def chunk_number(name: str) -> int | None:
    """12 for `00000012.jsonl`; None when it is no chunk's name."""
    match = _CHUNK.fullmatch(name)
    return int(match[1]) if match else None
