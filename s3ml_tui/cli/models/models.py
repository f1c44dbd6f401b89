"""Commands on model versions: models, models show, promote."""

from typing import Any

import click

from s3ml_tui.cli.command import argument, command, group
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.runs.summary import result_document
from s3ml_tui.cli.session import empty, session, workspace
from s3ml_tui.cli.terminal.output import put, put_json, put_table, say, time_cell
from s3ml_tui.domain.ml.models import ModelVersion

model_argument = argument("model", metavar="MODEL", help="models/v3, v3, or an alias.")


def _document(version: ModelVersion) -> dict[str, Any]:
    return {
        "model": version.path,
        "is_complete": version.is_complete,
        "created": version.created,
        "run_id": version.run_id,
        "name": version.name,
        "estimator": version.estimator,
        "metrics": version.metrics,
        "headline": version.headline,
        "size": version.size,
        "aliases": version.aliases,
    }


def _row(version: ModelVersion) -> tuple[str, ...]:
    return (
        version.path,
        time_cell(version.created) if version.created else "incomplete",
        version.name,
        version.estimator,
        version.headline,
        version.run_id,
        ", ".join(version.aliases),
    )


@command
@model_argument
def show(options: Options, model: str) -> None:
    """Tell all about one model version."""
    place = workspace(options)
    with session(options) as services:
        manifest = services.models.manifest(place, services.models.resolve(place, model))
    if options.as_json:
        put_json(result_document(manifest))
        return
    put(f"model      {manifest.model}  of {time_cell(manifest.created)}")
    put(f"run        {manifest.run_id}  {manifest.name}")
    put(f"estimator  {manifest.estimator}, {manifest.task} of {manifest.target}")
    put(f"data       {manifest.data.uri}  version {manifest.data.version_id or 'none'}")
    put_table((f"  {name}", f"{value:.6g}") for name, value in manifest.metrics.items())
    put_table((f"  {name}", pin.uri) for name, pin in manifest.files.items())


@command
@argument("alias", metavar="ALIAS", help="A name such as champion.")
@model_argument
def promote(options: Options, alias: str, model: str) -> None:
    """Have an alias point to a model version; an older one is rolling back."""
    place = workspace(options)
    with session(options) as services:
        number = services.models.resolve(place, model)
        plan = services.models.plan_promote(place, alias, number)
        if is_agreed(plan, options):
            perform(services, plan, options)


@group(commands={"show": show, "promote": promote}, invoke_without_command=True)
def models(options: Options) -> None:
    """List the model versions of a workspace; show or promote one."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    place = workspace(options)
    with session(options) as services:
        versions = services.models.versions(place)
        if not versions:
            say(empty(services, place, "models"))
    if options.as_json:
        for version in versions:
            put_json(_document(version))
        return
    put_table(map(_row, versions))
