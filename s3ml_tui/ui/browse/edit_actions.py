"""Browse's key that edits an object in the user's editor; what was typed is never lost without being asked."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

from s3ml_tui.domain.errors import Conflict, LocalTrouble, S3mlError
from s3ml_tui.domain.plans.edit import WriteBack
from s3ml_tui.domain.plans.plan import when
from s3ml_tui.domain.text import size_text
from s3ml_tui.services.objects.edit import Draft, Editing, editor
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Chosen, chosen
from s3ml_tui.ui.dialogs.edit_conflict import EditClash
from s3ml_tui.ui.dialogs.local_paths import PathSuggester, local_path
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from s3ml_tui.ui.messages import OutcomeArrived, Trouble

T = TypeVar("T")
_CHOICES = (
    ("again", "Go on editing"),
    ("keep", "Keep what I wrote in a file …"),
    ("drop", "Drop what I wrote"),
)


def edit(browse: BrowseContext) -> Act:
    """Edit the chosen object, or the chosen version of it."""
    if browse.selection.has_marked:
        browse.say("One object is edited at a time: escape takes the marks away.")
        return None
    found, services = chosen(browse, "edit"), browse.services
    return _begin(browse, services, found) if found is not None and services is not None else None


async def _begin(browse: BrowseContext, services: Services, found: Chosen) -> None:
    editing = services.editing
    draft = await _tried(browse, lambda: editing.begin(found.key, found.version_id))
    if draft is None:
        return
    try:
        await _edit(browse, services, draft)
    finally:
        editing.drop(draft)


async def _edit(browse: BrowseContext, services: Services, draft: Draft) -> None:
    """A private file, the editor, the plan; until it is written, kept or dropped."""
    editing = services.editing
    while True:
        if not _run_editor(browse, draft):
            if await _is_over(browse, editing, draft, "The editor failed; nothing was written"):
                return
            continue
        plan = await _tried(browse, lambda: editing.plan(draft))
        if plan is None:
            return
        if not isinstance(plan, WriteBack):
            browse.tell(plan.reason, plan.title)
            return
        note = await asyncio.to_thread(services.first_changes.question, plan, browse.workspace)
        if not await browse.dialog(ConfirmPlan(plan, note=note)):
            if await _is_over(browse, editing, draft, "Nothing was written"):
                return
            continue
        services.first_changes.agreed(plan)
        if await _write(browse, services, draft, plan):
            return


def _run_editor(browse: BrowseContext, draft: Draft) -> bool:
    """Whether the editor ended well; if not, the user is told."""
    try:
        code = browse.run_outside([*editor(), str(draft.path)])
    except LocalTrouble as error:
        browse.post_message(Trouble(error))
        return False
    if code:
        browse.say(f"The editor ended with {code}.")
    return code == 0


async def _write(browse: BrowseContext, services: Services, draft: Draft, plan: WriteBack) -> bool:
    """Write it back; whether that, or the user's answer to a conflict, is the end of it."""
    editing = services.editing
    while True:
        try:
            outcome = await asyncio.to_thread(services.perform, plan)
        except Conflict:
            answer = await _ask_about_conflict(browse, editing, draft)
            if answer == "again":
                return False
            if answer == "keep" and not await _keep(browse, editing, draft):
                continue
            if answer != "write":
                return True
            again = await _tried(browse, lambda: editing.plan(draft, all_the_same=True))
            if isinstance(again, WriteBack):
                plan = again
        except S3mlError as error:
            browse.post_message(Trouble(error))
            return await _is_over(browse, editing, draft, "Nothing was written")
        else:
            browse.post_message(OutcomeArrived(outcome))
            return True


async def _ask_about_conflict(browse: BrowseContext, editing: Editing, draft: Draft) -> str:
    found = await _tried(browse, lambda: editing.theirs(draft))
    there, difference = found if found is not None else (None, None)
    if there is None or there.is_delete_marker:
        sentence = "Somebody deleted it meanwhile. Nothing of yours was written yet."
    else:
        sentence = (
            f"Somebody wrote {size_text(there.size)} on {when(there)}. Nothing of yours was written yet. "
            "- is what is there now, + is yours:"
        )
    return await browse.dialog(
        EditClash(
            f"{draft.key.name} was changed while you edited it",
            sentence,
            difference,
            (("write", "Write mine all the same, on top of it"), *_CHOICES),
        )
    )


async def _is_over(browse: BrowseContext, editing: Editing, draft: Draft, title: str) -> bool:
    """What becomes of a file that was not written back; False when the editing goes on."""
    if await asyncio.to_thread(_is_unchanged, draft):
        browse.tell("It was not changed; nothing was written.")
        return True
    answer = None
    while answer is None:
        answer = await browse.dialog(Choose(title, _CHOICES))
        if answer == "keep" and not await _keep(browse, editing, draft):
            answer = None
    return answer != "again"


async def _keep(browse: BrowseContext, editing: Editing, draft: Draft) -> bool:
    """Ask for a file, and put what was typed into it; False when the user leaves the question."""
    text = await browse.dialog(
        AskText(
            "Keep what you wrote in",
            value=f"./{draft.path.name}.mine",
            hint="A file that is not there yet.",
            check=_no_new_file,
            suggester=PathSuggester(),
        )
    )
    if text is None:
        return False
    path = await _tried(browse, lambda: editing.keep(draft, local_path(text)))
    if path is None:
        return False
    browse.tell(str(path), "What you wrote is kept")
    return True


async def _tried(browse: BrowseContext, do: Callable[[], T]) -> T | None:
    """What `do` answers in a thread; None, and the user told why, when it fails."""
    try:
        return await asyncio.to_thread(do)
    except S3mlError as error:
        browse.post_message(Trouble(error))
        return None


def _is_unchanged(draft: Draft) -> bool:
    try:
        return draft.path.read_bytes() == draft.before
    except OSError:
        return True


def _no_new_file(text: str) -> str:
    """What keeps `text` from being a file that is made now."""
    if not text.strip():
        return "Give the path of a file."
    path = local_path(text)
    try:
        if path.is_dir():
            return ""
        if os.path.lexists(path):
            return f"{path} is there already."
        return "" if path.parent.is_dir() else f"There is no folder {path.parent}."
    except (OSError, ValueError):
        return "This is no path."
