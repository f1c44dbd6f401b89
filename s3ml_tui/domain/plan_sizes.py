"""How many bytes a plan moves, for a progress bar."""

from s3ml_tui.domain.plans import CopyForward, Plan
from s3ml_tui.domain.together import TakeBack


def bytes_moved_by(plan: Plan) -> int | None:
    """Bytes that its progress will add up to; None for a plan that moves none, or does not say."""
    if isinstance(plan, CopyForward):
        return plan.source.size
    if isinstance(plan, TakeBack):
        return sum(bytes_moved_by(step) or 0 for step in plan.plans) or None
    size = getattr(plan, "size", None)
    return size if isinstance(size, int) and size > 0 else None
