"""Everything of a level, or of all levels below, in as few waits as the server allows.

All versions and delete markers of a place, by many ranges at once where the server's order is known to be S3's.

A listing of versions that loses names where its pages are cut looks like any other, and no two cuts lose the same. So
ranges are used only with servers seen to keep to S3's pages: AWS, and those that give a thousand objects when asked for
more. All others are listed in one sequence.

All versions and delete markers below a place, for what is done to all of it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place, is_directory_bucket
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.listing.page import (
    Names,
    ask_objects,
    ask_versions,
    following_token,
    markers_of,
    page_of,
    page_of_versions,
)
from s3ml_tui.s3.listing.range_pages import Answer, Ask, Where
from s3ml_tui.s3.listing.range_scheduler import MOST_AT_ONCE, RangeListing
from s3ml_tui.s3.parsing.fast_listing_xml import S3_PAGE, Listing, RawVersion
from s3ml_tui.s3.parsing.listing_scope import REPLACEMENT
from s3ml_tui.s3.parsing.listing_xml import RESULT
from s3ml_tui.s3.versions.history import ask_for_versions


def versions_of(
    clients: Clients, place: Place, names: Names, *, is_recursive: bool, cancelled: Cancelled
) -> Iterator[Listing]:
    """The pages in order, none of them empty; names as the server told them.

    Raises what `list_page` raises, Cancelled.
    """
    delimiter = {} if is_recursive else {"Delimiter": "/"}

    def ask(where: Where) -> Answer:
        following = {"KeyMarker": where.start_after} if where.start_after else {}
        if where.token:
            following = markers_of(where.token)
        answer = ask_versions(clients, place, delimiter, following)
        answer.listing.token = following_token(answer.listing, names, where.token) or ""
        return answer

    key = (place.bucket, is_recursive, True)
    first = ask(Where())
    is_known = first.listing.is_truncated and key not in clients.habits.in_one_sequence and keeps_to_s3(clients, place)
    listing = RangeListing(
        _after(first, ask),
        skip=len(place.prefix),
        delimiter=delimiter.get("Delimiter", ""),
        most_at_once=MOST_AT_ONCE if is_known else 1,
        cancelled=cancelled,
    )
    yield from listing.pages()
    if is_known and listing.is_one_sequence:
        clients.habits.in_one_sequence.add(key)


def keeps_to_s3(clients: Clients, place: Place) -> bool:
    """Whether the server cuts its pages as S3 does, as far as what lies in `place` can show it."""
    if clients.habits.are_pages_s3 is None:
        try:
            ask_objects(clients, place, {}, {}, most=S3_PAGE + 1)
        except S3mlError:
            return False
    return bool(clients.habits.are_pages_s3)


def _after(first: Answer, ask: Ask) -> Ask:
    """The same as `ask`, which was asked for the first page already."""

    def again(where: Where) -> Answer:
        return first if where == Where() else ask(where)

    return again


def list_all(
    clients: Clients,
    place: Place,
    *,
    is_recursive: bool = True,
    with_deleted: bool = False,
    cancelled: Cancelled = never,
) -> Iterator[ListingPage]:
    """The pages of `place` in order, none of them empty; large places by many ranges at once.

    Raises what `list_page` raises, Cancelled.
    """
    if not with_deleted:
        yield from _objects(clients, place, is_recursive=is_recursive, cancelled=cancelled)
        return
    names = Names(clients, place)
    for listing in versions_of(clients, place, names, is_recursive=is_recursive, cancelled=cancelled):
        page = page_of_versions(place, listing, names)
        if page.keys or page.prefixes or page.deleted.keys:
            yield page


def _objects(clients: Clients, place: Place, *, is_recursive: bool, cancelled: Cancelled) -> Iterator[ListingPage]:
    delimiter = {} if is_recursive else {"Delimiter": "/"}

    def ask(where: Where) -> Answer:
        following = {"ContinuationToken": where.token} if where.token else {}
        after = {"StartAfter": where.start_after} if where.start_after else {}
        return ask_objects(clients, place, delimiter, following | after)

    key = (place.bucket, is_recursive, False)
    listing = RangeListing(
        ask,
        skip=len(place.prefix),
        delimiter=delimiter.get("Delimiter", ""),
        most_at_once=1 if key in clients.habits.in_one_sequence or is_directory_bucket(place.bucket) else MOST_AT_ONCE,
        cancelled=cancelled,
    )
    for page in listing.pages():
        yield page_of(place, page)
    if listing.is_one_sequence:
        clients.habits.in_one_sequence.add(key)


def versions_below(clients: Clients, place: Place, *, cancelled: Cancelled = never) -> Iterator[Sequence[Version]]:
    """Everything below, by key, page by page; what is current where the server lists no versions.

    Raises Denied, NotSupported (a directory bucket), StrangeAnswer, Cancelled.
    """
    try:
        yield from _listed_versions(clients, place, cancelled)
    except NotSupported:
        if is_directory_bucket(place.bucket):
            raise
        for page in _objects(clients, place, is_recursive=True, cancelled=cancelled):
            yield _current_versions(page)


def _listed_versions(clients: Clients, place: Place, cancelled: Cancelled) -> Iterator[Sequence[Version]]:
    token: str | None = None
    while True:
        if cancelled():
            raise Stopped
        following = markers_of(token) if token else {}
        asked = {"Prefix": place.prefix, "MaxKeys": clients.most_listed, **following}
        listing: Listing = ask_for_versions(clients, place.bucket, **asked)[RESULT]
        names = Names(clients, place)
        yield _versions(place, listing, names)
        token = following_token(listing, names, token)
        if token is None:
            return


def _current_versions(page: ListingPage) -> list[Version]:
    columns = zip(page.keys, page.modified, page.sizes, page.etags, page.storage_classes, strict=True)
    return [
        Version(
            ObjectKey(page.place.bucket, key),
            NULL_VERSION,
            datetime.fromtimestamp(modified, UTC),
            size,
            etag,
            storage_class,
            is_latest=True,
        )
        for key, modified, size, etag, storage_class in columns
    ]


def _versions(place: Place, listing: Listing, names: Names) -> list[Version]:
    return [
        Version(
            key=ObjectKey(place.bucket, _certain(place, entry, names)),
            version_id=entry.version_id,
            modified=datetime.fromtimestamp(entry.modified, UTC),
            size=entry.size,
            etag=entry.etag,
            storage_class=entry.storage_class,
            is_latest=entry.is_latest,
            is_delete_marker=entry.is_delete_marker,
        )
        for entry in listing.versions
    ]


def _certain(place: Place, entry: RawVersion, names: Names) -> str:
    """The entry's name, unless it may be another one's: what is to be changed must be known by its name."""
    name = names.of(entry.key, entry.version_id)
    if REPLACEMENT not in name[len(place.prefix) :] or names.exists(name, entry.version_id):
        return name
    raise StrangeAnswer(
        f"The server cannot tell a name below {printable(place.uri)} in full",
        cause=f"It says {printable(name)}, which may stand for a control character",
        advice="Act on that object alone, and on the others by narrower prefixes",
    )
