"""Going about: to an address, to a bookmark; what is gone to is remembered."""

import asyncio
from typing import TYPE_CHECKING

from textual import on, work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.settings import Bookmark
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.perform import ActingApp
from s3ml_tui.ui.dialogs.prompts import AskText
from s3ml_tui.ui.keys import key_for
from s3ml_tui.ui.widgets.header import Top
from s3ml_tui.ui.widgets.suggestions import Suggestion

if TYPE_CHECKING:
    from s3ml_tui.services.browse.address_completion import Destination
    from s3ml_tui.ui.dialogs.go_to import GoTo


class GoingApp(ActingApp):
    """Asks where to, and goes there in Browse."""

    async def go_in_context(self, name: str, destination: "Destination") -> None:
        """Go to a place of another context: work in that first."""
        raise NotImplementedError

    def go(self, destination: "Destination") -> None:
        """Show it in Browse, and remember it."""
        self.show_place(destination.place, destination.key)
        self._remember(self._at.name, destination.uri)

    @work(thread=True, group="settings", exit_on_error=False)
    def _remember(self, context: str, uri: str) -> None:
        from s3ml_tui.settings.recent_places import visit

        try:
            visit(context, uri)
        except S3mlError as error:
            self.call_from_thread(self.notify, printable(error.sentence), severity="warning", markup=False)

    def action_go_to(self) -> None:
        """Ask for an address and go there; at once, or what is typed next would act on the screen below."""
        from s3ml_tui.services.browse.address_completion import Completing
        from s3ml_tui.ui.dialogs.go_to import GoTo

        here = self.place.uri if self.place is not None else ""
        completing = Completing(self.services.store) if self.services is not None else None
        dialog = GoTo(completing, here=here)
        self.push_screen(dialog, lambda destination: self.go(destination) if destination is not None else None)
        self._read_known(dialog, self._at.name, here)

    @work(exclusive=True, group="go to")
    async def _read_known(self, dialog: "GoTo", context: str, here: str) -> None:
        dialog.know(await asyncio.to_thread(_known, context, here))

    @on(Top.PlaceClicked)
    def _place_clicked(self) -> None:
        self.action_go_to()

    @work(exclusive=True, group="go to")
    async def action_bookmark(self) -> None:
        """Keep the place that is shown as a bookmark, under a name that is asked for."""
        from s3ml_tui.settings.bookmarks import add_bookmark, bookmarks, wrong_name

        place = self.place
        if place is None:
            self.notify("There is no place to keep: go to one in Browse first.", severity="warning")
            return
        try:
            taken = await asyncio.to_thread(bookmarks)
            same = next((mark for mark in taken if mark.uri == place.uri and self._is_ours(mark)), None)
            if same is not None:
                keys = key_for("app.bookmarks")
                self.notify(printable(f"It is bookmarked as {same.name}: {keys} lists them."), markup=False)
                return
            name = await self.push_screen_wait(
                AskText(
                    f"Bookmark {place.uri}",
                    value=_free_name(place, taken),
                    hint="Its name; it is kept in the settings file.",
                    check=lambda text: wrong_name(text, taken),
                )
            )
            if name is not None:
                mark = Bookmark(name.strip(), place.uri, self.context_name())
                await asyncio.to_thread(add_bookmark, mark)
                said = f"{key_for('app.bookmarks')} goes back to it from anywhere."
                self.notify(said, title=printable(f"Bookmarked as {mark.name}"), markup=False)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))

    @work(exclusive=True, group="go to")
    async def action_bookmarks(self) -> None:
        """Choose a bookmark and go there."""
        from s3ml_tui.services.browse.address_completion import looks_like
        from s3ml_tui.settings.bookmarks import bookmarks
        from s3ml_tui.ui.dialogs.bookmarks import BookmarkList

        try:
            marks = await asyncio.to_thread(bookmarks)
        except S3mlError as error:
            self.post_message(messages.Trouble(error))
            return
        mark = await self.push_screen_wait(BookmarkList(marks, self._at.name))
        if mark is None:
            return
        if self._is_ours(mark):
            self.go(looks_like(mark.uri))
        else:
            await self.go_in_context(mark.context, looks_like(mark.uri))

    def _is_ours(self, mark: Bookmark) -> bool:
        return mark.context in {"", self._at.name}

    def context_name(self) -> str:
        """What a bookmark made now is for: this context when it is one of several that have names, else any."""
        names = {context.name for context in self.settings.contexts}
        return self._at.name if self._at.name in names and len(names) > 1 else ""


def _known(context: str, here: str) -> list[Suggestion]:
    from s3ml_tui.settings.bookmarks import bookmarks
    from s3ml_tui.settings.recent_places import visited
    from s3ml_tui.ui.dialogs.go_to import known_places

    try:
        marks = [(mark.name, mark.uri) for mark in bookmarks() if mark.context in {"", context}]
    except S3mlError:
        marks = []  # the list of bookmarks says what is wrong with the file
    return known_places(marks, visited(context), here)


def _free_name(place: Place, taken: tuple[Bookmark, ...]) -> str:
    """The place's own name, with a number where there is one like it already."""
    names = {mark.name for mark in taken}
    base = printable(place.name)
    number = 1
    while (base if number == 1 else f"{base} {number}") in names:
        number += 1
    return base if number == 1 else f"{base} {number}"
