"""The commands that undo what was done, one for each object, in the order in which they are to be given."""

from collections.abc import Iterator

from s3ml_tui.domain.bucket_plans import DeleteBucket, SetBlock, SetVersioning
from s3ml_tui.domain.copies import CopyObjects
from s3ml_tui.domain.describing import ChangeDescription
from s3ml_tui.domain.labels import fields_of
from s3ml_tui.domain.many import BringBackMany, DeleteMany
from s3ml_tui.domain.plans import CopyForward, DeleteObject, Plan, RemoveMarker
from s3ml_tui.domain.tagging import ChangeTags, TagChange
from s3ml_tui.domain.together import TakeBack
from s3ml_tui.domain.uploads_back import TakeUploadsBack

Words = tuple[str, ...]


def undo_commands(plan: Plan) -> Iterator[Words]:
    """The words after `s3ml`; nothing for a plan that no command makes."""
    match plan:
        case CopyForward():
            yield "restore", plan.key.uri, "--version-id", plan.source.version_id
        case DeleteObject():
            yield "rm", plan.key.uri
        case RemoveMarker():
            yield "undelete", "--remove-marker", plan.key.uri
        case CopyObjects():
            verb = "mv" if plan.is_move else "cp"
            yield from ((verb, item.source.key.uri, item.target.uri) for item in plan.items)
        case ChangeTags():
            yield from (_tagging(change) for change in plan.changes)
        case ChangeDescription():
            for description in plan.changes:
                pairs = fields_of(description.after)
                said = (f"{name}={value}" for name, value in pairs.items())
                yield "meta", description.current.key.uri, "--replace", *said
        case TakeBack() | DeleteMany() | BringBackMany():
            for single in plan.plans:
                yield from undo_commands(single)
        case TakeUploadsBack():
            yield ("undo",)
        case _:
            yield from _of_others(plan)


def _tagging(change: TagChange) -> Words:
    version = ("--version-id", change.version_id) if change.version_id else ()
    return "tag", change.key.uri, "--replace", *version, *(f"{name}={value}" for name, value in change.after.items())


def _of_others(plan: Plan) -> Iterator[Words]:
    match plan:
        case SetVersioning():
            yield "bucket", "versioning", plan.bucket, "on" if plan.is_on else "suspended"
        case SetBlock():
            yield "bucket", "block", plan.bucket, "on" if plan.is_on else "off"
        case DeleteBucket():
            yield "bucket", "delete", plan.bucket
    from s3ml_tui.services.model_plans import MoveAlias

    if isinstance(plan, MoveAlias):
        yield "promote", plan.alias, f"models/v{plan.number}", "--workspace", plan.workspace.uri
