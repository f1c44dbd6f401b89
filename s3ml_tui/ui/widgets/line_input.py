"""An input of one line whose keys act in the order they were pressed, and which holds only what can be shown."""

from textual import events
from textual.widgets import Input

from s3ml_tui.domain.text import printable


class LineInput(Input):
    """Textual inserts characters at once, but looks a key's binding up only after it has bubbled to the app.

    In a burst, as a slow line or a program sends them, `ctrl+u` would so take away what was typed after it.
    """

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable:
            return  # the parent's handler, which comes next, inserts it
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.run_action(binding.action)
            return

    def replace(self, text: str, start: int, end: int) -> None:
        """Take in what is typed or pasted, its control characters written out."""
        super().replace(printable(text), start, end)
