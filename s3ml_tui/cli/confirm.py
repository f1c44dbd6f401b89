"""Plan, question, outcome: how a command goes about a change."""

import shlex
import sys
from typing import TYPE_CHECKING

from click.exceptions import Exit

from s3ml_tui.cli.options import Options
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.counter import done_line, shown
from s3ml_tui.cli.terminal.output import names, put, put_json, say
from s3ml_tui.cli.terminal.progress import has_bar, stoppable, transferring
from s3ml_tui.cli.terminal.signals import GOES_ON
from s3ml_tui.domain.errors import BadInput, Cancelled
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import printable

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services


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
    with (
        transferring(plan.title, total) as progress,
        stoppable(leaving=GOES_ON if plan.can_go_on else "") as control,
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
    commands = list(outcome.undo.commands()) if outcome.undo is not None else []
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
    if plan.must_type:
        return _types(plan)
    choices = "y/N" if plan.is_destructive else "Y/n"
    sys.stderr.write(f"{plan.affirmative}? [{choices}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        return False
    return answer.strip().lower() in ({"y", "yes"} if plan.is_destructive else {"", "y", "yes"})


def _types(plan: Plan) -> bool:
    """Whether the name of what is destroyed for good is typed."""
    name = printable(plan.must_type).strip()
    sys.stderr.write(f"{plan.affirmative}? Type {name} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == name
