"""`s3ml bucket …`: a bucket as a whole, made, set, emptied and deleted.

`s3ml buckets`: all buckets of the account.
"""

from collections.abc import Callable

import click

from s3ml_tui.cli.command import Group, argument, command
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.objects.ls_find_du import put_buckets
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.counter import counting
from s3ml_tui.cli.terminal.output import put, put_json
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.lifecycle import lifecycle_words
from s3ml_tui.domain.uri import parse_place
from s3ml_tui.services.session import Services

bucket_argument = argument("bucket", metavar="BUCKET", help="Its name, or s3://name.")


def _named(text: str) -> str:
    return parse_place(text if "://" in text else f"s3://{text}").bucket


def _do(options: Options, plan: Callable[[Services], Plan], *, asks: bool = True) -> None:
    with session(options) as services:
        found = plan(services)
        if is_agreed(found, options, asks=asks):
            perform(services, found, options)


@command
@bucket_argument
def create(options: Options, bucket: str) -> None:
    """Create a bucket: private, and keeping every old version."""
    _do(options, lambda services: services.buckets.plan_create(_named(bucket)), asks=False)


@command
@bucket_argument
@argument("switch", type=click.Choice(["on", "suspended"]), metavar="switch")
def versioning(options: Options, bucket: str, switch: str) -> None:
    """Switch the keeping of old versions on, or suspend it."""
    _do(options, lambda services: services.buckets.plan_versioning(_named(bucket), is_on=switch == "on"))


@command
@bucket_argument
@argument("switch", type=click.Choice(["on", "off"]), metavar="switch", default="on")
def block(options: Options, bucket: str, switch: str) -> None:
    """Block public access, or take the block away."""
    _do(options, lambda services: services.buckets.plan_block(_named(bucket), is_on=switch == "on"))


@command
@bucket_argument
def lifecycle(options: Options, bucket: str) -> None:
    """Say in words what its lifecycle rules do."""
    with session(options) as services:
        facts = services.browsing.facts(_named(bucket))
    if options.as_json:
        for rule in facts.lifecycle or ():
            put_json(rule)
        return
    for paragraph in lifecycle_words(facts.lifecycle, facts.versioning):
        for line in paragraph.splitlines():
            put(line)


@command
@bucket_argument
def abort_uploads(options: Options, bucket: str) -> None:
    """Have the server remove uploads that were left open, by a lifecycle rule."""
    _do(options, lambda services: services.buckets.plan_abort_open_uploads(_named(bucket)))


@command
@bucket_argument
def empty(options: Options, bucket: str) -> None:
    """Destroy everything in it, old versions included; all of it is counted first."""

    def plan(services: Services) -> Plan:
        with counting() as cancelled:
            return services.buckets.plan_empty(_named(bucket), cancelled=cancelled)

    _do(options, plan)


@command
@bucket_argument
def delete(options: Options, bucket: str) -> None:
    """Delete it, and everything in it; all of it is counted first."""

    def plan(services: Services) -> Plan:
        with counting() as cancelled:
            return services.buckets.plan_delete(_named(bucket), cancelled=cancelled)

    _do(options, plan)


@command
def buckets(options: Options) -> None:
    """List all buckets of the account, as `s3ml ls` without an address does."""
    with session(options) as services:
        put_buckets(services, options)


bucket_group = Group(
    name="bucket",
    help="Create, set, empty and delete buckets.",
    commands={
        "create": create,
        "versioning": versioning,
        "block": block,
        "lifecycle": lifecycle,
        "abort-uploads": abort_uploads,
        "empty": empty,
        "delete": delete,
    },
)
