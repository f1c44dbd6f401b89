"""What there is to know of one version without its bytes, each part as far as it may be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from s3ml_tui.domain.store import ObjectFacts
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey

_IN_WORDS = {
    "CacheControl": "cache control",
    "ContentDisposition": "content disposition",
    "ContentEncoding": "content encoding",
    "ContentLanguage": "content language",
    "Expires": "expires",
    "WebsiteRedirectLocation": "website redirect",
    "ObjectLockMode": "lock",
    "ObjectLockRetainUntilDate": "retained until",
    "ObjectLockLegalHoldStatus": "legal hold",
    "Restore": "restored from the archive",
    "ArchiveStatus": "archived as",
    "ReplicationStatus": "replication",
    "Expiration": "expires by rule",
}
"""boto3's names as people say them."""


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
        rows += self._fact_rows()
        if self.tags is not None:
            rows += [(f"tag {name}", value) for name, value in sorted(self.tags.items())] or [("tags", "none")]
        return (*rows, *self.missing.items())

    def _fact_rows(self) -> list[tuple[str, str]]:
        facts = self.facts
        if facts is None:
            return []
        rows = [("content type", facts.content_type or "not said"), ("encryption", facts.encryption or "not said")]
        rows += [(_IN_WORDS.get(name, name), value) for name, value in (*facts.headers.items(), *facts.states.items())]
        rows += [(f"checksum {name}", value) for name, value in sorted(facts.checksums.items())]
        rows += [(f"metadata {name}", value) for name, value in sorted(facts.metadata.items())]
        return rows if facts.metadata else [*rows, ("metadata", "none")]
