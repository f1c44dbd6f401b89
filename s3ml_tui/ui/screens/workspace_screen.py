"""A mode screen that shows what a workspace holds, and reads it again whenever that may have changed."""

from s3ml_tui.ui.screens.mode import ModeScreen


class WorkspaceScreen(ModeScreen):
    """Reads when it is shown, and when the session or the workspace becomes another."""

    def read_again(self) -> None:
        """Ask for what is shown, or say why that cannot be."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Runs move on while one looks elsewhere."""
        self.read_again()

    def watch_services(self) -> None:
        """A session came."""
        self.read_again()

    def watch_workspace(self) -> None:
        """Another workspace."""
        self.read_again()

    def watch_search(self) -> None:
        """Why there is no workspace."""
        self.read_again()
