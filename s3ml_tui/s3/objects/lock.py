"""What holds a version: its retention and its legal hold, each asked for by itself.

HEAD leaves both out for whoever may not see them, and says no more than for a version that nothing holds.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import NotSupported
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.errors.responses import code_of, status_of
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.facts import version_parameter

_NO_LOCKS = frozenset({"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"})
_NOTHING_SET = _NO_LOCKS | {"InvalidRequest", "NoSuchObjectRetention", "NoSuchObjectLegalHold"}
"""As servers answer where a version has none, or the bucket keeps no locks."""


def lock(clients: Clients, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
    """By boto3's names for HEAD; empty when nothing holds it. Raises NotSupported (no locks here), Denied."""
    with translated(action="s3:GetBucketObjectLockConfiguration", bucket=key.bucket, endpoint=clients.endpoint):
        if not _keeps_locks(clients, key.bucket):
            raise NotSupported("The bucket has no object lock", advice="It can only be had from the bucket's beginning")
    which = {"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id)
    retention = _asked(clients, "get_object_retention", "s3:GetObjectRetention", which).get("Retention") or {}
    hold = _asked(clients, "get_object_legal_hold", "s3:GetObjectLegalHold", which).get("LegalHold") or {}
    until = retention.get("RetainUntilDate")
    found = {
        "ObjectLockMode": retention.get("Mode"),
        "ObjectLockRetainUntilDate": until and until.astimezone(UTC),  # some servers answer in a zone of their own
        "ObjectLockLegalHoldStatus": hold.get("Status"),
    }
    return {name: str(value) for name, value in found.items() if value}


def retains(clients: Clients, bucket: str) -> bool:
    """Whether what is written there is locked by the bucket's own rule. Raises Denied, NotSupported."""
    with translated(action="s3:GetBucketObjectLockConfiguration", bucket=bucket, endpoint=clients.endpoint):
        return bool(_lock_configuration(clients, bucket).get("Rule", {}).get("DefaultRetention"))


def _keeps_locks(clients: Clients, bucket: str) -> bool:
    """Whether anything can be held in the bucket; taken to be so where that may not be seen."""
    try:
        return bool(_lock_configuration(clients, bucket).get("ObjectLockEnabled") == "Enabled")
    except ClientError as error:
        if status_of(error) == 403:
            return True
        raise


def _lock_configuration(clients: Clients, bucket: str) -> Mapping[str, Any]:
    """boto3's answer; empty where the bucket keeps no locks."""
    try:
        answer = clients.looking.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if code_of(error) in _NO_LOCKS or status_of(error) == 404:
            return {}
        raise
    found: Mapping[str, Any] = answer.get("ObjectLockConfiguration", {})
    return found


def _asked(clients: Clients, verb: str, action: str, which: Mapping[str, str]) -> dict[str, Any]:
    subject = {"bucket": which["Bucket"], "key": which["Key"], "endpoint": clients.endpoint}
    with translated(action=action, **subject):
        try:
            answer: dict[str, Any] = getattr(clients.looking, verb)(**which)
        except ClientError as error:
            if code_of(error) in _NOTHING_SET:
                return {}
            raise
    return answer
