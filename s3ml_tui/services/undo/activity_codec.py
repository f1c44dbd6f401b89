"""A deed and its undo as a line of the record, and back.

The plans that can take something back, and their form in the record of what was done.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from s3ml_tui.domain.activity import Deed
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.bucket_folder import DeleteBucket, SetBlock, SetVersioning
from s3ml_tui.domain.plans.copy_move import CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, Plan, RemoveMarker
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags
from s3ml_tui.domain.plans.undo import TakeBack, TakeUploadsBack
from s3ml_tui.domain.serialization import Codec, Misfit, Plain
from s3ml_tui.services.local_state.plan_files import PlanFiles

UNDOS: Mapping[str, type[Plan]] = {
    "BringBackMany": BringBackMany,
    "ChangeDescription": ChangeDescription,
    "ChangeTags": ChangeTags,
    "CopyForward": CopyForward,
    "DeleteBucket": DeleteBucket,
    "SetBlock": SetBlock,
    "SetVersioning": SetVersioning,
    "CopyObjects": CopyObjects,
    "DeleteMany": DeleteMany,
    "DeleteObject": DeleteObject,
    "MoveAlias": MoveAlias,
    "RemoveMarker": RemoveMarker,
    "TakeBack": TakeBack,
    "TakeUploadsBack": TakeUploadsBack,
}
"""All that an outcome's undo can be, under the names they have in the record; those never change.

A test names every plan that is neither here nor known never to be an undo.
"""

_codec = Codec(UNDOS)


def plain_plan(plan: Plan) -> Plain:
    """A plan as the record keeps it. Raises Misfit for one that is not among UNDOS."""
    if type(plan) not in UNDOS.values():
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
    """A deed, and its undo; None where that is in a file of its own, or there is none."""

    deed: Deed
    plan: Plan | None = None


_deeds = Codec({"Deed": Deed})


def line_of(deed: Deed, undo: Plan | None, plans: PlanFiles) -> bytes:
    """A deed as it is kept; a large plan goes to a file of its own. Raises LocalTrouble."""
    details = tuple(detail[:_LONGEST] for detail in deed.details[:_MOST_DETAILS])
    plain: Any = _deeds.plain(replace(deed, details=details))
    fields: dict[str, Any] = {"format": FORMAT, "deed": plain}
    if undo is not None:
        try:
            text = json.dumps(plain_plan(undo), separators=(",", ":"))
        except Misfit:
            text = ""
        if not text:
            fields["deed"] |= {"undo": "", "no_undo": _NEWER}
        elif len(text) <= _LARGEST_INLINE:
            fields["plan"] = json.loads(text)
        elif len(text) <= _LARGEST:
            plans.write(deed.id, text)
            fields["has_plan_file"] = True
        else:
            fields["deed"] |= {"undo": "", "no_undo": _TOO_LARGE}
    return json.dumps(fields, separators=(",", ":")).encode()


def read_line(line: bytes) -> Kept | None:
    """A deed; without its undo where that is not known here; None when it is none that could be shown."""
    try:
        fields = json.loads(line)
        told = fields["deed"]
        is_newer = not isinstance(fields["format"], int) or fields["format"] > FORMAT
        deed: Deed = _shown(told) if is_newer else _deeds.read(told)
    except (ValueError, KeyError, TypeError):
        return None
    without = Kept(replace(deed, undo="", no_undo=_NEWER))
    if not deed.undo:
        return Kept(deed)
    if fields.get("has_plan_file") is True and not is_newer and deed.id.isalpha():
        return Kept(deed)
    plain = fields.get("plan")
    if is_newer or not is_known(plain):
        return without
    try:
        return Kept(deed, read_plan(plain))
    except Misfit:
        return without


def _shown(told: dict[str, Any]) -> Deed:
    """What a newer s3ml wrote, as far as it is known here."""
    where = told.get("where")
    place = where if isinstance(where, dict) else {}
    plain = {"kind": "Deed", "id": told["id"], "at": told["at"], "title": told["title"], "undo": "?"}
    texts = {name: str(place.get(name) or "") for name in ("context", "server", "profile")}
    deed: Deed = _deeds.read(plain | {"where": {"kind": "Where", **texts}, "bucket": str(told.get("bucket") or "")})
    return deed
