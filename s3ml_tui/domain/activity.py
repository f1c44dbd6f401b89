"""What was done and is remembered: an outcome with when, where and by what, and whether it was taken back."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime

from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.uri import ObjectKey, Place

_SIGNED = re.compile(r"\S*[?&](?:X-Amz-[A-Za-z-]+|Signature|AWSAccessKeyId)=\S*", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^\s/@]*@")
_MOST_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Where:
    """To which server, as whom, something was done; no secrets in it."""

    context: str
    """The context's name, for people."""
    server: str
    """Its address, or the folder of the embedded one."""
    profile: str = ""

    def is_same_as(self, other: "Where") -> bool:
        """Whether it is the same server for the same account, whatever the context is called."""
        return (self.server, self.profile) == (other.server, other.profile)


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """An outcome that is remembered."""

    id: str
    """Letters; unlike any other's."""
    at: datetime
    """Aware, UTC."""
    title: str
    """Past tense."""
    where: Where
    details: tuple[str, ...] = ()
    bucket: str = ""
    """"" where it concerned none, or more than one."""
    key: ObjectKey | None = None
    version_id: str | None = None
    by: str = ""
    """What it was done with: `the screens`, `s3ml rm`."""
    undo: str = ""
    """The title of the plan that takes it back; "" when there is none."""
    no_undo: str = ""
    """Why there is none."""
    undoes: str = ""
    """The id of the record that it undoes."""
    failed: int = 0
    """So many of several could not be done."""
    undone_at: datetime | None = None
    """When it was taken back."""

    @property
    def can_be_undone(self) -> bool:
        """Whether it has an undo that was not used yet."""
        return bool(self.undo) and self.undone_at is None


def bucket_of(*values: object) -> str:
    """The bucket that these values (a plan, an outcome) are about: the first that is named in them; "" for none."""
    waiting = deque(values)
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            break
        value = waiting.popleft()
        if isinstance(value, ObjectKey | Place):
            return value.bucket
        if is_dataclass(value) and not isinstance(value, type):
            waiting.extend(getattr(value, part.name) for part in fields(value))
        elif isinstance(value, tuple | list):
            waiting.extend(value[:1])
        elif isinstance(value, Mapping):
            waiting.extend(list(value.values())[:1])
    return ""


def activity_record_of(
    outcome: Outcome, where: Where, *, record_id: str, by: str = "", plan: Plan | None = None, undoes: str = ""
) -> ActivityRecord:
    """An outcome as it is remembered: without links that open something, and without passwords."""
    return ActivityRecord(
        id=record_id,
        at=outcome.at,
        title=without_secrets(outcome.title),
        where=where,
        details=tuple(without_secrets(detail) for detail in outcome.details),
        bucket=bucket_of(outcome.key, plan, outcome.undo),
        key=outcome.key,
        version_id=outcome.version_id,
        by=by,
        undo=without_secrets(outcome.undo.title) if outcome.undo is not None else "",
        no_undo=without_secrets(outcome.no_undo),
        undoes=undoes,
        failed=outcome.failed,
    )


def without_secrets(text: str) -> str:
    """`text` without signed links, and without users and passwords in addresses."""
    return _USER.sub("", _SIGNED.sub("(a link)", text))
