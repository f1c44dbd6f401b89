"""Commands on the past of one object: history, restore, undelete."""

from collections.abc import Sequence

import click

from s3ml_tui.cli.command import command, object_argument, objects_argument
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import names, put, put_json, say, size_cell, time_cell
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, S3mlError
from s3ml_tui.domain.ml.lineage import KeyUses, Use, uses_text
from s3ml_tui.domain.plans.plan import CopyForward, NothingToDo, Plan
from s3ml_tui.domain.storage.history import History, Version
from s3ml_tui.domain.storage.provenance import Background
from s3ml_tui.domain.uri import ObjectKey, parse_object, parse_place
from s3ml_tui.services.session import Services


@command
@object_argument
@click.option(
    "--by",
    "most",
    type=click.IntRange(min=0),
    default=25,
    show_default=True,
    metavar="MOST",
    help="Tell of the newest MOST who wrote them: a request for each. 0 asks for nothing but the history.",
)
def history(options: Options, uri: str, most: int) -> None:
    """List all versions and delete markers of an object, newest first."""
    key, shown = parse_object(uri), 0
    uses: KeyUses | None = None
    with session(options) as services:
        for page in services.versions.history(key):
            if most and page.versions and not shown:
                uses = _uses(services, key)
            known = _backgrounds(services, page.versions[: max(0, most - shown)])
            for version in page.versions:
                used = uses.of(version) if uses is not None else None
                _put_version(version, known.get(version.version_id, Background()), used, options)
                shown += 1
            if page.missing:
                say(f"What lies below is not shown: {page.missing}")
    if not shown:
        raise NotFound(f"{key.uri} has no history", advice=f"See what is there with `s3ml ls {key.place.uri}`")


def _backgrounds(services: Services, versions: Sequence[Version]) -> dict[str, Background]:
    """What is known of them, by version id. Who may not look at them is told so, and has their history all the same."""
    known: dict[str, Background] = {}
    try:
        for version, background in services.backgrounds.of(versions):
            known[version.version_id] = background
    except Denied as error:
        say(f"Who wrote them may not be seen: it needs {error.action or 's3:GetObjectVersion'}")
    return known


def _uses(services: Services, key: ObjectKey) -> KeyUses | None:
    """What the models of the workspace were made from; None where there is none, or it may not be seen."""
    found = services.uses.by_layout(key)
    if found is not None:
        return found
    try:
        workspace = services.workspaces.find(key.place)
    except S3mlError:
        return None
    return services.uses.of(workspace, key) if workspace is not None else None


def _put_version(version: Version, background: Background, used: Sequence[Use] | None, options: Options) -> None:
    if options.as_json:
        put_json(
            names(version.key)
            | {
                "version_id": version.version_id,
                "size": version.size,
                "etag": version.etag,
                "last_modified": version.modified,
                "storage_class": version.storage_class,
                "is_latest": version.is_latest,
                "is_delete_marker": version.is_delete_marker,
                "by": background.origin,
                "tags": background.tags,
                "used_by": used,
            }
        )
        return
    size = "deleted" if version.is_delete_marker else size_cell(version.size)
    current = ["current"] if version.is_latest else []
    by = [background.origin.words] if background.origin else []
    tags = [f"#{name}={value}" for name, value in sorted((background.tags or {}).items())]
    uses = [uses_text(used)] if used else []
    put("  ".join([time_cell(version.modified), f"{size:>12}", version.version_id, *current, *uses, *by, *tags]))


@command
@object_argument
@click.option("--version-id", required=True, metavar="ID", help="The version to bring back; see `s3ml history`.")
def restore(options: Options, uri: str, version_id: str) -> None:
    """Bring an old version back: it is copied on top, and everything that exists stays."""
    key = parse_object(uri)
    with session(options) as services:
        services.foresee(key.bucket)
        found = services.versions.whole_history(key)
        chosen = found.find(version_id)
        if chosen is None:
            raise NotFound(
                f"{key.uri} has no version {version_id}", advice=f"See its versions with `s3ml history {key.uri}`"
            )
        plan: Plan = services.versions.plan_bring_back(found, chosen)
        if isinstance(plan, CopyForward) and services.versions.is_copied_already(plan):
            plan = NothingToDo(plan.title, "What is current is a copy of it already.")
        if is_agreed(plan, options, services=services):
            perform(services, plan, options)


@command
@objects_argument
@click.option("--recursive", "-r", "is_recursive", is_flag=True, help="All deleted below a prefix.")
@click.option(
    "--copy/--remove-marker",
    "is_copy",
    default=True,
    show_default=True,
    help="Copy the last version on top, or remove the delete marker: faster, erases it from the history.",
)
def undelete(options: Options, uri: str, is_recursive: bool, is_copy: bool) -> None:
    """Bring a deleted object back, or all that is deleted below a prefix."""
    if is_recursive or uri.endswith("/"):
        _undelete_below(options, uri, is_recursive=is_recursive, is_copy=is_copy)
        return
    key = parse_object(uri)
    with session(options) as services:
        services.foresee(key.bucket)
        found = services.versions.whole_history(key)
        if not found.versions:
            raise NotFound(f"{key.uri} has no history", advice=f"See what is there with `s3ml ls {key.place.uri}`")
        last = _last_content(found)
        plan: Plan
        if isinstance(last, NothingToDo):
            plan = last
        elif is_copy:
            plan = services.versions.plan_bring_back(found, last)
        else:
            plan = services.versions.plan_undelete(found)
        if is_agreed(plan, options, services=services):
            perform(services, plan, options)


def _undelete_below(options: Options, uri: str, *, is_recursive: bool, is_copy: bool) -> None:
    if not is_recursive:
        raise BadInput(f"{uri} is a folder", advice="Add --recursive to bring back all that is deleted below it")
    if not is_copy:
        raise BadInput(
            "--remove-marker takes one object",
            cause="It erases a deletion from its history",
            advice="Leave it out: the last versions are copied on top then",
        )
    with session(options) as services:
        with counting() as cancelled:
            plan = services.many.plan_bring_back_below(parse_place(uri), cancelled=cancelled)
        if is_agreed(plan, options, services=services):
            perform(services, plan, options)


def _last_content(found: History) -> Version | NothingToDo:
    title = f"Undelete {found.key.name}"
    if not found.is_deleted:
        return NothingToDo(title, "It is not deleted.")
    return found.last_content or NothingToDo(title, "No version with bytes is left in its history.")
