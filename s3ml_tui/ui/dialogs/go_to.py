"""Go to: an address is typed, completed from what is there, and looked for before the dialog closes."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import SCHEME
from s3ml_tui.services.browse.address_completion import Destination
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.widgets.address_input import AddressInput
from s3ml_tui.ui.widgets.suggestions import Suggestion, Suggestions

if TYPE_CHECKING:
    from textual.timer import Timer

    from s3ml_tui.services.browse.address_completion import Candidates, Completing

REST_S = 0.12
"""So long nothing must be typed before the server is asked."""
WAITING_SHOWN_AFTER_S = 0.3
"""An answer that comes sooner is not announced."""
MOST_KNOWN = 5
"""So many places gone to are offered beside what is there."""
PLACEHOLDER = f"bucket, bucket/prefix/, {SCHEME}bucket/key, or a name in this place"
HINT = "tab completes · ↑ ↓ choose · enter goes there · escape leaves"


class GoTo(Dialog[Destination | None]):
    """Answers where to go; None when the user leaves."""

    BINDINGS = [Binding("escape", "leave", "Leave")]

    def __init__(self, completing: "Completing | None", *, here: str = "") -> None:
        super().__init__()
        self._completing = completing
        """None while there is no session."""
        self._here, self._base = printable(here), here
        self._known: tuple[Suggestion, ...] = ()
        """Bookmarks and places gone to, once they are read."""
        self._is_touched = False
        """Whether anything was typed; before that no address is completed."""
        self._number = 0
        """Of the question asked last; an answer to any other is dropped."""
        self._timer: Timer | None = None
        self._is_asking = False
        """Whether what is typed is still to be completed."""
        self._is_take_wanted = False
        """Whether the first answer to that is to be typed as soon as it is there."""
        self._spelled: dict[str, str] = {}
        """Addresses as they are, by how they are written here: control characters are written out."""
        self._agreed = ""
        """Where nothing was found; a second enter goes there all the same."""

    def compose(self) -> ComposeResult:
        """Title, input, list, hint."""
        with Vertical(classes="dialog go-to"):
            yield Static("Go to", classes="dialog--title")
            yield AddressInput(self._here, placeholder=PLACEHOLDER, id="address")
            yield Suggestions(id="suggestions")
            yield Static(HINT, classes="dialog--hint")

    def know(self, known: Sequence[Suggestion]) -> None:
        """Offer what is known already, unless something else is typed by now."""
        self._known = tuple(known)
        is_shown = self.is_mounted and bool(self.query(Suggestions))  # it may be gone by now
        if is_shown and (self._input.value.strip() in {"", SCHEME} or not self._is_touched):
            self._list.show(self._known)

    def on_mount(self) -> None:
        """It may be known by now."""
        self._list.show(self._known)

    @property
    def _input(self) -> AddressInput:
        return self.query_one(AddressInput)

    @property
    def _list(self) -> Suggestions:
        return self.query_one(Suggestions)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        hint = self.query_one(".dialog--hint", Static)
        hint.update(render.plain(text))
        hint.set_class(is_wrong, "-wrong")

    # typing --------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self) -> None:
        self._number += 1
        self._agreed = ""
        self._say(HINT)
        self._list.highlighted = None
        self._is_asking = self._is_take_wanted = False
        if self._timer is not None:
            self._timer.stop()
        value = self._input.value.strip()
        self._is_touched = self._is_touched or value != self._here
        if value in {"", SCHEME} or not self._is_touched:
            self._list.show(self._known)
        if value and self._is_touched and self._completing is not None:
            self._is_asking = True
            self._timer = self.set_timer(REST_S, self._complete)

    def _complete(self) -> None:
        # The message of a timer that enter has stopped may still be in the queue; its answer would replace enter's.
        if self._completing is None or not self._is_asking:
            return
        self._number += 1
        self._after(WAITING_SHOWN_AFTER_S, "Looking …")
        self._ask_candidates(self._completing, self._number, self._meant(self._input.value))

    def _after(self, wait_s: float, text: str) -> None:
        number = self._number
        self.set_timer(wait_s, lambda: self._say(text) if number == self._number else None)

    @work(group="complete", exit_on_error=False)
    async def _ask_candidates(self, completing: "Completing", number: int, text: str) -> None:
        from s3ml_tui.services.browse.address_completion import Candidates

        found, trouble = Candidates(), ""
        try:
            found = await asyncio.to_thread(completing.candidates, text)
        except S3mlError as error:
            trouble = error.sentence
        if number == self._number:
            self._number += 1
            self._show_candidates(found, trouble)

    def _show_candidates(self, found: "Candidates", trouble: str) -> None:
        self._is_asking = False
        value = self._meant(self._input.value)
        there = [_suggestion(uri) for uri in found.uris if uri != value]
        known = [one for one in self._known if value.removeprefix(SCHEME).lower() in (one.uri + one.name).lower()]
        self._list.show([*there, *(one for one in known[:MOST_KNOWN] if one.uri not in found.uris)])
        if trouble:
            self._say(trouble)
        elif found.is_denied:
            self._say("What is there may not be listed: type the whole address. " + HINT)
        elif found.has_more:
            self._say("There are more than these: type on. " + HINT)
        else:
            self._say(HINT)
        if self._is_take_wanted and there:
            self._take()

    def _meant(self, value: str) -> str:
        """The address a text stands for, as far as it is one."""
        from s3ml_tui.domain.uri import understood

        value = value.lstrip()
        taken = max((shown for shown in self._spelled if value.startswith(shown)), key=len, default="")
        if taken:
            return self._spelled[taken] + value[len(taken) :]
        try:
            return understood(value)
        except S3mlError:
            return value

    # choosing ------------------------------------------------------------------------------------------------------

    @on(AddressInput.Moved)
    def _move(self, message: AddressInput.Moved) -> None:
        self._list.move(message.rows)

    @on(AddressInput.TakeWanted)
    def _take(self) -> None:
        """Type what is chosen, or the first there is; once that is known, if it is being asked for."""
        if self._is_asking and self._list.chosen is None:
            self._is_take_wanted = True
            return
        first = self._list.first
        if first is not None:
            shown = printable(first.uri)
            self._spelled[shown] = first.uri
            self._list.highlighted = None
            self._input.put(shown)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._look(self._list.found[event.option_index].uri)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        from s3ml_tui.domain.uri import meant_in, understood

        chosen = self._list.chosen
        if chosen is not None:
            self._look(chosen.uri)
            return
        value = event.value.strip()
        self._stop_asking()
        try:
            uri = self._spelled.get(event.value.lstrip()) or understood(self._meant(value))
            self._look(uri, beside=meant_in(value, self._base))
        except S3mlError as error:
            self._say(error.sentence, is_wrong=True)

    def _stop_asking(self) -> None:
        """What is still to come about what was typed would take the place of what is said now."""
        self._number += 1
        self._is_asking = self._is_take_wanted = False
        if self._timer is not None:
            self._timer.stop()

    def _look(self, uri: str, *, beside: Sequence[str] = ()) -> None:
        """See what is there, or in the places `beside` where there is no such bucket, and go. Raises BadInput."""
        from s3ml_tui.services.browse.address_completion import looks_like

        self._stop_asking()
        if self._completing is None or uri == self._agreed:
            self.dismiss(looks_like(uri))
            return
        self._after(WAITING_SHOWN_AFTER_S, "Looking …")
        self._ask_destination(self._completing, self._number, uri, beside)

    @work(group="look", exit_on_error=False)
    async def _ask_destination(self, completing: "Completing", number: int, uri: str, beside: Sequence[str]) -> None:
        found, trouble = None, ""
        try:
            found = await asyncio.to_thread(completing.destination_of, uri, beside)
        except S3mlError as error:
            trouble = error.sentence
        if number != self._number:
            return
        self._number += 1
        if found is None:
            self._say(trouble, is_wrong=True)
        elif found.is_there:
            self.dismiss(found)
        else:
            self._agreed = found.uri
            self._say(_nothing(found), is_wrong=True)

    def action_leave(self) -> None:
        """Nowhere."""
        self.dismiss(None)


def _nothing(destination: Destination) -> str:
    place = destination.place.uri
    if destination.key is None:
        return f"Nothing lies under {place}. Enter again goes there."
    return f"There is neither an object nor a folder {destination.key.uri}. Enter again goes to {place}."


def _suggestion(uri: str) -> Suggestion:
    """Something that is there, by the last part of its address."""
    name = uri.rstrip("/").rpartition("/")[2] + "/" * uri.endswith("/")
    return Suggestion(uri, "place" if uri.endswith("/") else "object", name)


def known_places(marks: Sequence[tuple[str, str]], gone_to: Sequence[str], here: str) -> list[Suggestion]:
    """Bookmarks by name and address, then places gone to, each once and without where one is."""
    found = [Suggestion(uri, "bookmark", name, uri) for name, uri in marks]
    marked = {uri for _, uri in marks}
    found += [Suggestion(uri, "gone to", uri) for uri in gone_to if uri not in marked]
    return [one for one in found if one.uri != here]
