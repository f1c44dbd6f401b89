"""`s3ml edit`: an object in the user's editor, written back only over what was seen."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from s3ml_tui.cli.asking import is_agreed, perform
from s3ml_tui.cli.objects import ObjectUri, VersionId
from s3ml_tui.cli.options import Options, command
from s3ml_tui.cli.printing import say
from s3ml_tui.cli.session import session
from s3ml_tui.domain.errors import BadInput, Cancelled, LocalTrouble, S3mlError
from s3ml_tui.domain.uri import parse_object

if TYPE_CHECKING:
    from s3ml_tui.services.editing import Draft, Editing

_MOST_KEPT = 100


@command
def edit(options: Options, uri: ObjectUri, version_id: VersionId = None) -> None:
    """Edit an object in $VISUAL or $EDITOR; it is written back only if nobody wrote meanwhile."""
    key = parse_object(uri)
    if options.is_dry_run:
        raise BadInput("Editing has no dry run", advice="Leave the editor without a change: then nothing is written")
    with session(options) as services:
        editing = services.actions.editing
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


def _run_editor(draft: "Draft") -> None:
    """Raises LocalTrouble when it fails; what was typed is then lost with it, as its user wanted."""
    from s3ml_tui.services.editors import editor

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


def _kept(editing: "Editing", draft: "Draft") -> Path:
    """A new file of this folder with what was typed."""
    for number in range(1, _MOST_KEPT):
        target = Path(f"{draft.path.name}.mine" + (f".{number}" if number > 1 else ""))
        try:
            return editing.keep(draft, target)
        except LocalTrouble:
            if not target.exists():
                raise
    raise LocalTrouble("There are too many files of this name", advice="Remove some of them")
