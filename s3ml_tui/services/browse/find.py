"""Questions about everything under a place: what answers a search by name, size or age, and how much there is."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from itertools import compress

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.storage.listing import ListingPage
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse.folder_size import Tally, Usage

_STEADY = 16
"""After the first pages, usage is told once in so many pages."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; all that is said must hold."""

    text: str = ""
    """In the key below the place, in any case."""
    glob: str = ""
    """`*.csv`: of the last part of the key; with a slash in it, of the whole key below the place."""
    regex: str = ""
    """Anywhere in the key below the place."""
    at_least: int | None = None
    """Bytes."""
    at_most: int | None = None
    """Bytes."""
    after: float | None = None
    """Written at or after this moment; seconds since the epoch, UTC."""
    before: float | None = None
    """Written before it."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What answered on one page, and how many objects were looked at so far."""

    page: ListingPage
    seen: int


class Searching:
    """Questions about everything under a place; changes nothing. Blocks, raises only `S3mlError`s."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pages(
        self,
        place: Place,
        *,
        is_recursive: bool = True,
        with_deleted: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[ListingPage]:
        """All of a level or of everything below, in order, page by page, as fast as the server allows."""
        return self._store.list_all(place, is_recursive=is_recursive, with_deleted=with_deleted, cancelled=cancelled)

    def usage(self, place: Place, *, cancelled: Cancelled = never) -> Iterator[Usage]:
        """How much lies under `place`: first of what is listed so far, at last of all."""
        tally = Tally(place)
        for number, page in enumerate(self._store.list_all(place, cancelled=cancelled), 1):
            tally.add(page)
            if number.bit_count() == 1 or number % _STEADY == 0:
                yield tally.so_far(is_complete=False)
        yield tally.so_far(is_complete=True)

    def find(self, place: Place, query: Query, *, cancelled: Cancelled = never) -> Iterator[Hits]:
        """What under `place` answers `query`, as it is found; also pages without a hit. Raises BadInput."""
        tests = _tests(place, query)
        return self._found(place, tests, cancelled)

    def _found(self, place: Place, tests: "Sequence[_Test]", cancelled: Cancelled) -> Iterator[Hits]:
        seen = 0
        for page in self._store.list_all(place, cancelled=cancelled):
            seen += len(page.keys)
            yield Hits(_chosen(page, tests), seen)


_Test = Callable[[ListingPage], list[bool]]


def _tests(place: Place, query: Query) -> "list[_Test]":
    """One test of a whole page for each part of the question, the cheapest first."""
    least, most, after, before = query.at_least, query.at_most, query.after, query.before
    tests: list[_Test] = []
    if least is not None:
        tests.append(lambda page: [size >= least for size in page.sizes])
    if most is not None:
        tests.append(lambda page: [size <= most for size in page.sizes])
    if after is not None:
        tests.append(lambda page: [modified >= after for modified in page.modified])
    if before is not None:
        tests.append(lambda page: [modified < before for modified in page.modified])
    cut, text = len(place.prefix), query.text.casefold()
    if text:
        tests.append(lambda page: [text in key[cut:].casefold() for key in page.keys])
    if query.glob:
        whole = re.compile(translate(query.glob)).match
        if "/" in query.glob:
            tests.append(lambda page: [whole(key[cut:]) is not None for key in page.keys])
        else:
            tests.append(lambda page: [whole(key.rstrip("/").rpartition("/")[2]) is not None for key in page.keys])
    if query.regex:
        search = _compiled(query.regex).search
        tests.append(lambda page: [search(key[cut:]) is not None for key in page.keys])
    return tests


def _compiled(regex: str) -> re.Pattern[str]:
    try:
        return re.compile(regex)
    except re.error as error:
        raise BadInput(f"{regex!r} is no regular expression", cause=str(error), advice="Mend it") from error


def _chosen(page: ListingPage, tests: Sequence[_Test]) -> ListingPage:
    """The rows of a page that pass all tests."""
    for test in tests:
        if not page.keys:
            return page
        kept = test(page)
        if all(kept):
            continue
        page = ListingPage(
            place=page.place,
            keys=list(compress(page.keys, kept)),
            sizes=list(compress(page.sizes, kept)),
            modified=list(compress(page.modified, kept)),
            etags=list(compress(page.etags, kept)),
            storage_classes=list(compress(page.storage_classes, kept)),
        )
    return page
