"""Browse's keys that act on everything marked, through one plan."""

from s3ml_tui.domain.plans import Plan
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.browse_arranging import ArrangingScreen
from s3ml_tui.ui.screens.browse_paths import PathSuggester, local_path
from s3ml_tui.ui.screens.dialogs import AskText
from s3ml_tui.ui.widgets.object_table_level import Entry


class MarkedScreen(ArrangingScreen):
    """Download, delete, bring back."""

    def delete_marked(self) -> None:
        """Propose to delete all."""
        keys = _keys(self._marked())
        if keys:
            self.propose(lambda services: services.many.plan_delete(keys))

    def bring_back_marked(self) -> None:
        """Propose to bring back those that are deleted."""
        keys = _keys(self._marked())
        if keys:
            self.propose(lambda services: services.many.plan_bring_back(keys), _size_of)

    async def download_marked(self) -> None:
        """Ask for a folder, and propose to download all into it."""
        marked = self._marked()
        here = [entry for entry in marked if not entry.is_deleted]
        if not here:
            if marked:
                self._say("All that is marked is deleted: r brings it back.")
            return
        text = await self.app.push_screen_wait(
            AskText(
                f"Download {self.objects.marked_text()}",
                value="./",
                hint="The folder to put them in. No file of the same name may be there.",
                check=_no_folder,
                suggester=PathSuggester(),
            )
        )
        if text is None:
            return
        found = [(key, entry.size) for entry in here if (key := entry.key) is not None]
        folder, skipped = local_path(text), len(marked) - len(here)

        def plan(services: Services) -> Plan:
            return services.many.plan_download(found, folder, skipped=skipped)

        self.propose(plan, _size_of)

    def _marked(self) -> list[Entry]:
        if self.objects.is_waiting_for_marks:
            self._say("The listing is still being read, and marked objects may come: wait a moment.")
            return []
        return self.objects.marked()


def _keys(entries: list[Entry]) -> list[ObjectKey]:
    return [key for entry in entries if (key := entry.key) is not None]


def _size_of(plan: Plan) -> int | None:
    return getattr(plan, "size", None)


def _no_folder(text: str) -> str:
    if not text.strip():
        return "Give the path of a folder."
    path = local_path(text)
    try:
        return "" if path.is_dir() else f"There is no folder {path}."
    except (OSError, ValueError):
        return "This is no path."
