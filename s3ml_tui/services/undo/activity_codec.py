"""An activity record and its undo as a line of the activity file, and back.

The plans that can take something back, and their form in the record of what was done.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from s3ml_tui.domain.activity import ActivityRecord, Where
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.bucket_folder import DeleteBucket, SetBlock, SetVersioning, Tally
from s3ml_tui.domain.plans.copy_move import CopyItem, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Plan, RemoveMarker
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags, DescriptionChange, TagChange
from s3ml_tui.domain.plans.undo import Made, TakeBack, TakeUploadsBack
from s3ml_tui.domain.serialization import Codec, Misfit, Plain, form, json_text
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.store import Description
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.local_state.plan_files import PlanFiles

UNDOS: tuple[type[Plan], ...] = (
    BringBackMany,
    ChangeDescription,
    ChangeTags,
    CopyForward,
    CopyObjects,
    DeleteBucket,
    DeleteMany,
    DeleteObject,
    MoveAlias,
    RemoveMarker,
    SetBlock,
    SetVersioning,
    TakeBack,
    TakeUploadsBack,
)
"""All that an outcome's undo can be.

A test names every plan that is neither here nor known never to be an undo.
"""
_PARTS = (ObjectKey, Place, Version, Tally, CopyItem, Description, DescriptionChange, Made, TagChange)
GONE = ("affirmative", "is_destructive", "changes_anything")
"""Once stored of each plan, though every plan of a kind had the same."""
_codec = Codec(map(form, (*_PARTS, *UNDOS)), roots=UNDOS, gone=GONE)
"""Files of users hold the names that these classes and their fields had in 5680b01, which never change: a class or a
field that is renamed gets a `form` that says what it was called. `tests/compatibility` holds the codec to it.
"""


def plain_plan(plan: Plan) -> Plain:
    """A plan as the record keeps it. Raises Misfit for one that is not among UNDOS."""
    if type(plan) not in UNDOS:
        raise Misfit(f"{type(plan).__name__} is not kept")
    return _codec.plain(plan)


def is_known(plain: object) -> bool:
    """Whether what was read names a plan that is known here."""
    return _codec.knows(plain)


def read_plan(plain: object) -> Plan:
    """The plan that was kept. Raises Misfit."""
    plan: Plan = _codec.read(plain)
    return plan


FORMAT = 1
_LARGEST_INLINE = 16 * 1024
"""Bytes of a plan within a line."""
_LARGEST = 256 * 1024 * 1024
"""Bytes of a plan's text; a larger one is not kept."""
_MOST_DETAILS, _LONGEST = 40, 2000
_NEWER = "Another version of s3ml did it, which knows how to undo it."
_TOO_LARGE = "It concerns too many objects for its undo to be kept after the session."


@dataclass(frozen=True, slots=True)
class Kept:
    """A record, and its undo; None where that is in a file of its own, or there is none."""

    record: ActivityRecord
    plan: Plan | None = None


_record_codec = Codec((form(ObjectKey), form(Where), form(ActivityRecord, "Deed")), roots=(ActivityRecord,))


def line_of(record: ActivityRecord, undo: Plan | None, plans: PlanFiles) -> bytes:
    """A record as it is kept; a large plan goes to a file of its own. Raises LocalTrouble."""
    details = tuple(detail[:_LONGEST] for detail in record.details[:_MOST_DETAILS])
    plain: Any = _record_codec.plain(replace(record, details=details))
    fields: dict[str, Any] = {"format": FORMAT, "deed": plain}
    if undo is not None:
        try:
            text = json_text(plain_plan(undo), is_compact=True)
        except Misfit:
            text = ""
        if not text:
            fields["deed"] |= {"undo": "", "no_undo": _NEWER}
        elif len(text) <= _LARGEST_INLINE:
            fields["plan"] = json.loads(text)
        elif len(text) <= _LARGEST:
            plans.write(record.id, text)
            fields["has_plan_file"] = True
        else:
            fields["deed"] |= {"undo": "", "no_undo": _TOO_LARGE}
    return json_text(fields, is_compact=True).encode()


def read_line(line: bytes) -> Kept | None:
    """A record; without its undo where that is not known here; None when it is none that could be shown."""
    try:
        fields = json.loads(line)
        record_fields = fields["deed"]
        is_newer = not isinstance(fields["format"], int) or fields["format"] > FORMAT
        record: ActivityRecord = _shown(record_fields) if is_newer else _record_codec.read(record_fields)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    without = Kept(replace(record, undo="", no_undo=_NEWER))
    if not record.undo:
        return Kept(record)
    if fields.get("has_plan_file") is True and not is_newer and record.id.isalpha():
        return Kept(record)
    plain = fields.get("plan")
    if is_newer or not is_known(plain):
        return without
    try:
        return Kept(record, read_plan(plain))
    except Misfit:
        return without


def _shown(record_fields: dict[str, Any]) -> ActivityRecord:
    """What a newer s3ml wrote, as far as it is known here."""
    where = record_fields.get("where")
    place = where if isinstance(where, dict) else {}
    plain = {
        "kind": "Deed",
        "id": record_fields["id"],
        "at": record_fields["at"],
        "title": record_fields["title"],
        "undo": "?",
    }
    texts = {name: str(place.get(name) or "") for name in ("context", "server", "profile")}
    record: ActivityRecord = _record_codec.read(
        plain | {"where": {"kind": "Where", **texts}, "bucket": str(record_fields.get("bucket") or "")}
    )
    return record
