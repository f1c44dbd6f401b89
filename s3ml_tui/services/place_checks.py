"""What can be looked at in one place: listings, versions, an object's bytes and tags, the bucket's settings."""

from collections.abc import Iterator

from s3ml_tui.domain import policies
from s3ml_tui.domain.connection import BucketFacts, PublicAccessBlock, Versioning
from s3ml_tui.domain.diagnosis import Finding, Verdict
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, S3mlError, StrangeAnswer
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.verdicts import Over, failed, is_hopeless, judged, tried, unseen

_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})


class PlaceChecks:
    """The checks of one place that change nothing."""

    def __init__(self, store: Store, place: Place, key: ObjectKey | None) -> None:
        """`key` is the object to try; None takes one that is listed."""
        self._store = store
        self._place = place
        self._key = key
        self._versioning = Versioning.UNKNOWN
        self.kms_key = ""
        """ARN of the key that encrypts what was read; "" when none was seen."""

    def findings(self) -> Iterator[Finding]:
        """One a check. Raises Over."""
        listing, listed = self._list()
        yield listing
        yield from self._bucket()
        yield tried(policies.LIST_VERSIONS, self._deleted)
        sample = self._sample(listed)
        if sample is None:
            for ability in (policies.READ, policies.READ_VERSION, policies.READ_TAGS):
                yield Finding(ability.name, Verdict.UNKNOWN, f"There is no object in {self._place.uri} to try it on.")
            return
        yield tried(policies.READ, lambda: self._read(sample))
        yield self._read_version(sample)
        yield tried(policies.READ_TAGS, lambda: f"{count_text(len(self._store.tags(sample)), 'tag')} read.")

    def _list(self) -> tuple[Finding, ObjectKey | None]:
        """The level, and an object of it or below to try things on."""
        place = self._place
        try:
            page = self._store.list_page(place)
            below = page if page.keys or not page.prefixes else self._store.list_page(place, is_recursive=True)
        except S3mlError as error:
            finding = failed(policies.LIST_OBJECTS, error, is_fatal=True)
            if is_hopeless(error) or isinstance(error, NotFound | BadInput | StrangeAnswer):
                raise Over(finding) from error
            return finding, None
        more = " and more" if page.next else ""
        counted = f"{count_text(len(page.keys), 'object')} and {count_text(len(page.prefixes), 'prefix', 'prefixes')}"
        finding = Finding(policies.LIST_OBJECTS.name, Verdict.WORKS, f"{counted}{more} at {place.uri}.")
        columns = zip(below.keys, below.storage_classes, strict=True)
        awake = (key for key, kept in columns if kept not in _ARCHIVED and not key.endswith("/"))
        name = next(awake, next(iter(below.keys), None))
        return finding, None if name is None else ObjectKey(place.bucket, name)

    def _bucket(self) -> tuple[Finding, Finding]:
        try:
            facts = self._store.bucket_facts(self._place.bucket)
        except S3mlError as error:
            return judged(policies.SEE_VERSIONING, error), judged(policies.SEE_PROTECTION, error)
        self._versioning = facts.versioning
        versioning = Finding(policies.SEE_VERSIONING.name, Verdict.WORKS, f"The bucket is {facts.versioning}.")
        if facts.versioning is Versioning.UNKNOWN:
            versioning = unseen(policies.SEE_VERSIONING, policies.SEE_VERSIONING.actions)
        return versioning, _protection(facts)

    def _deleted(self) -> str:
        page = self._store.list_page(self._place, with_deleted=True)
        return f"{count_text(len(page.deleted.keys), 'deleted object')} among what is listed at {self._place.uri}."

    def _sample(self, listed: ObjectKey | None) -> ObjectKey | None:
        if self._key is None:
            return listed
        try:
            self._store.facts(self._key)
        except NotFound:
            return listed
        except S3mlError:
            pass  # the checks that follow tell what is wrong
        return self._key

    def _read(self, key: ObjectKey) -> str:
        self._store.read(key, length=1)
        encryption = self._store.facts(key).encryption
        kind, _, arn = encryption.partition(" ")
        if kind.startswith("aws:kms") and arn.startswith("arn:"):
            self.kms_key = arn
        return f"{key.uri} can be read{', encrypted with ' + kind if kind else ''}."

    def _read_version(self, key: ObjectKey) -> Finding:
        ability = policies.READ_VERSION
        if self._versioning is Versioning.OFF:
            return Finding(ability.name, Verdict.UNKNOWN, "The bucket keeps no versions.")
        try:
            page = next(iter(self._store.history(key)))
        except Denied as error:
            if is_hopeless(error):
                return judged(ability, error)
            return Finding(ability.name, Verdict.UNKNOWN, "Not tried: without the list of versions none is known.")
        except S3mlError as error:
            return judged(ability, error)
        found = [version for version in page.versions if not version.is_delete_marker]
        if not found:
            return Finding(ability.name, Verdict.UNKNOWN, f"{key.uri} has no version to try it on.")

        def ask() -> str:
            self._store.read(key, found[-1].version_id, length=1)
            return f"One of {count_text(len(found), 'version')} of {key.uri} was read."

        return tried(ability, ask)


def _protection(facts: BucketFacts) -> Finding:
    ability = policies.SEE_PROTECTION
    seen = (facts.block is not PublicAccessBlock.UNKNOWN, facts.lifecycle is not None)
    hidden = tuple(action for action, is_seen in zip(ability.actions, seen, strict=True) if not is_seen)
    if hidden:
        return unseen(ability, hidden)
    rules = count_text(len(facts.lifecycle or ()), "lifecycle rule")
    return Finding(ability.name, Verdict.WORKS, f"{facts.block.capitalize()}, {facts.public_access}, {rules}.")
