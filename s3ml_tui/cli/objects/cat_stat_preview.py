"""Commands that look inside one object: cat, stat, preview."""

import sys

import click

from s3ml_tui.cli.command import command, object_argument, version_option
from s3ml_tui.cli.objects import preview_output
from s3ml_tui.cli.objects.preview_output import aligned, headline, lines_of
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import looking_for, session
from s3ml_tui.cli.terminal.charset import terminal_text
from s3ml_tui.cli.terminal.output import names, put, put_json, say
from s3ml_tui.cli.terminal.progress import stoppable
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.preview.content import MOST_READ_BYTES, READ_BYTES, Image, Preview
from s3ml_tui.domain.preview.protocol import CODEC
from s3ml_tui.domain.storage.details import Details
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import parse_object

MIB = 1024 * 1024


@command
@object_argument
@version_option
def cat(options: Options, uri: str, version_id: str | None) -> None:
    """Print an object's bytes; a terminal is shown text only, with control characters made visible."""
    key = parse_object(uri)
    if options.as_json:
        raise BadInput(
            "cat prints bytes, not JSON", advice=f"Use `s3ml preview --json {uri}` or `s3ml stat --json {uri}`"
        )
    with session(options) as services, stoppable() as cancelled, looking_for(services, key, version_id):
        chunks = services.previews.chunks(key, version_id, cancelled=cancelled)
        if sys.stdout.isatty():
            sys.stdout.writelines(terminal_text(chunks, uri))
            return
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


@command
@object_argument
@version_option
def stat(options: Options, uri: str, version_id: str | None) -> None:
    """Tell what is known of an object without its bytes: metadata, tags, checksums, encryption, lock."""
    key = parse_object(uri)
    with session(options) as services, looking_for(services, key, version_id):
        details = services.previews.details(key, version_id)
    if options.as_json:
        put_json(_document(details))
        return
    for line in aligned(details.rows()):
        put(line)


def _document(details: Details) -> dict[str, object]:
    facts = details.facts
    known: dict[str, object] = names(details.key) | {
        "version_id": details.version_id,
        "size": details.size,
        "etag": details.etag,
        "last_modified": details.modified,
        "storage_class": details.storage_class,
    }
    if facts is not None:
        known |= {
            "content_type": facts.content_type,
            "encryption": facts.encryption,
            "checksums": facts.checksums,
            "headers": facts.headers,
            "states": facts.states,
            "metadata": facts.metadata,
        }
    known |= {"tags": details.tags, "lock": details.lock, "archive": details.archive}
    return known | {"by": details.origin, "missing": details.missing}


@command
@object_argument
@version_option
@click.option(
    "--read",
    "mib",
    type=click.IntRange(min=1, max=MOST_READ_BYTES // MIB),
    default=READ_BYTES // MIB,
    show_default=True,
    metavar="MIB",
    help="Read at most this much of it.",
)
def preview(options: Options, uri: str, version_id: str | None, mib: int) -> None:
    """Show what is inside an object, without downloading all of it."""
    key = parse_object(uri)
    room = (0, 0) if options.as_json else preview_output.room()
    with session(options) as services, stoppable() as cancelled, looking_for(services, key, version_id):
        found = services.previews.preview(key, version_id, budget=mib * MIB, room=room, cancelled=cancelled)
    if options.as_json:
        put_json(
            names(found.key)
            | {"version_id": found.version_id, "size": found.size, "read": found.read_bytes}
            | {"packed": found.packed, "notes": found.notes, "content": CODEC.plain(found.content)}
        )
        return
    say(headline(found))
    for note in found.notes:
        say(f"  {note}")
    if found.is_partial:
        say(f"  {_how_much(found)}")
    if isinstance(found.content, Image) and found.content.pixels is not None:
        preview_output.draw(found.content.pixels, room)
    for line in lines_of(found):
        put(line)


def _how_much(found: Preview) -> str:
    parts = ["Not all of it is shown"]
    if found.read_bytes < found.size:
        parts.append(f"{size_text(found.read_bytes)} of {size_text(found.size)} were read")
    if found.next_budget:
        parts.append(f"--read {found.next_budget // MIB} shows more")
    return "; ".join(parts) + "."
