"""`s3ml predict`: apply a model version to a data object."""

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from s3ml_tui.cli.command import argument, command, version_option
from s3ml_tui.cli.confirm import ensure_trusted, is_agreed
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.runs.follow import Narrator
from s3ml_tui.cli.runs.summary import put_batch
from s3ml_tui.cli.session import data_key, session, workspace
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.cli.terminal.progress import stoppable
from s3ml_tui.domain.errors import Cancelled, Conflict, NotFound
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.services.session import Services

if TYPE_CHECKING:
    from s3ml_tui.records.workspace import BatchManifest
    from s3ml_tui.services.processes.launch import StartedBatch
    from s3ml_tui.services.runs.plans import Predict


@command
@argument("model", metavar="MODEL", help="models/v3, v3, or an alias.")
@argument("uri", metavar="URI", help="s3://bucket/key, or a key below the workspace.")
@version_option
@click.option("--trust", "trusts", is_flag=True, help="Trust the model, and be asked no more.")
def predict(options: Options, model: str, uri: str, version_id: str | None, *, trusts: bool) -> None:
    """Apply a model version to data; ctrl+c cancels it. What a stranger made is loaded only if you trust it."""
    place = workspace(options)
    with session(options) as services:
        plan = services.predictions.plan(place, model, data_key(uri, place), version_id)
        if not is_agreed(plan, options, asks=False):
            return
        if plan.trust is not None:
            ensure_trusted(plan.trust, is_said=trusts)
            services.predictions.trust(plan.trust)
        batch = follow(services, plan)
    streams.done()
    put_batch(batch, options)


def follow(services: Services, plan: "Predict") -> "BatchManifest":
    """Start a prediction, and tell how it goes on until it has ended; ctrl+c cancels it, from its first moment on.

    Raises Cancelled, RunFailed.
    """
    narrator = Narrator()
    with stoppable(leaving="The prediction goes on.") as cancelled:
        started = services.predictions.start(plan)
        say(f"batch {started.batch_id}")
        try:
            return services.predictions.wait(started, on_line=narrator.line, cancelled=cancelled)
        except Cancelled:
            narrator.end()
            return _cancelled(services, started)
        finally:
            narrator.end()


def _cancelled(services: Services, started: "StartedBatch") -> "BatchManifest":
    """End the prediction. Raises Cancelled, unless it was whole already."""
    say("Cancelling the prediction…")
    with suppress(Conflict):  # it ended by itself meanwhile
        say(f"{services.predictions.cancel(started.workspace, started.batch_id).title}.")
    with suppress(NotFound):  # it is not whole: it was cancelled
        return services.predictions.manifest(started.workspace, started.batch_id)
    log = Layout(started.workspace).inference_log(started.batch_id)
    raise Cancelled("The prediction was cancelled", cause=f"Its log is {log.uri}") from None
