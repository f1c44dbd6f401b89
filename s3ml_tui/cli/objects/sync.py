"""Many files at once: put and get with folders, prefixes and several sources; sync."""

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from s3ml_tui.cli.confirm import is_agreed, put_outcome
from s3ml_tui.cli.objects.conflicts import OnConflictOption, ask_clash
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import put_json, say
from s3ml_tui.cli.terminal.progress import stoppable, transferring
from s3ml_tui.cli.terminal.signals import GOES_ON
from s3ml_tui.domain.errors import BadInput, S3mlError
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.plans.transfer import DEFAULT_AT_ONCE, Move, MoveFiles, Way, refuse_emptying
from s3ml_tui.domain.storage.resume_point import Storing
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place, is_uri, parse_object, parse_place

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services
    from s3ml_tui.services.transfers.journal_file import Done

Filters = tuple[tuple[bool, str], ...]
Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="All below a folder or prefix.")]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="PATTERN", help="Leave out names that fit; more than once.")
]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="PATTERN", help="Take names that fit though --exclude leaves them out."),
]
Concurrency = Annotated[
    int, typer.Option("--concurrency", metavar="N", min=1, max=256, help="Requests under way at once.")
]
AT_ONCE = DEFAULT_AT_ONCE
_INTERRUPTED = 130


def put_many(
    options: Options,
    sources: list[Path],
    uri: str,
    *,
    storing: Storing,
    filters: Filters,
    at_once: int,
    on_conflict: OnConflictOption,
) -> None:
    """What `put` does with a folder, or with several sources."""
    with session(options) as services:
        tidy(services)
        with counting() as cancelled:
            plan = services.transfers.plan_upload(
                sources, parse_place(uri), storing=storing, filters=filters, at_once=at_once, cancelled=cancelled
            )
        carry_out(services, plan, options, on_conflict)


def get_many(
    options: Options,
    sources: list[ObjectKey | Place],
    folder: Path,
    *,
    filters: Filters,
    at_once: int,
    on_conflict: OnConflictOption,
) -> None:
    """What `get` does with a prefix, or with several sources."""
    with session(options) as services:
        tidy(services)
        with counting() as cancelled:
            plan = services.transfers.plan_download(
                sources, folder, filters=filters, at_once=at_once, cancelled=cancelled
            )
        carry_out(services, plan, options, on_conflict)


@command
def sync(
    options: Options,
    source: Annotated[str, typer.Argument(metavar="SRC", help="A folder, or s3://bucket/prefix/.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="A folder, or s3://bucket/prefix/; one of both in S3.")],
    deletes: Annotated[bool, typer.Option("--delete", help="Delete at DST what is not at SRC.")] = False,
    deletes_all: Annotated[
        bool, typer.Option("--delete-all", help="The same, even when that is everything at DST.")
    ] = False,
    by_checksum: Annotated[
        bool, typer.Option("--checksum", help="Compare content by checksum, not size and time.")
    ] = False,
    exclude: Exclude = None,
    include: Include = None,
    concurrency: Concurrency = AT_ONCE,
) -> None:
    """Make DST have what SRC has: only what differs in size, or is newer at SRC, is moved."""
    ends = [parse_place(end) if is_uri(end) else Path(end) for end in (source, target)]
    if isinstance(ends[0], Path) and not ends[0].is_dir():
        raise BadInput(f"There is no folder {ends[0]}", advice="Check the path; for a single file use s3ml put")
    with session(options) as services:
        tidy(services)
        with counting() as cancelled:
            plan = services.transfers.plan_sync(
                ends[0],
                ends[1],
                by_checksum=by_checksum,
                deletes=deletes,
                deletes_all=deletes_all,
                filters=filters_of(exclude, include),
                at_once=concurrency,
                cancelled=cancelled,
            )
        carry_out(services, plan, options, None)


def filters_of(exclude: list[str] | None, include: list[str] | None) -> Filters:
    """Patterns in the order in which they count: what is included is taken though it is excluded."""
    return (*((False, pattern) for pattern in exclude or ()), *((True, pattern) for pattern in include or ()))


def sources_of(words: list[str], *, is_recursive: bool) -> list[ObjectKey | Place]:
    """Addresses as objects and places. Raises BadInput for a place without --recursive."""
    sources: list[ObjectKey | Place] = []
    for word in words:
        place = parse_place(word)
        if is_recursive:
            sources.append(place)
        elif word.endswith("/") or not place.prefix:
            raise BadInput(
                f"{word} is a folder",
                cause="Without --recursive objects are got one by one",
                advice=f"Add -r to get all below it, or see it: s3ml ls {word}",
            )
        else:
            sources.append(parse_object(word))
    return sources


def carry_out(services: "Services", plan: Plan, options: Options, on_conflict: OnConflictOption) -> None:
    """Ask what there is to ask, do it, print a row for each file and what came of it all."""
    if isinstance(plan, MoveFiles) and plan.collisions and not plan.transfer_request.is_sync:
        plan = _decided(plan, options, on_conflict)
    if options.is_dry_run and options.as_json and isinstance(plan, MoveFiles):
        _put_plan_rows(plan)
        return
    if isinstance(plan, MoveFiles) and not options.is_dry_run:
        refuse_emptying(plan)
    agreeing = replace(options, says_yes=options.says_yes or on_conflict is not None)
    if not is_agreed(
        plan, agreeing, asks=isinstance(plan, MoveFiles) and not plan.transfer_request.is_sync, services=services
    ):
        end_with(plan, None)
        return
    if not isinstance(plan, MoveFiles):
        put_outcome(services.perform(plan), options)
        return
    rows = _Rows(plan) if options.as_json else None
    with transferring(plan.title, plan.size) as progress, stoppable(leaving=GOES_ON) as cancelled:
        outcome = services.move(plan, progress=progress, cancelled=cancelled, on_file_end=rows)
    if rows is None:
        put_outcome(outcome, options)
    else:
        rows.put_refused()
        say(outcome.title)
    end_with(plan, outcome)


def end_with(plan: Plan, outcome: Outcome | None) -> None:
    """End with the exit code that tells what was left undone."""
    if outcome is not None and outcome.is_cancelled:
        raise typer.Exit(_INTERRUPTED)
    codes = {error.exit_code for _, error in outcome.failures} if outcome is not None else set[int]()
    if outcome is not None and (codes or outcome.left):
        say("  The same command again does the rest.")
        raise typer.Exit(codes.pop() if len(codes) == 1 else 1)
    if isinstance(plan, MoveFiles) and plan.refused:
        raise typer.Exit(1)


def tidy(services: "Services") -> None:
    """Sweep what killed sessions left behind, and tell of what can go on."""
    swept = services.transfers.sweep()
    if not swept.is_nothing:
        files, uploads = count_text(swept.files, "temporary file"), count_text(swept.uploads, "open upload")
        say(f"Removed what killed sessions left behind: {files}, {uploads}, {count_text(swept.folders, 'folder')}.")


def _decided(plan: MoveFiles, options: Options, said: OnConflictOption) -> MoveFiles:
    """The plan with an answer for names that are taken: what was said, else what a person says, else overwriting."""
    if said is not None:
        return plan.decided(Clash(said.value))
    if options.says_yes or options.is_dry_run or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return plan
    count = "1 name is" if len(plan.collisions) == 1 else f"{len(plan.collisions):,} names are"
    return plan.decided(ask_clash(f"{count} taken there already, the first: {plan.collisions[0].name}"))


def _put_plan_rows(plan: MoveFiles) -> None:
    for move in plan.work:
        put_json(_row(plan, move) | {"status": "planned", "is_there": move.over is not None})
    for extra in plan.doomed:
        put_json({"target": extra.target, "status": "planned", "is_deleted": True})
    for one in plan.refused:
        put_json({"name": one.name, "status": "refused", "error": one.reason})


def _row(plan: MoveFiles, move: Move) -> dict[str, object]:
    way = plan.transfer_request.way
    source = move.source if way is Way.UP else f"s3://{move.source}"
    target = move.target if way is Way.DOWN else f"s3://{move.target}"
    return {"name": move.name, "source": source, "target": target, "size": move.size}


class _Rows:
    """A line of JSON for each file as it ends."""

    def __init__(self, plan: MoveFiles) -> None:
        self._plan = plan
        self._lock = threading.Lock()
        streams.done()

    def __call__(self, move: Move, answer: "Done | S3mlError") -> None:
        row = _row(self._plan, move)
        if isinstance(answer, S3mlError):
            row |= {"status": "failed", "error": answer.sentence}
        else:
            row |= {"status": "done", "version_id": answer.version_id, "etag": answer.etag}
        with self._lock:
            put_json(row)
            sys.stdout.flush()

    def put_refused(self) -> None:
        """What was left out."""
        for one in self._plan.refused:
            put_json({"name": one.name, "status": "refused", "error": one.reason})
