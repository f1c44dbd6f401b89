"""What tests look at most: a whole history, a whole listing, what is left open."""

from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.store import S3Store
from tests.servers import S3Server


def versions_of(store: S3Store, key: ObjectKey) -> list[Version]:
    return [version for page in store.history(key) for version in page.versions]


def pages_of(
    store: S3Store, place: Place, *, is_recursive: bool = False, with_deleted: bool = False
) -> list[ListingPage]:
    pages: list[ListingPage] = []
    token: str | None = None
    while len(pages) < 100:
        page = store.list_page(place, token=token, is_recursive=is_recursive, with_deleted=with_deleted)
        pages.append(page)
        token = page.next
        if token is None:
            return pages
    raise AssertionError("the listing does not end")


def open_uploads(server: S3Server, bucket: str) -> int:
    return len(server.client().list_multipart_uploads(Bucket=bucket).get("Uploads", []))
