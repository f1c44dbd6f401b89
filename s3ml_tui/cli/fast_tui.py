"""`s3ml` and `s3ml s3://…` in their plainest form: the screens, without the machinery that reads command lines.

That machinery and all the commands take half as long to load as the screens. Whatever is not plain (other options,
settings that cannot be used, no terminal) is left to the whole command line, which says what there is to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_VALUES = {"--context": "context", "--endpoint-url": "endpoint_url", "--profile": "profile", "--region": "region"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A command line that is nothing but the screens, perhaps at a place."""

    uri: str
    """"" when no place was said."""
    flags: dict[str, str]
    """By the names `settings.Flags` has for them."""


def read(words: Sequence[str]) -> Plain | None:
    """What the words of a command line say; None when they are not plain."""
    left, flags, places = list(words), dict[str, str](), list[str]()
    while left:
        word = left.pop(0)
        if word in _VALUES and left and not left[0].startswith("-"):
            flags[_VALUES[word]] = left.pop(0)
        elif word.startswith("s3://") and not places:
            places.append(word)
        else:
            return None
    return Plain("".join(places), flags)


def run(words: Sequence[str]) -> None:
    """Open the screens and do not return; return when it is to be done by the whole command line."""
    plain = read(words)
    if plain is None:
        return
    import gc

    gc.disable()  # until all is loaded: none of it is garbage
    from s3ml_tui.cli import tui
    from s3ml_tui.domain.errors import S3mlError
    from s3ml_tui.domain.uri import parse_place
    from s3ml_tui.settings import Flags

    try:
        said = plain.flags.get
        flags = Flags(
            context=said("context"),
            endpoint_url=said("endpoint_url"),
            profile=said("profile"),
            region=said("region"),
        )
        app = tui.app_for(flags, parse_place(plain.uri) if plain.uri else None)
    except S3mlError:
        gc.enable()
        return
    tui.show(app)
