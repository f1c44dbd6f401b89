"""`s3ml` and `s3ml s3://…`: the screens."""

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from s3ml_tui import bootstrap, settings
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import crash
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.uri import Place

if TYPE_CHECKING:
    from s3ml_tui.ui.app.app import S3mlApp
    from s3ml_tui.ui.screens.first_run import FirstRun

CLEANUP_TIMEOUT_S = 2.0
"""How long cancelled transfers may take to remove their temporary files."""
_OFTEN = (700, 10, 10)
"""Python's own thresholds, once nothing is being loaded any more."""


def has_terminal() -> bool:
    """Whether somebody is there to look at screens."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_tui(options: Options, start: Place | None, *, run_id: str | None = None) -> None:
    """The screens, at `start`, at the settings' workspace, or at the first run's choices. Does not return.

    With a `run_id`, they open on that run of the workspace `start`.

    Raises BadInput without a terminal, and for settings that cannot be used.
    """
    show(app_for(options.flags, start, run_id=run_id))


def app_for(flags: settings.Flags, start: Place | None, *, run_id: str | None = None) -> "S3mlApp":
    """The app as the flags and settings want it. Raises BadInput."""
    chosen = settings.load(flags)
    if not has_terminal():
        raise BadInput(
            "The screens need a terminal", advice="Run s3ml in one, or use a command: `s3ml --help` lists them"
        )
    first_run = _first_run(flags, chosen)
    from s3ml_tui.ui.app.app import S3mlApp

    return S3mlApp(
        partial(bootstrap.open_services, by="the screens"),
        chosen.context,
        start=start,
        start_run=run_id,
        first_run=first_run,
        settings=chosen,
        on_crash=crash.record,
    )


def show(app: "S3mlApp") -> None:
    """Run it. Does not return."""
    from s3ml_tui.ui.object_table.loader import set_aside

    def settled() -> None:
        set_aside()  # what a session loads; looking through it is a tenth of a second, during a key
        gc.set_threshold(*_OFTEN)

    gc.freeze()  # the program is no garbage, and need not be looked through for any
    app.unfinished.when_settled = settled
    app.run()
    if app.signals.ended_by:
        under_way = " What was under way is offered when s3ml is opened again." if app.jobs.active else ""
        with suppress(OSError):  # the terminal may be gone
            say(f"s3ml: Ended by {app.signals.ended_by}.{under_way}")
        os._exit(Cancelled.exit_code)
    app.jobs.join(CLEANUP_TIMEOUT_S)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(app.return_code or 0)  # a thread that waits for a stalled server must not keep the user waiting


def _first_run(flags: settings.Flags, chosen: settings.Settings) -> "FirstRun | None":
    profiles = bootstrap.first_run_profiles(chosen)
    if profiles is None:
        return None
    from s3ml_tui.ui.screens.first_run import FirstRun

    def choose(values: Mapping[str, str | bool]) -> Context:
        settings.save(values)
        return settings.load(flags).context

    return FirstRun(profiles, bootstrap.why_no_local_server(), choose)
