"""A bucket's versions as the listing server tells them: by key, the newest first, cut and gone on with as on AWS."""

import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent
from xml.sax.saxutils import escape

_SHARED = (
    "<LastModified>2026-01-02T03:04:05.000Z</LastModified><Owner><ID>bench</ID><DisplayName>bench</DisplayName></Owner>"
)
_CONTENT = "<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><StorageClass>STANDARD</StorageClass>"


@dataclass(frozen=True)
class Entry:
    """A version or a delete marker."""

    key: str
    version_id: str
    is_latest: bool
    is_marker: bool
    size: int = 0

    def xml(self, encode: Callable[[str], str]) -> str:
        """As AWS writes it."""
        name = "DeleteMarker" if self.is_marker else "Version"
        rest = "" if self.is_marker else f"<Size>{self.size}</Size>{_CONTENT}"
        return (
            f"<{name}><Key>{encode(self.key)}</Key><VersionId>{self.version_id}</VersionId>"
            f"<IsLatest>{str(self.is_latest).lower()}</IsLatest>{_SHARED}{rest}</{name}>"
        )


@dataclass(frozen=True)
class Cut:
    """What one page holds, and where the next goes on."""

    places: Sequence[int]
    """Of its entries, among all."""
    prefixes: Sequence[str]
    key_marker: str = ""
    """"" when the listing is complete."""
    version_marker: str = ""


class Versions:
    """A bucket's versions."""

    def __init__(self, histories: Iterable[tuple[str, str]] = ()) -> None:
        """Keys with a letter for each of their entries, the newest first: v a version, d a delete marker."""
        self.entries = [
            Entry(key, f"{key.encode().hex()[:8]}-{len(kinds) - at:04}", at == 0, kind == "d", size=at)
            for key, kinds in sorted(dict(histories).items())
            for at, kind in enumerate(kinds)
        ]
        self._keys = [entry.key for entry in self.entries]
        self._entries_xml: dict[bool, list[str]] = {}

    def body(self, cut: Cut, *, is_url: bool) -> bytes:
        """A page as AWS writes it."""
        encode = _quoted if is_url else escape
        if is_url not in self._entries_xml:
            self._entries_xml[is_url] = [entry.xml(encode) for entry in self.entries]
        entries_xml = self._entries_xml[is_url]
        following = (
            f"<NextKeyMarker>{encode(cut.key_marker)}</NextKeyMarker>"
            f"<NextVersionIdMarker>{cut.version_marker}</NextVersionIdMarker>"
            if cut.key_marker
            else ""
        )
        encoding = "<EncodingType>url</EncodingType>" if is_url else ""
        shared = "".join(f"<CommonPrefixes><Prefix>{encode(one)}</Prefix></CommonPrefixes>" for one in cut.prefixes)
        return (
            f"<ListVersionsResult>{encoding}<IsTruncated>{str(bool(cut.key_marker)).lower()}</IsTruncated>{following}"
            f"{''.join(entries_xml[at] for at in cut.places)}{shared}</ListVersionsResult>"
        ).encode()

    def cut(self, *, prefix: str = "", delimiter: str = "", after: tuple[str, str] = ("", ""), most: int = 1000) -> Cut:
        """A page; `after` are the key and version markers."""
        at, end = bisect.bisect_left(self._keys, prefix), len(self.entries)
        at = max(at, self._past(*after))
        places, prefixes, last = list[int](), list[str](), ("", "")
        while at < end and self._keys[at].startswith(prefix):
            name, slash, _ = self._keys[at][len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            shared = prefix + name + slash if slash else ""
            if shared and shared == after[0]:
                at += 1
                continue
            if len(places) + len(prefixes) == most:
                return Cut(places, prefixes, *last)
            if shared:
                prefixes.append(shared)
                last = (shared, "")
                while at < end and self._keys[at].startswith(shared):
                    at += 1
            else:
                places.append(at)
                last = (self._keys[at], self.entries[at].version_id)
                at += 1
        return Cut(places, prefixes)

    def _past(self, key: str, version_id: str) -> int:
        if not key:
            return 0
        if version_id:
            for at in range(bisect.bisect_left(self._keys, key), len(self._keys)):
                if self._keys[at] != key:
                    break
                if self.entries[at].version_id == version_id:
                    return at + 1
        return bisect.bisect_right(self._keys, key)


def _quoted(text: str) -> str:
    return percent(text, safe="/")
