"""Which permissions each ability needs, what follows when it is lacking, and the policy that would be enough.

The actions are IAM's ("Actions, resources, and condition keys for Amazon S3", Service Authorization Reference).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from s3ml_tui.domain.uri import Place, is_directory_bucket


class Use(StrEnum):
    """How much of a bucket somebody is to use."""

    BROWSE = "browse"
    """Look at everything, change nothing."""
    FULL = "full"
    """All that s3ml does: bring back, delete, train, purge, make a workspace."""


@dataclass(frozen=True, slots=True)
class Ability:
    """Something one can do, by the least that allows it."""

    name: str
    without: str
    """What follows when it is lacking; a sentence."""
    account: tuple[str, ...] = ()
    """Actions on the account as a whole."""
    levels: tuple[str, ...] = ()
    """Actions on the bucket that may be narrowed to a prefix."""
    bucket: tuple[str, ...] = ()
    """Actions on the bucket as a whole."""
    objects: tuple[str, ...] = ()
    """Actions on objects."""
    changes: bool = False
    """Whether only full use has it."""

    @property
    def actions(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.account, *self.levels, *self.bucket, *self.objects)


LIST_BUCKETS = Ability(
    "list buckets",
    "Browse has no list of buckets to show: name one, as s3ml s3://BUCKET, or as the context's workspace.",
    account=("s3:ListAllMyBuckets",),
)
LIST_OBJECTS = Ability(
    "list objects",
    "The bucket cannot be browsed; an object whose name is known may still be got.",
    levels=("s3:ListBucket",),
)
SEE_VERSIONING = Ability(
    "see versioning",
    "Whether a change can be undone is not known before it is made.",
    bucket=("s3:GetBucketVersioning",),
)
SEE_PROTECTION = Ability(
    "see protection",
    "Whether the bucket is closed, and whether rules eat its history, stays unknown.",
    bucket=("s3:GetBucketPublicAccessBlock", "s3:GetLifecycleConfiguration"),
)
LIST_VERSIONS = Ability(
    "list versions",
    "History shows the current version alone, deleted objects cannot be seen, and nothing can be brought back.",
    levels=("s3:ListBucketVersions",),
)
READ = Ability("read an object", "Nothing can be previewed, downloaded or trained on.", objects=("s3:GetObject",))
READ_VERSION = Ability(
    "read an old version",
    "Old versions are listed, but can be neither looked into nor brought back.",
    objects=("s3:GetObjectVersion",),
)
READ_TAGS = Ability(
    "read tags",
    "Details show no tags, and an object with tags cannot be brought back with them.",
    objects=("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
)
WRITE = Ability(
    "write",
    "Nothing can be uploaded, brought back or trained.",
    objects=("s3:PutObject", "s3:AbortMultipartUpload"),
    changes=True,
)
KEEP_TAGS = Ability(
    "keep tags",
    "An object that has tags cannot be brought back.",
    objects=("s3:PutObjectTagging",),
    changes=True,
)
CHANGE_TAGS = Ability(
    "change tags",
    "Tags are shown and kept, and cannot be changed.",
    objects=("s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
    changes=True,
)
RESTORE_FROM_ARCHIVE = Ability(
    "restore from an archive",
    "Archived objects stay unreadable until somebody else has them restored.",
    objects=("s3:RestoreObject",),
    changes=True,
)
DELETE = Ability("delete", "Objects cannot be deleted.", objects=("s3:DeleteObject",), changes=True)
DELETE_VERSION = Ability(
    "remove versions",
    "Delete markers cannot be removed, versions cannot be purged, and log chunks of runs stay.",
    objects=("s3:DeleteObjectVersion",),
    changes=True,
)
MAKE_WORKSPACE = Ability(
    "make a workspace",
    "Somebody else has to make the bucket and switch its versioning on.",
    bucket=(
        "s3:CreateBucket",
        "s3:PutBucketVersioning",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutLifecycleConfiguration",
    ),
    changes=True,
)
END_BUCKET = Ability(
    "empty and delete the bucket",
    "Somebody else has to delete the bucket, and uploads left open in it stay unseen.",
    bucket=("s3:DeleteBucket", "s3:ListBucketMultipartUploads"),
    changes=True,
)
ABILITIES = (
    LIST_BUCKETS, LIST_OBJECTS, SEE_VERSIONING, SEE_PROTECTION, LIST_VERSIONS, READ, READ_VERSION, READ_TAGS,
    WRITE, KEEP_TAGS, CHANGE_TAGS, RESTORE_FROM_ARCHIVE, DELETE, DELETE_VERSION, MAKE_WORKSPACE, END_BUCKET,
)  # fmt: skip
_KMS = {Use.BROWSE: ("kms:Decrypt",), Use.FULL: ("kms:Decrypt", "kms:GenerateDataKey")}


def abilities(use: Use) -> tuple[Ability, ...]:
    """What somebody needs to be able to do."""
    return tuple(ability for ability in ABILITIES if use is Use.FULL or not ability.changes)


def policy(place: Place, use: Use, *, partition: str = "aws", kms_key: str = "") -> dict[str, Any]:
    """The least IAM policy, as JSON has it, with which `place` can be used.

    Args:
        place: A bucket, or a prefix of one: then the policy reaches no further.
        use: How much.
        partition: Of the ARNs: aws, aws-cn or aws-us-gov.
        kms_key: ARN of the key that encrypts the bucket; "" when there is none.
    """
    if is_directory_bucket(place.bucket):
        return _of_directory(place.bucket, use, partition)
    able = abilities(use)
    bucket = _bucket_arn(place.bucket, partition)
    inside = f"{bucket}/object/" if place.bucket.startswith("arn:") else f"{bucket}/"
    prefix = _literal(place.prefix)
    statements = [
        _statement("Account", _all(one.account for one in able), "*"),
        _statement("Levels", _all(one.levels for one in able), bucket, _narrowed(prefix)),
        *_existence(bucket, prefix),
        _statement("Bucket", _all(one.bucket for one in able), bucket),
        _statement("Objects", _all(one.objects for one in able), f"{inside}{prefix}*"),
    ]
    if kms_key:
        statements.append(_statement("Key", _KMS[use], kms_key))
    return {"Version": "2012-10-17", "Statement": statements}


def both(place: Place, region: str | None, *, kms_key: str = "") -> dict[Use, dict[str, Any]]:
    """The policies for each use, with the partition of the region."""
    partition = partition_of(region)
    return {use: policy(place, use, partition=partition, kms_key=kms_key) for use in Use}


def partition_of(region: str | None) -> str:
    """The partition a region belongs to."""
    starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for start, name in starts.items() if (region or "").startswith(start)), "aws")


def _of_directory(bucket: str, use: Use, partition: str) -> dict[str, Any]:
    """A directory bucket has one action for everything, and reaches no further down than itself."""
    looks_only = {"Condition": {"StringEquals": {"s3express:SessionMode": "ReadOnly"}}} if use is Use.BROWSE else {}
    resource = f"arn:{partition}:s3express:*:*:bucket/{bucket}"
    session = _statement("Session", ("s3express:CreateSession",), resource, looks_only)
    return {"Version": "2012-10-17", "Statement": [session]}


def _bucket_arn(bucket: str, partition: str) -> str:
    return bucket if bucket.startswith("arn:") else f"arn:{partition}:s3:::{bucket}"


def _literal(text: str) -> str:
    """`text` with what a policy would read as a wildcard or a variable escaped (IAM user guide, policy variables)."""
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", text)


def _narrowed(prefix: str) -> dict[str, Any]:
    return {"Condition": {"StringLike": {"s3:prefix": f"{prefix}*"}}} if prefix else {}


def _existence(bucket: str, prefix: str) -> list[dict[str, Any]]:
    """Beside a narrowed listing: whether the bucket is there is asked by a listing of one key without a prefix."""
    if not prefix:
        return []
    condition = {"Null": {"s3:prefix": "true"}, "NumericLessThanEquals": {"s3:max-keys": "1"}}
    return [_statement("Existence", LIST_OBJECTS.levels, bucket, {"Condition": condition})]


def _all(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(action for group in groups for action in group)


def _statement(
    name: str, actions: tuple[str, ...], resource: str, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": resource} | (more or {})
