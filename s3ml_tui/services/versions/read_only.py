"""A read-only context refuses every change before a request is sent."""

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import ReadOnly


def refuse_read_only(context: Context, title: str) -> None:
    """Raise ReadOnly where the context forbids changes; called before any request. `title` is the plan's."""
    if context.read_only:
        raise ReadOnly(
            f"{title}: not in a read-only context",
            cause=f"The context {context.name} forbids changes; nothing was sent",
            advice="Use a context without read_only for it",
        )
