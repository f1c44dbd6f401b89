"""The exact history of one key: its versions and delete markers, and no neighbour's.

Keys that a server's listing of versions could not say, told in full again.

XML 1.0 has no control characters. Some servers write U+FFFD in their place. What a server echoes can be settled by
asking for prefixes: only the right character brings the entry back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, NotSupported, StrangeAnswer
from s3ml_tui.domain.storage.history import HistoryPage, Version
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.uri import ObjectKey, is_directory_bucket
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.parsing.fast_listing_xml import Listing, RawVersion
from s3ml_tui.s3.parsing.listing_scope import REPLACEMENT, is_same
from s3ml_tui.s3.parsing.listing_xml import RESULT
from s3ml_tui.s3.versions.directory_buckets import NO_OTHERS, only_version

_CANDIDATES = "\x1b\x07\x00" + "".join(
    chr(code) for code in range(1, 0x20) if code not in {0x07, 0x09, 0x0A, 0x0D, 0x1B}
)
"""What may stand behind U+FFFD, likeliest first; U+FFFD itself is tried before them."""


def resolve(echo: str, known_prefix: str, exists: Callable[[str], bool]) -> str:
    """The name behind `echo`, which begins with `known_prefix`; `echo` itself when it cannot be settled.

    `exists` tells whether the server has what was echoed under a prefix.
    """
    settled = known_prefix
    while (cut := echo.find(REPLACEMENT, len(settled))) >= 0:
        plain = settled + echo[len(settled) : cut]
        found = next((one for one in (REPLACEMENT, *_CANDIDATES) if exists(plain + one)), None)
        if found is None:
            return echo
        settled = plain + found
    return settled + echo[len(settled) :]


NOT_LISTED = "this server lists no versions"
_WIDE = 100_000
"""Entries asked for where a page is in doubt; servers that take no more than 1000 give the same page again."""


def history(clients: Clients, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
    """All versions and markers of exactly `key`, newest first, page by page.

    Of a server that lists no versions, the current one alone: it is all that a change can be checked against there.
    """
    if is_directory_bucket(key.bucket):
        yield only_version(clients, key, NO_OTHERS)
        return
    try:
        yield from _listed(clients, key, cancelled)
    except NotSupported:
        yield only_version(clients, key, NOT_LISTED)


def _listed(clients: Clients, key: ObjectKey, cancelled: Cancelled) -> Iterator[HistoryPage]:
    markers: tuple[str, str] | None = None
    while True:
        if cancelled():
            raise Stopped
        page = _page(clients, key, markers, clients.settings.page_size)
        if _is_doubtful(page, key.key):
            page = _page(clients, key, markers, _WIDE)
        ours = [entry for entry in page.versions if is_same(entry.key, key.key)]
        following = (_asked(page.key_marker, key.key), page.version_marker)
        is_last = not page.is_truncated or not is_same(page.key_marker, key.key)
        yield HistoryPage(key, tuple(_version(key, entry) for entry in newest_first(ours)), is_last)
        if is_last:
            return
        if following == markers:
            raise StrangeAnswer(
                "The server repeats the same page of the history",
                cause="It says there is more and gives the same place to go on from",
                advice="Use the versions listed so far, and report it to whoever runs the server",
            )
        markers = following


def current_entry(clients: Clients, key: ObjectKey) -> Version | None:
    """The newest version or delete marker; None when there is none."""
    first: Version | None = None
    for page in history(clients, key):
        latest = next((version for version in page.versions if version.is_latest), None)
        if latest is not None:
            return latest
        first = first or next(iter(page.versions), None)
    return first


def newest_first(entries: Sequence[RawVersion]) -> list[RawVersion]:
    """Entries of one key in the server's order, which is newest first.

    The times cannot be trusted for it: a multipart upload bears the time it began, and a second is long. Only where
    a server lists all versions before all markers are the two merged by time.
    """
    cut = next((index for index, entry in enumerate(entries) if entry.is_delete_marker), len(entries))
    versions, markers = entries[:cut], entries[cut:]
    is_by_kind = bool(versions) and bool(markers) and all(entry.is_delete_marker for entry in markers)
    older = [entry.modified for entry in versions if not entry.is_latest]
    if not is_by_kind or not (markers[0].is_latest or (older and markers[0].modified > min(older))):
        return list(entries)
    return sorted(entries, key=lambda entry: (not entry.is_latest, -entry.modified))


def _is_doubtful(page: Listing, key: str) -> bool:
    """Whether the page may lack versions of `key` though it goes past it.

    A server that walks a tree of files finds `k-1` before `k`, cuts the page, and only then sorts it.
    """
    if not page.is_truncated or is_same(page.key_marker, key):
        return False
    return any(
        entry.key[len(key) : len(key) + 1] < "." for entry in page.versions if len(entry.key) > len(key)
    ) or not any(is_same(entry.key, key) for entry in page.versions)


def _page(clients: Clients, key: ObjectKey, markers: tuple[str, str] | None, most: int) -> Listing:
    following = {"KeyMarker": markers[0], "VersionIdMarker": markers[1]} if markers else {}
    listing: Listing = ask_for_versions(clients, key.bucket, Prefix=key.key, MaxKeys=most, **following)[RESULT]
    return listing


def ask_for_versions(clients: Clients, bucket: str, **asked: Any) -> Mapping[str, Any]:
    """boto3's answer to ListObjectVersions. Raises NotSupported, without a request where that was seen before."""
    if bucket in clients.habits.without_version_listing:
        raise _not_listed()
    prefix, closed = str(asked.get("Prefix", "")), clients.habits.closed_histories
    refusal = closed.known(bucket, prefix)
    if refusal is not None:
        raise refusal
    try:
        with translated(action="s3:ListBucketVersions", bucket=bucket, endpoint=clients.endpoint):
            answer: Mapping[str, Any] = clients.looking.list_object_versions(Bucket=bucket, **asked)
    except NotSupported:
        clients.habits.without_version_listing.add(bucket)
        raise
    except Denied as refused:
        closed.note(bucket, prefix, refused)
        raise
    return answer


def _not_listed() -> NotSupported:
    return NotSupported(
        "This server lists no versions",
        cause="It does not know ListObjectVersions",
        advice="Look at what is current: nothing else can be seen there",
    )


def _asked(echo: str, asked: str) -> str:
    return asked if is_same(echo, asked) else echo


def _version(key: ObjectKey, raw: RawVersion) -> Version:
    return Version(
        key=key,
        version_id=raw.version_id,
        modified=datetime.fromtimestamp(raw.modified, UTC),
        size=raw.size,
        etag=raw.etag,
        storage_class=raw.storage_class,
        is_latest=raw.is_latest,
        is_delete_marker=raw.is_delete_marker,
    )
