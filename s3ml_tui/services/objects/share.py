"""Links that open one version for a while: never longer than the credentials live that sign them.

A text as a QR code for a terminal: two rows of squares in a line, dark on light whatever the theme is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from s3ml_tui.domain.errors import BadInput, ExpiredCredentials
from s3ml_tui.domain.plans.download_share import USUAL_LINK_S, SharedLink, ShareObject, duration_text
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import ObjectKey

LONGEST_S = 7 * 86400
"""SigV4 links live no longer (S3 user guide, "Sharing objects with presigned URLs")."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a link can live at most."""

    longest_s: int
    credentials_end: datetime | None = None
    """When the credentials expire that would sign it, where that is what limits it; aware."""


class Sharing:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def limit(self) -> Limit:
        """How long a link made now can live. Raises ExpiredCredentials, NoCredentials."""
        end = self._store.credentials_end()
        if end is None:
            return Limit(LONGEST_S)
        left_s = int((end - self._now()).total_seconds())
        if left_s < 1:
            raise ExpiredCredentials("The credentials have expired", advice="Sign in again, then try again")
        return Limit(LONGEST_S) if left_s >= LONGEST_S else Limit(left_s, end)

    def plan(self, key: ObjectKey, version_id: str | None = None, *, expires_s: int = USUAL_LINK_S) -> ShareObject:
        """What a link would open; without a version id, the version that is current now. Raises NotFound, BadInput."""
        limit = self.limit()
        if not 1 <= expires_s <= LONGEST_S:
            raise BadInput(
                f"A link cannot live for {expires_s} seconds",
                cause="S3 signs links for 1 second to 7 days",
                advice="Choose a time between these",
            )
        if expires_s > limit.longest_s and limit.credentials_end is not None:
            raise BadInput(
                f"A link cannot live for {duration_text(expires_s)} now",
                cause=f"The credentials that sign it end at {limit.credentials_end.astimezone():%Y-%m-%d %H:%M:%S}, "
                "and the link with them",
                advice="Choose a shorter time, or sign in again first",
            )
        facts = self._store.facts(key, version_id)
        if version_id is None and facts.version_id not in {None, NULL_VERSION}:
            facts = self._store.facts(key, facts.version_id)  # a link that names it is answered by 403 if that is
        return ShareObject(
            key, facts.id_to_ask(version_id), facts.size, expires_s, may_name_versions=facts.may_be_named
        )

    def share(self, plan: ShareObject) -> SharedLink:
        """The link that was planned; a secret: show it to who asked, and keep it nowhere."""
        expires = self._now() + timedelta(seconds=plan.expires_s)
        url = self._store.link(plan.key, plan.version_id, expires_s=plan.expires_s)
        return SharedLink(url, plan.key, plan.version_id, expires)

    def outcome(self, link: SharedLink) -> Outcome:
        """What is kept of it: what was shared and until when, never the link."""
        is_fixed = link.version_id not in {None, NULL_VERSION}
        which = f"Version {link.version_id} of {link.key.uri}" if is_fixed else link.key.uri
        until = f"{link.expires.astimezone():%Y-%m-%d %H:%M:%S}"
        return Outcome(
            title=f"Shared {link.key.name} until {until}",
            at=self._now(),
            details=(f"{which} can be read by whoever has the link.",),
            key=link.key,
            version_id=link.version_id,
            no_undo="A link cannot be revoked; it ends by itself.",
        )


_QUIET = (4, 2, 1)
"""Squares of empty border; 4 is what readers are promised, 1 is what most make do with."""
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class QrCode:
    """Lines of equal length; what is drawn is dark, the rest is light."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class TooSmall:
    """There is no room for it."""

    columns: int
    """What it takes at least."""
    rows: int


def qr_code(text: str, *, columns: int, rows: int) -> QrCode | TooSmall:
    """`text` drawn with as much border as `columns` by `rows` cells allow."""
    import segno

    matrix = [[bool(square) for square in row] for row in segno.make(text, error="l", micro=False).matrix]
    side = len(matrix)
    for quiet in _QUIET:
        whole = side + 2 * quiet
        if whole <= columns and (whole + 1) // 2 <= rows:
            return QrCode(_lines(matrix, quiet))
    least = side + 2 * _QUIET[-1]
    return TooSmall(least, (least + 1) // 2)


def _lines(matrix: Sequence[Sequence[bool]], quiet: int) -> list[str]:
    side = len(matrix) + 2 * quiet

    def dark(row: int, column: int) -> bool:
        row, column = row - quiet, column - quiet
        return 0 <= row < len(matrix) and 0 <= column < len(matrix) and matrix[row][column]

    return [
        "".join(_BLOCKS[dark(row, column), dark(row + 1, column)] for column in range(side))
        for row in range(0, side, 2)
    ]
