"""The threads of workers: enough of them, and none that keeps a user waiting who wants to leave."""

from concurrent.futures import ThreadPoolExecutor

WORKERS = 16
"""Requests wait for the network, not for cores; asyncio's own default is cores + 4."""


class LeavingExecutor(ThreadPoolExecutor):
    """asyncio waits for its default executor when a loop closes, here a stalled server's read timeout; not for this."""

    def __init__(self) -> None:
        super().__init__(WORKERS, thread_name_prefix="worker")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - never waits
        """Take nothing more, and leave what runs to itself."""
        super().shutdown(wait=False, cancel_futures=True)
