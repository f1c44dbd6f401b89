"""Browse's keys that move bytes: upload, download, verify.

Browse's keys that move many files: a folder up, a prefix or all that is marked down; what is taken is asked once.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.plans.plan import told_unnamed
from s3ml_tui.domain.storage.store import Cancelled, Progress, Received
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.ui.browse.table_actions import MarkedScreen
from s3ml_tui.ui.dialogs.local_paths import (
    PathSuggester,
    default_target,
    existing_path,
    file_at,
    local_path,
    no_file,
    no_folder,
    no_source,
    no_target,
)
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import JobWanted, PlanProposed

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.download_share import Verification
    from s3ml_tui.domain.plans.plan import NothingToDo
    from s3ml_tui.domain.plans.transfer import MoveFiles


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
                self._say(with_keys("All that is marked is deleted: {browse.bring_back} brings it back."))
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
        from s3ml_tui.domain.plans.transfer import MoveFiles

        if isinstance(plan, MoveFiles) and plan.collisions:
            self._ask_what_is_taken(plan)
        else:
            self.post_message(PlanProposed(plan, plan.size))

    @work
    async def _ask_what_is_taken(self, plan: "MoveFiles") -> None:
        """Ask once for all names that are taken; what loses nothing comes first."""
        from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash
        from s3ml_tui.domain.plans.transfer import Way

        names = ", ".join(printable(move.name) for move in plan.collisions[:_NAMED])
        names += " …" if len(plan.collisions) > _NAMED else ""
        loses = plan.decided(Clash.OVERWRITE).is_destructive
        choices = [(clash.value, words) for clash, words in CLASH_WORDS.items()]
        if loses:
            choices.sort(key=lambda choice: choice[0] != Clash.SKIP.value)
        kept = "What is overwritten stays as an older version."
        if loses:
            lost = (
                "on this machine" if plan.transfer_request.way is Way.DOWN else "for good: the bucket keeps no versions"
            )
            kept = f"What is overwritten is lost {lost}."
        title = f"{count_text(len(plan.collisions), 'name is', 'names are')} taken there already: {names}"
        answer = await self.app.push_screen_wait(Choose(title, choices, hint=kept))
        if answer is not None:
            decided = plan.decided(Clash(answer))
            self.post_message(PlanProposed(decided, decided.size))


SHA256_CELLS = 16
"""So much of a digest is shown in a toast."""


class TransferScreen(FolderScreen):
    """Each key asks for what is missing, then starts a job or proposes a plan."""

    @work
    async def action_add(self) -> None:
        """Ask for a file or a folder, and propose its upload to the place that is shown."""
        place = self.place
        if place is None:
            self._say("Choose a bucket first: files are uploaded to the place that is shown.")
            return
        from s3ml_tui.ui.dialogs.file_picker import PickFiles  # not needed to start

        paths = await self.app.push_screen_wait(PickFiles(f"Upload to {place.uri}", check=no_source))
        if not paths:
            return
        path, key = paths[0], ObjectKey(place.bucket, place.prefix)
        if len(paths) > 1:
            self.upload_several(paths, place)
        elif path.is_dir():
            self.upload_folder(path, place)
        else:
            self.propose(
                lambda services: services.objects.plan_upload(path, key), lambda plan: int(plan.size), at=key.place
            )

    @work
    async def action_download(self) -> None:
        """Ask for a path, and start the download of exactly what is chosen; propose that of what is marked."""
        if self.has_marked:
            await self.download_marked()
            return
        folder = self.folder_at_hand()
        if folder is not None:
            await self.download_folder(folder)
            return
        chosen, services = self.chosen_bytes("download"), self.services
        if chosen is None or services is None:
            return
        key, version_id = chosen.key, chosen.version_id
        default = default_target(key)
        is_odd = default != f"./{key.name}"
        text = await self.app.push_screen_wait(
            AskText(
                f"Download {key.name}",
                value=default,
                hint="Control characters of its name are written out."
                if is_odd
                else "a file, or a folder to put it in",
                check=no_target,
                suggester=PathSuggester(),
            )
        )
        if text is None:
            return
        path = file_at(text, key)
        overwrite = os.path.lexists(path) and not path.is_dir()
        if overwrite and not await self._may_overwrite(str(path)):
            return

        def download(progress: Progress, cancelled: Cancelled) -> Received:
            plan = services.objects.plan_download(key, path, version_id, overwrite=overwrite)
            return services.download(plan, progress=progress, cancelled=cancelled)

        self.post_message(JobWanted(f"Download {key.name}", download, _downloaded, chosen.size))

    async def _may_overwrite(self, path: str) -> bool:
        choices = [("keep", "Keep it, and download nothing"), ("overwrite", "Overwrite it")]
        return await self.app.push_screen_wait(Choose(f"{path} exists already", choices)) == "overwrite"

    @work
    async def action_verify(self) -> None:
        """Ask for a file, and compare it with what the server gives."""
        chosen, services = self.chosen_bytes("compare"), self.services
        if chosen is None or services is None:
            return
        text = await self.app.push_screen_wait(
            AskText(
                f"Compare {chosen.key.name} with a file",
                value=default_target(chosen.key),
                hint="The object is downloaded again, and the sha256 of both are compared.",
                check=no_file,
                suggester=PathSuggester(),
            )
        )
        if text is None:
            return
        path, key, version_id = existing_path(text), chosen.key, chosen.version_id

        def verify(progress: Progress, cancelled: Cancelled) -> "Verification":
            found = services.objects.verify(key, path, version_id, progress=progress, cancelled=cancelled)
            if not found.is_same:
                raise _differs(found)
            return found

        self.post_message(JobWanted(f"Verify {key.name}", verify, _verified, chosen.size))


def _downloaded(received: Received) -> str:
    digest = " ".join((f"sha256 {received.sha256[:SHA256_CELLS]}…", *told_unnamed(received.was_named)))
    if received.is_verified:
        return f"Downloaded {received.path}, verified: {digest}"
    return f"Downloaded {received.path}; the server gives nothing to verify it against. {digest}"


def _verified(found: "Verification") -> str:
    return f"{found.path} has the bytes of {printable(found.key.uri)}: sha256 {found.sha256_local[:SHA256_CELLS]}…"


def _differs(found: "Verification") -> Corrupted:
    return Corrupted(
        f"{found.path} differs from {found.key.uri}",
        cause=f"The file's sha256 is {found.sha256_local}; the server gave {found.sha256_remote}",
        advice="Download it again, or compare with an older version in History",
    )
