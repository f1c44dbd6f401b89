"""Browse's keys that propose a change, or hand what is chosen to somewhere else.

Browse's key that destroys versions: only in History, and only what is chosen or marked there.
"""

from typing import Any

from textual import work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.domain.uri import ObjectKey, Place, parse_place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.panes import Chosen
from s3ml_tui.ui.browse.transfer_actions import TransferScreen
from s3ml_tui.ui.dialogs.prompts import AskText
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import PredictionWanted, TrainingWanted


class ChangeScreen(TransferScreen):
    """Bring back, delete, make a workspace; train on it, predict for it."""

    def action_bring_back(self) -> None:
        """Bring back the version chosen in History; in the table the newest bytes of what is deleted, folders whole."""
        if self.has_marked:
            self.bring_back_marked()
            return
        place = self.folder_at_hand()
        if place is not None:
            self.propose_many(
                f"Bring back all of {place.name}/",
                lambda services, cancelled: services.many.plan_bring_back_below(place, cancelled=cancelled),
                _bytes_of,
            )
            return
        chosen = self.chosen()
        if chosen is None:
            return
        if self.is_in_history:
            self._bring_back_version(chosen)
        elif chosen.is_deleted:
            self.propose(lambda services: _plan_newest(services, chosen.key), _bytes_of, at=chosen.key.place)
        else:
            self._lead_to_history(chosen.key)

    def _bring_back_version(self, chosen: Chosen) -> None:
        history = self.versions.history
        version = self.versions.chosen
        if history is None or version is None:
            self._say(f"The history of {chosen.key.name} is still being read: wait a moment.")
        else:
            self.propose(
                lambda services: services.versions.plan_bring_back(history, version), _bytes_of, at=history.key.place
            )

    def _lead_to_history(self, key: ObjectKey) -> None:
        history = self.versions.history if self.versions.key == key else None
        if history is not None and len(history.versions) < 2:
            self._say(f"{key.name} has no older version to bring back.")
        else:
            self.looking.show_tab("History")
            self.versions.take_focus()
            self.notify(with_keys("Choose the version to bring back, then press {browse.bring_back}."))

    def action_delete(self) -> None:
        """Propose to delete what is marked, all of a folder, or the object, whichever of its versions is chosen."""
        if self.has_marked:
            self.delete_marked()
            return
        place = self.folder_at_hand()
        if place is not None:
            self.propose_many(
                f"Delete all of {place.name}/",
                lambda services, cancelled: services.many.plan_delete_below(place, cancelled=cancelled),
                at=place,
            )
            return
        chosen = self.chosen()
        if chosen is not None:
            self.propose(lambda services: services.objects.plan_delete(chosen.key), at=chosen.key.place)

    @work
    async def action_make_workspace(self) -> None:
        """Propose to make the place at hand a workspace; ask for one where there is none."""
        place = self._place_at_hand()
        if place is None:
            address = await self.app.push_screen_wait(
                AskText("Make a workspace", value="s3://", hint="s3://bucket or s3://bucket/prefix", check=_no_place)
            )
            if not address:
                return
            place = parse_place(address)
        self._propose_workspace(place)

    def _propose_workspace(self, place: Place) -> None:
        self.propose(lambda services: services.workspaces.plan_make(place))

    def _place_at_hand(self) -> Place | None:
        return self.buckets.pointed if self.is_in_tree else self.place

    def action_train(self) -> None:
        """Open Pipeline with this object as its data; in History with this version of it."""
        chosen = self.chosen_bytes("train on")
        if chosen is not None:
            values: dict[str, Any] = {"data": self._data_name(chosen.key)}
            if chosen.version_id is not None:
                values["version_id"] = chosen.version_id
            self.post_message(TrainingWanted(values))

    def _data_name(self, key: ObjectKey) -> str:
        """As a spec names its data: below the workspace, or by its address."""
        workspace = self.workspace
        if workspace is not None and workspace.contains(key):
            return key.key[len(workspace.prefix) :]
        return key.uri

    def action_predict(self) -> None:
        """Apply a model version to this object."""
        chosen = self.chosen_bytes("predict for")
        if chosen is not None:
            self.post_message(PredictionWanted(data=chosen.key))


def _plan_newest(services: Services, key: ObjectKey) -> Plan:
    """Copy the newest version that has bytes on top of a deletion."""
    history = services.versions.whole_history(key)
    if history.current is None:
        return NothingToDo(f"Bring back {key.name}", "Nothing is left of it: all its versions are gone.")
    return services.versions.plan_bring_back(history, history.current)


def _bytes_of(plan: Plan) -> int | None:
    return plan.size or None


def _no_place(address: str) -> str:
    try:
        parse_place(address)
    except S3mlError as error:
        return error.sentence
    return ""


class PurgeScreen(ChangeScreen):
    """Proposes the loudest plan there is."""

    def action_purge(self) -> None:
        """Propose to destroy the marked versions, or the one under History's cursor."""
        if not self.versions.has_focus_within:
            self._say("Only versions are purged: tab goes to History; choose or mark them there.")
            return
        history = self.versions.history
        marked = self.versions.rows.marked
        chosen = marked or ([self.versions.chosen] if self.versions.chosen is not None else [])
        if history is None or not chosen:
            self._say(
                "No object is chosen: move the cursor to one in the table."
                if self.versions.key is None
                else "No version is chosen: there are none, or they are still being read."
            )
            return
        ids = [version.version_id for version in chosen]
        self.propose(lambda services: services.purging.plan(history, ids))
