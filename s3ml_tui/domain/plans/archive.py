"""Plans that have archived versions made readable for some days."""

from collections.abc import Mapping
from dataclasses import dataclass

from s3ml_tui.domain.plans.batch import names_text
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.store import Tier
from s3ml_tui.domain.text import count_text, size_text
from s3ml_tui.domain.uri import ObjectKey

WAITS: Mapping[str, Mapping[Tier, str]] = {
    "GLACIER": {Tier.STANDARD: "3 to 5 hours", Tier.BULK: "5 to 12 hours", Tier.EXPEDITED: "1 to 5 minutes"},
    "DEEP_ARCHIVE": {Tier.STANDARD: "12 hours", Tier.BULK: "48 hours"},
}
"""How long a restore takes on AWS (S3 user guide, "Understanding archive retrieval options")."""
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Frozen:
    """One archived version."""

    key: ObjectKey
    version_id: str | None
    """Exactly this one; None on a bucket without versions."""
    size: int
    """Bytes."""
    storage_class: str


@dataclass(frozen=True, slots=True)
class RestoreFromArchive(Plan):
    """Readable copies are made of archived versions; the archived ones stay."""

    objects: tuple[Frozen, ...]
    days: int
    tier: Tier
    under_way: int = 0
    """So many are being restored already."""
    readable: int = 0
    """So many can be read as they are."""
    affirmative = "Restore"

    @property
    def title(self) -> str:
        """As `Restore a.csv from the archive`."""
        what = self.objects[0].key.name if len(self.objects) == 1 else count_text(len(self.objects), "object")
        return f"Restore {what} from the archive"

    @property
    def wait(self) -> str:
        """How long it takes, as far as that is known."""
        waits = {WAITS.get(one.storage_class, {}).get(self.tier, "") for one in self.objects} - {""}
        return " or ".join(sorted(waits)) if waits else "a time that depends on the server"

    def sentences(self) -> tuple[str, ...]:
        """What becomes readable, when and for how long, and what it costs."""
        size = size_text(sum(one.size for one in self.objects))
        if len(self.objects) == 1:
            which = f"{size} of {self.objects[0].key.uri} ({self.objects[0].storage_class})"
        else:
            which = f"{names_text([one.key for one in self.objects])}: {size}"
        lines = [
            f"{which} can be read in {self.wait}, for {count_text(self.days, 'day')}.",
            "A copy is made for that time, at the price of both; the archived bytes stay as they are. "
            "It cannot be called off, and goes away by itself.",
        ]
        if self.under_way:
            lines.append(f"{count_text(self.under_way, 'object')} being restored already: left out.")
        if self.readable:
            lines.append(f"{count_text(self.readable, 'object')} that can be read as they are: left out.")
        return tuple(lines)
