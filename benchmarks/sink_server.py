"""A server that swallows uploads and gives zeros: what a transfer of any size costs its client in memory.

`python -m benchmarks.sink_server --size 10737418240` prints its address and serves one object of that size until ended.
"""

import argparse
import asyncio
import contextlib
from urllib.parse import parse_qs, urlsplit

_BLOCK = 1024 * 1024
_ZEROS = bytes(_BLOCK)
_VERSIONING = b"<VersioningConfiguration/>"


def xml(name: str, inside: str = "") -> bytes:
    return f'<?xml version="1.0"?><{name}>{inside}</{name}>'.encode()


class Sink:
    """One bucket, one object of zeros whose ETag says nothing."""

    def __init__(self, size: int) -> None:
        self.size = size

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ", 2)
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                if headers.get("expect"):
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                left = int(headers.get("content-length", 0))
                while left:
                    left -= len(await reader.read(min(_BLOCK, left)))
                await self.answer(writer, method, urlsplit(target), headers)
        writer.close()

    async def answer(self, writer: asyncio.StreamWriter, method: str, target: object, headers: dict[str, str]) -> None:
        asked = parse_qs(target.query, keep_blank_values=True)  # type: ignore[attr-defined]  # urlsplit's
        is_object = target.path.count("/") > 1  # type: ignore[attr-defined]  # urlsplit's
        if method == "GET" and is_object and not asked:
            first, last = 0, self.size - 1
            if ranged := headers.get("range", ""):
                first, last = (int(end) for end in ranged.removeprefix("bytes=").split("-"))
            await self.zeros(writer, last - first + 1, 206 if ranged else 200)
        elif method == "HEAD" and is_object:
            self.say(writer, 200, length=self.size)
        elif "uploads" in asked and method == "POST":
            self.say(writer, 200, xml("InitiateMultipartUploadResult", "<UploadId>u</UploadId>"))
        elif "uploadId" in asked and method == "POST":
            self.say(writer, 200, xml("CompleteMultipartUploadResult", "<ETag>&quot;zeros&quot;</ETag>"))
        elif "versioning" in asked:
            self.say(writer, 200, _VERSIONING)
        elif "versions" in asked:
            self.say(writer, 200, xml("ListVersionsResult", "<IsTruncated>false</IsTruncated>"))
        elif method == "PUT":
            self.say(writer, 200)
        elif asked:
            self.say(writer, 501, xml("Error", "<Code>NotImplemented</Code>"))
        else:
            self.say(writer, 200, xml("ListBucketResult", "<IsTruncated>false</IsTruncated>"))
        await writer.drain()

    def say(self, writer: asyncio.StreamWriter, status: int, body: bytes = b"", length: int | None = None) -> None:
        size = len(body) if length is None else length
        head = f'HTTP/1.1 {status} X\r\nContent-Length: {size}\r\nETag: "zeros"\r\n'
        writer.write(head.encode() + b"Last-Modified: Mon, 23 Nov 2026 06:00:00 GMT\r\n\r\n" + body)

    async def zeros(self, writer: asyncio.StreamWriter, size: int, status: int) -> None:
        self.say(writer, status, length=size)
        while size:
            writer.write(_ZEROS[: min(size, _BLOCK)])
            size -= min(size, _BLOCK)
            await writer.drain()


async def serve(size: int) -> None:
    server = await asyncio.start_server(Sink(size).talk, "127.0.0.1", 0, limit=4 * _BLOCK)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10 * 1024**3)
    asyncio.run(serve(parser.parse_args().size))
