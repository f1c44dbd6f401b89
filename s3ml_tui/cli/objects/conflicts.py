"""What becomes of names that are taken: an option, or one question for all."""

import sys

import click

from s3ml_tui.cli.command import OneOf
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash

on_conflict_option = click.option(
    "--on-conflict", type=OneOf(Clash), help="What becomes of what is there already; asked without it."
)
_LETTERS = {"o": Clash.OVERWRITE, "s": Clash.SKIP, "k": Clash.KEEP_BOTH, "n": Clash.NEWER}


def ask_clash(what: str) -> Clash:
    """A person's answer for all of `what` is there. Raises BadInput without a terminal, Cancelled without an answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInput(
            what,
            cause="There is no terminal to ask on; nothing was done",
            advice=f"Add --on-conflict with one of {', '.join(Clash)}",
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
