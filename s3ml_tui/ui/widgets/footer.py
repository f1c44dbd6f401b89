"""The line of keys at the bottom: Textual's, made anew only when the keys are others, and styled once.

Textual makes a widget of each key whenever the focus moves, and binds it to whether the line is compact, so that its
styles are worked out three times.
"""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class KeyFooter(Footer):
    """The keys that do something here."""

    _shown_keys: tuple[tuple[Binding, bool, str], ...] = ()

    def compose(self) -> ComposeResult:
        """A key of each action that is shown."""
        for binding, is_enabled, tooltip in self._shown_keys:
            display = self.app.get_key_display(binding)
            key = FooterKey(
                binding.key, display, binding.description, binding.action, disabled=not is_enabled, tooltip=tooltip
            )
            key.set_reactive(FooterKey.compact, False)
            yield key

    async def recompose(self) -> None:
        """Do what Textual wants done whenever a key may have come or gone."""
        if not self.is_attached:
            return  # the screen was taken away while this waited
        shown_keys: dict[str, tuple[Binding, bool, str]] = {}
        for _, binding, is_enabled, tooltip in self.screen.active_bindings.values():
            if binding.show:
                shown_keys.setdefault(binding.action, (binding, is_enabled, tooltip))
        if self._shown_keys != tuple(shown_keys.values()):
            self._shown_keys = tuple(shown_keys.values())
            await super().recompose()
