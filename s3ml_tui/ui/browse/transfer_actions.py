"""Browse's keys that move bytes: upload files and folders, download what is chosen or marked, verify."""

import os
from collections.abc import Sequence
from pathlib import Path

from s3ml_tui.domain.errors import Corrupted
from s3ml_tui.domain.plans.download_share import Verification
from s3ml_tui.domain.plans.plan import told_unnamed
from s3ml_tui.domain.storage.store import Cancelled, Progress, Received
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Chosen, chosen, marked_keys
from s3ml_tui.ui.browse.copy_move_actions import settle
from s3ml_tui.ui.dialogs.file_picker import PickFiles
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
from s3ml_tui.ui.messages import JobWanted

_NAMED = 3
SHA256_CELLS = 16
"""So much of a digest is shown in a toast."""


# up ----------------------------------------------------------------------------------------------------------------


def add(browse: BrowseContext) -> Act:
    """Ask for files or folders, and propose their upload to the place that is shown."""
    place = browse.selection.place
    if place is None:
        browse.say("Choose a bucket first: files are uploaded to the place that is shown.")
        return None
    return _upload(browse, place)


async def _upload(browse: BrowseContext, place: Place) -> None:
    paths = await browse.dialog(PickFiles(f"Upload to {place.uri}", check=no_source))
    if not paths:
        return
    path, key = paths[0], ObjectKey(place.bucket, place.prefix)
    if len(paths) > 1:
        title = f"Upload {count_text(len(paths), 'file or folder', 'files and folders')}"
        await _upload_many(browse, title, paths, place)
    elif path.is_dir():
        await _upload_many(browse, f"Upload {path.name}/", paths, place.under(path.absolute().name))
    else:
        browse.propose(lambda services, _: services.objects.plan_upload(path, key), at=key.place)


async def _upload_many(browse: BrowseContext, title: str, paths: Sequence[Path], place: Place) -> None:
    plan = await browse.ask(
        lambda services, cancelled: services.transfers.plan_upload(paths, place, cancelled=cancelled), title=title
    )
    await settle(browse, plan)


# down --------------------------------------------------------------------------------------------------------------


def download(browse: BrowseContext) -> Act:
    """Ask for a path, and start the download of exactly what is chosen; propose that of a folder or what is marked."""
    selection, services = browse.selection, browse.services
    folder = selection.folder
    if selection.has_marked:
        keys = marked_keys(browse)
        title = f"Download {count_text(len(keys), 'marked object')}"
        return _download_many(browse, title, keys, "./") if keys else None
    if folder is not None:
        title = f"Download all of {folder.name}/"
        return _download_many(browse, title, [folder], f"./{printable(folder.name)}/")
    found = chosen(browse, "download")
    return _download(browse, services, found) if found is not None and services is not None else None


async def _download_many(browse: BrowseContext, title: str, sources: Sequence[ObjectKey | Place], into: str) -> None:
    """Ask for a folder, and propose to download all of these into it."""
    hint = "The folder to put them in; it is made when it is not there."
    text = await browse.dialog(AskText(title, value=into, hint=hint, check=no_folder, suggester=PathSuggester()))
    if text is None:
        return
    folder = local_path(text)
    plan = await browse.ask(
        lambda services, cancelled: services.transfers.plan_download(sources, folder, cancelled=cancelled),
        title=f"Download {sources[0].name if len(sources) == 1 else count_text(len(sources), 'object')}",
    )
    await settle(browse, plan)


async def _download(browse: BrowseContext, services: Services, found: Chosen) -> None:
    key, version_id = found.key, found.version_id
    default = default_target(key)
    is_odd = default != f"./{key.name}"
    hint = "Control characters of its name are written out." if is_odd else "a file, or a folder to put it in"
    text = await browse.dialog(
        AskText(f"Download {key.name}", value=default, hint=hint, check=no_target, suggester=PathSuggester())
    )
    if text is None:
        return
    path = file_at(text, key)
    overwrite = os.path.lexists(path) and not path.is_dir()
    if overwrite and not await _may_overwrite(browse, path):
        return

    def download(progress: Progress, cancelled: Cancelled) -> Received:
        plan = services.objects.plan_download(key, path, version_id, overwrite=overwrite)
        return services.download(plan, progress=progress, cancelled=cancelled)

    browse.post_message(JobWanted(f"Download {key.name}", download, _downloaded, found.size))


async def _may_overwrite(browse: BrowseContext, path: Path) -> bool:
    choices = [("keep", "Keep it, and download nothing"), ("overwrite", "Overwrite it")]
    return await browse.dialog(Choose(f"{path} exists already", choices)) == "overwrite"


def _downloaded(received: Received) -> str:
    digest = " ".join((f"sha256 {received.sha256[:SHA256_CELLS]}…", *told_unnamed(received.was_named)))
    if received.is_verified:
        return f"Downloaded {received.path}, verified: {digest}"
    return f"Downloaded {received.path}; the server gives nothing to verify it against. {digest}"


# compared ----------------------------------------------------------------------------------------------------------


def verify(browse: BrowseContext) -> Act:
    """Ask for a file, and compare it with what the server gives."""
    found, services = chosen(browse, "compare"), browse.services
    return _verify(browse, services, found) if found is not None and services is not None else None


async def _verify(browse: BrowseContext, services: Services, found: Chosen) -> None:
    key = found.key
    text = await browse.dialog(
        AskText(
            f"Compare {key.name} with a file",
            value=default_target(key),
            hint="The object is downloaded again, and the sha256 of both are compared.",
            check=no_file,
            suggester=PathSuggester(),
        )
    )
    if text is None:
        return
    path = existing_path(text)

    def compare(progress: Progress, cancelled: Cancelled) -> Verification:
        result = services.objects.verify(key, path, found.version_id, progress=progress, cancelled=cancelled)
        if not result.is_same:
            raise _differs(result)
        return result

    browse.post_message(JobWanted(f"Verify {key.name}", compare, _verified, found.size))


def _verified(found: Verification) -> str:
    return f"{found.path} has the bytes of {printable(found.key.uri)}: sha256 {found.sha256_local[:SHA256_CELLS]}…"


def _differs(found: Verification) -> Corrupted:
    return Corrupted(
        f"{found.path} differs from {found.key.uri}",
        cause=f"The file's sha256 is {found.sha256_local}; the server gave {found.sha256_remote}",
        advice="Download it again, or compare with an older version in History",
    )
