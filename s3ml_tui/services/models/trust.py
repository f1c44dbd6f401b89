"""Whether a model may be loaded: what this machine's own runs made, and what the user said to trust.

A model file is a pickle, and loading it runs what its maker put into it. That its bytes are those of its manifest shows
that nothing was exchanged on the way, not that its maker means well: whoever may write to the bucket may write both. So
the user is asked: once for a workspace, for the models that its own runs recorded, and once for each other file.
What a run that was started here made needs no question: its output on this machine tells the sha256 it wrote.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.ml.events import MODEL_SHA256, parse_line
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.serialization import json_text
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.services.local_state.jsonl_file import JsonLinesFile
from s3ml_tui.services.models.models import MODEL_FILE
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.processes.launch import output_of
from s3ml_tui.services.runs.plans import TrustModel
from s3ml_tui.services.runs.records import RunRecords

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
"""A name from a manifest becomes part of a path on this machine."""


class Trust:
    """What one user trusts, kept in the state folder."""

    def __init__(
        self, store: Store, context: Context, now: Callable[[], datetime], *, state_folder: Path, outputs: Path
    ) -> None:
        self._server = str(context.local_dir.resolve()) if context.local_dir is not None else store.endpoint
        """The embedded server's address changes, its folder does not."""
        self._now = now
        self._store = store
        self._records = RunRecords(store, now)
        self._outputs = outputs
        self._file = JsonLinesFile(state_folder / "trusted.jsonl")

    def doubts(self, workspace: Place, number: int, run_id: str) -> tuple[str, ...]:
        """Whether a model's manifest or its run's record, which are written once, have more than one version.

        Nothing is said where their versions may not be listed.
        """
        layout = Layout(workspace)
        looked_at = [(f"The manifest of models/v{number}", layout.model_manifest(number))]
        if _RUN_ID.fullmatch(run_id):
            looked_at.append((f"The record of its run {run_id}", layout.run_result(run_id)))
        counts = at_once(lambda one: self._versions(one[1]), looked_at)
        return tuple(
            f"{name} has {count} versions, though it is written once: somebody may have changed it. "
            f"`s3ml history {key.uri}` shows them."
            for (name, key), count in zip(looked_at, counts, strict=True)
            if count > 1
        )

    def _versions(self, key: ObjectKey) -> int:
        try:
            return sum(len(page.versions) for page in self._store.history(key))
        except (Denied, NotSupported):
            return 0

    def question(self, workspace: Place, manifest: Manifest, doubts: tuple[str, ...] = ()) -> TrustModel | None:
        """What the user must agree to before this model is loaded; None when nothing is left to ask."""
        pin = manifest.files.get(MODEL_FILE)
        sha256 = pin.sha256 if pin is not None else ""
        if self._made_here(manifest.run_id, sha256):
            return None
        maker = self._maker(workspace, manifest.run_id, sha256)
        asked = TrustModel(workspace, printable(manifest.model), sha256, printable(manifest.run_id), maker, doubts)
        return None if self.has(asked) else asked

    def has(self, asked: TrustModel) -> bool:
        """Whether the user has agreed to it. Raises LocalTrouble."""
        said = [_document(line) for line in self._file.lines()]
        if {"sha256": asked.sha256} in said:
            return True
        return asked.is_recorded and self._workspace(asked.workspace) in said

    def add(self, agreed: TrustModel) -> None:
        """The user has agreed: to the workspace where its own run made the model, else to these bytes.

        Raises LocalTrouble.
        """
        said = self._workspace(agreed.workspace) if agreed.is_recorded else {"sha256": agreed.sha256}
        self._file.append(json_text(said | {"at": self._now().isoformat()}).encode())

    def _workspace(self, workspace: Place) -> dict[str, str]:
        return {"server": self._server, "workspace": workspace.uri}

    def _maker(self, workspace: Place, run_id: str, sha256: str) -> str:
        """Who made these bytes by the record of their run, as `ada on gpu-1`; "" when no record names them."""
        try:
            result = self._records.result(workspace, run_id) if sha256 else None
        except S3mlError:
            return ""
        made = result.outputs.get("model") if result is not None else None
        if result is None or made is None or made.sha256 != sha256:
            return ""
        return printable(f"{result.user or 'somebody'} on {result.host}")

    def _made_here(self, run_id: str, sha256: str) -> bool:
        """Whether a run that was started on this machine says that it wrote these bytes."""
        if not sha256 or not _RUN_ID.fullmatch(run_id):
            return False
        try:
            with output_of(self._outputs, run_id).open(encoding="utf-8", errors="replace") as lines:
                return any(parse_line(line).data.get(MODEL_SHA256) == sha256 for line in lines if sha256 in line)
        except OSError:
            return False


def _document(line: bytes) -> dict[str, str]:
    """What was agreed to, without when; empty for a line that says nothing."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return {name: value for name, value in said.items() if name != "at"} if isinstance(said, dict) else {}
