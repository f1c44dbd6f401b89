"""Browse's keys that bring back, delete and purge; make a workspace; hand what is chosen to training and prediction."""

from typing import Any

from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import NO_OBJECT, NO_VERSION, Act, BrowseContext, Chosen, Focus, chosen
from s3ml_tui.ui.dialogs.prompts import AskText, refused_by
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import PredictionWanted, TrainingWanted


def bring_back(browse: BrowseContext) -> None:
    """Bring back the version chosen in History; in the table the newest bytes of what is deleted, folders whole."""
    selection = browse.selection
    place = selection.folder
    if selection.has_marked:
        _bring_back_marked(browse)
    elif place is not None:
        browse.propose(
            lambda services, cancelled: services.many.plan_bring_back_below(place, cancelled=cancelled),
            title=f"Bring back all of {place.name}/",
        )
    elif (found := chosen(browse)) is None:
        return
    elif selection.is_in_history:
        _bring_back_version(browse, found)
    elif found.is_deleted:
        browse.propose(lambda services, _: _plan_newest(services, found.key), at=found.key.place)
    else:
        _lead_to_history(browse, found.key)


def _bring_back_marked(browse: BrowseContext) -> None:
    keys = _all_marked(browse)
    if keys:
        browse.propose(
            lambda services, cancelled: services.many.plan_bring_back(keys, cancelled=cancelled),
            title=f"Bring back {count_text(len(keys), 'object')}",
            at=keys[0].place,
        )


def _bring_back_version(browse: BrowseContext, found: Chosen) -> None:
    history, version = browse.selection.history, browse.selection.version
    if history is None or version is None:
        browse.say(f"The history of {found.key.name} is still being read: wait a moment.")
    else:
        browse.propose(lambda services, _: services.versions.plan_bring_back(history, version), at=history.key.place)


def _lead_to_history(browse: BrowseContext, key: ObjectKey) -> None:
    history = browse.selection.history
    if history is not None and history.key == key and len(history.versions) < 2:
        browse.say(f"{key.name} has no older version to bring back.")
    else:
        browse.show_history()
        browse.tell(with_keys("Choose the version to bring back, then press {browse.bring_back}."))


def _plan_newest(services: Services, key: ObjectKey) -> Plan:
    """Copy the newest version that has bytes on top of a deletion."""
    history = services.versions.whole_history(key)
    if history.current is None:
        return NothingToDo(f"Bring back {key.name}", "Nothing is left of it: all its versions are gone.")
    return services.versions.plan_bring_back(history, history.current)


def delete(browse: BrowseContext) -> None:
    """Propose to delete what is marked, all of a folder, or the object, whichever of its versions is chosen."""
    selection = browse.selection
    place = selection.folder
    if selection.has_marked:
        _delete_marked(browse)
    elif place is not None:
        browse.propose(
            lambda services, cancelled: services.many.plan_delete_below(place, cancelled=cancelled),
            title=f"Delete all of {place.name}/",
            at=place,
        )
    elif (found := chosen(browse)) is not None:
        browse.propose(lambda services, _: services.objects.plan_delete(found.key), at=found.key.place)


def _delete_marked(browse: BrowseContext) -> None:
    keys = _all_marked(browse)
    if keys:
        browse.propose(
            lambda services, cancelled: services.many.plan_delete(keys, cancelled=cancelled),
            title=f"Delete {count_text(len(keys), 'object')}",
            at=keys[0].place,
        )


def _all_marked(browse: BrowseContext) -> list[ObjectKey]:
    return [key for entry in browse.marked() if (key := entry.key) is not None]


def purge(browse: BrowseContext) -> None:
    """Propose to destroy the marked versions, or the one under History's cursor: the loudest plan there is."""
    selection = browse.selection
    history, version = selection.history, selection.version
    found = selection.marked_versions or ((version,) if version is not None else ())
    if selection.focus is not Focus.HISTORY:
        browse.say("Only versions are purged: tab goes to History; choose or mark them there.")
    elif history is None or not found:
        has_object = selection.entry is not None and selection.entry.key is not None
        browse.say(NO_VERSION if has_object else NO_OBJECT)
    else:
        ids = [one.version_id for one in found]
        browse.propose(lambda services, _: services.purging.plan(history, ids))


def make_workspace(browse: BrowseContext) -> Act:
    """Propose to make the place at hand a workspace; ask for one where there is none."""
    place = browse.selection.place_at_hand
    if place is None:
        return _ask_for_workspace(browse)
    _propose_workspace(browse, place)
    return None


async def _ask_for_workspace(browse: BrowseContext) -> None:
    address = await browse.dialog(
        AskText(
            "Make a workspace", value="s3://", hint="s3://bucket or s3://bucket/prefix", check=refused_by(parse_place)
        )
    )
    if address:
        _propose_workspace(browse, parse_place(address))


def _propose_workspace(browse: BrowseContext, place: Place) -> None:
    browse.propose(lambda services, _: services.workspaces.plan_make(place))


def train(browse: BrowseContext) -> None:
    """Open Pipeline with this object as its data; in History with this version of it."""
    found = chosen(browse, "train on")
    if found is not None:
        values: dict[str, Any] = {"data": _data_name(browse, found.key)}
        if found.version_id is not None:
            values["version_id"] = found.version_id
        browse.post_message(TrainingWanted(values))


def _data_name(browse: BrowseContext, key: ObjectKey) -> str:
    """As a spec names its data: below the workspace, or by its address."""
    workspace = browse.workspace
    if workspace is not None and workspace.contains(key):
        return key.key[len(workspace.prefix) :]
    return key.uri


def predict(browse: BrowseContext) -> None:
    """Apply a model version to this object."""
    found = chosen(browse, "predict for")
    if found is not None:
        browse.post_message(PredictionWanted(data=found.key))
