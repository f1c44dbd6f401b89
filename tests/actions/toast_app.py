"""The whole app, which remembers what it told in passing: a toast goes away by itself, and a test may look late."""

from typing import Any

from s3ml_tui.ui.app.app import S3mlApp


class ToastApp(S3mlApp):
    """Keeps its toasts."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.said: list[str] = []
        """Title and message of each."""

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Tell it, and keep it."""
        self.said.append(f"{title} {message}")
        super().notify(message, title=title, **options)
