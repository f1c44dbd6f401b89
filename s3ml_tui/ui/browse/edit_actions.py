"""Browse's key that edits an object in the user's editor; what was typed is never lost without being asked."""

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import work

from s3ml_tui.domain.errors import Conflict, LocalTrouble, S3mlError
from s3ml_tui.domain.plans.plan import when
from s3ml_tui.domain.text import printable, size_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.bucket_actions import BucketScreen
from s3ml_tui.ui.dialogs.local_paths import PathSuggester, local_path
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from s3ml_tui.ui.external_program import run_outside
from s3ml_tui.ui.messages import OutcomeArrived, Trouble

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.edit import WriteBack
    from s3ml_tui.services.objects.edit import Draft, Editing

T = TypeVar("T")
_CHOICES = (
    ("again", "Go on editing"),
    ("keep", "Keep what I wrote in a file …"),
    ("drop", "Drop what I wrote"),
)


class EditScreen(BucketScreen):
    """A private file, the editor, the plan, and what becomes of the file when it cannot be written back."""

    @work
    async def action_edit(self) -> None:
        """Edit the chosen object, or the chosen version of it."""
        services = self.services
        if self.has_marked:
            self._say("One object is edited at a time: escape takes the marks away.")
            return
        chosen = self.chosen_bytes("edit")
        if chosen is None or services is None:
            return
        editing = services.editing
        draft = await self._tried(lambda: editing.begin(chosen.key, chosen.version_id))
        if draft is None:
            return
        try:
            await self._edit(services, draft)
        finally:
            editing.drop(draft)

    async def _edit(self, services: Services, draft: "Draft") -> None:
        """Until it is written, kept or dropped."""
        from s3ml_tui.domain.plans.edit import WriteBack

        while True:
            if not self._run_editor(draft):
                if await self._is_over(services.editing, draft, "The editor failed; nothing was written"):
                    return
                continue
            plan = await self._tried(lambda: services.editing.plan(draft))
            if plan is None:
                return
            if not isinstance(plan, WriteBack):
                self.notify(printable(plan.reason), title=printable(plan.title), markup=False)
                return
            note = await asyncio.to_thread(services.first_changes.question, plan, self.workspace)
            if not await self.app.push_screen_wait(ConfirmPlan(plan, note=note)):
                if await self._is_over(services.editing, draft, "Nothing was written"):
                    return
                continue
            services.first_changes.agreed(plan)
            if await self._write(services, draft, plan):
                return

    def _run_editor(self, draft: "Draft") -> bool:
        """Whether the editor ended well; if not, the user is told."""
        from s3ml_tui.services.objects.edit import editor

        try:
            code = run_outside(self.app, [*editor(), str(draft.path)])
        except LocalTrouble as error:
            self.post_message(Trouble(error))
            return False
        if code:
            self.notify(f"The editor ended with {code}.", severity="warning")
        return code == 0

    async def _write(self, services: Services, draft: "Draft", plan: "WriteBack") -> bool:
        """Write it back; whether that, or the user's answer to a conflict, is the end of it."""
        from s3ml_tui.domain.plans.edit import WriteBack

        while True:
            try:
                outcome = await asyncio.to_thread(services.perform, plan)
            except Conflict:
                answer = await self._ask_about_clash(services, draft)
                if answer == "again":
                    return False
                if answer == "keep" and not await self._keep(services.editing, draft):
                    continue
                if answer != "write":
                    return True
                again = await self._tried(lambda: services.editing.plan(draft, all_the_same=True))
                if not isinstance(again, WriteBack):
                    continue
                plan = again
            except S3mlError as error:
                self.post_message(Trouble(error))
                return await self._is_over(services.editing, draft, "Nothing was written")
            else:
                self.post_message(OutcomeArrived(outcome))
                return True

    async def _ask_about_clash(self, services: Services, draft: "Draft") -> str:
        from s3ml_tui.ui.dialogs.edit_conflict import EditClash

        found = await self._tried(lambda: services.editing.theirs(draft))
        there, difference = found if found is not None else (None, None)
        if there is None or there.is_delete_marker:
            sentence = "Somebody deleted it meanwhile. Nothing of yours was written yet."
        else:
            sentence = (
                f"Somebody wrote {size_text(there.size)} on {when(there)}. Nothing of yours was written yet. "
                "- is what is there now, + is yours:"
            )
        return await self.app.push_screen_wait(
            EditClash(
                f"{draft.key.name} was changed while you edited it",
                sentence,
                difference,
                (("write", "Write mine all the same, on top of it"), *_CHOICES),
            )
        )

    async def _is_over(self, editing: "Editing", draft: "Draft", title: str) -> bool:
        """What becomes of a file that was not written back; False when the editing goes on."""
        if await asyncio.to_thread(_is_unchanged, draft):
            self.notify("It was not changed; nothing was written.")
            return True
        answer = None
        while answer is None:
            answer = await self.app.push_screen_wait(Choose(title, _CHOICES))
            if answer == "keep" and not await self._keep(editing, draft):
                answer = None
        return answer != "again"

    async def _keep(self, editing: "Editing", draft: "Draft") -> bool:
        """Ask for a file, and put what was typed into it; False when the user leaves the question."""
        text = await self.app.push_screen_wait(
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
        path = await self._tried(lambda: editing.keep(draft, local_path(text)))
        if path is None:
            return False
        self.notify(printable(str(path)), title="What you wrote is kept", markup=False)
        return True

    async def _tried(self, do: Callable[[], T]) -> T | None:
        """What `do` answers in a thread; None, and the user told why, when it fails."""
        try:
            return await asyncio.to_thread(do)
        except S3mlError as error:
            self.post_message(Trouble(error))
            return None


def _is_unchanged(draft: "Draft") -> bool:
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
