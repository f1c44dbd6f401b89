"""The plans that can take something back, and their form in the record of what was done."""

from collections.abc import Mapping

from s3ml_tui.domain.bucket_plans import DeleteBucket, SetBlock, SetVersioning
from s3ml_tui.domain.copies import CopyObjects
from s3ml_tui.domain.describing import ChangeDescription
from s3ml_tui.domain.many import BringBackMany, DeleteMany
from s3ml_tui.domain.plain_values import Codec, Misfit, Plain
from s3ml_tui.domain.plans import CopyForward, DeleteObject, Plan, RemoveMarker
from s3ml_tui.domain.tagging import ChangeTags
from s3ml_tui.domain.together import TakeBack
from s3ml_tui.domain.uploads_back import TakeUploadsBack
from s3ml_tui.services.model_plans import MoveAlias

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
