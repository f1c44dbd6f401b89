"""Browse's keys that copy, move and rename: an object, a version, all that is marked, or a folder."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.restore_delete_actions import PurgeScreen
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import PlanProposed

if TYPE_CHECKING:
    from s3ml_tui.domain.plans.copy_move import CopyObjects
    from s3ml_tui.domain.plans.plan import NothingToDo

    Plan = CopyObjects | NothingToDo


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be copied or moved: some keys, one version of one, or all below a place."""

    name: str
    """For the dialog's title."""
    uri: str
    """What the dialog begins with."""
    keys: tuple[ObjectKey, ...] = ()
    version_id: str | None = None
    place: Place | None = None

    @property
    def goes_into_a_place(self) -> bool:
        """Whether the address that is typed can only be a place."""
        return self.place is not None or len(self.keys) > 1


class CopyScreen(PurgeScreen):
    """Asks where to, then what becomes of what is there, then proposes the plan."""

    @work
    async def action_copy(self) -> None:
        """Copy what is chosen or marked, to an address that is asked for."""
        await self._carry(is_move=False)

    @work
    async def action_move(self) -> None:
        """Move or rename what is chosen or marked."""
        await self._carry(is_move=True)

    async def _carry(self, *, is_move: bool) -> None:
        from s3ml_tui.domain.uri import understood
        from s3ml_tui.ui.widgets.address_input import AddressSuggester

        subject, services = self._subject(is_move=is_move), self.services
        if subject is None or services is None:
            return
        into = subject.goes_into_a_place
        hint = "A place, into which they go by their names" if into else "A new name, or a place (with / at its end)"
        text = await self.app.push_screen_wait(
            AskText(
                f"{'Move or rename' if is_move else 'Copy'} {subject.name} to",
                value=subject.uri,
                hint=f"{hint} · → completes · enter shows the plan",
                check=_wrong,
                suggester=AddressSuggester(services.store, only_places=into),
            )
        )
        if text is None:
            return
        uri = understood(_as_meant(text, subject))
        self.ask_many(
            f"{'Move' if is_move else 'Copy'} {subject.name}",
            lambda services, cancelled: _planned(services, subject, uri, is_move, cancelled),
            self._settle,
            at=parse_place(uri) if into or uri.endswith("/") else _target(uri).place,
        )

    def _settle(self, plan: "Plan") -> None:
        from s3ml_tui.domain.plans.copy_move import CopyObjects

        if isinstance(plan, CopyObjects) and plan.is_undecided:
            self._ask_what_becomes(plan)
        else:
            self.post_message(PlanProposed(plan, plan.size))

    @work
    async def _ask_what_becomes(self, plan: "CopyObjects") -> None:
        """Ask once for all that is there already."""
        from s3ml_tui.domain.plans.batch import names_text
        from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash

        there = plan.collisions
        names = names_text([item.target for item in there])
        keeps = plan.versioning is Versioning.ON
        kept = (
            "What is overwritten stays as an older version."
            if keeps
            else "The bucket keeps no versions now: what is overwritten is lost."
        )
        choices = [(clash.value, words) for clash, words in CLASH_WORDS.items()]
        if not keeps:  # what comes first is what enter means
            choices.sort(key=lambda choice: choice[0] != Clash.SKIP.value)
        title = f"{count_text(len(there), 'object is', 'objects are')} there already: {names}"
        answer = await self.app.push_screen_wait(Choose(title, choices, hint=kept))
        if answer is not None:
            self.ask_many(
                plan.title,
                lambda services, cancelled: services.copies.decided(plan, Clash(answer), cancelled=cancelled),
                self._settle,
            )

    def _subject(self, *, is_move: bool) -> Subject | None:
        """What the keys act on; None, and the user told why, when there is nothing."""
        if self.has_marked:
            keys = tuple(key for entry in self._marked() if (key := entry.key) is not None and not entry.is_deleted)
            if not keys:
                self._say(with_keys("All that is marked is deleted: {browse.bring_back} brings it back."))
                return None
            name = keys[0].name if len(keys) == 1 else count_text(len(keys), "object")
            return Subject(name, keys[0].uri if len(keys) == 1 else keys[0].place.uri, keys)
        place = self.folder_at_hand()
        if place is not None:
            return Subject(f"all of {place.name}/", place.uri, place=place)
        chosen = self.chosen_bytes("move" if is_move else "copy")
        if chosen is None:
            return None
        version_id = None if is_move or not self.is_in_history else chosen.version_id
        return Subject(chosen.key.name, chosen.key.uri, (chosen.key,), version_id)


def _planned(services: Services, subject: Subject, uri: str, is_move: bool, cancelled: Cancelled) -> "Plan":
    copies = services.copies
    if subject.place is not None:
        return copies.plan_place(subject.place, parse_place(uri), is_move=is_move, cancelled=cancelled)
    if len(subject.keys) > 1:
        return copies.plan_objects(subject.keys, parse_place(uri), is_move=is_move, cancelled=cancelled)
    return copies.plan_object(subject.keys[0], _target(uri), subject.version_id, is_move=is_move)


def _target(uri: str) -> ObjectKey:
    place = parse_place(uri)
    return ObjectKey(place.bucket, place.prefix if uri.endswith("/") else place.prefix.removesuffix("/"))


def _as_meant(text: str, subject: Subject) -> str:
    """What was typed, with the control characters of what the dialog began with as they are."""
    level = subject.uri[: subject.uri.rstrip("/").rfind("/") + 1]
    for raw in (subject.uri, level):
        if text.startswith(printable(raw)):
            return raw + text[len(printable(raw)) :]
    return text


def _wrong(text: str) -> str:
    from s3ml_tui.domain.uri import understood

    try:
        understood(text)
    except S3mlError as error:
        return error.sentence
    return ""
