"""Runs: planned, started, followed, cancelled, and listed from their records."""

import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import (
    BadInput,
    Cancelled,
    Conflict,
    Denied,
    NotFound,
    NotSupported,
    ReadOnly,
    RunFailed,
    StrangeAnswer,
)
from s3ml_tui.domain.ml.events import Cursor, Kind, parse_line
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.records.run_record import CancelRequest
from s3ml_tui.services.logs.logs import Logs
from s3ml_tui.services.processes.end import who
from tests.doubles import MemoryStore
from tests.services.arranged import (
    AT,
    DATA,
    LAYOUT,
    RUN,
    WORKSPACE,
    alive_in,
    memory,
    now,
    result_record,
    runs_of,
    spec,
    start_record,
    workspace_in,
)
from tests.services.memory import refusing

CHANGES = {"write", "delete", "delete_version", "upload", "copy_version"}


def changes(store: MemoryStore) -> list[tuple[str, str]]:
    return [request for request in store.requests if request[0] in CHANGES]


# planning ------------------------------------------------------------------------------------------------------


def test_a_plan_pins_the_current_version_and_says_everything(tmp_path: Path) -> None:
    store = memory()
    store.write(LAYOUT.model_claim(4), b"{}")
    plan = runs_of(store, tmp_path).plan_start(
        spec(estimator={"family": "svc", "params": {"C": 1}}, cv=5, n_jobs=2), WORKSPACE
    )
    current = store.facts(DATA)
    assert isinstance(plan, Plan)
    assert (plan.data.version_id, plan.data.etag, plan.data.size) == (current.version_id, current.etag, current.size)
    assert plan.title == "Train churn"
    assert not plan.is_destructive
    text = "\n".join(plan.sentences())
    for said in (DATA.uri, str(current.version_id), "14 B", "churned", "svc, C=1", "20 % of the rows", "5-fold"):
        assert said in text
    for said in ("2 processes", "dataset/processed", "outputs/reports", "models/v5", WORKSPACE.uri):
        assert said in text


def test_a_plan_tells_what_the_first_rows_say(tmp_path: Path) -> None:
    store = memory()
    lines = [
        f"{'NA' if n % 20 == 0 else n},{('NA', 'red')[n % 2]},c{n % 60},{'unknown' if n == 7 else n},{n % 3}"
        for n in range(100)
    ]
    store.write(DATA, ("age,colour,city,size,churned\n" + "\n".join(lines) + "\n").encode())
    text = "\n".join(runs_of(store, tmp_path).plan_start(spec(), WORKSPACE).sentences())
    assert "Missing in its 100 rows: age 5 'NA'." in text
    assert "Kept as text in its 100 rows: colour 50 'NA'. reading.missing_in_text = true" in text
    assert "Many different texts in its 100 rows, so target-encoded: city (60)." in text
    assert "size holds numbers and 'unknown': the run refuses it" in text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"estimator": {"family": "random_florest"}},
            "estimator.family: there is no 'random_florest'; close to it",
        ),
        ({"estimator": {"family": "ols"}, "task": "classification"}, "estimator.family: ols is for regression, not"),
        ({"metrics": ["roc_acu"]}, "metrics: there is no 'roc_acu'; close to it: roc_auc"),
        ({"metrics": ["r2"], "task": "classification"}, "metrics: r2 is for regression, not for classification"),
        ({"metrics": ["accuracy"], "estimator": {"family": "ols"}}, "metrics: accuracy is for classification, not for"),
        ({"split": {"seed": -1}}, "split.seed: must be from 0 to 4294967295"),
    ],
)
def test_what_nothing_has_is_refused_before_anything_starts(
    tmp_path: Path, asked: dict[str, Any], sentence: str
) -> None:
    store = memory()
    before = changes(store)
    with pytest.raises(BadInput) as refused:
        runs_of(store, tmp_path).plan_start(spec(**asked), WORKSPACE)
    assert sentence in refused.value.sentence
    assert changes(store) == before


def test_an_older_version_can_be_asked_for(tmp_path: Path) -> None:
    store = memory()
    first = store.facts(DATA).version_id
    store.write(DATA, b"newer")
    assert runs_of(store, tmp_path).plan_start(spec(version_id=first), WORKSPACE).data.version_id == first


def test_data_may_lie_elsewhere_by_address(tmp_path: Path) -> None:
    store = memory()
    store.create_bucket("other")
    elsewhere = ObjectKey("other", "a.csv")
    store.write(elsewhere, b"a\n")
    plan = runs_of(store, tmp_path).plan_start(spec(data="s3://other/a.csv"), WORKSPACE)
    assert plan.data.uri == "s3://other/a.csv"
    assert plan.data.version_id is None
    assert "keeps no versions" in "\n".join(plan.sentences())


def test_missing_data_is_said_with_what_lies_close(tmp_path: Path) -> None:
    runs = runs_of(memory(), tmp_path)
    with pytest.raises(NotFound, match=r"Did you mean s3://bucket/ws/dataset/raw/churn\.csv"):
        runs.plan_start(spec(data="dataset/raw/chrun.csv"), WORKSPACE)
    with pytest.raises(NotFound, match="s3ml ls s3://bucket/ws/nowhere/"):
        runs.plan_start(spec(data="nowhere/x.csv"), WORKSPACE)
    with pytest.raises(NotFound, match="s3ml history"):
        runs.plan_start(spec(version_id="gone"), WORKSPACE)


def test_deleted_data_is_said_to_be_deleted(tmp_path: Path) -> None:
    store = memory()
    store.delete(DATA)
    with pytest.raises(NotFound, match=r"was deleted.*s3ml undelete"):
        runs_of(store, tmp_path).plan_start(spec(), WORKSPACE)


def test_without_a_workspace_the_advice_is_init(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="s3ml init s3://bucket/ws/"):
        runs_of(MemoryStore("bucket"), tmp_path).plan_start(spec(), WORKSPACE)


def test_a_read_only_context_starts_and_cancels_nothing(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path, context=Context(read_only=True))
    plan = runs.plan_start(spec(), WORKSPACE)
    asked = len(store.requests)
    with pytest.raises(ReadOnly):
        runs.start(plan)
    with pytest.raises(ReadOnly):
        runs.cancel(WORKSPACE, RUN)
    assert len(store.requests) == asked
    assert not (tmp_path / "runs").exists()


# starting and waiting ------------------------------------------------------------------------------------------


def test_waiting_gives_every_line_and_then_the_result(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("torn"), WORKSPACE))
    store.write(LAYOUT.run_result(started.run_id), result_record(started.run_id).to_bytes())
    lines: list[str] = []
    result = runs.wait(started, on_line=lines.append)
    assert result.state is RunState.SUCCEEDED
    assert [parse_line(line).message for line in lines] == ["told", "the last words"]
    assert parse_line(lines[0]).data["job"]["run_id"] == started.run_id
    assert runs.running_here() == ()


@pytest.mark.parametrize(("act", "reason"), [("failing", "No such column: churned"), ("dying", "Killed by the night")])
def test_a_process_that_leaves_no_result_is_a_failed_run_with_its_last_words(
    tmp_path: Path, act: str, reason: str
) -> None:
    runs = runs_of(memory(), tmp_path)
    started = runs.start(runs.plan_start(spec(act), WORKSPACE))
    with pytest.raises(RunFailed, match=reason):
        runs.wait(started, on_line=lambda _line: None)


def test_waiting_can_be_given_up_and_the_run_goes_on(tmp_path: Path) -> None:
    runs = runs_of(memory(), tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    seen: list[str] = []
    with pytest.raises(Cancelled):
        runs.wait(started, on_line=seen.append, cancelled=lambda: len(seen) >= 2)
    assert runs.running_here() == (started,)
    assert runs.cancel(WORKSPACE, started.run_id).title == f"Cancelled {started.run_id}"
    assert runs.running_here() == ()


# cancelling ----------------------------------------------------------------------------------------------------


def test_cancelling_closes_the_record_joins_the_log_and_purges_the_chunks(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    run = started.run_id
    record = start_record(
        run, host=socket.gethostname(), pid=started.pid, process_started=started.process_started, started=now()
    )
    store.write(LAYOUT.run_spec(run), record.to_bytes())
    for number, chunk in enumerate((b"one\n", b"two\n", b"to"), 1):
        store.write(LAYOUT.training_chunk(run, number), chunk)
    cursor = Logs(store, Context(), now).poll_run(WORKSPACE, run, Cursor()).cursor

    outcome = runs_of(store, tmp_path).cancel(WORKSPACE, run, reason="cancelled by the user")

    assert alive_in(started.pid) == []
    assert not runs.is_alive(started)
    assert outcome.undo is None
    assert outcome.no_undo
    result = runs.result(WORKSPACE, run)
    assert result is not None
    assert (result.state, result.reason, result.inputs) == (
        RunState.CANCELLED,
        "cancelled by the user",
        {"data": record.data},
    )
    lines = store.read(LAYOUT.training_log(run)).decode().splitlines()
    assert lines[:3] == ["one", "two", "to"]
    last = parse_line(lines[3])
    assert (last.kind, last.data["state"]) == (Kind.RUN_FINISHED, "cancelled")
    assert store.keys(LAYOUT.training_chunks(run)) == ()
    assert store.list_page(LAYOUT.training_chunks(run), with_deleted=True).deleted.keys == ()
    rest = Logs(store, Context(), now).poll_run(WORKSPACE, run, cursor)
    assert rest.is_over
    assert rest.lines == tuple(lines[2:])
    assert result.outputs["log"].size == len(store.read(LAYOUT.training_log(run)))


def test_a_run_that_writes_its_own_result_keeps_it(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    run = started.run_id
    store.write(LAYOUT.run_spec(run), start_record(run).to_bytes())

    def before(verb: str, address: str) -> None:
        if verb == "read" and address.endswith("spec.json"):
            store.before = lambda *_: None
            store.write(LAYOUT.run_result(run), result_record(run).to_bytes())

    store.before = before
    outcome = runs.cancel(WORKSPACE, run)
    assert outcome.title == f"The run {run} ended by itself meanwhile: it succeeded"
    assert any("models/v1" in detail for detail in outcome.details)
    assert alive_in(started.pid) == []


def test_a_run_that_has_written_nothing_yet_can_be_cancelled_by_its_starter(tmp_path: Path) -> None:
    runs = runs_of(memory(), tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    outcome = runs.cancel(WORKSPACE, started.run_id)
    assert "It had written nothing to the bucket yet." in outcome.details
    assert alive_in(started.pid) == []


def test_who_cancelled_it_is_said_by_its_record_and_to_whoever_comes_later(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    record = start_record(started.run_id, pid=started.pid, process_started=started.process_started)
    store.write(LAYOUT.run_spec(started.run_id), record.to_bytes())
    runs.cancel(WORKSPACE, started.run_id)
    asked = CancelRequest.from_bytes(store.read(LAYOUT.run_cancel(started.run_id)), "there")
    assert asked.reason == f"cancelled by {who()}"
    result = runs.result(WORKSPACE, started.run_id)
    assert result is not None
    assert result.reason == asked.reason
    with pytest.raises(Conflict, match=rf"was cancelled\. It ended on .*: cancelled by {re.escape(who())}"):
        runs.cancel(WORKSPACE, started.run_id)


def test_a_run_is_ended_also_where_no_word_of_it_can_be_left(tmp_path: Path) -> None:
    store = memory()
    runs = runs_of(store, tmp_path)
    started = runs.start(runs.plan_start(spec("patient"), WORKSPACE))
    store.before = refusing("write", Denied("Access is denied", action="s3:PutObject"))
    runs.cancel(WORKSPACE, started.run_id)
    assert alive_in(started.pid) == []


def test_a_finished_run_cannot_be_cancelled(tmp_path: Path) -> None:
    store = memory()
    store.write(LAYOUT.run_result(RUN), result_record().to_bytes())
    before = changes(store)
    with pytest.raises(Conflict, match="is over: it succeeded"):
        runs_of(store, tmp_path).cancel(WORKSPACE, RUN)
    assert changes(store) == before


def test_an_unknown_run_cannot_be_cancelled(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no run nope"):
        runs_of(memory(), tmp_path).cancel(WORKSPACE, "nope")


def test_a_run_of_another_machine_is_named_and_left_alone_until_it_is_lost(tmp_path: Path) -> None:
    store = memory()
    store.write(LAYOUT.run_spec(RUN), start_record(started=now()).to_bytes())
    runs = runs_of(store, tmp_path)
    with pytest.raises(NotSupported, match="gpu-1, which is another machine"):
        runs.cancel(WORKSPACE, RUN)
    assert runs.result(WORKSPACE, RUN) is None
    later = runs_of(store, tmp_path, clock=lambda: now() + timedelta(minutes=5))
    assert any("gpu-1 was not asked" in detail for detail in later.cancel(WORKSPACE, RUN).details)
    result = runs.result(WORKSPACE, RUN)
    assert result is not None
    assert result.state is RunState.CANCELLED


def test_a_lost_run_of_this_machine_is_marked(tmp_path: Path) -> None:
    store = memory()
    record = start_record(host=socket.gethostname(), pid=2**22 + 7)
    store.write(LAYOUT.run_spec(RUN), record.to_bytes())
    runs = runs_of(store, tmp_path, clock=lambda: now() + timedelta(days=1))
    assert [summary.state for summary in runs.summaries(WORKSPACE)] == [RunState.LOST]
    runs.cancel(WORKSPACE, RUN)
    [summary] = runs.summaries(WORKSPACE)
    assert (summary.state, summary.reason) == (
        RunState.CANCELLED,
        f"nothing was heard from it any more; cancelled by {who()}",
    )


# reading -------------------------------------------------------------------------------------------------------


def test_summaries_tell_every_state_newest_first(tmp_path: Path) -> None:
    clock = [AT - timedelta(days=1)]
    store = MemoryStore("bucket", page_size=2, now=lambda: clock[0])
    workspace_in(store)
    failed = result_record(
        "20251122-1730-77qd", state="failed", reason="target has one class", started=AT - timedelta(days=1), model=None
    )
    store.write(LAYOUT.run_result(failed.run_id), failed.to_bytes())
    clock[0] = AT - timedelta(minutes=10)
    lively = start_record("20251123-1400-bbbb", started=clock[0])
    store.write(LAYOUT.run_spec(lively.run_id), lively.to_bytes())
    clock[0] = AT - timedelta(minutes=9)
    quiet = start_record("20251123-1401-aaaa", started=AT - timedelta(minutes=9))
    store.write(LAYOUT.run_spec(quiet.run_id), quiet.to_bytes())
    clock[0] = AT
    store.write(LAYOUT.run_result("20251123-0911-p2aa"), result_record("20251123-0911-p2aa", started=AT).to_bytes())
    for number in range(1, 6):
        store.write(LAYOUT.training_chunk(lively.run_id, number), b"x\n")

    found = runs_of(store, tmp_path, clock=lambda: AT + timedelta(seconds=30)).summaries(WORKSPACE)

    assert [(one.run_id[-4:], one.state) for one in found] == [
        ("p2aa", RunState.SUCCEEDED),
        ("aaaa", RunState.LOST),
        ("bbbb", RunState.RUNNING),
        ("77qd", RunState.FAILED),
    ]
    good, lost, running, bad = found
    assert (good.headline, good.model, good.estimator, good.elapsed_s) == ("roc_auc 0.871", "models/v1", "SVC", 60.0)
    assert "gpu-1" in lost.reason
    assert (running.elapsed_s, running.reason) == (630.0, "")
    assert (bad.reason, bad.model) == ("target has one class", None)


def test_a_run_whose_clock_is_ahead_does_not_stay_on_top_nor_alive(tmp_path: Path) -> None:
    clock = [AT]
    store = MemoryStore("bucket", now=lambda: clock[0])
    workspace_in(store)
    ahead = start_record("20251123-1902-aaaa", started=AT + timedelta(hours=5))
    store.write(LAYOUT.run_spec(ahead.run_id), ahead.to_bytes())
    clock[0] = AT + timedelta(minutes=5)
    over = result_record("20251123-1407-bbbb", started=clock[0])
    store.write(LAYOUT.run_result(over.run_id), over.to_bytes())
    runs = runs_of(store, tmp_path, clock=lambda: AT + timedelta(minutes=6))
    found = runs.summaries(WORKSPACE)
    assert [(one.run_id, one.state) for one in found] == [
        (over.run_id, RunState.SUCCEEDED),
        (ahead.run_id, RunState.LOST),
    ]
    assert not runs.is_any_running(WORKSPACE)
    assert "gpu-1 was not asked" in " ".join(runs.cancel(WORKSPACE, ahead.run_id).details)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"not json", "damaged"),
        (b'{"format": 99}', "written by a newer s3ml"),
        (b'{"format": 1, "run_id": 7}', "damaged"),
    ],
)
def test_a_record_that_cannot_be_read_says_so_and_spoils_no_list(tmp_path: Path, document: bytes, reason: str) -> None:
    store = memory()
    store.write(LAYOUT.run_result(RUN), document)
    store.write(LAYOUT.run_result("20251123-0911-p2aa"), result_record("20251123-0911-p2aa").to_bytes())
    store.write(LAYOUT.runs.key("20251101-0000-void/notes.txt"), b"")
    runs = runs_of(store, tmp_path)
    by_id = {summary.run_id: summary for summary in runs.summaries(WORKSPACE)}
    assert len(by_id) == 3
    assert reason in by_id[RUN].reason
    assert by_id[RUN].started == AT.replace(second=0)
    assert "spec.json is missing" in by_id["20251101-0000-void"].reason
    with pytest.raises((StrangeAnswer, NotSupported)):
        runs.result(WORKSPACE, RUN)


def test_an_ended_run_is_read_once(tmp_path: Path) -> None:
    store = memory()
    store.write(LAYOUT.run_result(RUN), result_record().to_bytes())
    runs = runs_of(store, tmp_path)
    runs.summaries(WORKSPACE)
    reads = [request for request in store.requests if request[0] == "read"]
    runs.summaries(WORKSPACE)
    assert [request for request in store.requests if request[0] == "read"] == reads


def test_records_that_are_not_there_are_none(tmp_path: Path) -> None:
    runs = runs_of(memory(), tmp_path)
    assert runs.result(WORKSPACE, RUN) is None
    assert runs.start_record(WORKSPACE, RUN) is None
    assert runs.summaries(WORKSPACE) == ()
