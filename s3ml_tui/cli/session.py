"""From the options of a command to the services it calls."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from s3ml_tui import bootstrap, settings
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal.mfa import ask_on_terminal
from s3ml_tui.domain.errors import BadInput, NoCredentials, NotFound, RoleRefused, WrongCredentials
from s3ml_tui.domain.uri import ObjectKey, Place, is_uri, parse_object, parse_place
from s3ml_tui.services.session import Services

THREE_WAYS = (
    "Name a profile (--profile NAME) or an S3 server (--endpoint-url URL, with AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY set), or use the embedded server (`s3ml local start`, then --local)"
)


@contextmanager
def session(options: Options) -> Iterator["Services"]:
    """The services of the context in force, closed afterwards. Raises S3mlErrors."""
    context = settings.load(options.flags).context
    try:
        services = bootstrap.open_services(context, by="the command line")
        ask_on_terminal(services.sign_in)
        try:
            yield services
        finally:
            services.close()
    except NoCredentials as error:
        is_named = context.profile or context.endpoint_url or os.environ.get("AWS_PROFILE")
        if is_named or isinstance(error, WrongCredentials | RoleRefused):
            raise
        raise NoCredentials(error.title, cause=error.cause, advice=THREE_WAYS) from error


@contextmanager
def looking_for(services: Services, key: ObjectKey, version_id: str | None = None) -> Iterator[None]:
    """Where there is no such object, say what it may have been meant to be."""
    try:
        yield
    except NotFound as error:
        from s3ml_tui.services.browse.did_you_mean import better

        raise better(error, services.store, key, version_id) from error


def workspace(options: Options) -> Place:
    """The workspace that was named. Raises BadInput when none was."""
    named = settings.load(options.flags).context.workspace
    if not named:
        raise BadInput(
            "No workspace was named", advice="Add --workspace s3://bucket/prefix, or set S3ML_WORKSPACE to it"
        )
    return parse_place(named)


def empty(services: Services, place: Place, what: str) -> str:
    """The sentence for a workspace that has no runs, or no models, yet. Raises NotFound when it is no workspace."""
    found = services.workspaces.find(place)
    if found == place:
        return f"{place.uri} has no {what} yet. `s3ml run SPEC` makes one."
    advice = f"It lies in the workspace {found.uri}" if found else f"Make it one: s3ml init {place.uri}"
    raise NotFound(f"{place.uri} is no workspace", advice=advice)


def data_key(text: str, root: Place) -> ObjectKey:
    """`s3://bucket/key`, or a key below the workspace. Raises BadInput."""
    return parse_object(text) if is_uri(text) else root.key(text)
