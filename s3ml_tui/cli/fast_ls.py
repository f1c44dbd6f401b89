"""`s3ml ls` in its plainest form, without the machinery that reads command lines and makes services.

That machinery takes longer to load than a hundred thousand keys take to list. Whatever is not plain (other options, the
embedded server, an object's address, nothing found, any error before the first line) is left to the whole command line,
which does it again and says what there is to say.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_VALUES = {"--endpoint-url": "endpoint_url", "--profile": "profile", "--region": "region"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A command line that is nothing but `ls` of one place."""

    uri: str
    is_recursive: bool
    as_json: bool
    flags: dict[str, str]
    """By the names `settings.Flags` has for them."""


def read(words: Sequence[str]) -> Plain | None:
    """What the words of a command line say; None when they are not plain."""
    left, flags, places = list(words), dict[str, str](), list[str]()
    is_recursive = as_json = False
    while left:
        word = left.pop(0)
        if word in _VALUES and left and not left[0].startswith("-"):
            flags[_VALUES[word]] = left.pop(0)
        elif word in {"-r", "--recursive"} and places:
            is_recursive = True
        elif word == "--json":
            as_json = True
        elif word.startswith("-"):
            return None
        else:
            places.append(word)
    if len(places) != 2 or places[0] != "ls" or not places[1].startswith("s3://"):
        return None
    return Plain(places[1], is_recursive, as_json, flags)


def run(words: Sequence[str]) -> int | None:
    """List what the words ask for; the exit code, or None when it is to be done by the whole command line."""
    plain = read(words)
    if plain is None:
        return None
    import gc

    from s3ml_tui.cli.terminal.streams import ResultLost
    from s3ml_tui.domain.errors import Cancelled, S3mlError

    gc.disable()  # a short process; what it allocates makes no cycles to speak of
    shown = 0
    try:
        for count in _shown(plain):
            shown += count
        sys.stdout.flush()
    except S3mlError as error:
        if not shown and not isinstance(error, ResultLost):
            gc.enable()
            return None
        sys.stdout.flush()
        sys.stderr.write(f"s3ml: {error.sentence}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("s3ml: Interrupted.\n")
        return Cancelled.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    gc.enable()
    return 0 if shown else None


def _shown(plain: Plain) -> Iterator[int]:
    """The number of rows printed of each page."""
    from s3ml_tui import bootstrap, settings
    from s3ml_tui.cli.terminal.charset import draw_in_ascii
    from s3ml_tui.cli.terminal.rows import put_page
    from s3ml_tui.domain.uri import parse_place

    place = parse_place(plain.uri)
    said = plain.flags.get
    flags = settings.Flags(profile=said("profile"), endpoint_url=said("endpoint_url"), region=said("region"))
    found = settings.load(flags)
    context = found.context
    if context.is_local:
        return
    if found.is_ascii and sys.stdout.isatty():
        draw_in_ascii(sys.stdout)
    store = bootstrap.open_store(context)
    try:
        cut = 0 if plain.is_recursive else len(place.prefix)
        for page in store.list_all(place, is_recursive=plain.is_recursive):
            yield put_page(page, cut=cut, as_json=plain.as_json)
    finally:
        store.close()
