"""Whether bytes are what the server says they are: every proof it gives, tried in turn."""

import base64
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.part_sizes import etag_of_parts, likely_part_sizes, part_lengths
from s3ml_tui.domain.storage.provenance import SHA256
from s3ml_tui.domain.storage.store import Cancelled, ObjectFacts, never
from s3ml_tui.domain.uri import is_directory_bucket
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.versions.facts import head

_MD5 = re.compile(r"[0-9a-f]{32}")
_MD5_OF_PARTS = re.compile(r"[0-9a-f]{32}-([0-9]{1,5})")
_CHUNK = 1024 * 1024
_MOST_PARTS_ASKED = 200
"""Parts whose sizes are asked for one by one where they are not all alike."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Of a whole file."""

    sha256: str
    """Hex."""
    md5: str
    """Hex."""
    crc32: str
    """Base64, as S3 gives it."""


def digests_of(blocks: Iterator[bytes]) -> Digests:
    """The digests of all `blocks` joined."""
    sha256, md5, crc = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    for block in blocks:
        sha256.update(block)
        md5.update(block)
        crc = zlib.crc32(block, crc)
    return Digests(sha256.hexdigest(), md5.hexdigest(), base64.b64encode(crc.to_bytes(4, "big")).decode())


def blocks_of(path: Path, cancelled: Cancelled = never) -> Iterator[bytes]:
    """The bytes of a file, a MiB at a time. Raises Cancelled."""
    with path.open("rb", buffering=0) as file:
        while block := file.read(_CHUNK):
            if cancelled():
                raise Stopped
            yield block


def sha256_of(descriptor: int, size: int, cancelled: Cancelled = never) -> str:
    """The hex SHA256 of an open file's first `size` bytes. Raises Cancelled, OSError."""
    digest = hashlib.sha256()
    for start in range(0, size, _CHUNK):
        if cancelled():
            raise Stopped
        digest.update(os.pread(descriptor, min(_CHUNK, size - start), start))
    return digest.hexdigest()


def is_md5(etag: str, encryption: str, bucket: str) -> bool:
    """Whether an ETag is the MD5 of the bytes.

    With KMS or the customer's keys, and in a directory bucket, it only looks like one.
    """
    return bool(_MD5.fullmatch(etag)) and not _is_opaque(encryption, bucket)


def _is_opaque(encryption: str, bucket: str) -> bool:
    return encryption.startswith(("aws:kms", "SSE-C")) or is_directory_bucket(bucket)


def proven(clients: Clients, facts: ObjectFacts, path: Path, digests: Digests) -> bool | None:
    """True when a proof of the server's matches, False when it gives proofs and none does, None when it gives none.

    One match is enough: metadata may be stale after somebody else's copy, and an ETag may be no MD5.
    """
    answers = []
    for proof in _proofs(clients, facts, path, digests):
        answer = proof()
        if answer:
            return True
        answers.append(answer)
    return False if False in answers else None


def _proofs(clients: Clients, facts: ObjectFacts, path: Path, digests: Digests) -> Iterator[Callable[[], bool | None]]:
    sha256, crc32 = facts.checksums.get("SHA256", ""), facts.checksums.get("CRC32", "")
    if is_md5(facts.etag, facts.encryption, facts.key.bucket):
        yield lambda: facts.etag == digests.md5
    if sha256 and "-" not in sha256:
        yield lambda: base64.b64decode(sha256).hex() == digests.sha256
    if facts.metadata.get(SHA256):
        yield lambda: facts.metadata[SHA256] == digests.sha256
    if crc32 and "-" not in crc32 and not is_md5(facts.etag, facts.encryption, facts.key.bucket):
        yield lambda: True if crc32 == digests.crc32 else None  # of a part or of the whole: only a match tells
    if _MD5_OF_PARTS.fullmatch(facts.etag) and not _is_opaque(facts.encryption, facts.key.bucket):
        yield lambda: _parts_match(clients, facts, path)


def _parts_match(clients: Clients, facts: ObjectFacts, path: Path) -> bool | None:
    """Whether the ETag of a multipart upload fits; None when the sizes of its parts are not known.

    Not every server tells the size of a part. Then the sizes that clients use are tried, and only a match tells.
    """
    count = parts_of_etag(facts)
    first = told_part_size(clients, facts)
    for size in [first] if first else likely_part_sizes(facts.size, count):
        alike = part_lengths(facts.size, size)
        if len(alike) == count and etag_of_parts(path, alike) == facts.etag:
            return True
    if not first or count > _MOST_PARTS_ASKED:
        return None
    try:
        sizes = [first, *(size_of_part(clients, facts, number) for number in range(2, count + 1))]
    except S3mlError:
        return None
    return etag_of_parts(path, sizes) == facts.etag if sum(sizes) == facts.size else None


def parts_of_etag(facts: ObjectFacts) -> int:
    """Of so many parts the ETag was made; 0 when it is no MD5 of MD5s."""
    found = _MD5_OF_PARTS.fullmatch(facts.etag)
    return int(found[1]) if found and not facts.encryption.startswith(("aws:kms", "SSE-C")) else 0


def known_sha256(facts: ObjectFacts) -> str:
    """The hex SHA256 of all bytes as the server or our upload told it; "" when neither did."""
    checksum = facts.checksums.get("SHA256", "")
    return base64.b64decode(checksum).hex() if checksum and "-" not in checksum else facts.metadata.get(SHA256, "")


def told_part_size(clients: Clients, facts: ObjectFacts) -> int:
    """Bytes of the first part; 0 when the server does not tell."""
    try:
        return size_of_part(clients, facts, 1)
    except S3mlError:
        return 0


def size_of_part(clients: Clients, facts: ObjectFacts, number: int) -> int:
    """Bytes of one part; 0 when the server does not tell."""
    answer: dict[str, Any] = head(clients, facts.key, facts.id_to_ask(), PartNumber=number)
    return int(answer["ContentLength"]) if "PartsCount" in answer else 0
