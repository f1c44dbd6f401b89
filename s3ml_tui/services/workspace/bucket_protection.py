"""Versions and the block of public access: switched on, tried by a write, and taken back where they break it.

Some servers take the switch and refuse every write from then on, or take it and do nothing. So what was switched on is
tried with a small object, and only what was seen is said.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress

from s3ml_tui.domain.errors import (
    ClockSkew,
    Denied,
    ExpiredCredentials,
    NoCredentials,
    NotSupported,
    S3mlError,
    StrangeAnswer,
    Throttled,
    Unreachable,
)
from s3ml_tui.domain.storage.capabilities import (
    BLOCK_OF_LISTS,
    BucketFacts,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.store import Store, Written
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.versions.history import destroy_all

_OF_ALL = (Unreachable, Throttled, NoCredentials, ExpiredCredentials, ClockSkew)
"""What says nothing about the bucket's settings."""
_BODY = b"Written by s3ml to try whether this bucket takes objects; it is removed again.\n"


class BucketProtection:
    """Of one bucket, switched on once. Methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, bucket: str) -> None:
        self._store = store
        self._bucket = bucket
        self._is_versioned = self._is_blocked = False
        """Whether it was switched on here, and still is."""
        self._keeps_none = self._broke_versioning = False
        self._broke = frozenset[str]()
        """The parts of the block that were taken back; all of it is `{"*"}`."""
        self._made: Written | None = None
        self._lacks: list[str] = []

    def enable_versioning(self) -> None:
        """Raises Denied."""
        try:
            self._store.enable_versioning(self._bucket)
        except NotSupported:
            self._keeps_none = True
        else:
            self._is_versioned = True

    def block(self) -> None:
        """What lacks for it is said, not raised."""
        try:
            self._store.block_public_access(self._bucket)
        except NotSupported:
            return
        except Denied as error:
            needed = error.action or "s3:PutBucketPublicAccessBlock"
            self._lacks.append(f"Public access was not blocked: these credentials lack {needed}.")
        else:
            self._is_blocked = True

    def try_it(self, key: ObjectKey) -> None:
        """Write `key`, read it, remove it; take back what keeps that from working.

        Raises why nothing can be written, when that is not for what was switched on; then it stays switched on.
        """
        if not (self._is_versioned or self._is_blocked) or self._is_retained():
            return
        trouble = self._trouble(key)
        if trouble is None:
            return
        for take_back in self._ways_back():
            try:
                take_back()
            except _OF_ALL:
                raise
            except S3mlError:  # a part of the block alone, say; the next way takes back more
                continue
            if self._trouble(key) is None:
                return
        self._switch_on_again()
        raise trouble

    def sentences(self, after: BucketFacts) -> tuple[str, ...]:
        """What was done, as the bucket was seen to be afterwards."""
        return (*self._about_versioning(after), *self._about_the_block(after), *self._lacks)

    def keeps_versions(self, after: BucketFacts) -> bool:
        """Whether versions were switched on here, and are kept as far as was seen."""
        is_off = after.versioning in {Versioning.OFF, Versioning.SUSPENDED}
        is_bare = self._made is not None and self._made.version_id in {None, NULL_VERSION}
        return self._is_versioned and not is_off and not is_bare

    def is_blocked(self, after: BucketFacts) -> bool:
        """Whether the block was switched on here, at least in part, and is on as far as the server tells."""
        return self._is_blocked and (bool(self._broke) or after.block is not PublicAccessBlock.OFF)

    # trying ------------------------------------------------------------------------------------------------------

    def _is_retained(self) -> bool:
        """Whether what is written could not be removed again."""
        try:
            return self._store.retains(self._bucket)
        except _OF_ALL:
            raise
        except S3mlError:
            return False

    def _trouble(self, key: ObjectKey) -> S3mlError | None:
        """Why a small object cannot be written and read; None when it can. Raises what says nothing of the bucket."""
        trial = ObjectKey(key.bucket, key.key + secrets.token_hex(8))
        made: Written | None = None
        try:
            made = self._store.write(trial, _BODY)
            if self._store.read(trial) != _BODY:
                raise StrangeAnswer(f"{trial.uri} is not what was written", advice="Look for a faulty proxy")
        except _OF_ALL:
            raise
        except S3mlError as error:
            return error
        finally:
            self._made = made
            with suppress(S3mlError):  # what stays tells by its own text what it is
                self._remove(trial, made)
        return None

    def _remove(self, trial: ObjectKey, made: Written | None) -> None:
        if made is not None and made.version_id is not None:
            self._store.delete_version(trial, made.version_id)
        elif made is not None:
            destroy_all(self._store, trial)

    def _ways_back(self) -> list[Callable[[], None]]:
        ways: list[Callable[[], None]] = []
        if self._is_blocked:
            ways += [self._allow_lists, self._unblock]
        if self._is_versioned:
            ways.append(self._suspend)
        return ways

    def _allow_lists(self) -> None:
        self._store.block_public_access(self._bucket, but=BLOCK_OF_LISTS)
        self._broke = BLOCK_OF_LISTS

    def _unblock(self) -> None:
        self._store.allow_public_access(self._bucket)
        self._broke, self._is_blocked = frozenset({"*"}), False

    def _suspend(self) -> None:
        self._store.suspend_versioning(self._bucket)
        if self._broke:  # it was not the block
            self._store.block_public_access(self._bucket)
            self._broke, self._is_blocked = frozenset(), True
        self._broke_versioning, self._is_versioned = True, False

    def _switch_on_again(self) -> None:
        if self._broke:
            self._store.block_public_access(self._bucket)
        if self._broke_versioning:
            self._store.enable_versioning(self._bucket)

    # saying ------------------------------------------------------------------------------------------------------

    def _about_versioning(self, after: BucketFacts) -> tuple[str, ...]:
        if self._keeps_none:
            return ("This server keeps no versions: nothing can be brought back here.",)
        if self._broke_versioning:
            return (
                "Versioning is suspended again: as soon as it was on, the server refused every write. "
                "Nothing can be brought back here.",
            )
        if not self._is_versioned:
            return ()
        if not self.keeps_versions(after):
            return (
                "The server agreed to keep versions, and keeps none of what is written: "
                "nothing can be brought back here.",
            )
        return (f"Switched versioning on for the whole bucket {self._bucket}.",)

    def _about_the_block(self, after: BucketFacts) -> tuple[str, ...]:
        if self._broke == BLOCK_OF_LISTS:
            return (
                f"Blocked public access to the whole bucket {self._bucket}, except by access lists of its objects: "
                "with that part of the block (BlockPublicAcls) this server refuses every write.",
            )
        if self._broke:
            return (
                "Public access is not blocked: with the block this server refuses every write. "
                "Only its policies and accounts keep the bucket closed.",
            )
        if not self._is_blocked:
            return ()
        if not self.is_blocked(after) or after.public_access is PublicAccess.ALLOWED:
            return ("The server agreed to block public access to the bucket, and does not block it.",)
        return (f"Blocked public access to the whole bucket {self._bucket}.",)
