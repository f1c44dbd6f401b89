"""One level of a bucket page by page, as columns; the deleted objects too when asked."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from s3ml_tui.domain.errors import BadInput, StrangeAnswer
from s3ml_tui.domain.storage.listing import DeletedColumns, ListingPage
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.listing.range_pages import Answer
from s3ml_tui.s3.parsing.fast_listing_xml import Listing, RawVersion
from s3ml_tui.s3.parsing.listing_scope import REPLACEMENT
from s3ml_tui.s3.parsing.listing_xml import RESULT
from s3ml_tui.s3.versions.directory_buckets import refuse_versions, sorted_page
from s3ml_tui.s3.versions.history import ask_for_versions, resolve

_MOST_RESOLVED = 50
"""Lossy names settled on one page, each with a few requests; beyond it they stay as the server told them."""


def list_page(
    clients: Clients,
    place: Place,
    *,
    token: str | None = None,
    is_recursive: bool = False,
    with_deleted: bool = False,
) -> ListingPage:
    """One page of `place`, or of everything below."""
    delimiter = {} if is_recursive else {"Delimiter": "/"}
    if with_deleted:
        markers, names = markers_of(token) if token else {}, Names(clients, place)
        listing = ask_versions(clients, place, delimiter, markers).listing
        return page_of_versions(place, listing, names, following=following_token(listing, names, token))
    listing = ask_objects(clients, place, delimiter, {"ContinuationToken": token} if token else {}).listing
    if listing.is_truncated and listing.token in {"", token}:
        raise _endless()
    return page_of(place, listing, following=listing.token if listing.is_truncated else None)


def page_of(place: Place, listing: Listing, *, following: str | None = None) -> ListingPage:
    """A page of objects as the port has it."""
    page = ListingPage(
        place=place,
        prefixes=listing.prefixes,
        keys=listing.keys,
        sizes=listing.sizes,
        modified=listing.modified,
        etags=listing.etags,
        storage_classes=listing.storage_classes,
        next=following,
    )
    return sorted_page(page)


def ask_objects(
    clients: Clients, place: Place, delimiter: dict[str, str], following: dict[str, str], *, most: int = 0
) -> Answer:
    """One page of the objects of `place`."""
    most = most or clients.most_listed
    asked: dict[str, str | int] = {"Prefix": place.prefix, "MaxKeys": most, **delimiter, **following}
    with translated(action="s3:ListBucket", bucket=place.bucket, endpoint=clients.endpoint):
        answer = clients.looking.list_objects_v2(Bucket=place.bucket, **asked)
    found = _answer(clients, answer)
    listing = found.listing
    clients.habits.note_page(most, len(listing.keys) + len(listing.prefixes), is_cut=listing.is_truncated)
    return found


def ask_versions(clients: Clients, place: Place, delimiter: dict[str, str], following: dict[str, str]) -> Answer:
    """One page of the versions and delete markers of `place`. Raises NotSupported where none are listed."""
    refuse_versions(place.bucket)
    most = clients.settings.page_size
    asked: dict[str, str | int] = {"Prefix": place.prefix, "MaxKeys": most, **delimiter, **following}
    return _answer(clients, ask_for_versions(clients, place.bucket, **asked))


def _answer(clients: Clients, answer: Mapping[str, Any]) -> Answer:
    listing: Listing = answer[RESULT]
    return Answer(listing, listing.waited_s, clients.regions.retries(answer) > 0)


def page_of_versions(place: Place, listing: Listing, names: "Names", *, following: str | None = None) -> ListingPage:
    """The newest entries of a page of versions: present and deleted objects, so that one token pages both."""
    latest = [entry for entry in listing.versions if entry.is_latest]
    here = [entry for entry in latest if not entry.is_delete_marker]
    gone = [entry for entry in latest if entry.is_delete_marker]
    return ListingPage(
        place=place,
        prefixes=[names.of(prefix) for prefix in listing.prefixes],
        keys=[names.of(entry.key, entry.version_id) for entry in here],
        sizes=[entry.size for entry in here],
        modified=[entry.modified for entry in here],
        etags=[entry.etag for entry in here],
        storage_classes=[entry.storage_class for entry in here],
        deleted=_deleted(gone, names),
        next=following,
    )


def _deleted(gone: list[RawVersion], names: "Names") -> DeletedColumns:
    return DeletedColumns(
        keys=[names.of(entry.key, entry.version_id) for entry in gone],
        modified=[entry.modified for entry in gone],
        version_ids=[entry.version_id for entry in gone],
    )


class Names:
    """Tells names in full where the server lost control characters; gives up after some."""

    def __init__(self, clients: Clients, place: Place) -> None:
        self._clients = clients
        self._place = place
        self._resolved: dict[tuple[str, str], str] = {}

    def of(self, echo: str, version_id: str = "") -> str:
        """The name behind `echo`; `version_id` is that of an entry, "" for a prefix."""
        prefix = self._place.prefix
        if REPLACEMENT not in echo[len(prefix) :]:
            return prefix + echo[len(prefix) :]
        asked = (echo, version_id)
        if asked not in self._resolved and len(self._resolved) < _MOST_RESOLVED:
            self._resolved[asked] = resolve(echo, prefix, lambda start: self.exists(start, version_id))
        return self._resolved.get(asked, echo)

    def exists(self, start: str, version_id: str) -> bool:
        """Whether the server has this version (any when it is "") under names that begin so."""
        bucket, most = self._place.bucket, 1000 if version_id else 1
        found: Listing = ask_for_versions(self._clients, bucket, Prefix=start, MaxKeys=most)[RESULT]
        return any(version_id in ("", entry.version_id) for entry in found.versions)


def following_token(listing: Listing, names: Names, token: str | None) -> str | None:
    """Where a listing of versions goes on; None when it is complete. Raises StrangeAnswer when it does not move."""
    if not listing.is_truncated:
        return None
    if not listing.key_marker:
        raise _endless()
    markers = [names.of(listing.key_marker, listing.version_marker), listing.version_marker]
    following = base64.urlsafe_b64encode(json.dumps(markers).encode()).decode()
    if following == token:
        raise _endless()
    return following


def markers_of(token: str) -> dict[str, Any]:
    """A token of `following_token` as boto3 wants it. Raises BadInput."""
    try:
        key, version = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise BadInput("The place to go on from is not valid", advice="List again from the beginning") from error
    return {"KeyMarker": key} | ({"VersionIdMarker": version} if version else {})


def _endless() -> StrangeAnswer:
    return StrangeAnswer(
        "The server's listing does not go on",
        cause="It says there is more and gives no new place to go on from",
        advice="Use what is listed so far, and report it to whoever runs the server",
    )
