"""What several keys, or all below a prefix, come to for a change that reads each of them first."""

from collections.abc import Sequence

from s3ml_tui.domain.errors import BadInput, NotFound
from s3ml_tui.domain.history import Version
from s3ml_tui.domain.store import Cancelled, Store, never
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.below import current_below
from s3ml_tui.services.many import at_once
from s3ml_tui.services.sight import newest

MOST = 10_000
"""So many objects are changed at once."""


def current_of(store: Store, keys: Sequence[ObjectKey], *, cancelled: Cancelled = never) -> list[Version]:
    """What is current of these; deleted ones and such as are gone are left out. Raises BadInput (too many)."""
    _check(len(keys))
    found = at_once(lambda key: newest(store, key), keys, cancelled)
    return [version for version in found if version is not None and not version.is_delete_marker]


def all_below(store: Store, place: Place, *, cancelled: Cancelled = never) -> list[Version]:
    """What is current below a prefix. Raises NotFound when nothing is, BadInput (too many)."""
    found = current_below(store, place, cancelled=cancelled)
    if not found:
        raise NotFound(f"There is nothing below {place.uri}", advice="Check the address")
    _check(len(found))
    return found


def _check(count: int) -> None:
    if count > MOST:
        raise BadInput(
            f"{count:,} objects are too many at once",
            cause=f"What each has is read before it is changed, {MOST:,} at most",
            advice="Choose fewer of them, or a narrower prefix",
        )
