"""Plan, question, outcome: how a command goes about a change.

The commands that undo what was done, one for each object, in the order in which they are to be given.
"""

import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from click.exceptions import Exit

from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.counter import done_line, shown
from s3ml_tui.cli.terminal.output import names, put, put_json, say
from s3ml_tui.cli.terminal.progress import has_bar, stoppable, transferring
from s3ml_tui.cli.terminal.signals import GOES_ON
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.bucket_folder import DeleteBucket, SetBlock, SetVersioning
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.download_share import DownloadFile
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Outcome, Plan, RemoveMarker, UploadFile
from s3ml_tui.domain.plans.purge import LoudPlan
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags, TagChange
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.plans.undo import TakeBack, TakeUploadsBack
from s3ml_tui.domain.storage.metadata_rules import fields_of
from s3ml_tui.domain.text import printable

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services


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
    from s3ml_tui.domain.plans.alias import MoveAlias

    if isinstance(plan, MoveAlias):
        yield "promote", plan.alias, f"models/v{plan.number}", "--workspace", plan.workspace.uri


_SHOWN = 6
"""So many commands that undo something are shown."""


def is_agreed(plan: Plan, options: Options, *, asks: bool = True, services: "Services | None" = None) -> bool:
    """Whether to perform the plan; False after a dry run, or when there is nothing to do, which is then said.

    The plan goes to stderr, with a question when a terminal can answer it. Without a terminal a destructive plan
    needs --yes (raises BadInput), any other goes on. With `asks` False only a destructive plan is asked about.
    With `services`, who is asked is told when the bucket is no workspace. Raises Cancelled when the answer is no.
    """
    if options.is_dry_run or not plan.changes_anything:
        _put_plan(plan, options)
        return False
    say(plan.title, *(f"  {sentence}" for sentence in plan.sentences()))
    if options.says_yes:
        return True
    if not _can_ask(options):
        if plan.is_destructive:
            raise BadInput(
                "Nothing was done",
                cause="There is no terminal to ask on",
                advice="Add --yes to have it done, or --dry-run to see the plan alone",
            )
        return True
    if asks or plan.is_destructive:
        if services is not None and (question := services.first_changes.question(plan)):
            say(f"  {question}")
        if not _answers_yes(plan):
            raise Cancelled("Nothing was done")
    return True


def ensure_trusted(question: Plan, *, is_said: bool) -> None:
    """Ask whether what somebody else made may be run here; --yes does not answer that, `is_said` (--trust) does.

    Raises Cancelled when the answer is no, BadInput where nobody can be asked.
    """
    say(question.title, *(f"  {sentence}" for sentence in question.sentences()))
    if is_said:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput(
            "Nothing was done",
            cause="There is no terminal to ask on, and --yes does not say that you trust it",
            advice="Add --trust if you know who made it",
        )
    if not _answers_yes(question):
        raise Cancelled("Nothing was done")


def _can_ask(options: Options) -> bool:
    """Whether somebody is asked, and may take long to answer."""
    return not options.says_yes and sys.stdin.isatty() and sys.stderr.isatty()


def perform(services: "Services", plan: Plan, options: Options, *, total: int | None = None, undoes: str = "") -> None:
    """Do it, with a progress bar when `total` bytes move, else a count where there are many, and print the outcome.

    `undoes` is the activity record it undoes.
    """
    is_noted = isinstance(plan, UploadFile | DownloadFile | MoveFiles | CopyObjects | CopyForward)
    leaving = GOES_ON if is_noted else ""
    with (
        transferring(plan.title, total) as progress,
        stoppable(leaving=leaving) as control,
        shown(lambda: "" if has_bar(total) else done_line(plan.title, control)),
    ):
        outcome = services.perform(
            plan, progress=progress, cancelled=control, undoes=undoes, is_unasked=not _can_ask(options)
        )
    put_outcome(outcome, options)
    if services.activity.trouble is not None:
        say(services.activity.trouble.sentence)
    if outcome.failed:
        raise Exit(1)


def put_outcome(outcome: Outcome, options: Options) -> None:
    """What was done, on stdout; how to undo it, on stderr."""
    streams.done()
    commands = list(undo_commands(outcome.undo)) if outcome.undo is not None else []
    if options.as_json:
        undo = [shlex.join(options.words(*words)) for words in commands]
        document: dict[str, object] = {"title": outcome.title, "at": outcome.at, "details": list(outcome.details)}
        document |= names(outcome.key) if outcome.key else {}
        document |= {"undo_commands": undo} if len(undo) > 1 else {}
        one = undo[0] if len(undo) == 1 else None
        put_json(document | {"version_id": outcome.version_id, "undo": one, "no_undo": outcome.no_undo})
        return
    undo = [options.line(*words) for words in commands]
    version = f" (version {outcome.version_id})" if outcome.version_id else ""
    put(f"{outcome.title}{version}")
    for detail in outcome.details:
        say(f"  {detail}")
    if len(undo) == 1:
        say(f"  To undo it: {undo[0]}")
    elif undo:
        more = [f"… and {len(undo) - _SHOWN:,} more; --json prints them all"] if len(undo) > _SHOWN else []
        say(f"  To undo it: {options.line('undo')}; or one by one, in this order:")
        say(*(f"    {line}" for line in [*undo[:_SHOWN], *more]))
    elif outcome.undo is not None:
        say(f"  To undo it: {options.line('undo')}")
    elif outcome.no_undo:
        say(f"  {outcome.no_undo}")


def _put_plan(plan: Plan, options: Options) -> None:
    sentences = plan.sentences()
    if options.as_json:
        put_json(
            {
                "title": plan.title,
                "sentences": list(sentences),
                "is_destructive": plan.is_destructive,
                "changes_anything": plan.changes_anything,
            }
        )
        return
    put(plan.title)
    for sentence in sentences:
        put(f"  {sentence}")


def _answers_yes(plan: Plan) -> bool:
    if isinstance(plan, LoudPlan):
        return _types(plan)
    choices = "y/N" if plan.is_destructive else "Y/n"
    sys.stderr.write(f"{plan.affirmative}? [{choices}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        return False
    return answer.strip().lower() in ({"y", "yes"} if plan.is_destructive else {"", "y", "yes"})


def _types(plan: LoudPlan) -> bool:
    """Whether the name of what is destroyed for good is typed."""
    name = printable(plan.must_type).strip()
    sys.stderr.write(f"{plan.affirmative}? Type {name} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == name
