"""Who wrote the versions in sight of a history, and their tags: asked for once each, and for those alone."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import Denied, S3mlError
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.provenance import Background, How, Origin
from s3ml_tui.services.session import Services
from s3ml_tui.ui.history.rows import HistoryRows

_MOST_TAGS = 3
_SHORT_ID = 8


class Provenance:
    """A key with a thousand versions costs a screenful of requests."""

    def __init__(self, rows: HistoryRows) -> None:
        self._rows = rows
        self.services: Services | None = None
        self.backgrounds: dict[str, Background] = {}
        """What is known, by version id."""
        self.fresh: set[str] = set()
        """The ids of those whose background was told since the last `ask_again`."""
        self.denied = ""
        self._generation = 0
        """Of what is asked; answers to an older question are dropped."""

    def words(self, version: Version) -> Sequence[str]:
        """As `by run 20261123-0911-p2aa`, `#stage=gold`."""
        background = self.backgrounds.get(version.version_id)
        if background is None:
            return ()
        tags = sorted((background.tags or {}).items())
        parts = [self._origin_text(background.origin)] if background.origin else []
        parts += [f"#{name}={value}" if value else f"#{name}" for name, value in tags[:_MOST_TAGS]]
        return [*parts, *(["…"] if len(tags) > _MOST_TAGS else [])]

    def _origin_text(self, origin: Origin) -> str:
        """With the time of the version it was brought back from in place of its id, where that is among these."""
        if origin.how is not How.BROUGHT_BACK:
            return origin.words
        found = next((one for one in self._rows.versions if one.version_id == origin.source), None)
        short = f"{origin.source[:_SHORT_ID]}…" if len(origin.source) > _SHORT_ID else origin.source
        return replace(origin, source=self._rows.moment_text(found) if found else short).words

    def forget(self) -> None:
        """Other versions come."""
        self.backgrounds = {}
        self.ask_again()

    def ask_again(self) -> None:
        """What is known stays until it is known anew; but a `null` version may be another one by now."""
        self._generation += 1
        self.fresh = set()
        self.backgrounds.pop(NULL_VERSION, None)
        self.denied = ""
        self._rows.workers.cancel_group(self._rows, "background")

    def look(self) -> None:
        """Ask about the versions in sight that nothing was told of yet."""
        unknown = [one for one in self._rows.visible_versions if one.version_id not in self.fresh]
        if unknown and self.services is not None and not self.denied:
            self._rows.workers.cancel_group(self._rows, "background")
            find = partial(self._find, self.services, self._generation, unknown)
            self._rows.run_worker(find, group="background", thread=True, exit_on_error=False)

    def _find(self, services: Services, generation: int, versions: list[Version]) -> None:
        worker, told = get_current_worker(), self._rows.post_message
        try:
            for version, background in services.backgrounds.of(versions, cancelled=lambda: worker.is_cancelled):
                told(HistoryRows.Learned(partial(self._take, generation, version, background)))
        except Stopped:
            return
        except S3mlError as error:
            told(HistoryRows.Learned(partial(self._refused, generation, error)))

    def _take(self, generation: int, version: Version, background: Background) -> None:
        if generation == self._generation:
            self.backgrounds[version.version_id] = background
            self.fresh.add(version.version_id)

    def _refused(self, generation: int, error: S3mlError) -> None:
        if generation == self._generation and isinstance(error, Denied):
            self.denied = error.action or "s3:GetObjectVersion"
