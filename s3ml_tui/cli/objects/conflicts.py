"""What becomes of names that are taken: an option, or one question for all."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash


class OnConflict(StrEnum):
    """The answers to what is there already."""

    OVERWRITE = Clash.OVERWRITE.value
    SKIP = Clash.SKIP.value
    KEEP_BOTH = Clash.KEEP_BOTH.value
    NEWER = Clash.NEWER.value


OnConflictOption = Annotated[
    OnConflict | None,
    typer.Option("--on-conflict", help="What becomes of what is there already; asked without it."),
]
_LETTERS = {"o": Clash.OVERWRITE, "s": Clash.SKIP, "k": Clash.KEEP_BOTH, "n": Clash.NEWER}


def ask_clash(what: str) -> Clash:
    """A person's answer for all of `what` is there. Raises BadInput without a terminal, Cancelled without an answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput(
            what,
            cause="There is no terminal to ask on; nothing was done",
            advice=f"Add --on-conflict with one of {', '.join(OnConflict)}",
        )
    say(what)
    for letter, clash in _LETTERS.items():
        say(f"  {letter}  {CLASH_WORDS[clash]}")
    sys.stderr.write(f"Which? [{'/'.join(_LETTERS)}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()[:1]
    if answer not in _LETTERS:
        raise Cancelled("Nothing was done")
    return _LETTERS[answer]
