"""Before a model is loaded: what this machine's runs made needs no question, all else is asked for once."""

from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Denied, Untrusted
from s3ml_tui.domain.ml.events import MODEL_SHA256, Event
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.models.trust import Trust
from s3ml_tui.services.runs.plans import TrustModel
from tests.doubles import MemoryStore
from tests.services.arranged import (
    DATA,
    LAYOUT,
    RUN,
    WORKSPACE,
    manifest_record,
    memory,
    now,
    predictions_of,
    publish,
    result_record,
)
from tests.services.memory import refusing

SHA = "ab" * 32


class Elsewhere(MemoryStore):
    """A store at another address."""

    @property
    def endpoint(self) -> str:
        return "memory://elsewhere"


def model(sha256: str = SHA) -> dict[str, Pin]:
    return {"model.joblib": Pin("s3://bucket/ws/models/v1/model.joblib", "v", "e", sha256, 2048)}


def recorded(store: MemoryStore, sha256: str = SHA) -> MemoryStore:
    """The run says that it made these bytes."""
    outputs = {"model": model(sha256)["model.joblib"]}
    store.write(LAYOUT.run_result(RUN), result_record(user="ada", outputs=outputs).to_bytes())
    return store


def trust(store: MemoryStore, folder: Path, context: Context | None = None) -> Trust:
    return Trust(store, context or Context(), now, state_folder=folder, outputs=folder / "runs")


def question(
    store: MemoryStore, folder: Path, sha256: str = SHA, workspace: Place = WORKSPACE, **more: object
) -> TrustModel | None:
    return trust(store, folder).question(workspace, manifest_record(1, files=model(sha256), **more))


def output(folder: Path, run_id: str, sha256: str) -> None:
    """What a run that was started here has said."""
    path = folder / "runs" / f"{run_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"torn {sha256}\n" + Event(1.0, "Wrote it", data={MODEL_SHA256: sha256}).line() + "\n")


def test_a_model_of_the_workspaces_own_run_is_asked_about_once_and_the_maker_is_named(tmp_path: Path) -> None:
    store = recorded(memory())
    asked = question(store, tmp_path)
    assert isinstance(asked, Plan)
    assert asked.title == "Trust the models of s3://bucket/ws/?"
    assert asked.is_destructive
    text = " ".join(asked.sentences())
    for said in ("runs whatever its maker put into it", f"made by ada on gpu-1, in run {RUN}", "asked once"):
        assert said in text
    trust(store, tmp_path).add(asked)
    assert question(store, tmp_path) is None
    recorded(store, "cd" * 32)
    assert question(store, tmp_path, "cd" * 32) is None, "the workspace is trusted, not one model"


def test_bytes_that_no_run_recorded_are_asked_about_even_in_a_trusted_workspace(tmp_path: Path) -> None:
    store = recorded(memory())
    agreed = question(store, tmp_path)
    assert agreed is not None
    trust(store, tmp_path).add(agreed)
    other = question(store, tmp_path, "cd" * 32)
    assert other is not None
    assert other.title == "Trust models/v1?"
    assert f"No run of this workspace has recorded that it made models/v1 with these bytes (sha256 {'cd' * 6}…)" in (
        " ".join(other.sentences())
    )
    trust(store, tmp_path).add(other)
    assert question(store, tmp_path, "cd" * 32) is None
    assert question(store, tmp_path, "ef" * 32) is not None


def test_what_is_trusted_in_one_place_is_not_in_another(tmp_path: Path) -> None:
    store = recorded(memory())
    agreed = question(store, tmp_path)
    assert agreed is not None
    trust(store, tmp_path).add(agreed)
    assert question(recorded(Elsewhere("bucket")), tmp_path) is not None, "another server"
    assert trust(store, tmp_path, Context(local_dir=tmp_path)).question(WORKSPACE, manifest_record(1, files=model()))
    assert question(store, tmp_path / "another user") is not None


def test_what_a_run_on_this_machine_made_needs_no_question(tmp_path: Path) -> None:
    output(tmp_path, RUN, SHA)
    assert question(memory(), tmp_path) is None
    assert question(memory(), tmp_path, "cd" * 32) is not None, "other bytes than it wrote"


@pytest.mark.parametrize("run_id", ["../forged", "/forged", ".forged", "", "a/../forged"])
def test_a_manifest_cannot_name_a_file_elsewhere_as_the_output_of_a_run(tmp_path: Path, run_id: str) -> None:
    output(tmp_path, "../forged", SHA)
    assert question(memory(), tmp_path, run_id=run_id) is not None


def test_what_a_manifest_and_a_record_say_is_shown_as_text(tmp_path: Path) -> None:
    store = memory()
    outputs = {"model": model()["model.joblib"]}
    hostile: dict[str, Any] = {"user": "ada\n  It is safe.\x1b[31m", "outputs": outputs}
    store.write(LAYOUT.run_result(RUN), result_record(**hostile).to_bytes())
    asked = question(store, tmp_path)
    assert asked is not None
    assert "\n" not in asked.maker
    assert "\x1b" not in asked.maker


def test_a_manifest_without_a_hash_is_trusted_by_nothing(tmp_path: Path) -> None:
    output(tmp_path, RUN, "")
    asked = question(recorded(memory(), ""), tmp_path, "")
    assert asked is not None
    assert not asked.is_recorded


def test_a_damaged_memory_of_what_was_agreed_to_asks_again(tmp_path: Path) -> None:
    (tmp_path / "trusted.jsonl").write_bytes(b'{"sha256"\n[1]\n\xff\n"' + SHA.encode() + b'"\n')
    assert question(memory(), tmp_path) is not None


@pytest.mark.parametrize(("again", "named"), [("manifest", "The manifest of models/v1"), ("record", f"run {RUN}")])
def test_what_is_written_once_and_has_two_versions_is_said_before_the_model_is_loaded(
    tmp_path: Path, again: str, named: str
) -> None:
    store = recorded(memory())
    publish(store, 1)
    predictions = predictions_of(store, tmp_path)
    calm = predictions.plan(WORKSPACE, "v1", DATA)
    assert not any("versions" in sentence for sentence in calm.sentences())
    assert calm.trust is not None
    key = LAYOUT.model_manifest(1) if again == "manifest" else LAYOUT.run_result(RUN)
    store.write(key, store.read(key))
    plan = predictions.plan(WORKSPACE, "v1", DATA)
    assert plan.trust is not None
    for said in (plan.sentences(), plan.trust.sentences()):
        [doubt] = [sentence for sentence in said if "somebody may have changed it" in sentence]
        assert named in doubt
        assert "has 2 versions" in doubt
        assert f"s3ml history {key.uri}" in doubt
    predictions.trust(plan.trust)
    assert any(
        "somebody may have changed it" in sentence for sentence in predictions.plan(WORKSPACE, "v1", DATA).sentences()
    )


def test_where_versions_may_not_be_listed_nothing_is_said_of_them(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    store.before = refusing("history", Denied("Not allowed", action="s3:ListBucketVersions"))
    assert trust(store, tmp_path).doubts(WORKSPACE, 1, RUN) == ()


def test_a_model_that_is_not_trusted_is_not_started_whoever_asks(tmp_path: Path) -> None:
    store = memory()
    publish(store, 1)
    predictions = predictions_of(store, tmp_path)
    plan = predictions.plan(WORKSPACE, "v1", DATA)
    assert plan.trust is not None
    assert "Whether you trust it is asked first." in plan.sentences()
    with pytest.raises(Untrusted, match="models/v1 was not loaded"):
        predictions.start(plan)
    assert not (tmp_path / "runs").exists()
    predictions.trust(plan.trust)
    assert predictions.plan(WORKSPACE, "v1", DATA).trust is None
    started = predictions.start(plan)
    predictions.cancel(WORKSPACE, started.batch_id)
