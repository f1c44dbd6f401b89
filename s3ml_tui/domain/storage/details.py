"""What there is to know of one version without its bytes, each part as far as it may be seen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.storage.provenance import Origin, origin_of
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey

LOCK_STATES = ("ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus")
ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes whose bytes must be restored before they can be read (S3 user guide, "Working with archives")."""
_HEADERS = {
    "CacheControl": "cache control",
    "ContentDisposition": "content disposition",
    "ContentEncoding": "content encoding",
    "ContentLanguage": "content language",
    "Expires": "expires",
    "WebsiteRedirectLocation": "website redirect",
}
"""boto3's names as people say them."""
_LOCKS = dict(zip(LOCK_STATES, ("lock", "retained until", "legal hold"), strict=True))
_EXPIRY = re.compile(r'expiry-date="([^"]*)"')
_RULE = re.compile(r'rule-id="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Details:
    """One version; what may not be seen is None, and `missing` names the action that it needs."""

    key: ObjectKey
    version_id: str | None
    """None on a bucket without versions."""
    size: int | None
    """Bytes."""
    modified: datetime | None
    etag: str
    storage_class: str
    facts: ObjectFacts | None
    """What HEAD tells; None when that is denied and only the history could be seen."""
    tags: Mapping[str, str] | None
    lock: Mapping[str, str] | None
    """By the names of LOCK_STATES; empty when nothing holds the version."""
    missing: Mapping[str, str]
    """What is needed for a part that could not be seen, by the part's name: `tags`: `needs s3:GetObjectTagging`."""

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Names and values, in the order they are read; raw text from outside among them."""
        rows = [("address", self.key.uri), ("version", self.version_id or "none: the bucket keeps no versions")]
        if self.size is not None:
            exact = f" ({self.size:,} bytes)" if self.size >= 1000 else ""
            rows.append(("size", f"{size_text(self.size)}{exact}"))
        if self.modified is not None:
            rows.append(("modified", f"{self.modified.astimezone():%Y-%m-%d %H:%M:%S}"))
        rows += [(name, text) for name, text in (("ETag", self.etag), ("storage class", self.storage_class)) if text]
        rows += [("archive", text)] if (text := self.archive) else []
        rows += self._origin_rows()
        if self.tags is not None:
            rows += [(f"tag {name}", value) for name, value in sorted(self.tags.items())] or [("tags", "none")]
        if self.lock is not None:
            rows += [(_LOCKS.get(name, name), value) for name, value in self.lock.items()] or [("lock", "none")]
        return (*rows, *self.missing.items(), *self._fact_rows())

    @property
    def archive(self) -> str:
        """Whether its bytes can be read, in words; "" where they are in no archive."""
        return archive_text(self.storage_class, self.facts.states if self.facts else {})

    @property
    def origin(self) -> Origin | None:
        """Who wrote it; None when nothing says so."""
        return origin_of(self.facts.metadata) if self.facts else None

    def _origin_rows(self) -> list[tuple[str, str]]:
        origin = self.origin
        if origin is None:
            return []
        rows = [("written", origin.words.removeprefix("written "))]
        return [*rows, ("operation", origin.operation)] if origin.operation else rows

    def _fact_rows(self) -> list[tuple[str, str]]:
        facts = self.facts
        if facts is None:
            return []
        rows = [("content type", facts.content_type or "not said"), ("encryption", self._encryption(facts))]
        rows += [(_HEADERS.get(name, name), value) for name, value in facts.headers.items()]
        rows += _state_rows(facts.states)
        of_what = " (of its parts)" if facts.states.get("ChecksumType") == "COMPOSITE" else ""
        rows += [(f"checksum {name}", value + of_what) for name, value in sorted(facts.checksums.items())]
        rows += [(f"metadata {name}", value) for name, value in sorted(facts.metadata.items())]
        if "MissingMeta" in facts.states:
            rows.append(("metadata", f"{facts.states['MissingMeta']} more, which no header can hold"))
        return rows if facts.metadata else [*rows, ("metadata", "none")]

    def _encryption(self, facts: ObjectFacts) -> str:
        key = ", with a bucket key" if facts.states.get("BucketKeyEnabled") == "True" else ""
        return f"{facts.encryption}{key}" if facts.encryption else "not said"


def _state_rows(states: Mapping[str, str]) -> list[tuple[str, str]]:
    rows = []
    if "ReplicationStatus" in states:
        rows.append(("replication", states["ReplicationStatus"].lower()))
    if expiration := states.get("Expiration", ""):
        at, rule = _EXPIRY.search(expiration), _RULE.search(expiration)
        by = f" by the rule {rule[1]}" if rule else ""
        rows.append(("expires", f"{at[1] if at else expiration}{by}"))
    return rows


def archive_text(storage_class: str, states: Mapping[str, str]) -> str:
    """Whether the bytes of a version can be read, in words; "" where they are in no archive.

    `states` are those of `ObjectFacts`.
    """
    restore, tier = states.get("Restore", ""), states.get("ArchiveStatus", "")
    if 'ongoing-request="true"' in restore:
        return "being restored: its bytes cannot be read yet"
    if restore:
        until = _EXPIRY.search(restore)
        return f"restored, can be read until {until[1]}" if until else "restored, can be read"
    if tier or storage_class in ARCHIVES:
        named = f" ({tier})" if tier else ""
        return f"archived{named}: its bytes cannot be read until it is restored"
    return ""
