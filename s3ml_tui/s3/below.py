"""All versions and delete markers below a place, for what is done to all of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import StrangeAnswer
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.store import Cancelled
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.clients import Clients
from s3ml_tui.s3.errors import translated
from s3ml_tui.s3.listing import Names, following_token, markers_of
from s3ml_tui.s3.listing_body import RESULT
from s3ml_tui.s3.listing_columns import Listing, RawVersion
from s3ml_tui.s3.lossy import REPLACEMENT


def versions_below(clients: Clients, place: Place, *, cancelled: Cancelled) -> Iterator[Sequence[Version]]:
    """Everything below, by key, page by page. Raises Denied, NotSupported, StrangeAnswer, Cancelled."""
    token: str | None = None
    while True:
        if cancelled():
            raise Stopped
        following = markers_of(token) if token else {}
        with translated(action="s3:ListBucketVersions", bucket=place.bucket, endpoint=clients.endpoint):
            answer = clients.looking.list_object_versions(
                Bucket=place.bucket, Prefix=place.prefix, MaxKeys=clients.most_listed, **following
            )
        listing: Listing = answer[RESULT]
        names = Names(clients, place)
        yield _versions(place, listing, names)
        token = following_token(listing, names, token)
        if token is None:
            return


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
