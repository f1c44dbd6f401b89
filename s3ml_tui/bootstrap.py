"""Context -> connection -> services: the only place where parts are put together."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NoCredentials, S3mlError

if TYPE_CHECKING:
    from s3ml_tui.local_server.server import LocalServer
    from s3ml_tui.s3.store import S3Store
    from s3ml_tui.services.session import Services

LOCAL_REGION = "us-east-1"
"""The embedded server takes any; signatures need one."""


def local_server(folder: Path | None = None) -> "LocalServer":
    """The embedded server that keeps its data in `folder` (the platform's user-data folder when None)."""
    from s3ml_tui.local_server.server import LocalServer

    return LocalServer(folder or settings.local_folder())


def first_run_profiles(chosen: settings.Settings) -> tuple[str, ...] | None:
    """The AWS profiles to choose from when nothing is configured yet; None when something is.

    Loads nothing heavy: it is asked before the first frame.
    """
    from s3ml_tui.s3.connection.profiles import configured, profiles_found

    return profiles_found() if chosen.is_first_run and not configured() else None


def why_no_local_server() -> str:
    """Why the embedded server cannot be started here; "" when it can."""
    from s3ml_tui.local_server.command import find_binary

    try:
        find_binary()
    except S3mlError as error:
        return error.advice or error.title
    return ""


def open_store(context: Context) -> "S3Store":
    """A connection to the context's server; the embedded server is started when it is not running."""
    from s3ml_tui.s3.connect import connect

    if context.local_dir is None:
        try:
            return connect(context, on_failure=_look_at_own_server)
        except NoCredentials as error:
            raise _meant_context(error, context.profile) from error
    server = local_server(context.local_dir)
    info = server.start()
    keys = server.credentials()
    at_server = replace(context, profile=None, endpoint_url=info.endpoint, region=LOCAL_REGION)
    return connect(at_server, (keys.access_key, keys.secret_key), on_failure=lambda _endpoint: server.ensure_room())


def _meant_context(error: NoCredentials, profile: str | None) -> NoCredentials:
    """The same, saying where a context has the name of a profile that there is not."""
    from s3ml_tui.s3.connection.profiles import profiles_found

    if not profile or profile in profiles_found() or profile not in {one.name for one in settings.switchable()}:
        return error
    advice = f"There is a context of that name: --context {profile}; for profiles, see aws configure list-profiles"
    return NoCredentials(error.title, cause=error.cause, advice=advice)


def _look_at_own_server(endpoint: str) -> None:
    """Whoever exported `s3ml local env` talks to the embedded server without saying so. Raises LocalTrouble."""
    server = local_server()
    if server.is_at(endpoint):
        server.ensure_room()


now = partial(datetime.now, UTC)
"""The one clock services are given."""


def open_services(context: Context, *, by: str = "") -> "Services":
    """Everything a user may ask for, over one connection; `by` says with what, for the record of what was done."""
    from s3ml_tui.services.session import Services
    from s3ml_tui.services.undo.activity import Activity, Where

    store = open_store(context)
    server = str(context.local_dir.resolve()) if context.local_dir is not None else store.endpoint
    where = Where(context.name, server, context.profile or "")
    return Services(
        store,
        context,
        now,
        endpoint=store.endpoint,
        activity=Activity(settings.state_folder(), where, by=by, now=now),
        diagnosis=store.diagnosis,
        sign_in=store.sign_in,
        requests=store.requests,
    )
