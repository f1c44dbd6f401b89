"""All versions and delete markers of a place, by many ranges at once where the server's order is known to be S3's.

A listing of versions that loses names where its pages are cut looks like any other, and no two cuts lose the same. So
ranges are used only with servers seen to keep to S3's pages: AWS, and those that give a thousand objects when asked for
more. All others are listed in one sequence.
"""

from collections.abc import Iterator

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.store import Cancelled
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.listing import Names, ask_objects, ask_versions, following_token, markers_of
from s3ml_tui.s3.listing_columns import S3_PAGE, Listing
from s3ml_tui.s3.range_listing import RangeListing
from s3ml_tui.s3.range_pace import MOST_AT_ONCE
from s3ml_tui.s3.range_pages import Answer, Ask, Where


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
