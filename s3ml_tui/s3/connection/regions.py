"""In which region each bucket was found; boto3 finds it by itself, and forgets it where it makes links."""

import threading
from collections.abc import Mapping
from typing import Any


class Regions:
    """By bucket, where it is another than the connection's; safe to use from many threads."""

    def __init__(self) -> None:
        self._found = dict[str, str]()
        self._here = threading.local()

    def of(self, bucket: str) -> str | None:
        """The bucket's region; None where it is the connection's, or not known."""
        return self._found.get(bucket)

    def retries(self, answer: Mapping[str, Any]) -> int:
        """How often what this thread asked last was sent again for want of an answer; being sent elsewhere is none."""
        was_elsewhere = bool(getattr(self._here, "was_redirected", False))
        return int(answer["ResponseMetadata"].get("RetryAttempts", 0)) - was_elsewhere

    def watch(self, client: Any) -> None:
        """Learn from what this client sends, and sends again."""
        client.meta.events.register("before-sign.s3", self._on_signing, unique_id="s3ml-regions")

    def _on_signing(self, request: Any, region_name: str, **_event: Any) -> None:
        redirect = request.context.get("s3_redirect", {})
        self._here.was_redirected = redirect.get("redirected", False)
        bucket = redirect.get("bucket")
        region = request.context.get("signing", {}).get("region")
        if bucket and region and region != region_name:
            self._found[str(bucket)] = str(region)
