"""Browse's key for tags, metadata and headers: of a version, of all that is marked, or of a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.metadata_rules import wrong_fields, wrong_tags
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import count_text
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, Chosen, chosen, marked_keys
from s3ml_tui.ui.dialogs.key_values import Edited, PairsEditor
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.keys import with_keys

TAGS, FIELDS = "tags", "fields"
_CHOICES = [
    (TAGS, "Tags: no new version is made"),
    (FIELDS, "Metadata and headers (content type, cache control …): makes a new version"),
]


@dataclass(frozen=True, slots=True)
class Several:
    """More than one object."""

    name: str
    find: Callable[[Services, Cancelled], Sequence[Version]]


def several_or_one(browse: BrowseContext, verb: str) -> Several | Chosen | None:
    """What is marked, all of a folder, or what is chosen; None, and the user told why, where nothing has bytes."""
    selection = browse.selection
    place = selection.folder
    if selection.has_marked:
        keys = marked_keys(browse)
        return (
            Several(
                count_text(len(keys), "object"),
                lambda services, cancelled: services.current_of(keys, cancelled=cancelled),
            )
            if keys
            else None
        )
    if place is not None:
        return Several(
            f"all of {place.name}/", lambda services, cancelled: services.all_below(place, cancelled=cancelled)
        )
    return chosen(browse, verb)


def describe(browse: BrowseContext) -> Act:
    """Edit tags, metadata or headers of what is chosen or marked: ask which, show the editor, propose the plan."""
    found = several_or_one(browse, "describe")
    return _describe(browse, found) if found is not None else None


async def _describe(browse: BrowseContext, found: Several | Chosen) -> None:
    name = found.name if isinstance(found, Several) else found.key.name
    kind = await browse.dialog(Choose(f"Describe {name}", _CHOICES))
    if kind is None:
        return
    if isinstance(found, Several):
        await _edit_several(browse, found, kind)
    elif kind == TAGS:
        await _edit_tags(browse, found)
    elif _is_old(browse, found):
        browse.say(
            with_keys("The metadata of an old version cannot be changed: {browse.bring_back} brings it back first.")
        )
    else:
        await _edit_fields(browse, found)


def _is_old(browse: BrowseContext, found: Chosen) -> bool:
    history = browse.selection.history
    current = history.current if history is not None else None
    return browse.selection.is_in_history and current is not None and current.version_id != found.version_id


async def _edit_tags(browse: BrowseContext, found: Chosen) -> None:
    seen = await browse.ask(lambda services, _: services.tagging.seen(found.key, found.version_id))
    if seen is None:
        return
    which = f"Tags of {seen.key.name}" + (f", version {found.version_id}" if found.version_id else "")
    edited = await browse.dialog(PairsEditor(which, dict(seen.tags), wrong_tags))
    if edited is not None:
        browse.propose(lambda services, _: services.tagging.plan_over(seen, edited.pairs))


async def _edit_fields(browse: BrowseContext, found: Chosen) -> None:
    fields = await browse.ask(lambda services, _: services.describing.fields(found.key))
    if fields is None:
        return
    editor = PairsEditor(
        f"Metadata and headers of {found.key.name}",
        fields,
        wrong_fields,
        hint="content-type, cache-control, content-disposition, content-encoding, content-language and expires "
        "are headers; other names are metadata.",
    )
    edited = await browse.dialog(editor)
    if edited is not None:
        browse.propose(lambda services, _: services.describing.plan(found.key, edited.pairs))


async def _edit_several(browse: BrowseContext, found: Several, kind: str) -> None:
    title = f"{'Tags' if kind == TAGS else 'Metadata and headers'} for {found.name}"
    editor = PairsEditor(
        title,
        {},
        wrong_tags if kind == TAGS else wrong_fields,
        hint="These are set on each; what else an object has stays. -name removes it from each.",
        removes=True,
    )
    edited = await browse.dialog(editor)
    if edited is not None:
        browse.propose(
            lambda services, cancelled: _planned(services, found, kind, edited, cancelled),
            title=title,
        )


def _planned(services: Services, found: Several, kind: str, edited: Edited, cancelled: Cancelled) -> Plan:
    versions = found.find(services, cancelled)
    if kind == TAGS:
        return services.tagging.plan_each(versions, edited.pairs, edited.removed, cancelled=cancelled)
    return services.describing.plan_each(versions, edited.pairs, edited.removed, cancelled=cancelled)
