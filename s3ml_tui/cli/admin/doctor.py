"""`s3ml doctor`: what works with these credentials, what is lacking, and the policy that would be enough."""

import json
import sys
from textwrap import fill
from typing import Any

import click
from click.exceptions import Exit

from s3ml_tui import settings
from s3ml_tui.cli.admin.context import document
from s3ml_tui.cli.command import OneOf, argument, command
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import THREE_WAYS, session
from s3ml_tui.cli.terminal.charset import shows
from s3ml_tui.cli.terminal.output import put, put_json, say
from s3ml_tui.domain import permissions
from s3ml_tui.domain.doctor import Finding, Verdict
from s3ml_tui.domain.errors import BadInput, NoCredentials, S3mlError
from s3ml_tui.domain.permissions import Use
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place, parse_object, parse_place
from s3ml_tui.services.doctor.verdicts import failed
from s3ml_tui.settings import Settings

Policies = dict[Use, dict[str, Any]]
_SIGNS = {Verdict.WORKS: "✓", Verdict.LACKS: "✗", Verdict.UNKNOWN: "?"}
_ASCII_SIGNS = {Verdict.WORKS: "[ok]", Verdict.LACKS: "[no]", Verdict.UNKNOWN: "[??]"}
_INDENT = 24
_WIDTH = 118


@command
@argument("uri", required=False, metavar="[URI]", help="s3://bucket[/prefix/ or /key]; the workspace without.")
@click.option(
    "--write", "may_write", is_flag=True, help="Try writes too: small objects in the workspace's .s3ml/, removed again."
)
@click.option("--policy", "use", type=OneOf(Use), help="Print this policy alone, as JSON, and check nothing.")
def doctor(options: Options, uri: str | None, may_write: bool, use: Use | None) -> None:
    """Tell what works with these credentials, what is lacking, and which IAM policy would be enough.

    Ends with 0 when the place can be browsed, whatever else is lacking; otherwise with the code of what is wrong.
    """
    chosen = settings.load(options.flags)
    place, key = _target(uri or chosen.context.workspace)
    if use is not None:
        _put_policy_alone(use, place, chosen.context.region)
        return
    found: list[Finding] = []
    enough = permissions.both(place, chosen.context.region) if place else {}
    try:
        with session(options) as services:
            check_up = services.doctor
            for finding in check_up.examine(place, key=key, may_write=may_write and not options.is_dry_run):
                found.append(finding)
                _put_finding(finding, options)
            place, enough = check_up.place, check_up.policies()
    except S3mlError as error:
        found.append(_without_session(error))
        _put_finding(found[-1], options)
    _put_report(chosen, place, found, enough, options)
    code = next((finding.exit_code for finding in found if finding.exit_code), 0)
    if code:
        raise Exit(code)


def _put_report(
    chosen: Settings, place: Place | None, found: list[Finding], enough: Policies, options: Options
) -> None:
    """The one object of --json; for people the policies, since the findings were printed as they came."""
    if options.as_json:
        put_json(
            {
                "context": document(chosen.context),
                "sources": chosen.sources,
                "uri": place,
                "findings": found,
                "policies": {str(use): policy for use, policy in enough.items()},
            }
        )
    elif place is not None:
        _put_policies(enough)
    else:
        say("Name a place (`s3ml doctor s3://BUCKET/PREFIX/`) to have it checked and to see its policy.")


def _target(uri: str | None) -> tuple[Place | None, ObjectKey | None]:
    """The place to check, and the object to try things on when the address may be one's."""
    if uri is None:
        return None, None
    place = parse_place(uri)
    if not place.prefix or uri.endswith("/"):
        return place, None
    return place, parse_object(uri)


def _without_session(error: S3mlError) -> Finding:
    """Why there is not even a connection."""
    check = "credentials" if isinstance(error, NoCredentials) else "connection"
    return failed(check, error, is_fatal=True)


def _put_finding(finding: Finding, options: Options) -> None:
    if options.as_json:
        return
    sentence = finding.sentence + (f" Lacking: {finding.action}." if finding.action else "")
    sign = _signs()[finding.verdict]
    _put_paragraph(sentence, f"{sign} {finding.check}".ljust(_INDENT))
    if finding.follows.rstrip(".") == THREE_WAYS:
        for way in _three_ways():
            _put_paragraph(way, " " * _INDENT)
    elif finding.follows:
        _put_paragraph(finding.follows, " " * (_INDENT - 2) + ("→ " if _signs() is _SIGNS else "> "))


def _put_paragraph(text: str, start: str) -> None:
    """Lines on stdout, indented below one another; long names are not torn."""
    text = printable(text)  # before it is wrapped: a line feed in a name is no line's end
    wrapped = fill(
        text,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in wrapped.splitlines():
        put(line)


def _signs() -> dict[Verdict, str]:
    """The marks, as far as stdout can show them."""
    return _SIGNS if shows("✓✗→", sys.stdout) else _ASCII_SIGNS


def _three_ways() -> list[str]:
    """The three ways in, one a line."""
    return [
        "1. A profile of the AWS configuration: --profile NAME, or AWS_PROFILE.",
        "2. An S3 server: --endpoint-url URL, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set.",
        "3. The embedded server on this machine: `s3ml local start`, then --local.",
        "Each can be kept as a context of the settings file; `s3ml config init` writes one.",
    ]


def _put_policies(enough: Policies) -> None:
    words = {Use.BROWSE: "look at everything there", Use.FULL: "do everything there"}
    for use, policy in enough.items():
        put("")
        put(f"Enough to {words[use]}:")
        for line in json.dumps(policy, indent=2).splitlines():
            put(line)


def _put_policy_alone(use: Use, place: Place | None, region: str | None) -> None:
    if place is None:
        raise BadInput("A policy is for a place", advice=f"Name it: s3ml doctor s3://BUCKET/PREFIX/ --policy {use}")
    for line in json.dumps(permissions.both(place, region)[use], indent=2).splitlines():
        put(line)
