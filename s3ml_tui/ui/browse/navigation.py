"""The places seen one after the other in Browse, and what was seen of their buckets, for the header."""

import asyncio

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.permissions import SEE_VERSIONING
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.uri import Place, is_directory_bucket
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.header import Top

MOST = 200


class Trail:
    """Like a browser's: going anywhere else from the middle forgets what lay ahead."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    def visit(self, place: Place) -> None:
        """Somebody came there; coming where one is already is no step."""
        if self._places and self._places[self._at] == place:
            return
        self._places[self._at + 1 :] = [place]
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def step(self, steps: int) -> Place | None:
        """The place before (-1), None at the first; or the one that was gone back from (1), None at the last."""
        at = self._at + steps
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]


class HeaderFacts:
    """Keeps the header true to the place that is shown; a bucket is asked about once."""

    def __init__(self, screen: ModeScreen) -> None:
        self._screen = screen
        self._facts: dict[str, str] = {}
        """In words, by bucket."""

    def show(self, place: Place) -> None:
        """Say what is known of the bucket of a place; ask when that is nothing yet."""
        top = self._screen.query_one(Top)
        top.place = place
        top.facts = self._facts.get(place.bucket, "")
        if place.bucket not in self._facts:
            self.reload()

    def reload(self) -> None:
        """Ask again; what was seen stays in the header until the answer is there."""
        services, place = self._screen.services, self._screen.query_one(Top).place
        if services is not None and place is not None:
            self._screen.run_worker(self._load(services, place.bucket), group="facts", exit_on_error=False)

    def changed(self, bucket: str) -> None:
        """Something was done to a bucket as a whole: what was seen of it is old."""
        self._facts.pop(bucket, None)
        place = self._screen.query_one(Top).place
        if place is not None and place.bucket == bucket:
            self.reload()

    def forget(self) -> None:
        """They were another session's."""
        self._facts = {}

    async def _load(self, services: Services, bucket: str) -> None:
        try:
            words = facts_text(await asyncio.to_thread(services.browsing.facts, bucket))
        except S3mlError:
            words = ""  # the pane that lists the bucket says what is wrong with it
        if services is not self._screen.services:
            return
        self._facts.pop(bucket, None)
        if words:
            self._facts[bucket] = words
        top = self._screen.query_one(Top)
        if top.place is not None and top.place.bucket == bucket:
            top.facts = words or UNKNOWN


SEES_VERSIONING = SEE_VERSIONING.actions[0]
UNKNOWN = f"{Versioning.UNKNOWN.value} · {PublicAccess.UNKNOWN.value}"


def facts_text(facts: BucketFacts) -> str:
    """`versioned · anonymous access refused`; the block only where it is missing."""
    if is_directory_bucket(facts.name):
        return "directory bucket: keeps no versions, lists in no order"
    needs = f": needs {SEES_VERSIONING}" if SEES_VERSIONING in facts.denied else ""
    parts = [facts.versioning.value + needs, facts.public_access.value]
    if facts.block is PublicAccessBlock.OFF:
        parts.append(facts.block.value)
    return " · ".join(parts)
