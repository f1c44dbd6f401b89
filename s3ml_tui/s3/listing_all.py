"""Everything of a level, or of all levels below, in as few waits as the server allows."""

from collections.abc import Iterator

from s3ml_tui.domain.entries import ListingPage
from s3ml_tui.domain.store import Cancelled, never
from s3ml_tui.domain.uri import Place, is_directory_bucket
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.listing import Names, ask_objects, page_of, page_of_versions
from s3ml_tui.s3.listing_versions import versions_of
from s3ml_tui.s3.range_listing import RangeListing
from s3ml_tui.s3.range_pace import MOST_AT_ONCE
from s3ml_tui.s3.range_pages import Answer, Where


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
