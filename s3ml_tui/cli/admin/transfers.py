"""`s3ml transfers`: those whose process ended before they did, to go on with or to discard."""

import click

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.confirm import perform
from s3ml_tui.cli.objects.sync import carry_out, tidy
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.output import put, put_json, say, time_cell
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.transfer import Interrupted, MoveFiles
from s3ml_tui.domain.text import count_text, size_text


@command
@click.option("--resume", is_flag=True, help="Go on with them.")
@click.option("--discard", is_flag=True, help="Remove what they left open; what they moved stays.")
@argument("which", required=False, default="", metavar="[ID]", help="One of them; all without.")
def transfers(options: Options, resume: bool, discard: bool, which: str) -> None:
    """List transfers that were interrupted, go on with them, or discard them."""
    if resume and discard:
        raise BadInput("Either they go on or they are discarded", advice="Give --resume or --discard, not both")
    with session(options) as services:
        tidy(services)
        found = [one for one in services.transfers.interrupted() if which in {"", one.id}]
        if not found:
            say("No transfer of this account was interrupted on this machine.")
        for one in found:
            if discard:
                services.transfers.discard(one.id)
                say(f"Discarded: {one.title}")
            elif resume and not one.why_not:
                plan = services.transfers.plan_resume(one.id)
                if isinstance(plan, MoveFiles):
                    carry_out(services, plan, options, None)
                else:
                    perform(services, plan, options, total=plan.size)
            else:
                _put_interrupted(one, options)


def _put_interrupted(one: Interrupted, options: Options) -> None:
    if options.as_json:
        put_json(
            {
                "id": one.id,
                "title": one.title,
                "sources": list(one.transfer_request.sources),
                "target": one.transfer_request.target,
                "files": one.files,
                "done": one.done,
                "size": one.size,
                "begun": one.begun,
                "why_not": one.why_not or None,
            }
        )
        return
    state = one.why_not or f"{one.done:,} of {count_text(one.files, 'file')} done, {size_text(one.size)} in all"
    put(f"{one.id}  {time_cell(one.begun)}  {one.title}: {state}")
    say(f"  {', '.join(one.transfer_request.sources)} to {one.transfer_request.target}")
