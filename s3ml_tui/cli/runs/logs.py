"""`s3ml logs`: print and follow the log of a run, or any growing object."""

import json
import sys
import time
from collections.abc import Callable
from functools import partial

import click

from s3ml_tui.cli.command import argument, command
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.runs.follow import log_line
from s3ml_tui.cli.session import session, workspace
from s3ml_tui.cli.terminal.output import put, put_json, say
from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.ml.events import Cursor, LogPage
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.uri import is_uri, parse_object

POLL_S = 1.0
"""How often a log that goes on is asked for more; chunks come once a second."""


@command
@argument("what", metavar="RUN|URI", help="A run's id, or s3://bucket/key of a log.")
@click.option("--follow", "-f", "is_followed", is_flag=True, help="Go on until it is over, or ctrl+c.")
def logs(options: Options, what: str, is_followed: bool) -> None:
    """Print the log of a run, or of a single object; --json prints its lines as they are stored."""
    with session(options) as services:
        if is_uri(what):
            poll = partial(services.logs.poll_object, parse_object(what))
            _print(poll(Cursor()), poll, options, is_followed=is_followed)
            return
        place = workspace(options)
        poll = partial(services.logs.poll_run, place, what)
        first = poll(Cursor())
        if not (first.lines or first.is_over) and services.runs.start_record(place, what) is None:
            raise NotFound(
                f"{place.uri} has no run {what}",
                advice="`s3ml runs` lists those that are there; the log of a prediction is named by its address, "
                f"{Layout(place).inference_log('BATCH').uri}",
            )
        _print(first, poll, options, is_followed=is_followed)


def _print(page: LogPage, poll: Callable[[Cursor], LogPage], options: Options, *, is_followed: bool) -> None:
    while True:
        if page.was_replaced:
            say("The log was replaced; it begins anew.")
        for line in page.lines:
            _put_line(line, options)
        sys.stdout.flush()  # whoever reads a pipe is shown each line as it comes
        if page.is_over:
            return
        if not page.lines:
            if not is_followed:
                return
            time.sleep(POLL_S)
        page = poll(page.cursor)


def _put_line(line: str, options: Options) -> None:
    if not options.as_json:
        put(log_line(line))
        return
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = {"message": line}
    put_json(document)
