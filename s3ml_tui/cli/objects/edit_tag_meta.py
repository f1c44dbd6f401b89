"""`s3ml edit`: an object in the user's editor, written back only over what was seen.

Tags, metadata and headers: shown without anything to change, else changed, of one object or all below a prefix.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from s3ml_tui.cli.command import argument, command, object_argument, objects_argument, recursive_option, version_option
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import names, put_json, put_table, say
from s3ml_tui.domain.errors import BadInput, Cancelled, LocalTrouble, S3mlError
from s3ml_tui.domain.uri import parse_object, parse_place
from s3ml_tui.services.objects.edit import Draft, Editing, editor

_MOST_KEPT = 100


@command
@object_argument
@version_option
def edit(options: Options, uri: str, version_id: str | None) -> None:
    """Edit an object in $VISUAL or $EDITOR; it is written back only if nobody wrote meanwhile."""
    key = parse_object(uri)
    if options.is_dry_run:
        raise BadInput("Editing has no dry run", advice="Leave the editor without a change: then nothing is written")
    with session(options) as services:
        editing = services.editing
        draft = editing.begin(key, version_id)
        try:
            _run_editor(draft)
            try:
                plan = editing.plan(draft)
                if is_agreed(plan, options, services=services):
                    perform(services, plan, options)
            except (S3mlError, Cancelled):
                say(f"What you wrote is kept in {_kept(editing, draft)}")
                raise
        finally:
            editing.drop(draft)


def _run_editor(draft: Draft) -> None:
    """Raises LocalTrouble when it fails; what was typed is then lost with it, as its user wanted."""
    command = [*editor(), str(draft.path)]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise LocalTrouble(
            f"{command[0]} cannot be started", cause=error.strerror or "", advice="Set EDITOR to the command of yours"
        ) from error
    if code:
        raise LocalTrouble(
            f"{command[0]} ended with {code}",
            cause="Nothing was written",
            advice="Start it again, or use another EDITOR",
        )


def _kept(editing: Editing, draft: Draft) -> Path:
    """A new file of this folder with what was typed."""
    for number in range(1, _MOST_KEPT):
        target = Path(f"{draft.path.name}.mine" + (f".{number}" if number > 1 else ""))
        try:
            return editing.keep(draft, target)
        except LocalTrouble:
            if not target.exists():
                raise
    raise LocalTrouble("There are too many files of this name", advice="Remove some of them")


pairs_argument = argument("pairs", nargs=-1, metavar="[NAME=VALUE ...]", help="To set; all others stay.")
remove_option = click.option("--remove", multiple=True, metavar="NAME", help="To remove; may be said again.")
replace_option = click.option("--replace", "is_replacing", is_flag=True, help="Remove all others.")


@command
@objects_argument
@pairs_argument
@remove_option
@replace_option
@version_option
@recursive_option
def tag(
    options: Options,
    uri: str,
    pairs: tuple[str, ...],
    remove: tuple[str, ...],
    is_replacing: bool,
    version_id: str | None,
    is_recursive: bool,
) -> None:
    """Show the tags of a version, or change them; no new version is made."""
    new, gone = _parted(pairs), remove
    is_change = bool(new or gone or is_replacing)
    with session(options) as services:
        tagging = services.tagging
        if not is_change:
            key = parse_object(uri)
            _put(options, names(key) | {"version_id": version_id}, tagging.tags(key, version_id))
            return
        if is_recursive:
            _refuse_replacing(is_replacing)
            with counting() as cancelled:
                below = services.all_below(parse_place(uri), cancelled=cancelled)
                plan = tagging.plan_each(below, new, gone, cancelled=cancelled)
        else:
            key = parse_object(uri)
            seen = tagging.seen(key, version_id)
            kept = {} if is_replacing else seen.tags
            plan = tagging.plan_over(seen, {name: value for name, value in kept.items() if name not in gone} | new)
        if is_agreed(plan, options, asks=is_recursive, services=services):
            perform(services, plan, options)


@command
@objects_argument
@pairs_argument
@remove_option
@replace_option
@recursive_option
def meta(
    options: Options, uri: str, pairs: tuple[str, ...], remove: tuple[str, ...], is_replacing: bool, is_recursive: bool
) -> None:
    """Show metadata and headers (content-type, cache-control ...), or change them, which makes a new version."""
    new, gone = _parted(pairs), remove
    with session(options) as services:
        describing = services.describing
        if not (new or gone or is_replacing):
            key = parse_object(uri)
            _put(options, names(key), describing.fields(key))
            return
        if is_recursive:
            _refuse_replacing(is_replacing)
            with counting() as cancelled:
                below = services.all_below(parse_place(uri), cancelled=cancelled)
                plan = describing.plan_each(below, new, gone, cancelled=cancelled)
        elif is_replacing:
            plan = describing.plan(parse_object(uri), new)
        else:
            plan = describing.plan_each(services.current_of([parse_object(uri)]), new, gone)
        if is_agreed(plan, options, asks=is_recursive, services=services):
            perform(services, plan, options, total=plan.size)


def _refuse_replacing(is_replacing: bool) -> None:
    if is_replacing:
        raise BadInput(
            "--replace means one object",
            cause="Below a prefix each may have others",
            advice="Name what is to go with --remove",
        )


def _parted(pairs: Sequence[str]) -> dict[str, str]:
    """`name=value` as pairs. Raises BadInput."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise BadInput(f"{pair!r} is no pair", advice="Write it as name=value")
        found[name] = value
    return found


def _put(options: Options, which: Mapping[str, object], found: Mapping[str, str]) -> None:
    if options.as_json:
        put_json({**which, "pairs": dict(found)})
    elif found:
        put_table(sorted(found.items()))
