"""A server that lists from memory as AWS does, with a chosen latency per page and any keys.

`python -m benchmarks.listing_server --keys 100000 --latency-ms 50` prints its address and serves until it is ended.
"""

import argparse
import asyncio
import bisect
import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape

from benchmarks.listing_server_versions import Versions

MOST = 1000
"""Entries a page has at most, whatever is asked for; as on AWS."""
_OTHERS = {"versioning", "location", "lifecycle", "policyStatus", "publicAccessBlock", "encryption", "policy", "acl"}
_BUCKETS = (
    "<ListAllMyBucketsResult><Owner><ID>bench</ID></Owner><Buckets>"
    + "".join(
        f"<Bucket><Name>{name}</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>"
        for name in ("bench", "bench-two", "bench-three")
    )
    + "</Buckets></ListAllMyBucketsResult>"
).encode()
_NOT_SERVED = b"<Error><Code>NotImplemented</Code><Message>Not served</Message></Error>"
_SHARED = (
    "<LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>"
)


@dataclass(frozen=True)
class Asked:
    """The parameters of one listing request."""

    prefix: str = ""
    start_after: str = ""
    token: str = ""
    delimiter: str = ""
    most: int = MOST
    is_url: bool = False
    is_versions: bool = False
    key_marker: str = ""
    version_marker: str = ""
    other: str = ""
    """What else was asked for: `buckets`, or what is not served."""


class Keys:
    """A bucket's keys in the order of their UTF-8 bytes, with the XML of each ready."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = sorted(set(keys))  # by code points, which is the order of UTF-8 bytes
        self._plain: list[str] = []
        self._url: list[str] = []

    def entries(self, start: int, end: int, *, is_url: bool) -> str:
        ready = self._url if is_url else self._plain
        if not ready:
            ready.extend(_entry(key, size, is_url) for size, key in enumerate(self.keys))
        return "".join(ready[start:end])

    def page(self, asked: Asked) -> tuple[int, int, list[str], str]:
        """Slice of keys, common prefixes and the next place; with a delimiter the slice is of `collected`."""
        start = bisect.bisect_left(self.keys, asked.prefix)
        after = asked.token or asked.start_after
        if after:
            start = max(start, bisect.bisect_right(self.keys, after))
        end = min(bisect.bisect_left(self.keys, asked.prefix + "\U0010ffff" * 8), len(self.keys))
        last = min(start + asked.most, end)
        return start, max(last, start), [], self.keys[last - 1] if start < last < end else ""

    def level(self, asked: Asked) -> tuple[list[int], list[str], str]:
        """One level: the keys' indexes, the common prefixes and the next place."""
        cut, found, prefixes = len(asked.prefix), list[int](), list[str]()
        at, end, *_ = self.page(Asked(asked.prefix, asked.start_after, asked.token, most=len(self.keys)))
        while at < end and len(found) + len(prefixes) < asked.most:
            name, slash, _ = self.keys[at][cut:].partition(asked.delimiter)
            if not slash:
                found.append(at)
                at += 1
                continue
            prefixes.append(asked.prefix + name + slash)
            at = max(at + 1, bisect.bisect_left(self.keys, prefixes[-1] + "\U0010ffff" * 8))
        return found, prefixes, self.keys[at - 1] if at < end else ""


def _entry(key: str, size: int, is_url: bool) -> str:
    key_text = quote(key, safe="/") if is_url else escape(key)
    return (
        f"<Contents><Key>{key_text}</Key>{_SHARED}<Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )


def body_of(keys: Keys, asked: Asked) -> bytes:
    """The answer to one request."""
    encode = (lambda text: quote(text, safe="/")) if asked.is_url else escape
    if asked.delimiter:
        found, prefixes, following = keys.level(asked)
        entries = "".join(keys.entries(at, at + 1, is_url=asked.is_url) for at in found)
        count = len(found) + len(prefixes)
    else:
        start, end, prefixes, following = keys.page(asked)
        entries, count = keys.entries(start, end, is_url=asked.is_url), end - start
    commons = "".join(f"<CommonPrefixes><Prefix>{encode(one)}</Prefix></CommonPrefixes>" for one in prefixes)
    token = f"<NextContinuationToken>{following.encode().hex()}</NextContinuationToken>" if following else ""
    encoding = "<EncodingType>url</EncodingType>" if asked.is_url else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bench</Name><Prefix>{encode(asked.prefix)}</Prefix><KeyCount>{count}</KeyCount>{encoding}"
        f"<MaxKeys>{asked.most}</MaxKeys><IsTruncated>{'true' if following else 'false'}</IsTruncated>{token}"
        f"{entries}{commons}</ListBucketResult>"
    ).encode()


def parse(target: str) -> Asked:
    """The parameters of a request's target."""
    path, _, query = target.partition("?")
    parameters = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    return Asked(
        other="buckets" if path == "/" else next(iter(parameters.keys() & _OTHERS), ""),
        prefix=parameters.get("prefix", ""),
        start_after=parameters.get("start-after", ""),
        token=bytes.fromhex(parameters.get("continuation-token", "")).decode(),
        delimiter=parameters.get("delimiter", ""),
        most=min(int(parameters.get("max-keys") or MOST), MOST),
        is_url=parameters.get("encoding-type") == "url",
        is_versions="versions" in parameters,
        key_marker=parameters.get("key-marker", ""),
        version_marker=parameters.get("version-id-marker", ""),
    )


class ListingServer:
    """Serves one bucket's keys from a thread; used as a context manager."""

    def __init__(
        self, keys: Sequence[str] = (), *, latency_s: float = 0, versions: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.keys = Keys(keys)
        self.versions = Versions(versions)
        self.latency_s = latency_s
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.answer: Callable[[Asked], tuple[int, bytes]] = self.usual
        """What is answered; a test puts its own here."""
        self._at_once = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def usual(self, asked: Asked) -> tuple[int, bytes]:
        """What AWS would answer."""
        if asked.other:
            return (200, _BUCKETS) if asked.other == "buckets" else (501, _NOT_SERVED)
        if not asked.is_versions:
            return 200, body_of(self.keys, asked)
        after = (asked.key_marker, asked.version_marker)
        cut = self.versions.cut(prefix=asked.prefix, delimiter=asked.delimiter, after=after, most=asked.most)
        return 200, self.versions.body(cut, is_url=asked.is_url)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(10)
        self._loop.close()

    def serve(self) -> None:
        """Serve in this thread until interrupted."""
        with contextlib.suppress(KeyboardInterrupt):
            self._run()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", self._port))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(server))

    async def _end(self, server: asyncio.Server) -> None:
        """Close every connection, also one that is being accepted: what is cancelled halfway stays open."""
        server.close()
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.wait(tasks, timeout=0.05)
        await asyncio.sleep(0)

    def _stop(self) -> None:
        self._loop.stop()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
                asked = parse(target)
                self.asked.append(asked)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                status, body = self.answer(asked)
                self._at_once -= 1
                answer = f"HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(answer.encode() + (body if method == "GET" else b""))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()


def flat_keys(count: int) -> Iterator[str]:
    """Names as a data set's parts have them."""
    return (f"dataset/train/part-{number:07}.parquet" for number in range(count))


def nested_keys(count: int) -> Iterator[str]:
    """Names in folders by day, a hundred each."""
    days = (
        f"year=2026/month={1 + day // 28 % 12:02}/day={1 + day % 28:02}/{day:05}" for day in range(count // 100 + 1)
    )
    return (f"{day}/part-{part:04}.parquet" for day in days for part in range(100))


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--versions", type=int, default=0)
    parser.add_argument("--few", type=int, default=0, help="as many keys beside the others, under few/")
    parser.add_argument("--nested", action="store_true")
    given = parser.parse_args()
    keys = [*(nested_keys if given.nested else flat_keys)(given.keys), *(f"few/{at:05}" for at in range(given.few))]
    history = [("k", "v" * given.versions)] if given.versions else []
    keys += [key for key, _ in history]
    server = ListingServer(keys, latency_s=given.latency_ms / 1000, versions=history)
    for is_url in (False, True):
        server.keys.entries(0, 0, is_url=is_url)
    server_ready = threading.Thread(target=_announce, args=(server,), daemon=True)
    server_ready.start()
    server.serve()


def _announce(server: ListingServer) -> None:
    server._ready.wait(60)  # noqa: SLF001 - the same module
    print(server.endpoint, flush=True)


if __name__ == "__main__":
    main()
