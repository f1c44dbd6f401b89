"""Everything of a level, or of all levels below, in as few waits as the server allows."""

from collections.abc import Iterator
from dataclasses import replace

from s3ml_tui.domain.entries import ListingPage
from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.store import Cancelled, never
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.listing import list_page, page_of
from s3ml_tui.s3.listing_body import RESULT
from s3ml_tui.s3.range_listing import MOST_AT_ONCE, Answer, RangeListing, Where


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
    if with_deleted:
        yield from _one_after_another(clients, place, is_recursive=is_recursive, cancelled=cancelled)
        return
    delimiter = {} if is_recursive else {"Delimiter": "/"}

    def ask(where: Where) -> Answer:
        following = {"ContinuationToken": where.token} if where.token else {}
        after = {"StartAfter": where.start_after} if where.start_after else {}
        with translated(action="s3:ListBucket", bucket=place.bucket, endpoint=clients.endpoint):
            answer = clients.looking.list_objects_v2(
                Bucket=place.bucket,
                Prefix=place.prefix,
                MaxKeys=clients.most_listed,
                **delimiter,
                **following,
                **after,
            )
        was_throttled = answer["ResponseMetadata"].get("RetryAttempts", 0) > 0
        return Answer(answer[RESULT], answer[RESULT].waited_s, was_throttled)

    key = (place.bucket, is_recursive)
    listing = RangeListing(
        ask,
        skip=len(place.prefix),
        delimiter=delimiter.get("Delimiter", ""),
        most_at_once=1 if key in clients.in_one_sequence else MOST_AT_ONCE,
        cancelled=cancelled,
    )
    for page in listing.pages():
        yield page_of(place, page)
    if listing.is_one_sequence:
        clients.in_one_sequence.add(key)


def _one_after_another(
    clients: Clients, place: Place, *, is_recursive: bool, cancelled: Cancelled
) -> Iterator[ListingPage]:
    token: str | None = None
    while True:
        if cancelled():
            raise Stopped
        page = list_page(clients, place, token=token, is_recursive=is_recursive, with_deleted=True)
        token = page.next
        if page.keys or page.prefixes or page.deleted.keys:
            yield replace(page, next=None)
        if token is None:
            return
