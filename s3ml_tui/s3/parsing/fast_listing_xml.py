"""Listings cut into columns by patterns, some ten times faster than an XML parser makes elements of them.

A pattern is made from the first entry's own order of elements and every entry must match it. What is left between the
entries is parsed as XML. Whatever does not fit (another shape, comments, a torn body) is left to the careful parser.

What the body of a listing held: columns of objects, prefixes, versions, and where it goes on.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple
from urllib.parse import unquote_plus, unquote_to_bytes

USUAL_CLASS = "STANDARD"
"""The storage class of what bears none."""


S3_PAGE = 1000
"""Most entries S3 gives in one page, whatever is asked for."""


class RawVersion(NamedTuple):
    """One version or delete marker as the server told it."""

    key: str
    version_id: str
    is_latest: bool
    is_delete_marker: bool
    modified: float
    """Seconds since the epoch, UTC."""
    size: int
    etag: str
    storage_class: str


@dataclass(slots=True)
class Listing:
    """What one body held, in its order."""

    keys: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    modified: list[float] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    storage_classes: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    versions: list[RawVersion] = field(default_factory=list)
    is_truncated: bool = False
    token: str = ""
    key_marker: str = ""
    version_marker: str = ""
    bucket: str = ""
    """As the server names it; "" when it does not."""
    prefix: str | None = None
    """What the server says it listed, as it wrote it; None when it does not say."""
    waited_s: float = 0
    """From sending the request to having the whole body."""


_TEXT = r"([^<]*)"
_KNOWN = {
    "Key": _TEXT,
    "LastModified": _TEXT,
    # ASCII without `"&<`: a set of characters is matched in half the time of "none of these"
    "ETag": r"(?:&quot;|&#34;|\")?([!#-%'-;=-~ ]*)(?:&quot;|&#34;|\")?",
    "Size": r"([0-9]+)",
    "StorageClass": r"([^<&]*)",
    "VersionId": r"([^<&]*)",
    "IsLatest": r"([^<&]*)",
}
_OTHERS = (
    r"\s*(?:<(?:ChecksumAlgorithm|ChecksumType)>[^<]*</\w+>\s*"
    r"|<(?:Owner|RestoreStatus)>\s*(?:<\w+>[^<]*</\w+>\s*|<\w+/>\s*)*</\w+>\s*|<Owner/>\s*)*"
)
_NEEDED = {
    "Contents": ("Key", "LastModified", "Size"),
    "Version": ("Key", "LastModified", "Size", "VersionId", "IsLatest"),
    "DeleteMarker": ("Key", "LastModified", "VersionId", "IsLatest"),
}
_CHILD = re.compile(r"<(\w+)(?:/>|>(?:[^<]*|\s*(?:<\w+>[^<]*</\w+>\s*|<\w+/>\s*)*)</\1>)")
_PREFIXES = re.compile(r"<CommonPrefixes>\s*<Prefix>([^<]*)</Prefix>\s*</CommonPrefixes>\s*")
_LEFT = re.compile(r"<(?:\w+:)?(?:Contents|Version|DeleteMarker|CommonPrefixes)[\s/>]")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_APART = b"\xff"
"""Stands between joined names while they are decoded; no UTF-8 has this byte."""


class Unlike(ValueError):
    """The page is unlike what the patterns know."""


Decode = Callable[[Sequence[str]], list[str]]


def cut(body: bytes) -> tuple[str, list[list[str]], list[str]]:
    """What stands around the entries of a listing of objects, the entries' columns, and the common prefixes.

    The columns are keys, times, ETags, sizes and storage classes, as the body has them. Raises Unlike.
    """
    text = _text(body)
    around, columns = _columns(text)
    parts = _PREFIXES.split(around)
    around = "".join(parts[::2])
    _check(around)
    return around, columns, parts[1::2]


def cut_versions(body: bytes) -> tuple[str, list[tuple[str, ...]], list[str]]:
    """The same for a listing of versions: each entry's kind, key, version id, is-latest, time, size, ETag, class."""
    text = _text(body)
    rows, around = _version_rows(text)
    parts = _PREFIXES.split(around)
    around = "".join(parts[::2])
    _check(around)
    return around, rows, parts[1::2]


def fill(listing: Listing, columns: list[list[str]], prefixes: list[str], *, is_url: bool) -> None:
    """Put what was cut into a listing of objects. Raises Unlike."""
    keys, times, etags, sizes, classes = columns
    listing.keys = names_of(keys, is_url=is_url)
    listing.modified = seconds(times)
    listing.sizes = list(map(int, sizes))
    listing.etags = etags or [""] * len(keys)
    listing.storage_classes = _classes(classes, len(keys))
    listing.prefixes = names_of(prefixes, is_url=is_url)


def fill_versions(listing: Listing, rows: list[tuple[str, ...]], prefixes: list[str], *, is_url: bool) -> None:
    """Put what was cut into a listing of versions. Raises Unlike."""
    listing.prefixes = names_of(prefixes, is_url=is_url)
    if not rows:
        return
    kinds, keys, ids, latest, times, sizes, etags, classes = zip(*rows, strict=True)
    listing.versions = list(
        map(
            RawVersion,
            names_of(keys, is_url=is_url),
            [one or "null" for one in ids],
            [one.strip() == "true" for one in latest],
            [kind == "DeleteMarker" for kind in kinds],
            seconds(times),
            map(int, sizes),
            etags,
            [one or (USUAL_CLASS if kind == "Version" else "") for kind, one in zip(kinds, classes, strict=True)],
        )
    )


def names_of(raw_names: Sequence[str], *, is_url: bool) -> list[str]:
    """Names as the body has them in plain text: entities and, with `is_url`, percent signs resolved. Raises Unlike."""
    together = "".join(raw_names)
    if "\r" in together:
        raise Unlike  # XML has other ideas of it
    if "&" in together:
        raw_names = [_unescaped(one) if "&" in one else one for one in raw_names]
    if not is_url or ("%" not in together and "+" not in together):
        return list(raw_names)
    if not together.isascii() or "&" in together:
        return [unquote_plus(one) for one in raw_names]
    joined = _APART.join(one.encode() for one in raw_names).replace(b"+", b" ")
    parts = unquote_to_bytes(joined).split(_APART)
    if len(parts) != len(raw_names):
        raise Unlike
    return [part.decode("utf-8", "replace") for part in parts]


def seconds(times: Sequence[str]) -> list[float]:
    """ISO times as seconds since the epoch, UTC. Raises ValueError."""
    parse, distinct = datetime.fromisoformat, set(times)
    if 2 * len(distinct) > len(times):
        return [parse(time).timestamp() for time in times]
    known = {time: parse(time).timestamp() for time in distinct}
    return [known[time] for time in times]


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Unlike from error


def _check(around: str) -> None:
    """Raise Unlike when what is left still holds entries, or comments that may have held some."""
    if "<!" in around or _LEFT.search(around):
        raise Unlike


def _columns(text: str) -> tuple[str, list[list[str]]]:
    names = ("Key", "LastModified", "ETag", "Size", "StorageClass")
    if "<Contents>" not in text:
        return text, [[] for _ in names]
    order = _order(text, "Contents")
    width = len(order) + 1
    parts = _pattern(("Contents", *order), others="").split(text)
    around = "".join(parts[::width])
    if "<Contents>" in around:
        parts = _pattern(("Contents", *order)).split(text)
        around = "".join(parts[::width])
    found = {name: parts[at::width] for at, name in enumerate(order, 1)}
    return around, [found.get(name, []) for name in names]


def _version_rows(text: str) -> tuple[list[tuple[str, ...]], str]:
    orders = {entry: _order(text, entry) for entry in ("Version", "DeleteMarker") if f"<{entry}>" in text}
    if not orders:
        return [], text
    pattern = "|".join(_pattern((entry, *order)).pattern for entry, order in orders.items())
    width = sum(map(len, orders.values())) + 1
    parts = re.split(pattern, text)
    if len(parts) == 1:
        raise Unlike
    names = ("Key", "VersionId", "IsLatest", "LastModified", "Size", "ETag", "StorageClass")
    none = {"Size": "0"}
    sides, at = [], 1
    for entry, order in orders.items():
        found = {name: parts[at + offset :: width] for offset, name in enumerate(order)}
        at += len(order)
        missing: list[str] = []
        columns = [found.get(name, missing) or repeat(none.get(name, "")) for name in names]
        sides.append(list(zip(repeat(entry), *columns, strict=False)))
    if len(sides) == 1:
        return sides[0], "".join(parts[::width])
    rows = [one if one[1] is not None else other for one, other in zip(*sides, strict=True)]
    return rows, "".join(parts[::width])


def _order(text: str, entry: str) -> tuple[str, ...]:
    """The known elements of the first entry, in their order. Raises Unlike."""
    start = text.find(f"<{entry}>")
    end = text.find(f"</{entry}>", start)
    names = [match[1] for match in _CHILD.finditer(text, start + len(entry) + 2, max(end, start))]
    known = tuple(name for name in names if name in _KNOWN)
    is_marker = entry == "DeleteMarker"
    if len(set(known)) != len(known) or not set(_NEEDED[entry]) <= set(known) or (is_marker and "Size" in known):
        raise Unlike
    return known


@lru_cache(maxsize=64)
def _pattern(order: tuple[str, ...], others: str = _OTHERS) -> re.Pattern[str]:
    """What an entry with its elements in this order looks like; `others` is what may stand between them."""
    entry, *names = order
    inner = "".join(f"<{name}>{_KNOWN[name]}</{name}>{others}" for name in names)
    return re.compile(f"<{entry}>{others}{inner}</{entry}>")


def _classes(raw_classes: list[str], count: int) -> list[str]:
    if not raw_classes:
        return [USUAL_CLASS] * count
    return raw_classes if "" not in raw_classes else [one or USUAL_CLASS for one in raw_classes]


def _unescaped(text: str) -> str:
    plain, count = _ENTITY.subn(_character, text)
    if count != text.count("&"):
        raise Unlike
    return plain


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    if not 0 < code < 0xD800 and not 0xE000 <= code < 0x110000:
        raise Unlike
    return chr(code)
