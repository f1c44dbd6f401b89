"""`s3ml demo`: a server, a workspace, a real data set, a trained model, and the screens on the result."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from s3ml_tui import settings
from s3ml_tui.cli.admin.local import server
from s3ml_tui.cli.command import command
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.runs.run import follow
from s3ml_tui.cli.runs.summary import put_result, result_document
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.output import put, put_json, say
from s3ml_tui.cli.terminal.progress import stoppable
from s3ml_tui.cli.tui import has_terminal, open_tui
from s3ml_tui.domain.errors import Cancelled, LocalTrouble, NotFound
from s3ml_tui.domain.local_server import ServerInfo
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.settings import Flags

if TYPE_CHECKING:
    from s3ml_tui.records.run_record import RunResult
    from s3ml_tui.records.spec import Spec

WORKSPACE = Place("s3ml-demo")
DATA = "dataset/raw/breast_cancer.csv"
TARGET = "diagnosis"
SAMPLE_S = 120
"""How long writing the data set may take; it imports scikit-learn, on a cold disk too."""


@command
@click.option("--headless", "is_headless", is_flag=True, help="Print the run's summary and do not open the screens.")
def demo(options: Options, is_headless: bool) -> None:
    """See it all at work: starts the embedded server, trains on a real data set, opens the screens on the result.

    The server goes on afterwards (`s3ml local stop` ends it); a second demo adds a model version.
    """
    embedded = server(options)
    if options.is_dry_run:
        put(
            f"Would start the embedded server in {embedded.folder}, make {WORKSPACE.uri}, upload {DATA} and train on it"
        )
        return
    say("Starting the embedded server…")
    info = embedded.start()
    say(f"  {info.endpoint}, data in {info.data}")
    here = Options(Flags(workspace=WORKSPACE.uri, local=True, local_dir=info.folder), options.as_json)
    with session(here) as services:
        _make_workspace(services)
        _upload(services, WORKSPACE.key(DATA))
        plan = services.runs.plan_start(spec(), WORKSPACE)
        result = follow(services, lambda: services.runs.start(plan))
    _remember(info, is_elsewhere=options.flags.local_dir is not None)
    if result.state is RunState.SUCCEEDED and has_terminal() and not is_headless and not options.as_json:
        open_tui(here, WORKSPACE, run_id=result.run_id)
        return
    _put_summary(result, info, options)
    if result.state is not RunState.SUCCEEDED:
        raise Exit(Cancelled.exit_code if result.state is RunState.CANCELLED else 1)


def spec() -> "Spec":
    """The demo's pipeline."""
    from s3ml_tui.records.spec import Estimator, Features, Spec

    return Spec(
        name="breast-cancer",
        data=DATA,
        target=TARGET,
        features=Features(scale=True),
        estimator=Estimator(family="logistic_regression", params={"max_iter": 1000}),
        cv=5,
    )


def _make_workspace(services: Services) -> None:
    plan = services.workspaces.plan_make(WORKSPACE)
    if not isinstance(plan, NothingToDo):
        say(f"{services.workspaces.make(plan).title}.")


def _upload(services: Services, key: ObjectKey) -> None:
    """Upload the data set, unless the very same bytes are there."""
    with TemporaryDirectory(prefix="s3ml-demo-") as folder:
        file = Path(folder) / "breast_cancer.csv"
        _write_sample(file)
        with stoppable() as cancelled:
            try:
                if services.objects.verify(key, file, cancelled=cancelled).is_same:
                    say(f"{key.uri} is there already.")
                    return
            except NotFound:
                pass
            outcome = services.objects.upload(services.objects.plan_upload(file, key), cancelled=cancelled)
        say(f"{outcome.title}: {key.uri}.")


def _write_sample(file: Path) -> None:
    arguments = [sys.executable, "-P", "-m", "s3ml_tui.training.data.samples", "breast_cancer", str(file)]
    try:
        subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SAMPLE_S)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise LocalTrouble("The data set could not be written", cause=said[-1] if said else "") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalTrouble("The data set could not be written", cause=str(error)) from error


def _remember(info: ServerInfo, *, is_elsewhere: bool) -> None:
    """Have `s3ml` open the demo from now on, unless the user has settings."""
    if settings.config_file().exists():
        return
    values: dict[str, str | bool] = {"local": True, "workspace": WORKSPACE.uri}
    if is_elsewhere:
        values["local_dir"] = str(info.folder)
    say(f"From now on `s3ml` opens the demo; its settings are in {settings.save(values)}.")


def _put_summary(result: "RunResult", info: ServerInfo, options: Options) -> None:
    streams.done()
    if options.as_json:
        put_json(result_document(result) | {"workspace": WORKSPACE, "server": info.document()})
        return
    put_result(result, options)
    put(f"where    {WORKSPACE.uri} on the embedded server at {info.endpoint}")
    put(f"data     {info.data}")
    here = Options(Flags(local_dir=options.flags.local_dir))
    say(f"The server goes on; `{here.line('local', 'stop')}` ends it.")
