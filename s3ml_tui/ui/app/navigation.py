"""Going about: to an address, to a bookmark; what is gone to is remembered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.settings import Bookmark, Settings
from s3ml_tui.ui import messages
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.session import Session
from s3ml_tui.ui.dialogs.prompts import AskText
from s3ml_tui.ui.keys import key_for
from s3ml_tui.ui.widgets.suggestions import Suggestion

if TYPE_CHECKING:
    from s3ml_tui.services.browse.address_completion import Destination
    from s3ml_tui.ui.dialogs.go_to import GoTo


class Navigation:
    """Asks where to, and goes there."""

    def __init__(
        self,
        app: PausingApp,
        session: Session,
        settings: Settings,
        *,
        show_place: Callable[[Place, ObjectKey | None], None],
        go_in_context: "Callable[[str, Destination], Awaitable[None]]",
    ) -> None:
        self._app, self._session, self._settings = app, session, settings
        self._show_place, self._go_in_context = show_place, go_in_context

    def go(self, destination: "Destination") -> None:
        """Show it in Browse, and remember it."""
        self._show_place(destination.place, destination.key)
        self._app.begin("settings", self._remember, self._session.context.name, destination.uri)

    async def _remember(self, context: str, uri: str) -> None:
        from s3ml_tui.settings.recent_places import visit

        try:
            await asyncio.to_thread(visit, context, uri)
        except S3mlError as error:
            self._app.notify(printable(error.sentence), severity="warning", markup=False)

    def ask(self) -> None:
        """Ask for an address and go there; at once, or what is typed next would act on the screen below."""
        from s3ml_tui.services.browse.address_completion import Completing
        from s3ml_tui.ui.dialogs.go_to import GoTo

        session = self._session
        here = session.place.uri if session.place is not None else ""
        completing = Completing(session.services.store) if session.services is not None else None
        dialog = GoTo(completing, here=here)
        self._app.push_screen(dialog, lambda destination: self.go(destination) if destination is not None else None)
        self._app.begin_alone("go to", self._read_known, dialog, session.context.name, here)

    async def _read_known(self, dialog: "GoTo", context: str, here: str) -> None:
        dialog.know(await asyncio.to_thread(_known, context, here))

    # bookmarks -------------------------------------------------------------------------------------------------------

    def bookmark(self) -> None:
        """Keep the place that is shown as a bookmark, under a name that is asked for."""
        if self._session.place is not None:
            self._app.begin_alone("go to", self._bookmark, self._session.place)
        else:
            self._app.notify("There is no place to keep: go to one in Browse first.", severity="warning")

    async def _bookmark(self, place: Place) -> None:
        from s3ml_tui.settings.bookmarks import add_bookmark, bookmarks, wrong_name

        try:
            taken = await asyncio.to_thread(bookmarks)
            same = next((mark for mark in taken if mark.uri == place.uri and self._is_ours(mark)), None)
            if same is not None:
                keys = key_for("app.bookmarks")
                self._app.notify(printable(f"It is bookmarked as {same.name}: {keys} lists them."), markup=False)
                return
            name = await self._app.push_screen_wait(
                AskText(
                    f"Bookmark {place.uri}",
                    value=_free_name(place, taken),
                    hint="Its name; it is kept in the settings file.",
                    check=lambda text: wrong_name(text, taken),
                )
            )
            if name is not None:
                mark = Bookmark(name.strip(), place.uri, self._context_name())
                await asyncio.to_thread(add_bookmark, mark)
                said = f"{key_for('app.bookmarks')} goes back to it from anywhere."
                self._app.notify(said, title=printable(f"Bookmarked as {mark.name}"), markup=False)
        except S3mlError as error:
            self._app.post_message(messages.Trouble(error))

    def choose_bookmark(self) -> None:
        """Choose a bookmark and go there."""
        self._app.begin_alone("go to", self._choose_bookmark)

    async def _choose_bookmark(self) -> None:
        from s3ml_tui.services.browse.address_completion import looks_like
        from s3ml_tui.settings.bookmarks import bookmarks
        from s3ml_tui.ui.dialogs.bookmarks import BookmarkList

        try:
            marks = await asyncio.to_thread(bookmarks)
        except S3mlError as error:
            self._app.post_message(messages.Trouble(error))
            return
        mark = await self._app.push_screen_wait(BookmarkList(marks, self._session.context.name))
        if mark is None:
            return
        if self._is_ours(mark):
            self.go(looks_like(mark.uri))
        else:
            await self._go_in_context(mark.context, looks_like(mark.uri))

    def _is_ours(self, mark: Bookmark) -> bool:
        return mark.context in {"", self._session.context.name}

    def _context_name(self) -> str:
        """What a bookmark made now is for: this context when it is one of several that have names, else any."""
        here, names = self._session.context.name, {context.name for context in self._settings.contexts}
        return here if here in names and len(names) > 1 else ""


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
