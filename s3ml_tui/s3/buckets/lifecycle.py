"""Lifecycle rules as boto3 gives them, as values (S3 API reference, "LifecycleRule"), and the one rule that we add."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from s3ml_tui.domain.errors import NotSupported, StrangeAnswer
from s3ml_tui.domain.storage.capabilities import LifecycleRule
from s3ml_tui.domain.storage.lifecycle import ABORT_DAYS, ABORT_RULE
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.responses import code_of
from s3ml_tui.s3.errors.translate import translated

_DEFAULT_SIZE = "TransitionDefaultMinimumObjectSize"


def configuration(clients: Clients, bucket: str) -> Mapping[str, Any] | None:
    """All that is set, as the server has it; None when nothing is. Raises ClientError."""
    try:
        answer: Mapping[str, Any] = clients.looking.get_bucket_lifecycle_configuration(Bucket=bucket)
    except ClientError as error:
        if code_of(error) == "NoSuchLifecycleConfiguration":
            return None
        raise
    return answer


def rules_of(found: Mapping[str, Any] | None) -> tuple[LifecycleRule, ...]:
    """The rules of a configuration."""
    return tuple(lifecycle_rule(rule) for rule in (found or {}).get("Rules", ()))


def add_abort_rule(clients: Clients, bucket: str) -> None:
    """Have uploads thrown away that are left open, by one more rule. Raises NotSupported, Denied.

    S3 knows no change of one rule: all are read and written back, with all that they say.
    """
    with translated(action="s3:GetLifecycleConfiguration", bucket=bucket, endpoint=clients.endpoint):
        before = configuration(clients, bucket)
    if before is not None and not before.get("Rules"):
        raise StrangeAnswer(
            f"The lifecycle rules of {bucket} cannot be read; none was added",
            cause="The server says that there are some, and names none: writing them back would lose them",
            advice="Look at them with another tool",
        )
    kept = [rule for rule in (before or {}).get("Rules", ()) if rule.get("ID") != ABORT_RULE]
    # AWS takes a prefix in the old place for all rules or for none.
    is_old = any("Filter" not in rule for rule in kept)
    ours = {
        "ID": ABORT_RULE,
        "Status": "Enabled",
        **({"Prefix": ""} if is_old else {"Filter": {"Prefix": ""}}),
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_DAYS},
    }
    also = {_DEFAULT_SIZE: before[_DEFAULT_SIZE]} if before and before.get(_DEFAULT_SIZE) else {}

    def send(client: Client) -> None:
        rules = {"Rules": [*kept, ours]}
        client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules, **also)

    with translated(action="s3:PutLifecycleConfiguration", bucket=bucket, endpoint=clients.endpoint):
        attempt(clients, send)
        after = rules_of(configuration(clients, bucket))
    if not any(rule.rule_id == ABORT_RULE and rule.abort_days == ABORT_DAYS for rule in after):
        raise NotSupported(
            "The server keeps no rule for uploads that are left open",
            cause="It agreed to one, and does not have it",
            advice="Ask whoever runs the server how such uploads are removed",
        )


def lifecycle_rule(rule: Mapping[str, Any]) -> LifecycleRule:
    """One rule, in any of the shapes that the API had."""
    chosen = rule.get("Filter") or {}
    both = chosen.get("And") or {}
    expiration = rule.get("Expiration") or {}
    old = rule.get("NoncurrentVersionExpiration") or {}
    days, date = expiration.get("Days"), expiration.get("Date")
    return LifecycleRule(
        rule_id=str(rule.get("ID", "")),
        prefix=str(rule.get("Prefix") or chosen.get("Prefix") or both.get("Prefix") or ""),
        is_enabled=rule.get("Status") == "Enabled",
        expire_days=0 if days is None and date else days,
        expire_noncurrent_days=old.get("NoncurrentDays"),
        filters_on_tags="Tag" in chosen
        or bool(both.get("Tags"))
        or any(name.startswith("ObjectSize") for name in (*chosen, *both)),
        only=_only(chosen, both),
        expire_date=str(date)[:10] if date else "",
        keeps_noncurrent=old.get("NewerNoncurrentVersions"),
        moves=_moves(rule.get("Transitions") or (), "Days", "after they were written"),
        moves_noncurrent=_moves(
            rule.get("NoncurrentVersionTransitions") or (), "NoncurrentDays", "after they were replaced"
        ),
        abort_days=(rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation"),
        removes_markers=bool(expiration.get("ExpiredObjectDeleteMarker")),
    )


def _only(chosen: Mapping[str, Any], both: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [chosen["Tag"]] if chosen.get("Tag") else list(both.get("Tags") or ())
    words = [f"the tag {tag['Key']}={tag.get('Value', '')}" for tag in tags if tag.get("Key")]
    for name, said in (("ObjectSizeGreaterThan", "more than"), ("ObjectSizeLessThan", "less than")):
        size = chosen.get(name, both.get(name))
        if size is not None:
            words.append(f"{said} {size_text(int(size))}")
    return tuple(words)


def _moves(moves: Sequence[Mapping[str, Any]], name: str, since: str) -> tuple[tuple[str, str], ...]:
    found = []
    for move in moves:
        days, date = move.get(name), move.get("Date")
        when = f"{count_text(int(days), 'day')} {since}" if days is not None else f"on {str(date)[:10]}"
        found.append((when, str(move.get("StorageClass", ""))))
    return tuple(found)
