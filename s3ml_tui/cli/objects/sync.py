"""Many files at once: put and get with folders, prefixes and several sources; sync."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from click.exceptions import Exit

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import is_agreed, put_outcome
from s3ml_tui.cli.objects.conflicts import decided
from s3ml_tui.cli.options import Options
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
from s3ml_tui.services.session import Services
from s3ml_tui.services.transfers.journal_file import Done

Filters = tuple[tuple[bool, str], ...]
folder_option = click.option("--recursive", "-r", "is_recursive", is_flag=True, help="All below a folder or prefix.")
exclude_option = click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Leave out names that fit; more than once."
)
include_option = click.option(
    "--include", multiple=True, metavar="PATTERN", help="Take names that fit though --exclude leaves them out."
)
concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(min=1, max=256),
    default=DEFAULT_AT_ONCE,
    show_default=True,
    metavar="N",
    help="Requests under way at once.",
)
_INTERRUPTED = 130


def put_many(
    options: Options,
    sources: list[Path],
    uri: str,
    *,
    storing: Storing,
    filters: Filters,
    at_once: int,
    on_conflict: Clash | None,
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
    on_conflict: Clash | None,
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
@argument("source", metavar="SRC", help="A folder, or s3://bucket/prefix/.")
@argument("target", metavar="DST", help="A folder, or s3://bucket/prefix/; one of both in S3.")
@click.option("--delete", "deletes", is_flag=True, help="Delete at DST what is not at SRC.")
@click.option("--delete-all", "deletes_all", is_flag=True, help="The same, even when that is everything at DST.")
@click.option("--checksum", "by_checksum", is_flag=True, help="Compare content by checksum, not size and time.")
@exclude_option
@include_option
@concurrency_option
def sync(
    options: Options,
    source: str,
    target: str,
    deletes: bool,
    deletes_all: bool,
    by_checksum: bool,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    concurrency: int,
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


def filters_of(exclude: Sequence[str], include: Sequence[str]) -> Filters:
    """Patterns in the order in which they count: what is included is taken though it is excluded."""
    return (*((False, pattern) for pattern in exclude), *((True, pattern) for pattern in include))


def sources_of(words: Sequence[str], *, is_recursive: bool) -> list[ObjectKey | Place]:
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


def carry_out(services: Services, plan: Plan, options: Options, on_conflict: Clash | None) -> None:
    """Ask what there is to ask, do it, print a row for each file and what came of it all."""
    plan = decided(services, plan, options, on_conflict)
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
        outcome = services.perform(plan, progress=progress, cancelled=cancelled, on_file_end=rows)
    if rows is None:
        put_outcome(outcome, options)
    else:
        rows.put_refused()
        say(outcome.title)
    end_with(plan, outcome)


def end_with(plan: Plan, outcome: Outcome | None) -> None:
    """End with the exit code that tells what was left undone."""
    if outcome is not None and outcome.is_cancelled:
        raise Exit(_INTERRUPTED)
    codes = {error.exit_code for _, error in outcome.failures} if outcome is not None else set[int]()
    if outcome is not None and (codes or outcome.left):
        say("  The same command again does the rest.")
        raise Exit(codes.pop() if len(codes) == 1 else 1)
    if isinstance(plan, MoveFiles) and plan.refused:
        raise Exit(1)


def tidy(services: Services) -> None:
    """Sweep what killed sessions left behind, and tell of what can go on."""
    swept = services.transfers.sweep()
    if not swept.is_nothing:
        files, uploads = count_text(swept.files, "temporary file"), count_text(swept.uploads, "open upload")
        say(f"Removed what killed sessions left behind: {files}, {uploads}, {count_text(swept.folders, 'folder')}.")


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

    def __call__(self, move: Move, answer: Done | S3mlError) -> None:
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
