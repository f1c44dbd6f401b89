"""A run that was killed after its manifest and before its record: whoever notices closes it as succeeded."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, Denied
from s3ml_tui.domain.ml.events import Kind, parse_line
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.run_record import RunResult
from s3ml_tui.services.runs.runs import Runs
from tests.doubles import MemoryStore
from tests.services.arranged import (
    LAYOUT,
    PIN,
    RUN,
    WORKSPACE,
    manifest_record,
    memory,
    now,
    publish,
    runs_of,
    spec,
    start_record,
)
from tests.services.memory import changes, refusing

DEAD_PID = 2**22 + 7


def killed(*, started_s_ago: float = 300.0) -> MemoryStore:
    """A store where models/v2 is whole, and its run left chunks of its log and no record."""
    store = memory()
    store.write(
        LAYOUT.run_spec(RUN),
        start_record(
            host=socket.gethostname(), pid=DEAD_PID, started=now() - timedelta(seconds=started_s_ago)
        ).to_bytes(),
    )
    store.write(LAYOUT.training_chunk(RUN, 1), b"one\n")
    other = manifest_record(1, run_id="20251101-0000-else")
    store.write(LAYOUT.model_manifest(1), other.to_bytes())
    store.write(LAYOUT.model_claim(2), b"{}")
    store.write(LAYOUT.model_manifest(2), manifest_record(2, metrics={"roc_auc": 0.9}).to_bytes())
    return store


def later(store: MemoryStore, folder: Path, context: Context | None = None) -> Runs:
    """The runs as they are seen once nothing was heard of any for long."""
    return runs_of(store, folder, context=context, clock=lambda: now() + timedelta(minutes=5))


def recorded(store: MemoryStore) -> RunResult:
    return RunResult.from_bytes(store.read(LAYOUT.run_result(RUN)), "there")


def test_the_list_of_runs_closes_it(tmp_path: Path) -> None:
    store = killed()
    [summary] = later(store, tmp_path).summaries(WORKSPACE)
    assert (summary.state, summary.model, summary.headline) == (RunState.SUCCEEDED, "models/v2", "roc_auc 0.900")
    assert (summary.reason, summary.data) == ("", PIN)
    result = recorded(store)
    assert (result.state, result.model, result.reason) == (RunState.SUCCEEDED, "models/v2", "")
    assert (result.outputs["model"].sha256, result.outputs["log"].size) == (
        "s",
        len(store.read(LAYOUT.training_log(RUN))),
    )
    lines = store.read(LAYOUT.training_log(RUN)).decode().splitlines()
    assert lines[0] == "one"
    last = parse_line(lines[-1])
    assert (last.kind, last.data["state"], last.data["model"]) == (Kind.RUN_FINISHED, "succeeded", "models/v2")
    assert "before it could write its record" in last.message
    assert store.keys(LAYOUT.training_chunks(RUN)) == ()


def test_cancelling_it_says_that_it_succeeded(tmp_path: Path) -> None:
    store = killed()
    outcome = later(store, tmp_path).cancel(WORKSPACE, RUN)
    assert outcome.title == f"The run {RUN} had published models/v2 already: it succeeded"
    assert recorded(store).state is RunState.SUCCEEDED
    with pytest.raises(Conflict, match="is over: it succeeded"):
        later(store, tmp_path).cancel(WORKSPACE, RUN)


def test_it_is_closed_also_where_its_end_is_noticed_at_once(tmp_path: Path) -> None:
    """Its process is dead: nobody waits until it counts as lost."""
    store = killed(started_s_ago=1.0)
    outcome = runs_of(store, tmp_path).cancel(WORKSPACE, RUN)
    assert "it succeeded" in outcome.title
    assert recorded(store).model == "models/v2"


def test_whoever_waits_for_it_is_told_that_it_succeeded(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("dying"), WORKSPACE))
    store.write(LAYOUT.run_spec(started.run_id), start_record(started.run_id).to_bytes())
    store.write(LAYOUT.model_manifest(1), manifest_record(1, run_id=started.run_id).to_bytes())
    result = runs.wait(started, on_line=lambda _line: None)
    assert (result.state, result.model) == (RunState.SUCCEEDED, "models/v1")
    assert runs.result(WORKSPACE, started.run_id) == result


@pytest.mark.parametrize("why", ["read-only", "denied"])
def test_where_nothing_may_be_written_it_is_shown_as_succeeded_all_the_same(tmp_path: Path, why: str) -> None:
    store = killed()
    store.requests.clear()
    if why == "denied":
        store.before = refusing("write", Denied("Access is denied", action="s3:PutObject"))
    [summary] = later(store, tmp_path, Context(read_only=why == "read-only")).summaries(WORKSPACE)
    assert (summary.state, summary.model) == (RunState.SUCCEEDED, "models/v2")
    if why == "read-only":
        assert changes(store) == []
    store.before = lambda *_: None
    assert later(store, tmp_path).result(WORKSPACE, RUN) is None


def test_a_lost_run_without_a_model_stays_lost(tmp_path: Path) -> None:
    store = killed()
    store.delete(LAYOUT.model_manifest(2))
    [summary] = later(store, tmp_path).summaries(WORKSPACE)
    assert summary.state is RunState.LOST
    assert runs_of(store, tmp_path).result(WORKSPACE, RUN) is None
    assert store.keys(LAYOUT.training_chunks(RUN)) != ()


def test_who_may_not_read_models_is_shown_the_runs_all_the_same(tmp_path: Path) -> None:
    store = killed()

    def before(verb: str, address: str) -> None:
        if verb == "read" and address in {LAYOUT.model_manifest(1).uri, LAYOUT.model_manifest(2).uri}:
            raise Denied("Access is denied", action="s3:GetObject")

    store.before = before
    [summary] = later(store, tmp_path).summaries(WORKSPACE)
    assert summary.state is RunState.LOST


def test_manifests_are_read_once_and_only_where_a_run_is_lost(tmp_path: Path) -> None:
    store = killed()
    publish(store, 3, 4)
    store.write(LAYOUT.model_manifest(2), manifest_record(2, run_id="20251101-0000-more").to_bytes())
    for number in (3, 4):
        store.write(LAYOUT.model_manifest(number), manifest_record(number, run_id="20251101-0000-most").to_bytes())
    runs = later(store, tmp_path)
    store.requests.clear()
    runs.summaries(WORKSPACE)
    runs.summaries(WORKSPACE)
    manifests = [address for verb, address in store.requests if verb == "read" and address.endswith("MANIFEST.json")]
    assert sorted(manifests) == [LAYOUT.model_manifest(number).uri for number in (1, 2, 3, 4)]
    quiet = runs_of(killed(started_s_ago=1.0), tmp_path)
    assert [one.state for one in quiet.summaries(WORKSPACE)] == [RunState.RUNNING]
