"""What else may be known of a server that fails: whoever started it is asked, and may tell a better reason."""

from collections.abc import Callable
from typing import Any

Explain = Callable[[], None]
"""Raises an S3mlError that says why the server failed, or does nothing."""
_FAILED = 500
_NOT_IMPLEMENTED = 501


def watch_failures(client: Any, explain: Explain) -> None:
    """Call `explain` for each answer that says the server failed, after boto3 has tried again, before it raises."""

    def on_answer(http_response: Any, **_event: Any) -> None:
        if http_response.status_code >= _FAILED and http_response.status_code != _NOT_IMPLEMENTED:
            explain()

    client.meta.events.register("after-call.s3", on_answer, unique_id="s3ml-failures")
