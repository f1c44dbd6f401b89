"""The pages of a listing after its first one, asked for without boto3, for which each is as much work as reading it.

The first page teaches the way and who signs (`routes`). As in `lean`, only a good answer is understood here; whatever
else comes, or comes out unlike a listing, is boto3's to ask for again and to tell.
"""

import time
from collections.abc import Mapping

from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.listing_body import read_fast
from s3ml_tui.s3.listing_columns import Listing
from s3ml_tui.s3.range_pages import Answer
from s3ml_tui.s3.signing import NO_BODY
from s3ml_tui.s3.wire import Answered, WireError

_NAMES = {
    "Prefix": "prefix",
    "Delimiter": "delimiter",
    "ContinuationToken": "continuation-token",
    "StartAfter": "start-after",
    "KeyMarker": "key-marker",
    "VersionIdMarker": "version-id-marker",
    "MaxKeys": "max-keys",
}
_KINDS = {"ListObjectsV2": {"list-type": "2"}, "ListObjectVersions": {"versions": ""}}
_MOST_BYTES = 256 * 1024 * 1024
_THROTTLED = frozenset({429, 503})


def ask_on(clients: Clients, operation: str, place: Place, asked: Mapping[str, str | int]) -> Answer:
    """A page of `place`; `operation` and `asked` by boto3's names. Its listing is `NONE` when boto3 has to ask."""
    route = clients.routes.to(place.bucket)
    signer = clients.routes.signer(route) if route is not None else None
    if route is None or signer is None:
        return Answer(NONE)
    query = {_NAMES[name]: str(value) for name, value in asked.items()}
    query |= _KINDS[operation] | {"encoding-type": "url"}
    body = bytearray()

    def take(_answered: Answered, block: memoryview) -> None:
        if len(body) + len(block) > _MOST_BYTES:
            raise ValueError("a page that is too long")
        body.extend(block)

    head = signer.head("GET", route.host, f"{route.path}/", query, route.extra, NO_BODY)
    noted = clients.requests.began(operation, {"Bucket": place.bucket, **asked}, time.time())
    started = time.perf_counter()
    try:
        answered = route.wire.send(head, (), take)
    except WireError as error:
        route.failures += 1
        clients.requests.ended(noted, time.perf_counter() - started, error=str(error))
        return Answer(NONE)
    waited_s = time.perf_counter() - started
    clients.requests.ended(noted, waited_s, status=answered.status, size=len(body) or None)
    if answered.status != 200:
        route.failures += 1
        return Answer(NONE, was_throttled=answered.status in _THROTTLED)
    route.failures = 0
    return Answer(read_fast(bytes(body), operation) or NONE, waited_s)


NONE = Listing()
"""Stands for a page that did not come this way."""
