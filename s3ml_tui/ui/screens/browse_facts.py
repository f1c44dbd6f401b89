"""What was seen of a bucket, in the header; asked once a bucket."""

from dataclasses import dataclass

from textual import on, work
from textual.message import Message

from s3ml_tui.domain.connection import BucketFacts, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.policies import SEE_VERSIONING
from s3ml_tui.domain.uri import Place, is_directory_bucket
from s3ml_tui.services.session import Services
from s3ml_tui.ui.screens.browse_editing import EditScreen
from s3ml_tui.ui.widgets.top import Top


class FactsScreen(EditScreen):
    """Keeps the header true to the place that is shown."""

    @dataclass
    class FactsArrived(Message):
        """What is known of a bucket; None when that could not be read."""

        services: Services
        bucket: str
        facts: BucketFacts | None

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, str] = {}
        """In words, by bucket."""

    def show_facts(self, place: Place) -> None:
        """Say what is known of the bucket of a place; ask when that is nothing yet."""
        top = self.query_one(Top)
        top.place = place
        top.facts = self._facts.get(place.bucket, "")
        if place.bucket not in self._facts:
            self.reload_facts(place)

    def reload_facts(self, place: Place) -> None:
        """Ask again; what was seen stays in the header until the answer is there."""
        if self.services is not None:
            self._load_facts(self.services, place.bucket)

    def facts_changed(self, bucket: str) -> None:
        """Something was done to a bucket as a whole: what was seen of it is old."""
        self._facts.pop(bucket, None)
        if self.place is not None and self.place.bucket == bucket:
            self.reload_facts(self.place)

    def forget_facts(self) -> None:
        """They were another session's."""
        self._facts = {}

    @work(thread=True, group="facts", exit_on_error=False)
    def _load_facts(self, services: Services, bucket: str) -> None:
        try:
            facts = services.browsing.facts(bucket)
        except S3mlError:
            facts = None  # the pane that lists the bucket says what is wrong with it
        self.post_message(self.FactsArrived(services, bucket, facts))

    @on(FactsArrived)
    def _facts_arrived(self, message: FactsArrived) -> None:
        if message.services is not self.services:
            return
        self._facts.pop(message.bucket, None)
        if message.facts is not None:
            self._facts[message.bucket] = facts_text(message.facts)
        if self.place is not None and self.place.bucket == message.bucket:
            self.query_one(Top).facts = self._facts.get(message.bucket, UNKNOWN)


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
