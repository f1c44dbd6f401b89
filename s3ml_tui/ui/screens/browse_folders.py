"""Browse's keys that move many files: a folder up, a prefix or all that is marked down; what is taken is asked once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.keys import told
from s3ml_tui.ui.messages import PlanProposed
from s3ml_tui.ui.screens.browse_marked import MarkedScreen
from s3ml_tui.ui.screens.browse_paths import PathSuggester, local_path, no_folder
from s3ml_tui.ui.screens.dialogs import AskText, Choose

if TYPE_CHECKING:
    from s3ml_tui.domain.moving import MoveFiles
    from s3ml_tui.domain.plans import NothingToDo

_NAMED = 3


class FolderScreen(MarkedScreen):
    """Asks where to, then what becomes of names that are taken, then proposes the plan."""

    def upload_folder(self, folder: Path, place: Place) -> None:
        """Propose to put a folder, under its name, into a place."""
        target = place.under(folder.absolute().name)
        self.ask_many(
            f"Upload {folder.name}/",
            lambda services, cancelled: services.transfers.plan_upload([folder], target, cancelled=cancelled),
            self._settle_move,
        )

    def upload_several(self, paths: Sequence[Path], place: Place) -> None:
        """Propose to put files and folders, each under its name, into a place."""
        self.ask_many(
            f"Upload {count_text(len(paths), 'file or folder', 'files and folders')}",
            lambda services, cancelled: services.transfers.plan_upload(paths, place, cancelled=cancelled),
            self._settle_move,
        )

    async def download_folder(self, place: Place) -> None:
        """Ask for a folder, and propose to download all below a place into it."""
        text = await self._ask_folder(f"Download all of {place.name}/", f"./{printable(place.name)}/")
        if text is not None:
            self._plan_download([place], local_path(text))

    async def download_marked(self) -> None:
        """Ask for a folder, and propose to download all that is marked into it."""
        marked = self._marked()
        sources: list[ObjectKey | Place] = []
        for entry in marked:
            source = entry.folder or (None if entry.is_deleted else entry.key)
            if source is not None:
                sources.append(source)
        if not sources:
            if marked:
                self._say(told("All that is marked is deleted: {browse.bring_back} brings it back."))
            return
        text = await self._ask_folder(f"Download {self.objects.marked_text()}", "./")
        if text is not None:
            self._plan_download(sources, local_path(text))

    async def _ask_folder(self, title: str, value: str) -> str | None:
        hint = "The folder to put them in; it is made when it is not there."
        return await self.app.push_screen_wait(
            AskText(title, value=value, hint=hint, check=no_folder, suggester=PathSuggester())
        )

    def _plan_download(self, sources: Sequence[ObjectKey | Place], folder: Path) -> None:
        self.ask_many(
            f"Download {sources[0].name if len(sources) == 1 else count_text(len(sources), 'object')}",
            lambda services, cancelled: services.transfers.plan_download(sources, folder, cancelled=cancelled),
            self._settle_move,
        )

    def _settle_move(self, plan: "MoveFiles | NothingToDo") -> None:
        from s3ml_tui.domain.moving import MoveFiles

        if isinstance(plan, MoveFiles) and plan.collisions:
            self._ask_what_is_taken(plan)
        else:
            self.post_message(PlanProposed(plan, plan.size if isinstance(plan, MoveFiles) else None))

    @work
    async def _ask_what_is_taken(self, plan: "MoveFiles") -> None:
        """Ask once for all names that are taken; what loses nothing comes first."""
        from s3ml_tui.domain.copies import CLASH_WORDS, Clash
        from s3ml_tui.domain.moving import Way

        names = ", ".join(printable(move.name) for move in plan.collisions[:_NAMED])
        names += " …" if len(plan.collisions) > _NAMED else ""
        loses = plan.decided(Clash.OVERWRITE).is_destructive
        choices = [(clash.value, words) for clash, words in CLASH_WORDS.items()]
        if loses:
            choices.sort(key=lambda choice: choice[0] != Clash.SKIP.value)
        kept = "What is overwritten stays as an older version."
        if loses:
            lost = "on this machine" if plan.wish.way is Way.DOWN else "for good: the bucket keeps no versions"
            kept = f"What is overwritten is lost {lost}."
        title = f"{count_text(len(plan.collisions), 'name is', 'names are')} taken there already: {names}"
        answer = await self.app.push_screen_wait(Choose(title, choices, hint=kept))
        if answer is not None:
            decided = plan.decided(Clash(answer))
            self.post_message(PlanProposed(decided, decided.size))
