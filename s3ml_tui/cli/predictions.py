"""`s3ml predict`: apply a model version to a data object."""

from typing import Annotated

import typer

from s3ml_tui.cli.asking import is_agreed
from s3ml_tui.cli.following import Narrator
from s3ml_tui.cli.objects import VersionId
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import say
from s3ml_tui.cli.session import data_key, session, workspace
from s3ml_tui.cli.summary import put_batch
from s3ml_tui.cli.transfer import stoppable


@command
def predict(
    options: Options,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="models/v3, v3, or an alias.")],
    uri: Annotated[str, typer.Argument(metavar="URI", help="s3://bucket/key, or a key below the workspace.")],
    version_id: VersionId = None,
) -> None:
    """Apply a model version to data; predictions and a log go to the workspace."""
    place = workspace(options)
    with session(options) as services:
        plan = services.predictions.plan(place, model, data_key(uri, place), version_id)
        if not is_agreed(plan, options, asks=False):
            return
        started = services.predictions.start(plan)
        say(f"batch {started.batch_id}")
        narrator = Narrator()
        try:
            with stoppable() as cancelled:
                batch = services.predictions.wait(started, on_line=narrator.line, cancelled=cancelled)
        finally:
            narrator.end()
    put_batch(batch, options)
