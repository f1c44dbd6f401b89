"""Copying, moving and renaming: cp and mv, within S3 and between S3 and this machine."""

from pathlib import Path

from s3ml_tui.cli.command import argument, command, recursive_option, version_option
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.objects import put_get_verify
from s3ml_tui.cli.objects.conflicts import decided, on_conflict_option
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import put_json
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.uri import SCHEME, ObjectKey, is_uri, parse_object, parse_place

source_argument = argument("source", metavar="SRC", help="s3://bucket/key, s3://bucket/prefix/ with -r, or a file.")
target_argument = argument(
    "target", metavar="DST", help="s3://bucket/key, s3://bucket/prefix/ to keep the name, or a file."
)


@command
@source_argument
@target_argument
@version_option
@recursive_option
@on_conflict_option
def cp(
    options: Options, source: str, target: str, version_id: str | None, is_recursive: bool, on_conflict: Clash | None
) -> None:
    """Copy an object or all below a prefix: within S3 by the server itself, else as put and get do."""
    if is_uri(source) and is_uri(target):
        _within(options, source, target, version_id, is_recursive, on_conflict, is_move=False)
    elif is_uri(source) == is_uri(target):
        raise BadInput("Neither of the two is in S3", advice="Write an address as s3://bucket/key; for files use cp")
    elif is_recursive:
        raise BadInput(
            "Folders are not copied by cp", advice=f"Use s3ml put or s3ml get for it, or s3ml sync {source} {target}"
        )
    elif is_uri(target):
        put_get_verify.upload(options, Path(source), target, on_conflict=on_conflict)
    else:
        put_get_verify.download(options, parse_object(source), Path(target), version_id, on_conflict=on_conflict)


@command
@source_argument
@target_argument
@recursive_option
@on_conflict_option
def mv(options: Options, source: str, target: str, is_recursive: bool, on_conflict: Clash | None) -> None:
    """Move or rename an object or all below a prefix: copied by the server, seen to be whole, then deleted."""
    if not (is_uri(source) and is_uri(target)):
        raise BadInput(
            "Only what is in S3 is moved",
            cause="A file is never deleted here, and neither is an object for a file's sake",
            advice="Copy it with s3ml cp, check it with s3ml verify, then delete it",
        )
    _within(options, source, target, None, is_recursive, on_conflict, is_move=True)


def _within(
    options: Options,
    source: str,
    target: str,
    version_id: str | None,
    is_recursive: bool,
    on_conflict: Clash | None,
    *,
    is_move: bool,
) -> None:
    with session(options) as services:
        copies = services.copies
        planned: Plan
        if is_recursive:
            with counting() as cancelled:
                places = parse_place(source), parse_place(target)
                planned = copies.plan_place(*places, is_move=is_move, cancelled=cancelled)
        else:
            planned = copies.plan_object(_one(source), _target(target), version_id, is_move=is_move)
        plan = decided(services, planned, options, on_conflict)
        if options.is_dry_run and options.as_json and isinstance(plan, CopyObjects):
            _put_rows(plan)
        elif is_agreed(plan, options, asks=is_move or _is_of_several(plan), services=services):
            perform(services, plan, options, total=plan.size)


def _is_of_several(plan: Plan) -> bool:
    return isinstance(plan, CopyObjects) and len(plan.items) > 1


def _one(source: str) -> ObjectKey:
    if source.endswith("/") or "/" not in source.removeprefix(SCHEME):
        raise BadInput(f"{source} is a bucket or a folder", advice="Add --recursive to take all below it")
    return parse_object(source)


def _target(target: str) -> ObjectKey:
    place = parse_place(target)
    return ObjectKey(place.bucket, place.prefix if target.endswith("/") else place.prefix.removesuffix("/"))


def _put_rows(plan: CopyObjects) -> None:
    """A dry run for programs: a line an object."""
    for item in plan.items:
        put_json(
            {
                "source": item.source.key.uri,
                "version_id": item.source_id,
                "target": item.target.uri,
                "size": item.source.size,
                "is_there": item.collides,
                "is_move": plan.is_move,
            }
        )
