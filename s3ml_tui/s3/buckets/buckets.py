"""Buckets: which there are, making one, and what is known of one as far as these credentials may look."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import (
    ClockSkew,
    Conflict,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    NotFound,
    NotSupported,
    S3mlError,
    ServerFault,
    StrangeAnswer,
    Throttled,
    Unreachable,
)
from s3ml_tui.domain.storage.capabilities import BucketFacts, LifecycleRule, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.listing import Bucket
from s3ml_tui.domain.storage.store import VERSIONING_LASTS_S
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import is_access_point, is_directory_bucket
from s3ml_tui.s3.buckets.lifecycle import configuration, rules_of
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import code_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.directory_buckets import known_facts

T = TypeVar("T")
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_OF_ALL = (Unreachable, Throttled, NoCredentials, ExpiredCredentials, ClockSkew)
"""What says nothing about one question alone."""
_VERSIONING = {"Enabled": Versioning.ON, "Suspended": Versioning.SUSPENDED, "": Versioning.OFF}


def buckets(clients: Clients) -> Sequence[Bucket]:
    """All buckets of the account, by name."""
    found: list[Bucket] = []
    following: dict[str, str] = {}
    while True:
        with translated(action="s3:ListAllMyBuckets", endpoint=clients.endpoint):
            answer = clients.looking.list_buckets(**following)
        found += [Bucket(str(one["Name"]), one.get("CreationDate")) for one in answer.get("Buckets", [])]
        token = answer.get("ContinuationToken")
        if not token or {"ContinuationToken": token} == following:
            return tuple(sorted(found, key=lambda bucket: bucket.name))
        following = {"ContinuationToken": token}


def bucket_exists(clients: Clients, bucket: str) -> bool:
    """Whether it is there. Raises Denied."""
    try:
        with translated(action="s3:ListBucket", bucket=bucket, endpoint=clients.endpoint):
            _ask_for(clients, bucket)
    except NotFound:
        return False
    return True


def _ask_for(clients: Clients, bucket: str) -> None:
    """Not by HEAD, whose refusals have no body that tells expired credentials from a lack of permission."""
    clients.looking.list_objects_v2(Bucket=bucket, MaxKeys=1)


def create_bucket(clients: Clients, bucket: str) -> None:
    """Make it. Raises Conflict: some servers say yes to a second making."""
    if bucket_exists(clients, bucket):
        raise Conflict(
            f"You already have a bucket {printable(bucket)}", advice="Use it as it is, or choose another name"
        )
    where: dict[str, Any] = {}
    if clients.is_aws and clients.region != "us-east-1":
        where["CreateBucketConfiguration"] = {"LocationConstraint": clients.region}

    def send(client: Client) -> bool:
        client.create_bucket(Bucket=bucket, **where)
        return True

    with translated(action="s3:CreateBucket", bucket=bucket, endpoint=clients.endpoint):
        attempt(clients, send, look=lambda: bucket_exists(clients, bucket) or None)
    clients.habits.versionings.forget(bucket)


def versioning(clients: Clients, bucket: str, *, at_most_s: float = VERSIONING_LASTS_S) -> Versioning:
    """Whether it keeps old versions: one request, and none while what was seen is no older than `at_most_s`.

    Raises NotFound, StrangeAnswer, ServerFault, and what says nothing of this bucket alone.
    """
    if is_directory_bucket(bucket):
        return Versioning.OFF
    seen = clients.habits.versionings
    known = seen.known(bucket, at_most_s)
    return known if known is not None else seen.ask(bucket, lambda: _seen_versioning(clients, bucket))


def _seen_versioning(clients: Clients, bucket: str) -> Versioning:
    try:
        with translated(action="s3:GetBucketVersioning", bucket=bucket, endpoint=clients.endpoint):
            return _asked_versioning(clients, bucket)
    except (*_OF_ALL, NotFound, StrangeAnswer, ServerFault):
        raise
    except NotSupported:
        return Versioning.UNKNOWN if is_access_point(bucket) else Versioning.OFF
    except S3mlError:
        return Versioning.UNKNOWN


def _asked_versioning(clients: Clients, bucket: str) -> Versioning:
    answer = clients.looking.get_bucket_versioning(Bucket=bucket)
    return _VERSIONING.get(str(answer.get("Status") or ""), Versioning.UNKNOWN)


def enable_versioning(clients: Clients, bucket: str) -> None:
    """Keep old versions from now on."""
    switch_versioning(clients, bucket, "Enabled")


def switch_versioning(clients: Clients, bucket: str, status: str) -> None:
    """To `Enabled` or `Suspended`; what was seen of it before counts no more, whatever comes of it."""

    def send(client: Client) -> None:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    try:
        with translated(action="s3:PutBucketVersioning", bucket=bucket, endpoint=clients.endpoint):
            attempt(clients, send)
    finally:
        clients.habits.versionings.forget(bucket)


def block_public_access(clients: Clients, bucket: str, *, but: Collection[str] = ()) -> None:
    """Switch the four blocks on, `but` some. Raises NotSupported."""

    def send(client: Client) -> None:
        blocks = {name: name not in but for name in BLOCKS}
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)

    with translated(action="s3:PutBucketPublicAccessBlock", bucket=bucket, endpoint=clients.endpoint):
        attempt(clients, send)


def bucket_facts(clients: Clients, bucket: str) -> BucketFacts:
    """What is known of it; what may not be looked at is unknown. Raises NotFound, Unreachable, WrongCredentials …"""
    # Who may not ask for the bucket may still know some of the rest.
    with suppress(Denied), translated(action="s3:ListBucket", bucket=bucket, endpoint=clients.endpoint):
        _ask_for(clients, bucket)
    at = _Bucket(clients, bucket)
    if is_directory_bucket(bucket):
        return known_facts(bucket, _lifecycle(at))
    with ThreadPoolExecutor(4, thread_name_prefix="s3ml-facts") as pool:
        versioning, access = pool.submit(_versioning, at), pool.submit(_public_access, at)
        block, lifecycle = pool.submit(_block, at), pool.submit(_lifecycle, at)
    parts = versioning.result(), access.result(), block.result(), lifecycle.result()
    return BucketFacts(bucket, *parts, frozenset(at.denied))


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What is looked at, and what may not be."""

    clients: Clients
    name: str
    denied: set[str] = field(default_factory=set)
    """The actions that are lacking."""

    def seen(self, action: str, look: Callable[[], T], *, unknown: T, unsupported: T | None = None) -> T:
        """What `look` sees; `unknown` when it may not, `unsupported` when the server cannot.

        Raises what says nothing about this question alone: Unreachable, Throttled, and credentials that are not taken.
        """
        try:
            with translated(action=action, bucket=self.name, endpoint=self.clients.endpoint):
                return look()
        except _OF_ALL:
            raise
        except NotSupported:
            if unsupported is None or is_access_point(self.name):  # which answers no question about its bucket
                return unknown
            return unsupported
        except Denied as error:
            self.denied.add(error.action)
            return unknown
        except S3mlError:
            return unknown


def _versioning(at: _Bucket) -> Versioning:
    seen = at.clients.habits.versionings
    asked_at = seen.now()
    found = at.seen(
        "s3:GetBucketVersioning",
        lambda: _asked_versioning(at.clients, at.name),
        unknown=Versioning.UNKNOWN,
        unsupported=Versioning.OFF,
    )
    seen.note(at.name, found, asked_at)
    return found


def _public_access(at: _Bucket) -> PublicAccess:
    """Ask without a signature. Only a refusal of that counts as refused."""

    def look() -> PublicAccess:
        try:
            at.clients.unsigned.list_objects_v2(Bucket=at.name, MaxKeys=1)
        except ClientError as error:
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            return PublicAccess.REFUSED if status in {401, 403} else PublicAccess.UNKNOWN
        return PublicAccess.ALLOWED

    try:
        return at.seen("", look, unknown=PublicAccess.UNKNOWN)
    except Unreachable:
        return PublicAccess.UNKNOWN


def _block(at: _Bucket) -> PublicAccessBlock:
    def look() -> PublicAccessBlock:
        try:
            answer = at.clients.looking.get_public_access_block(Bucket=at.name)
        except ClientError as error:
            if code_of(error) == "NoSuchPublicAccessBlockConfiguration":
                return PublicAccessBlock.OFF
            raise
        blocks = answer.get("PublicAccessBlockConfiguration", {})
        if not blocks:  # an answer to another question: the server passes over a subresource it does not know
            return PublicAccessBlock.UNSUPPORTED
        return PublicAccessBlock.ON if all(blocks.get(name) for name in BLOCKS) else PublicAccessBlock.OFF

    return at.seen(
        "s3:GetBucketPublicAccessBlock",
        look,
        unknown=PublicAccessBlock.UNKNOWN,
        unsupported=PublicAccessBlock.UNSUPPORTED,
    )


def _lifecycle(at: _Bucket) -> tuple[LifecycleRule, ...] | None:
    def look() -> tuple[LifecycleRule, ...] | None:
        return rules_of(configuration(at.clients, at.name))

    none: tuple[LifecycleRule, ...] = ()
    return at.seen("s3:GetLifecycleConfiguration", look, unknown=None, unsupported=none)
