"""What becomes of names that are taken: an option, or one question for all."""

import sys
from typing import TYPE_CHECKING

import click

from s3ml_tui.cli.command import OneOf
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash
from s3ml_tui.domain.plans.plan import Plan

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services

on_conflict_option = click.option(
    "--on-conflict", type=OneOf(Clash), help="What becomes of what is there already; asked without it."
)
_LETTERS = {"o": Clash.OVERWRITE, "s": Clash.SKIP, "k": Clash.KEEP_BOTH, "n": Clash.NEWER}


def decided(services: "Services", plan: Plan, options: Options, said: Clash | None) -> Plan:
    """The plan with an answer for what is there: the one that was said, overwriting with --yes, else a person's.

    Raises BadInput without a terminal for a plan that must be answered, Cancelled without an answer.
    """
    taken = plan.taken
    if taken is None:
        return plan
    can_ask = sys.stdin.isatty() and sys.stderr.isatty()
    if said is not None:
        clash = said
    elif options.says_yes and taken.must_be_answered:
        clash = Clash.OVERWRITE
    elif options.says_yes or options.is_dry_run or not (can_ask or taken.must_be_answered):
        return plan
    else:
        clash = _asked(f"{taken.count}, the first: {taken.first}", can_ask=can_ask)
    with counting() as cancelled:
        return services.decided(plan, clash, cancelled=cancelled)


def _asked(what: str, *, can_ask: bool) -> Clash:
    if not can_ask:
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
