"""The plans that can take something back, and their form in the record of what was done."""

from s3ml_tui.domain.copies import CopyObjects
from s3ml_tui.domain.many import BringBackMany, DeleteMany
from s3ml_tui.domain.plain_values import Misfit, Plain, Reader, to_plain
from s3ml_tui.domain.plans import CopyForward, DeleteObject, Plan, RemoveMarker
from s3ml_tui.domain.together import TakeBack
from s3ml_tui.services.model_plans import MoveAlias

UNDOS: tuple[type[Plan], ...] = (
    BringBackMany,
    CopyForward,
    CopyObjects,
    DeleteMany,
    DeleteObject,
    MoveAlias,
    RemoveMarker,
    TakeBack,
)
"""All that an outcome's undo can be; a test names every plan that is neither here nor known never to be one."""

_reader = Reader(UNDOS)


def plain_plan(plan: Plan) -> Plain:
    """A plan as the record keeps it. Raises Misfit for one that is not among UNDOS."""
    if not isinstance(plan, UNDOS):
        raise Misfit(f"{type(plan).__name__} is not kept")
    return to_plain(plan)


def is_known(plain: object) -> bool:
    """Whether what was read names a plan that is known here."""
    return _reader.knows(plain)


def read_plan(plain: object) -> Plan:
    """The plan that was kept. Raises Misfit."""
    plan: Plan = _reader.read(plain)
    return plan
