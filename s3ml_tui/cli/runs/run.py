"""Commands on runs: run, runs, cancel."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import is_agreed, put_outcome
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.runs.follow import Narrator
from s3ml_tui.cli.runs.summary import put_result, result_document
from s3ml_tui.cli.session import empty, session, workspace
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.output import put, put_json, put_table, say, time_cell
from s3ml_tui.cli.terminal.process_exit import INTERRUPTED
from s3ml_tui.cli.terminal.progress import stoppable
from s3ml_tui.domain.errors import Cancelled, Conflict, NotFound
from s3ml_tui.domain.ml.runs import RunState, RunSummary
from s3ml_tui.domain.text import elapsed_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services

if TYPE_CHECKING:
    from s3ml_tui.records.run_record import RunResult, RunStart
    from s3ml_tui.services.processes.launch import StartedRun

run_argument = argument("run_id", metavar="RUN", help="A run's id, as `s3ml runs` lists them.")
RECORD_S = 60.0
"""How long a run may take to write its first record; it loads its libraries before."""
_EXIT = {RunState.SUCCEEDED: 0, RunState.CANCELLED: INTERRUPTED}


@command
@argument("spec", type=Path, metavar="SPEC", help="A pipeline's spec, a TOML file.")
@click.option(
    "--follow/--no-follow", "is_followed", default=True, show_default=True, help="Wait for the end, or let it run."
)
def run(options: Options, spec: Path, is_followed: bool) -> None:
    """Train: run a pipeline and follow it. ctrl+c cancels the run; exit code 1 when it fails, 130 when cancelled."""
    from s3ml_tui.records.spec import load_spec

    pipeline, place = load_spec(spec), workspace(options)
    with session(options) as services:
        plan = services.runs.plan_start(pipeline, place)
        if not is_agreed(plan, options, asks=False):
            return
        if not is_followed:
            started = services.runs.start(plan)
            _await_record(services, started)
            streams.done()
            document = {"run_id": started.run_id, "workspace": place, "pid": started.pid}
            put_json(document) if options.as_json else put(started.run_id)
            say(f"  Follow it: {options.line('logs', '-f', started.run_id, '--workspace', place.uri)}")
            return
        result = follow(services, lambda: services.runs.start(plan))
        streams.done()
        put_result(result, options)
    code = _EXIT.get(result.state, 1)
    if code:
        raise Exit(code)


run.short_help = "Train: run a pipeline and follow it."


def _await_record(services: Services, started: "StartedRun") -> None:
    """Return once the bucket knows of the run, so that it can be followed and cancelled from anywhere."""
    deadline = time.monotonic() + RECORD_S
    while services.runs.start_record(started.workspace, started.run_id) is None:
        if not services.runs.is_alive(started) or time.monotonic() > deadline:
            return  # what became of it is told by whoever asks for it
        time.sleep(0.2)


def follow(services: Services, start: Callable[[], "StartedRun"]) -> "RunResult":
    """Start a run, and tell how it goes on until it has ended; ctrl+c cancels it, from its first moment on.

    A terminal that hangs up does not: the run goes on.
    """
    narrator = Narrator()
    with stoppable(leaving="The run goes on; `s3ml runs` lists it, and `s3ml cancel` cancels it.") as cancelled:
        started = start()
        say(f"run {started.run_id}")
        try:
            result = services.runs.wait(started, on_line=narrator.line, cancelled=cancelled)
        except Cancelled:
            narrator.end()
            return _cancelled(services, started)
        finally:
            narrator.end()
    if result.reason:
        say(f"s3ml: The run {result.state}. {result.reason}")
    return result


def _cancelled(services: Services, started: "StartedRun") -> "RunResult":
    """End the run. Raises Cancelled when it has no record."""
    say("Cancelling the run…")
    with suppress(Conflict):  # it ended by itself meanwhile
        say(f"{services.runs.cancel(started.workspace, started.run_id).title}.")
    found = services.runs.result(started.workspace, started.run_id)
    if found is None:
        raise Cancelled("The run was cancelled", cause="It had written nothing to the bucket yet") from None
    return found


@command
@argument("run_id", required=False, metavar="[RUN]", help="One run's id; all runs without.")
def runs(options: Options, run_id: str | None) -> None:
    """List the runs of a workspace, or tell all about one."""
    place = workspace(options)
    with session(options) as services:
        if run_id is not None:
            _put_run(services, place, run_id, options)
            return
        summaries = services.runs.summaries(place)
        if not summaries:
            say(empty(services, place, "runs"))
    if options.as_json:
        for summary in summaries:
            put_json(summary)
        return
    put_table(map(_row, summaries))


def _row(summary: RunSummary) -> tuple[str, ...]:
    return (
        summary.run_id,
        summary.state,
        summary.name,
        time_cell(summary.started),
        elapsed_text(summary.elapsed_s) if summary.elapsed_s is not None else "",
        summary.model or "",
        " ".join(filter(None, (summary.headline, summary.doubt)))
        or summary.reason.partition(". ")[0],  # the title; `s3ml runs RUN` tells the rest
    )


def _put_run(services: Services, place: Place, run_id: str, options: Options) -> None:
    result = services.runs.result(place, run_id)
    if result is not None:
        put_result(result, options)
        return
    start = _recorded(services, place, run_id)
    summary = next((one for one in services.runs.summaries(place) if one.run_id == run_id), None)
    state = summary.state if summary else RunState.RUNNING
    if state is RunState.SUCCEEDED and (found := services.runs.result_of_dead(place, run_id)) is not None:
        put_result(found, options)
        return
    if options.as_json:
        put_json(result_document(start) | {"state": state})
        return
    put(f"run      {run_id}  {start.spec.name}  {state}, started {time_cell(start.started)} on {start.host}")
    put(f"data     {start.data.uri}  version {start.data.version_id or 'none'}")


@command
@run_argument
def cancel(options: Options, run_id: str) -> None:
    """End a run that goes on on this machine; nothing of it is left alive."""
    place = workspace(options)
    with session(options) as services:
        _recorded(services, place, run_id)
        if is_agreed(services.runs.plan_cancel(place, run_id), options):
            put_outcome(services.runs.cancel(place, run_id), options)


def _recorded(services: Services, place: Place, run_id: str) -> "RunStart":
    """What the run set out to do. Raises NotFound."""
    start = services.runs.start_record(place, run_id)
    if start is None:
        raise NotFound(f"{place.uri} has no run {run_id}", advice="`s3ml runs` lists those that are there")
    return start
