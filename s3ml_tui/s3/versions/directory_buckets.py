"""Directory buckets: what they lack is said without asking for it ("Directory buckets", S3 user guide).

They keep no versions and no tags, list in no order, and their ETags are no MD5.
"""

from dataclasses import replace

from s3ml_tui.domain.errors import NotFound, NotSupported
from s3ml_tui.domain.storage.capabilities import BucketFacts, LifecycleRule, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, HistoryPage, Version
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.uri import ObjectKey, is_directory_bucket
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.versions.facts import facts

NO_OTHERS = "a directory bucket keeps no others"


def refuse_versions(bucket: str) -> None:
    """Raises NotSupported for a directory bucket."""
    if is_directory_bucket(bucket):
        raise NotSupported(
            "A directory bucket keeps no versions",
            cause="What is deleted or replaced there is gone",
            advice="Look at its objects alone",
        )


def sorted_page(page: ListingPage) -> ListingPage:
    """A page of a directory bucket with its names in order; the pages among themselves are in none."""
    if not is_directory_bucket(page.place.bucket):
        return page
    order = sorted(range(len(page.keys)), key=page.keys.__getitem__)
    return replace(
        page,
        prefixes=sorted(page.prefixes),
        keys=[page.keys[at] for at in order],
        sizes=[page.sizes[at] for at in order],
        modified=[page.modified[at] for at in order],
        etags=[page.etags[at] for at in order],
        storage_classes=[page.storage_classes[at] for at in order],
    )


def only_version(clients: Clients, key: ObjectKey, missing: str) -> HistoryPage:
    """The history of a key from what HEAD tells, and why the rest is `missing`."""
    try:
        there = facts(clients, key)
    except NotFound:
        return HistoryPage(key, (), is_last=True)
    version_id = there.version_id or NULL_VERSION
    current = Version(key, version_id, there.modified, there.size, there.etag, there.storage_class, is_latest=True)
    return HistoryPage(key, (current,), is_last=True, missing=missing)


def known_facts(bucket: str, lifecycle: tuple[LifecycleRule, ...] | None) -> BucketFacts:
    """What is so for every directory bucket: its block of public access cannot be switched off."""
    return BucketFacts(bucket, Versioning.OFF, PublicAccess.UNKNOWN, PublicAccessBlock.ON, lifecycle)
