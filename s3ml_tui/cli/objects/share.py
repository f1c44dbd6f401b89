"""`s3ml share`: a link that opens one version for a while."""

import re
import shutil
import sys

import click

from s3ml_tui.cli.command import command, object_argument, version_option
from s3ml_tui.cli.confirm import is_agreed
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import session
from s3ml_tui.cli.terminal.charset import shows
from s3ml_tui.cli.terminal.output import names, put, put_json, say
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.download_share import USUAL_LINK_S
from s3ml_tui.domain.uri import parse_object

_LONGEST_S = 7 * 24 * 3600
_MOST_ROWS = 200
_DARK_ON_LIGHT, _PLAIN = "\x1b[30;107m", "\x1b[0m"


@command
@object_argument
@version_option
@click.option("--expires", metavar="TIME", help="How long it works: 90s, 15m (as without), 2h, up to 7d.")
@click.option("--qr", "is_drawn", is_flag=True, help="Draw it as a QR code too, on stderr.")
def share(options: Options, uri: str, version_id: str | None, expires: str | None, is_drawn: bool) -> None:
    """Make a link by which anyone can read one version for a while; it cannot be revoked."""
    key = parse_object(uri)
    expires_s = seconds(expires) if expires is not None else None
    with session(options) as services:
        sharing = services.sharing
        if expires_s is None:
            expires_s = min(USUAL_LINK_S, sharing.limit().longest_s)
        plan = sharing.plan(key, version_id, expires_s=expires_s)
        if not is_agreed(plan, options, asks=False):
            return
        link = services.share(plan)
    if options.as_json:
        put_json(names(link.key) | {"url": link.url, "version_id": link.version_id, "expires": link.expires})
    else:
        put(link.url)
        say(f"  It works until {link.expires.astimezone():%Y-%m-%d %H:%M:%S}, and cannot be revoked before.")
    if is_drawn:
        _draw(link.url)


def seconds(text: str) -> int:
    """`90s`, `15m`, `2h` or `7d` in seconds. Raises BadInput."""
    match = re.fullmatch(r"([1-9]\d{0,6})([smhd])", text)
    found = int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]] if match else 0
    if not 0 < found <= _LONGEST_S:
        raise BadInput(f"{text!r} is no time a link can work for", advice="Write it as 90s, 15m, 2h or at most 7d")
    return found


def _draw(url: str) -> None:
    from s3ml_tui.services.objects.share import TooSmall, qr_code

    if not shows("▀▄█", sys.stderr):
        say("  The QR code cannot be drawn with ASCII alone; --no-ascii draws it.")
        return
    columns = shutil.get_terminal_size().columns
    code = qr_code(url, columns=columns, rows=_MOST_ROWS)
    if isinstance(code, TooSmall):
        say(f"  The QR code needs {code.columns} columns; this terminal has {columns}.")
        return
    begin, end = (_DARK_ON_LIGHT, _PLAIN) if sys.stderr.isatty() else ("", "")
    for line in code.lines:
        sys.stderr.write(f"{begin}{line}{end}\n")
