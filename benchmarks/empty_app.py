"""An empty Textual app: what the first paint of any other is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """One line."""

    def compose(self) -> ComposeResult:
        """A word to wait for."""
        yield Static("nothing here")


if __name__ == "__main__":
    EmptyApp().run()
