"""Browse's keys that move bytes: upload, download, verify."""

import os
from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.store import Cancelled, Progress, Received
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.messages import JobWanted
from s3ml_tui.ui.screens.browse_folders import FolderScreen
from s3ml_tui.ui.screens.browse_paths import (
    PathSuggester,
    default_target,
    existing_path,
    file_at,
    no_file,
    no_source,
    no_target,
)
from s3ml_tui.ui.screens.dialogs import AskText, Choose

if TYPE_CHECKING:
    from s3ml_tui.domain.transfers import Verification

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
        from s3ml_tui.ui.screens.picking import PickFiles  # not needed to start

        paths = await self.app.push_screen_wait(PickFiles(f"Upload to {place.uri}", check=no_source))
        if not paths:
            return
        path, key = paths[0], ObjectKey(place.bucket, place.prefix)
        if len(paths) > 1:
            self.upload_several(paths, place)
        elif path.is_dir():
            self.upload_folder(path, place)
        else:
            self.propose(lambda services: services.objects.plan_upload(path, key), lambda plan: int(plan.size))

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
    digest = f"sha256 {received.sha256[:SHA256_CELLS]}…"
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
