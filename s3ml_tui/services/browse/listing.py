"""Looking around: buckets, and what lies in them one level at a time."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, NotFound
from s3ml_tui.domain.storage.capabilities import BucketFacts
from s3ml_tui.domain.storage.listing import Bucket, ListingPage
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place, parse_place


class Browsing:
    """Everything a browser asks; changes nothing. All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def buckets(self) -> tuple[Bucket, ...]:
        """All buckets of the account. Raises Denied (s3:ListAllMyBuckets): then give one by name."""
        return tuple(self._store.buckets())

    def bucket(self, name: str) -> Bucket:
        """A bucket given by name, where listing all is denied. Raises NotFound, Denied, BadInput."""
        if "/" in name:
            raise BadInput(f"{name!r} is no bucket's name", advice="Give the name alone, without a path")
        parse_place(f"s3://{name}")
        if not self._store.bucket_exists(name):
            raise NotFound(f"There is no bucket {name}", advice="Check its name, and whether it is on this server")
        return Bucket(name, created=None)

    def facts(self, bucket: str) -> BucketFacts:
        """What is known of a bucket, each part as far as it may be looked at. Raises NotFound, Unreachable."""
        return self._store.bucket_facts(bucket)

    def page(
        self, place: Place, *, token: str | None = None, with_deleted: bool = False, is_recursive: bool = False
    ) -> ListingPage:
        """One page of a level, or of everything below. `token` is the last page's `next`.

        Raises NotFound (no such bucket), Denied, StrangeAnswer, Unreachable.
        """
        return self._store.list_page(place, token=token, is_recursive=is_recursive, with_deleted=with_deleted)
