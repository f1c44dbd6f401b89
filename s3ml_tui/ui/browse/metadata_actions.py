"""Browse's key for tags, metadata and headers: of a version, of all that is marked, or of a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.domain.storage.metadata_rules import wrong_fields, wrong_tags
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.copy_move_actions import CopyScreen
from s3ml_tui.ui.browse.panes import Chosen
from s3ml_tui.ui.dialogs.prompts import Choose
from s3ml_tui.ui.keys import with_keys

if TYPE_CHECKING:
    from s3ml_tui.services.objects.tags import SeenTags
    from s3ml_tui.ui.dialogs.key_values import Edited

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


class LabelScreen(CopyScreen):
    """Asks which kind, shows the editor, proposes the plan."""

    @work
    async def action_describe(self) -> None:
        """Edit tags, metadata or headers of what is chosen or marked."""
        several = self._several()
        chosen = self.chosen_bytes("describe") if several is None else None
        if several is None and chosen is None:
            return
        name = several.name if several is not None else chosen.key.name if chosen is not None else ""
        kind = await self.app.push_screen_wait(Choose(f"Describe {name}", _CHOICES))
        if kind is None:
            return
        if several is not None:
            await self._edit_several(several, kind)
        elif chosen is not None:
            self._edit_one(chosen, kind)

    def _several(self) -> Several | None:
        if self.has_marked:
            keys = tuple(key for entry in self._marked() if (key := entry.key) is not None and not entry.is_deleted)
            return Several(
                count_text(len(keys), "object"),
                lambda services, cancelled: services.current_of(keys, cancelled=cancelled),
            )
        place = self.folder_at_hand()
        if place is None:
            return None
        return Several(
            f"all of {place.name}/",
            lambda services, cancelled: services.all_below(place, cancelled=cancelled),
        )

    def _edit_one(self, chosen: Chosen, kind: str) -> None:
        key, version_id = chosen.key, chosen.version_id
        if kind == FIELDS and self._is_old(chosen):
            self._say(
                with_keys("The metadata of an old version cannot be changed: {browse.bring_back} brings it back first.")
            )
            return
        if kind == TAGS:
            self.ask(
                lambda services: services.tagging.seen(key, version_id),
                lambda seen: self._show_tags(seen, version_id),
            )
        else:
            self.ask(lambda services: services.describing.fields(key), lambda fields: self._show(key, fields))

    def _is_old(self, chosen: Chosen) -> bool:
        current = self.versions.history.current if self.versions.history is not None else None
        return self.is_in_history and current is not None and current.version_id != chosen.version_id

    @work
    async def _show_tags(self, seen: "SeenTags", version_id: str | None) -> None:
        from s3ml_tui.ui.dialogs.key_values import PairsEditor

        which = f"Tags of {seen.key.name}" + (f", version {version_id}" if version_id else "")
        edited = await self.app.push_screen_wait(PairsEditor(which, dict(seen.tags), wrong_tags))
        if edited is not None:
            self.propose(lambda services: services.tagging.plan_over(seen, edited.pairs))

    @work
    async def _show(self, key: ObjectKey, fields: dict[str, str]) -> None:
        from s3ml_tui.ui.dialogs.key_values import PairsEditor

        editor = PairsEditor(
            f"Metadata and headers of {key.name}",
            fields,
            wrong_fields,
            hint="content-type, cache-control, content-disposition, content-encoding, content-language and expires "
            "are headers; other names are metadata.",
        )
        edited = await self.app.push_screen_wait(editor)
        if edited is not None:
            self.propose(
                lambda services: services.describing.plan(key, edited.pairs),
                lambda plan: plan.size,
            )

    async def _edit_several(self, several: Several, kind: str) -> None:
        from s3ml_tui.ui.dialogs.key_values import PairsEditor

        what = "Tags" if kind == TAGS else "Metadata and headers"
        editor = PairsEditor(
            f"{what} for {several.name}",
            {},
            wrong_tags if kind == TAGS else wrong_fields,
            hint="These are set on each; what else an object has stays. -name removes it from each.",
            removes=True,
        )
        edited = await self.app.push_screen_wait(editor)
        if edited is not None:
            self.propose_many(
                f"{what} for {several.name}",
                lambda services, cancelled: _planned(services, several, kind, edited, cancelled),
                lambda plan: plan.size,
            )


def _planned(services: Services, several: Several, kind: str, edited: "Edited", cancelled: Cancelled) -> Plan:
    versions = several.find(services, cancelled)
    if kind == TAGS:
        return services.tagging.plan_each(versions, edited.pairs, edited.removed, cancelled=cancelled)
    return services.describing.plan_each(versions, edited.pairs, edited.removed, cancelled=cancelled)
