"""Lifecycle rules as boto3 gives them, as values (S3 API reference, "LifecycleRule")."""

from collections.abc import Mapping, Sequence
from typing import Any

from s3ml_tui.domain.storage.capabilities import LifecycleRule
from s3ml_tui.domain.text import count_text, size_text


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
