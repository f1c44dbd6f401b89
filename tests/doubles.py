"""A store in memory that keeps every promise of the `Store` port: versions, markers, tags, conditions.

`honours_conditions=False` makes it a server that ignores `If-None-Match` and `If-Match`. `before` and `after` are
called around each request, outside the lock, with the verb and the address: there a test waits at a barrier, counts,
or raises one of our errors. `in_between` is called between the last look and the delete. `requests` is the list of all
that was asked.
"""

import hashlib
import mimetypes
import os
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from s3ml_tui.domain.errors import Cancelled as CancelledError
from s3ml_tui.domain.errors import Conflict, Denied, LocalTrouble, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.storage.capabilities import (
    BucketFacts,
    Capabilities,
    LifecycleRule,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.storage.history import NULL_VERSION, HistoryPage, Version
from s3ml_tui.domain.storage.lifecycle import ABORT_DAYS, ABORT_RULE
from s3ml_tui.domain.storage.listing import Bucket, DeletedColumns, ListingPage
from s3ml_tui.domain.storage.provenance import brought_back, copied
from s3ml_tui.domain.storage.resume_point import DownloadNotes, Listed, Storing, UploadNotes
from s3ml_tui.domain.storage.store import (
    OPERATION,
    OURS,
    VERSIONING_LASTS_S,
    Cancelled,
    Description,
    Doomed,
    ObjectFacts,
    OpenUpload,
    Progress,
    Received,
    Removed,
    Tier,
    Written,
    never,
    unobserved,
)
from s3ml_tui.domain.uri import ObjectKey, Place

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
Hook = Callable[[str, str], None]
"""Told the verb (a method's name) and the address of a request."""
BLOCK_BYTES = 64 * 1024


def _nothing(_verb: str, _address: str) -> None:
    pass


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """One version, or one delete marker (`body` is None)."""

    version_id: str
    modified: datetime
    body: bytes | None
    content_type: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    storage_class: str = "STANDARD"
    tags: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return "" if self.body is None else hashlib.md5(self.body, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class _Shelf:
    """One bucket: histories by key, newest first."""

    created: datetime
    versioning: Versioning = Versioning.OFF
    block: PublicAccessBlock = PublicAccessBlock.OFF
    blocks: frozenset[str] = frozenset()
    """The parts of it that are on."""
    public_access: PublicAccess = PublicAccess.REFUSED
    lifecycle: tuple[LifecycleRule, ...] | None = ()
    histories: dict[str, list[Stored]] = field(default_factory=dict)


class MemoryStore:
    """The `Store` port over dictionaries; safe to use from many threads."""

    def __init__(
        self,
        *buckets: str,
        honours_conditions: bool = True,
        page_size: int = 1000,
        now: Callable[[], datetime] = _clock,
        before: Hook = _nothing,
        after: Hook = _nothing,
    ) -> None:
        """`buckets` are there from the beginning, versioned."""
        self.honours_conditions = honours_conditions
        self.is_known_to_refuse = False
        """Whether it was seen before that conditions are honoured."""
        self.page_size = page_size
        self.before = before
        self.after = after
        self.in_between: Hook = _nothing
        self.requests: list[tuple[str, str]] = []
        self.is_closed = False
        self.most_requests = 0
        self._now = now
        self._lock = threading.RLock()
        self._shelves = {name: _Shelf(now(), Versioning.ON, PublicAccessBlock.ON) for name in buckets}
        self._serial = 0
        self.uploads: list[tuple[ObjectKey, OpenUpload]] = []
        """Open multipart uploads, arranged by a test."""
        self.credentials_expire: datetime | None = None
        self.keeps_locks = False
        self.has_default_retention = False
        self.refuses_writes_under = frozenset[str]()
        """Parts of the block, or `versioning`, that make every write fail."""
        self.ignores = frozenset[str]()
        """`block` or `versioning`, where it is taken and nothing done about it."""

    @property
    def endpoint(self) -> str:
        return "memory://"

    # buckets ---------------------------------------------------------------------------------------------------

    def buckets(self) -> Sequence[Bucket]:
        with self._request("buckets", ""):
            return tuple(Bucket(name, shelf.created) for name, shelf in sorted(self._shelves.items()))

    def bucket_exists(self, bucket: str) -> bool:
        with self._request("bucket_exists", bucket):
            return bucket in self._shelves

    def create_bucket(self, bucket: str) -> None:
        with self._request("create_bucket", bucket):
            if bucket in self._shelves:
                raise Conflict(f"The bucket {bucket} is there already", advice="Choose another name")
            self._shelves[bucket] = _Shelf(self._now())

    def bucket_facts(self, bucket: str) -> BucketFacts:
        with self._request("bucket_facts", bucket):
            shelf = self._shelf(bucket)
            return BucketFacts(bucket, shelf.versioning, shelf.public_access, shelf.block, shelf.lifecycle)

    def versioning(self, bucket: str, *, at_most_s: float = VERSIONING_LASTS_S) -> Versioning:
        with self._request("versioning", bucket):
            return self._shelf(bucket).versioning

    def refuses_unmet(self, bucket: str) -> bool:
        return self.is_known_to_refuse

    def refuses_unmet_deletes(self, bucket: str) -> bool:
        return self.is_known_to_refuse

    def enable_versioning(self, bucket: str) -> None:
        with self._request("enable_versioning", bucket):
            if "versioning" not in self.ignores:
                self._shelf(bucket).versioning = Versioning.ON

    def block_public_access(self, bucket: str, *, but: Collection[str] = ()) -> None:
        with self._request("block_public_access", bucket):
            if "block" in self.ignores:
                return
            shelf = self._shelf(bucket)
            shelf.blocks = frozenset(_BLOCKS) - frozenset(but)
            shelf.block = PublicAccessBlock.ON if len(shelf.blocks) == len(_BLOCKS) else PublicAccessBlock.OFF

    def retains(self, bucket: str) -> bool:
        with self._request("retains", bucket):
            self._shelf(bucket)
            return self.has_default_retention

    def probe(self, place: Place) -> Capabilities:
        with self._request("probe", place.uri):
            self._shelf(place.bucket)
            return Capabilities(self.honours_conditions, self.honours_conditions, checksums=True)

    # looking ---------------------------------------------------------------------------------------------------

    def list_page(
        self, place: Place, *, token: str | None = None, is_recursive: bool = False, with_deleted: bool = False
    ) -> ListingPage:
        with self._request("list_page", place.uri):
            shelf = self._shelf(place.bucket)
            names = [
                name for name in self._level(shelf, place, is_recursive, with_deleted) if not token or name > token
            ]
            page, rest = names[: self.page_size], names[self.page_size :]
            folders = () if is_recursive else tuple(n for n in page if n.endswith("/") and n not in shelf.histories)
            top = {name: shelf.histories[name][0] for name in page if name in shelf.histories}
            present = {name: stored for name, stored in top.items() if stored.body is not None}
            gone = {name: stored for name, stored in top.items() if stored.body is None}
            return ListingPage(
                place=place,
                prefixes=folders,
                keys=tuple(present),
                sizes=tuple(len(stored.body or b"") for stored in present.values()),
                modified=tuple(stored.modified.timestamp() for stored in present.values()),
                etags=tuple(stored.etag for stored in present.values()),
                storage_classes=tuple(stored.storage_class for stored in present.values()),
                deleted=DeletedColumns(
                    tuple(gone),
                    tuple(stored.modified.timestamp() for stored in gone.values()),
                    tuple(stored.version_id for stored in gone.values()),
                ),
                next=page[-1] if rest else None,
            )

    def list_all(
        self,
        place: Place,
        *,
        is_recursive: bool = True,
        with_deleted: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[ListingPage]:
        token: str | None = None
        while True:
            if cancelled():
                raise CancelledError
            page = self.list_page(place, token=token, is_recursive=is_recursive, with_deleted=with_deleted)
            token = page.next
            if page.keys or page.prefixes or page.deleted.keys:
                yield replace(page, next=None)
            if token is None:
                return

    def history(self, key: ObjectKey, *, cancelled: Cancelled = never) -> Iterator[HistoryPage]:
        start = 0
        while True:
            if cancelled():
                raise CancelledError
            with self._request("history", key.uri):
                found = self._shelf(key.bucket).histories.get(key.key, [])
                versions = tuple(
                    _version(key, stored, is_latest=place == 0) for place, stored in enumerate(found) if place >= start
                )
            page, start = versions[: self.page_size], start + self.page_size
            yield HistoryPage(key, page, is_last=len(page) == len(versions))
            if len(page) == len(versions):
                return

    def facts(self, key: ObjectKey, version_id: str | None = None) -> ObjectFacts:
        with self._request("facts", key.uri):
            stored = self._find(key, version_id)
            return ObjectFacts(
                key=key,
                version_id=self._id_of(key, stored),
                size=len(stored.body or b""),
                etag=stored.etag,
                modified=stored.modified,
                content_type=stored.content_type,
                metadata=dict(stored.metadata),
                headers=dict(stored.headers),
                storage_class=stored.storage_class,
                tag_count=len(stored.tags) or None,
                states=dict(stored.states),
            )

    def tags(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        with self._request("tags", key.uri):
            return dict(self._find(key, version_id).tags)

    def lock(self, key: ObjectKey, version_id: str | None = None) -> Mapping[str, str]:
        with self._request("lock", key.uri):
            states = self._find(key, version_id).states
            if not self.keeps_locks:
                raise NotSupported("The bucket has no object lock")
            return {name: value for name, value in states.items() if name.startswith("ObjectLock")}

    def read(
        self,
        key: ObjectKey,
        version_id: str | None = None,
        *,
        start: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        cancelled: Cancelled = never,
    ) -> bytes:
        with self._request("read", key.uri):
            if cancelled():
                raise CancelledError
            stored = self._find(key, version_id)
            if if_match is not None and if_match != stored.etag:
                raise _changed(key)
            body = stored.body or b""
            return body[start:] if length is None else body[start : start + length]

    # changing --------------------------------------------------------------------------------------------------

    def write(
        self,
        key: ObjectKey,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        operation: str | None = None,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> Written:
        with self._request("write", key.uri):
            return self._put(key, body, content_type, metadata or {}, operation, if_absent, if_match)

    def upload(
        self,
        path: Path,
        key: ObjectKey,
        *,
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
        if_match: str | None = None,
        if_absent: bool = False,
        storing: Storing | None = None,
        notes: UploadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        try:
            body = path.read_bytes()
        except OSError as error:
            raise LocalTrouble(f"{path} cannot be read", cause=str(error), advice="Choose another file") from error
        for start in range(0, len(body), BLOCK_BYTES):
            if cancelled():
                raise CancelledError
            progress(min(BLOCK_BYTES, len(body) - start))
        kind = content_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        with self._request("upload", key.uri):
            operation = notes.operation if notes is not None else None
            made = self._put(key, body, kind, metadata or {}, operation, if_absent, if_match)
            if storing is not None and storing.storage_class:
                self.describe(key, storage_class=storing.storage_class)
            return made

    def download(
        self,
        key: ObjectKey,
        path: Path,
        version_id: str | None = None,
        *,
        listed: Listed | None = None,
        notes: DownloadNotes | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Received:
        with self._request("download", key.uri):
            stored = self._find(key, version_id)
            if listed is not None and not listed.is_still(
                stored.etag, len(stored.body or b""), stored.modified.timestamp()
            ):
                raise _changed(key)
        body = stored.body or b""
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as file:
                for start in range(0, len(body), BLOCK_BYTES):
                    if cancelled():
                        raise CancelledError
                    progress(file.write(body[start : start + BLOCK_BYTES]))
            if listed is not None and listed.modified:
                os.utime(part, (listed.modified, listed.modified))
            part.replace(path)
        except OSError as error:
            raise LocalTrouble(f"{path} cannot be written", cause=str(error), advice="Choose another folder") from error
        finally:
            part.unlink(missing_ok=True)
        stored_id = self._id_of(key, stored)
        return Received(key, stored_id, stored.etag, len(body), _sha256(body), path, is_verified=True)

    def copy_version(
        self,
        key: ObjectKey,
        version_id: str,
        *,
        expected: str | None,
        just_seen: Version | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        with self._request("copy_version", key.uri):
            if cancelled():
                raise CancelledError
            source = self._find(key, version_id)
            if just_seen is None:
                self._check_expected(key, expected)
                metadata = {**brought_back(source.metadata, source.version_id), OPERATION: secrets.token_hex(8)}
            else:
                metadata = dict(source.metadata)
            made = self._push(key, replace(source, modified=self._now(), metadata=metadata))
            size = len(made.body or b"")
            progress(size)
            return Written(key, self._id_of(key, made), made.etag, size)

    def delete(
        self, key: ObjectKey, *, expected: str | None = None, etag: str = "", was_just_seen: bool = False
    ) -> str | None:
        with self._request("delete", key.uri):
            if not was_just_seen:
                self._check_expected(key, expected)
            self.in_between("delete", key.uri)
            return self._delete(key, etag)

    def delete_version(self, key: ObjectKey, version_id: str) -> None:
        with self._request("delete_version", key.uri):
            self._destroy(key, version_id)

    # changing more ---------------------------------------------------------------------------------------------

    def copy(
        self,
        key: ObjectKey,
        version_id: str | None,
        target: ObjectKey,
        *,
        over: Version | None,
        etag: str = "",
        described: Description | None = None,
        progress: Progress = unobserved,
        cancelled: Cancelled = never,
    ) -> Written:
        with self._request("copy", target.uri):
            if cancelled():
                raise CancelledError
            found = self._find(key, version_id)
            if etag and found.etag != etag:
                raise _changed(key)
            self._check_over(target, over)
            kept = described or Description(found.content_type, found.headers, copied(self._facts(key, found)))
            made = self._push(
                target,
                replace(
                    found,
                    modified=self._now(),
                    content_type=kept.content_type,
                    headers=dict(kept.headers),
                    metadata={**kept.metadata, OPERATION: secrets.token_hex(8)},
                    states={},
                ),
            )
            progress(len(made.body or b""))
            return Written(target, self._id_of(target, made), made.etag, len(made.body or b""))

    def rewrite(self, like: ObjectFacts, body: bytes, *, tags: Mapping[str, str], over: Version | None) -> Written:
        with self._request("rewrite", like.key.uri):
            self._check_over(like.key, over)
            theirs = {name: value for name, value in like.metadata.items() if not name.startswith(OURS)}
            made = self._push(
                like.key,
                Stored(
                    "",
                    self._now(),
                    body,
                    like.content_type,
                    {**theirs, OPERATION: secrets.token_hex(8)},
                    dict(like.headers),
                    like.storage_class,
                    dict(tags),
                ),
            )
            return Written(like.key, self._id_of(like.key, made), made.etag, len(body), _sha256(body))

    def versions_below(self, place: Place, *, cancelled: Cancelled = never) -> Iterator[Sequence[Version]]:
        with self._request("versions_below", place.uri):
            histories = self._shelf(place.bucket).histories
            found = [
                _version(ObjectKey(place.bucket, name), stored, is_latest=at == 0)
                for name in sorted(histories, key=lambda name: name.encode("utf-8", "surrogatepass"))
                if name.startswith(place.prefix)
                for at, stored in enumerate(histories[name])
            ]
        for start in range(0, max(len(found), 1), self.page_size):
            if cancelled():
                raise CancelledError
            yield found[start : start + self.page_size]

    def delete_many(self, bucket: str, doomed: Sequence[Doomed]) -> Removed:
        done: list[tuple[Doomed, str | None]] = []
        failed: list[tuple[Doomed, S3mlError]] = []
        with self._request("delete_many", bucket):
            for one in doomed:
                key = ObjectKey(bucket, one.key)
                try:
                    if one.version_id is None:
                        done.append((one, self._delete(key, one.etag)))
                    else:
                        self._destroy(key, one.version_id)
                        done.append((one, None))
                except S3mlError as error:
                    failed.append((one, error))
        return Removed(done, failed)

    def write_tags(self, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
        with self._request("write_tags", key.uri):
            self._alter(key, version_id, tags=dict(tags))

    def restore_from_archive(self, key: ObjectKey, version_id: str | None, *, days: int, tier: Tier) -> None:
        with self._request("restore_from_archive", key.uri):
            stored = self._find(key, version_id)
            if 'ongoing-request="true"' in stored.states.get("Restore", ""):
                raise Conflict(f"{key.uri} is being restored already", advice="Wait for it")
            self._alter(key, version_id, states={**stored.states, "Restore": 'ongoing-request="true"'})

    def suspend_versioning(self, bucket: str) -> None:
        with self._request("suspend_versioning", bucket):
            self._shelf(bucket).versioning = Versioning.SUSPENDED

    def allow_public_access(self, bucket: str) -> None:
        with self._request("allow_public_access", bucket):
            self._shelf(bucket).block = PublicAccessBlock.OFF
            self._shelf(bucket).blocks = frozenset()

    def add_abort_rule(self, bucket: str) -> None:
        with self._request("add_abort_rule", bucket):
            rule = LifecycleRule(ABORT_RULE, "", is_enabled=True, abort_days=ABORT_DAYS)
            self._shelf(bucket).lifecycle = (*(self._shelf(bucket).lifecycle or ()), rule)

    def delete_bucket(self, bucket: str) -> None:
        with self._request("delete_bucket", bucket):
            if self._shelf(bucket).histories:
                raise Conflict(f"{bucket} is not empty", advice="Old versions and delete markers count too")
            del self._shelves[bucket]

    def open_uploads(self, place: Place) -> Sequence[OpenUpload]:
        with self._request("open_uploads", place.uri):
            return [one for key, one in self.uploads if place.contains(key)]

    def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        with self._request("abort_upload", key.uri):
            self.uploads = [(at, one) for at, one in self.uploads if one.upload_id != upload_id]

    def credentials_end(self) -> datetime | None:
        return self.credentials_expire

    def link(self, key: ObjectKey, version_id: str | None = None, *, expires_s: int = 900) -> str:
        stored_id = self.facts(key, version_id).version_id or ""
        return f"https://memory.invalid/{key.bucket}/{quote(key.key)}?versionId={stored_id}&X-Amz-Expires={expires_s}"

    def limit_requests(self, most: int) -> None:
        self.most_requests = most

    def close(self) -> None:
        self.is_closed = True

    # what a test arranges --------------------------------------------------------------------------------------

    def set_facts(
        self,
        bucket: str,
        *,
        public_access: PublicAccess | None = None,
        block: PublicAccessBlock | None = None,
        lifecycle: tuple[LifecycleRule, ...] | None = (),
    ) -> None:
        shelf = self._shelf(bucket)
        shelf.public_access = public_access or shelf.public_access
        shelf.block = block or shelf.block
        shelf.lifecycle = lifecycle

    def describe(
        self,
        key: ObjectKey,
        *,
        tags: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        storage_class: str | None = None,
        states: Mapping[str, str] | None = None,
    ) -> None:
        """Give the current version tags, headers, a storage class or states."""
        found = self._shelf(key.bucket).histories[key.key]
        found[0] = replace(
            found[0],
            tags=tags if tags is not None else found[0].tags,
            headers=headers if headers is not None else found[0].headers,
            storage_class=storage_class or found[0].storage_class,
            states=states if states is not None else found[0].states,
        )

    def keys(self, place: Place) -> tuple[str, ...]:
        """All present keys below, without a request."""
        with self._lock:
            return tuple(self._level(self._shelf(place.bucket), place, is_recursive=True, with_deleted=False))

    # inside ----------------------------------------------------------------------------------------------------

    def _request(self, verb: str, address: str) -> "_Request":
        return _Request(self, verb, address, self._lock)

    def _shelf(self, bucket: str) -> _Shelf:
        shelf = self._shelves.get(bucket)
        if shelf is None:
            raise NotFound(f"There is no bucket {bucket}", advice="Check the name")
        return shelf

    def _find(self, key: ObjectKey, version_id: str | None) -> Stored:
        found = self._shelf(key.bucket).histories.get(key.key, [])
        stored = next((one for one in found if version_id is None or one.version_id == version_id), None)
        if stored is None or stored.body is None:
            named = f" version {version_id} of" if version_id else ""
            raise NotFound(f"There is no{named} {key.uri}", advice="Look at its history")
        return stored

    def _id_of(self, key: ObjectKey, stored: Stored) -> str | None:
        return None if self._shelf(key.bucket).versioning is Versioning.OFF else stored.version_id

    def _level(self, shelf: _Shelf, place: Place, is_recursive: bool, with_deleted: bool) -> list[str]:
        names: set[str] = set()
        for key, found in shelf.histories.items():
            if not key.startswith(place.prefix) or (found[0].body is None and not with_deleted):
                continue
            folder, slash, _ = key[len(place.prefix) :].partition("/")
            names.add(key if is_recursive or not slash else place.prefix + folder + "/")
        return sorted(names, key=lambda name: name.encode("utf-8", "surrogatepass"))

    def _delete(self, key: ObjectKey, etag: str = "") -> str | None:
        shelf = self._shelf(key.bucket)
        found = shelf.histories.get(key.key, [])
        if etag and self.honours_conditions and (not found or found[0].etag != etag):
            raise _changed(key)
        if shelf.versioning is Versioning.OFF:
            shelf.histories.pop(key.key, None)
            return None
        return self._push(key, Stored("", self._now(), None)).version_id

    def _destroy(self, key: ObjectKey, version_id: str | None) -> None:
        histories = self._shelf(key.bucket).histories
        there = histories.get(key.key, [])
        if any(one.version_id == version_id and one.states.get("ObjectLockLegalHoldStatus") == "ON" for one in there):
            raise Denied(f"Access to {key.uri} is denied", action="s3:DeleteObjectVersion")
        left = [one for one in there if one.version_id != version_id]
        if left:
            histories[key.key] = left
        else:
            histories.pop(key.key, None)

    def _alter(self, key: ObjectKey, version_id: str | None, **fields: Any) -> None:
        stored = self._find(key, version_id)
        there = self._shelf(key.bucket).histories[key.key]
        there[there.index(stored)] = replace(stored, **fields)

    def _facts(self, key: ObjectKey, stored: Stored) -> ObjectFacts:
        stored_id = self._id_of(key, stored)
        return ObjectFacts(
            key, stored_id, len(stored.body or b""), stored.etag, stored.modified, metadata=stored.metadata
        )

    def _check_over(self, key: ObjectKey, over: Version | None) -> None:
        found = self._shelf(key.bucket).histories.get(key.key, [])
        there = found[0] if found and found[0].body is not None else None
        if not self.honours_conditions:
            return
        if over is None or over.is_delete_marker:
            if there is not None:
                raise _changed(key)
        elif there is None or there.etag != over.etag:
            raise _changed(key)

    def _check_expected(self, key: ObjectKey, expected: str | None) -> None:
        found = self._shelf(key.bucket).histories.get(key.key, [])
        if expected is not None and (not found or found[0].version_id != expected):
            raise _changed(key)

    def _put(
        self,
        key: ObjectKey,
        body: bytes,
        content_type: str,
        metadata: Mapping[str, str],
        operation: str | None,
        if_absent: bool,
        if_match: str | None,
    ) -> Written:
        shelf = self._shelf(key.bucket)
        on = shelf.blocks | ({"versioning"} if shelf.versioning is Versioning.ON else set())
        if on & self.refuses_writes_under:
            raise Denied(f"Access to {key.uri} is denied", action="s3:PutObject")
        found = shelf.histories.get(key.key, [])
        current = found[0] if found and found[0].body is not None else None
        if self.honours_conditions:
            if if_absent and current:
                raise Conflict(f"{key.uri} is there already", advice="Choose another name")
            if if_match is not None and (current is None or current.etag != if_match):
                raise _changed(key)
        kept = {name.lower(): value for name, value in metadata.items()} | {
            OPERATION: operation or secrets.token_hex(8)
        }
        made = self._push(key, Stored("", self._now(), bytes(body), content_type, kept))
        return Written(key, self._id_of(key, made), made.etag, len(body), _sha256(body))

    def _push(self, key: ObjectKey, stored: Stored) -> Stored:
        shelf = self._shelf(key.bucket)
        found = shelf.histories.setdefault(key.key, [])
        if shelf.versioning is Versioning.ON:
            self._serial += 1
            made = replace(stored, version_id=f"{self._serial:06}-{secrets.token_hex(4)}")
        else:
            made = replace(stored, version_id=NULL_VERSION)
            found[:] = [one for one in found if one.version_id != NULL_VERSION]
        found.insert(0, made)
        return made


class _Request:
    """One request: the hooks outside the lock, the work inside."""

    def __init__(self, store: MemoryStore, verb: str, address: str, lock: threading.RLock) -> None:
        self._store, self._verb, self._address, self._lock = store, verb, address, lock

    def __enter__(self) -> None:
        self._store.requests.append((self._verb, self._address))
        self._store.before(self._verb, self._address)
        self._lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._lock.release()
        if kind is None:
            self._store.after(self._verb, self._address)


def _version(key: ObjectKey, stored: Stored, *, is_latest: bool) -> Version:
    return Version(
        key=key,
        version_id=stored.version_id,
        modified=stored.modified,
        size=len(stored.body or b""),
        etag=stored.etag,
        storage_class="" if stored.body is None else stored.storage_class,
        is_latest=is_latest,
        is_delete_marker=stored.body is None,
    )


def _changed(key: ObjectKey) -> Conflict:
    return Conflict(
        f"{key.uri} was changed meanwhile", cause="Somebody else wrote it", advice="Look again, then decide"
    )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
