"""What an address that is being typed may go on with, and what one that was typed whole leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from s3ml_tui.domain.errors import Denied, NotFound
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import SCHEME, ObjectKey, Place, bucket_and_key, is_level, parse_object, parse_place

MOST = 200
"""So many are offered; who wants another types on."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What begins so: whole addresses; places end with a slash."""

    uris: tuple[str, ...] = ()
    has_more: bool = False
    """Whether there are more than these."""
    is_denied: bool = False
    """Whether what is there may not be listed."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads."""

    place: Place
    key: ObjectKey | None = None
    """The object it names; None for a bucket or a prefix."""
    is_there: bool = True
    """Whether an object, or anything under the prefix, was seen."""

    @property
    def uri(self) -> str:
        """Its address."""
        return self.key.uri if self.key is not None else self.place.uri


class Completing:
    """Asks a level once, and remembers it: one of these for each time somebody types. All methods block."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._buckets: tuple[str, ...] | None = None
        self._levels: dict[Place, ListingPage] = {}

    def candidates(self, text: str) -> Candidates:
        """Buckets while a bucket is typed, then what lies on its levels. Raises NotFound (no such bucket), Unreachable.

        First what begins as it was typed, then what does in other letters, then what has it somewhere.
        """
        rest = text.removeprefix(SCHEME)
        bucket, key = bucket_and_key(rest)
        if rest and not bucket:
            return Candidates()
        try:
            if len(rest) == len(bucket):
                return _chosen([f"{SCHEME}{name}/" for name in self._bucket_names()], SCHEME, bucket)
            return self._on_level(Place(bucket, key[: key.rfind("/") + 1]), key[key.rfind("/") + 1 :])
        except Denied:
            return Candidates(is_denied=True)

    def _bucket_names(self) -> tuple[str, ...]:
        if self._buckets is None:
            self._buckets = tuple(sorted(bucket.name for bucket in self._store.buckets()))
        return self._buckets

    def _on_level(self, place: Place, start: str) -> Candidates:
        page = self._page(place)
        if page.next is not None and start:
            page = self._page(Place(place.bucket, place.prefix + start))
        uris = [f"{SCHEME}{place.bucket}/{name}" for name in (*page.prefixes, *page.keys)]
        found = _chosen(uris, place.uri, start)
        return Candidates(found.uris, found.has_more or page.next is not None)

    def _page(self, place: Place) -> ListingPage:
        if place not in self._levels:
            self._levels[place] = self._store.list_page(place)
        return self._levels[place]

    def destination(self, uri: str) -> Destination:
        """Where an address leads. Raises BadInput, NotFound (no such bucket), Unreachable.

        One without a slash at its end is an object, or the place of that name where there is no such object. Where
        nothing may be listed it is taken for what it looks like.
        """
        try:
            return self._seen(uri)
        except Denied:
            return looks_like(uri)

    def destination_of(self, uri: str, beside: Sequence[str]) -> Destination:
        """The same; where there is no such bucket, the first of the addresses `beside` at which something is.

        Raises what `destination` raises of the first.
        """
        try:
            return self.destination(uri)
        except NotFound:
            for other in beside:
                found = self.destination(other)
                if found.is_there:
                    return found
            raise

    def _seen(self, uri: str) -> Destination:
        if is_level(uri):
            place = parse_place(uri)
            page = self._store.list_page(place)
            return Destination(place, is_there=bool(not place.prefix or page.prefixes or page.keys))
        key = parse_object(uri)
        page = self._store.list_page(Place(key.bucket, key.key))
        if key.key in page.keys:
            return Destination(key.place, key)
        folder = parse_place(uri)
        if folder.prefix in page.prefixes or (page.next is not None and self._is_there(folder)):
            return Destination(folder)
        return Destination(key.place, key, is_there=False)

    def _is_there(self, place: Place) -> bool:
        page = self._store.list_page(place)
        return bool(page.prefixes or page.keys)


def looks_like(uri: str) -> Destination:
    """Where an address leads as far as it tells itself. Raises BadInput."""
    if is_level(uri):
        return Destination(parse_place(uri))
    key = parse_object(uri)
    return Destination(key.place, key)


def _chosen(uris: list[str], level: str, start: str) -> Candidates:
    """Of addresses on a level those that `start` may become."""
    if not start:
        return Candidates(tuple(uris[:MOST]), len(uris) > MOST)
    folded = start.lower()
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for uri in uris:
        name = uri[len(level) :]
        if name.startswith(start):
            found[0].append(uri)
        elif name.lower().startswith(folded):
            found[1].append(uri)
        elif folded in name.lower():
            found[2].append(uri)
    together = [uri for kind in found for uri in kind]
    return Candidates(tuple(together[:MOST]), len(together) > MOST)
