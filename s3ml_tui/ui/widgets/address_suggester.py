"""Completes an s3:// address as it is typed, from what is there."""

import asyncio

from textual.suggester import Suggester

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import is_uri


class AddressSuggester(Suggester):
    """Offers the first address that goes on as it was typed; places alone where only those are wanted."""

    def __init__(self, store: Store, *, only_places: bool = False) -> None:
        from s3ml_tui.services.completing import Completing

        super().__init__(use_cache=False, case_sensitive=True)
        self._completing = Completing(store)
        self._only_places = only_places

    async def get_suggestion(self, value: str) -> str | None:
        """The whole address, or None; what cannot be asked for is not offered, and not told."""
        if not is_uri(value):
            return None
        try:
            found = await asyncio.to_thread(self._completing.candidates, value)
        except S3mlError:
            return None
        shown = (printable(uri) for uri in found.uris if uri.endswith("/") or not self._only_places)
        return next((uri for uri in shown if uri.startswith(value) and uri != value), None)
