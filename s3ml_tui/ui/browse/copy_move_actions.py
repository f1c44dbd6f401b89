"""Browse's keys that copy, move and rename: an object, a version, all that is marked, or a folder."""

from dataclasses import dataclass

from s3ml_tui.domain.plans.copy_move import CLASH_WORDS, Clash, CopyObjects
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place, understood
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, chosen, marked_keys
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, refused_by
from s3ml_tui.ui.messages import PlanProposed
from s3ml_tui.ui.widgets.address_input import AddressSuggester


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


def copy(browse: BrowseContext) -> Act:
    """Copy what is chosen or marked, to an address that is asked for."""
    return _carry(browse, is_move=False)


def move(browse: BrowseContext) -> Act:
    """Move or rename what is chosen or marked."""
    return _carry(browse, is_move=True)


def _carry(browse: BrowseContext, *, is_move: bool) -> Act:
    subject, services = _subject(browse, is_move=is_move), browse.services
    if subject is None or services is None:
        return None
    return _ask_where_to(browse, services, subject, is_move=is_move)


def _subject(browse: BrowseContext, *, is_move: bool) -> Subject | None:
    """What the keys act on; None, and the user told why, when there is nothing."""
    selection = browse.selection
    if selection.has_marked:
        keys = tuple(marked_keys(browse))
        if not keys:
            return None
        name = keys[0].name if len(keys) == 1 else count_text(len(keys), "object")
        return Subject(name, keys[0].uri if len(keys) == 1 else keys[0].place.uri, keys)
    place = selection.folder
    if place is not None:
        return Subject(f"all of {place.name}/", place.uri, place=place)
    found = chosen(browse, "move" if is_move else "copy")
    if found is None:
        return None
    version_id = None if is_move or not selection.is_in_history else found.version_id
    return Subject(found.key.name, found.key.uri, (found.key,), version_id)


async def _ask_where_to(browse: BrowseContext, services: Services, subject: Subject, *, is_move: bool) -> None:
    """Ask where to, then what becomes of what is there, then propose the plan."""
    into = subject.goes_into_a_place
    hint = "A place, into which they go by their names" if into else "A new name, or a place (with / at its end)"
    text = await browse.dialog(
        AskText(
            f"{'Move or rename' if is_move else 'Copy'} {subject.name} to",
            value=subject.uri,
            hint=f"{hint} · → completes · enter shows the plan",
            check=refused_by(understood),
            suggester=AddressSuggester(services.store, only_places=into),
        )
    )
    if text is None:
        return
    uri = understood(_as_meant(text, subject))
    plan = await browse.ask(
        lambda services, cancelled: _planned(services, subject, uri, is_move, cancelled),
        title=f"{'Move' if is_move else 'Copy'} {subject.name}",
        at=parse_place(uri) if into or uri.endswith("/") else _target(uri).place,
    )
    await settle(browse, plan)


async def settle(browse: BrowseContext, plan: Plan | None) -> None:
    """Propose it; what becomes of what lies where it writes is asked once for all of it."""
    undecided, taken = plan, plan.taken if plan is not None else None
    if undecided is not None and taken is not None:
        choices = [(clash.value, words) for clash, words in CLASH_WORDS.items()]
        if taken.loses:  # what comes first is what enter means
            choices.sort(key=lambda choice: choice[0] != Clash.SKIP.value)
        answer = await browse.dialog(Choose(f"{taken.count}: {taken.names}", choices, hint=taken.means))
        if answer is None:
            return
        plan = await browse.ask(
            lambda services, cancelled: services.decided(undecided, Clash(answer), cancelled=cancelled),
            title=undecided.title,
        )
    if plan is not None:
        browse.post_message(PlanProposed(plan))


def _planned(
    services: Services, subject: Subject, uri: str, is_move: bool, cancelled: Cancelled
) -> CopyObjects | NothingToDo:
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
