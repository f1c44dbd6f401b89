"""Whether a listing is of the bucket and the prefix that were asked for, as far as it says so itself.

A cache or a gateway that mixes up two questions answers with a listing that is whole and right, but of another place.
Whoever believes it deletes what that listing does not name.
"""

from collections.abc import Sequence
from urllib.parse import unquote_plus

from s3ml_tui.domain.errors import StrangeAnswer
from s3ml_tui.domain.text import printable
from s3ml_tui.s3.parsing.fast_listing_xml import Listing

REPLACEMENT = "\ufffd"
_ALIASES = ("-s3alias", "--ol-s3")
"""Endings of names that stand for an access point; its listings may name the bucket behind it."""


def check_scope(listing: Listing, bucket: str, prefix: str) -> None:
    """Raise StrangeAnswer when the listing says that it is of another bucket, or names what lies elsewhere."""
    if listing.bucket not in ("", bucket) and not _is_alias(bucket):
        raise _of_another("bucket", listing.bucket, bucket)
    echo = listing.prefix
    if echo is not None and not any(is_same(one, prefix) for one in (echo, unquote_plus(echo))):
        raise _of_another("prefix", echo, prefix)
    for names in (listing.keys, listing.prefixes, [version.key for version in listing.versions]):
        stray = _outside(names, prefix)
        if stray:
            raise _of_another("prefix", stray, prefix)


def is_same(echo: str, asked: str) -> bool:
    """Whether `echo` is `asked`, or `asked` with some control characters lost.

    Unambiguous only for an answer that was limited to keys which begin with `asked`.
    """
    if echo == asked:
        return True
    if REPLACEMENT not in echo or len(echo) != len(asked):
        return False
    return all(
        shown in (real, REPLACEMENT) and (shown == real or is_control(real))
        for shown, real in zip(echo, asked, strict=True)
    )


def is_control(character: str) -> bool:
    """Whether XML 1.0 cannot hold this character."""
    return ord(character) < 0x20 and character not in "\t\n\r"


def _is_alias(bucket: str) -> bool:
    return ":" in bucket or bucket.endswith(_ALIASES)


def _outside(names: Sequence[str], prefix: str) -> str:
    """A name that does not begin with the prefix; "" when all do.

    Between two names that begin alike lie only names that begin so, hence the outermost two tell of all.
    """
    if not prefix or not names:
        return ""
    return next((name for name in (min(names), max(names)) if not is_same(name[: len(prefix)], prefix)), "")


def _of_another(what: str, said: str, asked: str) -> StrangeAnswer:
    return StrangeAnswer(
        f"The server's listing is of another {what}",
        cause=f"Asked for {printable(asked) or 'all'}, it answered for {printable(said) or 'all'}",
        advice="Check what stands before the server, as a cache or a proxy, and try again",
    )
