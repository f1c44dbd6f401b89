"""What can be looked at in one place: listings, versions, an object's bytes and tags, the bucket's settings.

Writes tried in a workspace, and whether every trace of them is gone.
"""

from collections.abc import Iterator

from s3ml_tui.domain import permissions
from s3ml_tui.domain.doctor import Finding, Verdict
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.workspace import who_gets_a_number
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.lifecycle import has_abort_rule
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.doctor.verdicts import Over, failed, is_hopeless, judged, tried, unseen

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
        yield tried(permissions.LIST_VERSIONS, self._deleted)
        sample = self._sample(listed)
        if sample is None:
            for ability in (permissions.READ, permissions.READ_VERSION, permissions.READ_TAGS):
                yield Finding(ability.name, Verdict.UNKNOWN, f"There is no object in {self._place.uri} to try it on.")
            return
        yield tried(permissions.READ, lambda: self._read(sample))
        yield self._read_version(sample)
        yield tried(permissions.READ_TAGS, lambda: f"{count_text(len(self._store.tags(sample)), 'tag')} read.")

    def _list(self) -> tuple[Finding, ObjectKey | None]:
        """The level, and an object of it or below to try things on."""
        place = self._place
        try:
            page = self._store.list_page(place)
            below = page if page.keys or not page.prefixes else self._store.list_page(place, is_recursive=True)
        except S3mlError as error:
            finding = failed(permissions.LIST_OBJECTS, error, is_fatal=True)
            if is_hopeless(error) or isinstance(error, NotFound | BadInput | StrangeAnswer):
                raise Over(finding) from error
            return finding, None
        more = " and more" if page.next else ""
        counted = f"{count_text(len(page.keys), 'object')} and {count_text(len(page.prefixes), 'prefix', 'prefixes')}"
        finding = Finding(permissions.LIST_OBJECTS.name, Verdict.WORKS, f"{counted}{more} at {place.uri}.")
        columns = zip(below.keys, below.storage_classes, strict=True)
        awake = (key for key, kept in columns if kept not in _ARCHIVED and not key.endswith("/"))
        name = next(awake, next(iter(below.keys), None))
        return finding, None if name is None else ObjectKey(place.bucket, name)

    def _bucket(self) -> tuple[Finding, ...]:
        try:
            facts = self._store.bucket_facts(self._place.bucket)
        except S3mlError as error:
            return judged(permissions.SEE_VERSIONING, error), judged(permissions.SEE_PROTECTION, error)
        self._versioning = facts.versioning
        versioning = Finding(permissions.SEE_VERSIONING.name, Verdict.WORKS, f"The bucket is {facts.versioning}.")
        if facts.versioning is Versioning.UNKNOWN:
            versioning = unseen(permissions.SEE_VERSIONING, permissions.SEE_VERSIONING.actions)
        return versioning, _protection(facts), *self._open_uploads(facts)

    def _open_uploads(self, facts: BucketFacts) -> Iterator[Finding]:
        """Whether a rule removes what killed clients leave; nothing where rules may not be seen."""
        name = "open uploads"
        if facts.lifecycle is None:
            return
        if has_abort_rule(facts.lifecycle, self._place):
            yield Finding(name, Verdict.WORKS, "A lifecycle rule removes uploads that are left open.")
            return
        yield Finding(
            name,
            Verdict.LACKS,
            "No lifecycle rule removes uploads that are left open: what a killed client sent stays, and costs.",
            follows=f"`s3ml bucket abort-uploads {facts.name}` adds one.",
        )

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
        ability = permissions.READ_VERSION
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
            try:
                was_named = self._store.facts(key, found[-1].version_id).may_be_named
            except Denied:
                was_named = True  # a read that falls back to what is current needs HEAD
            if not was_named:
                raise Denied("No version can be read by its id", action=ability.actions[0])
            return f"One of {count_text(len(found), 'version')} of {key.uri} was read."

        return tried(ability, ask)


def _protection(facts: BucketFacts) -> Finding:
    ability = permissions.SEE_PROTECTION
    seen = (facts.block is not PublicAccessBlock.UNKNOWN, facts.lifecycle is not None)
    hidden = tuple(action for action, is_seen in zip(ability.actions, seen, strict=True) if not is_seen)
    if hidden:
        return unseen(ability, hidden)
    rules = count_text(len(facts.lifecycle or ()), "lifecycle rule")
    return Finding(ability.name, Verdict.WORKS, f"{facts.block.capitalize()}, {facts.public_access}, {rules}.")


_HONOURED = (
    ("create if absent", "conditional_create", ""),
    ("replace if same", "conditional_replace", "Objects are looked at again right before each change instead."),
    ("checksums", "checksums", "ETags are compared after an upload instead."),
)


class Trials:
    """Writes to keys of their own, under `.s3ml/`."""

    def __init__(self, store: Store, workspace: Place) -> None:
        self._store = store
        self._workspace = workspace

    def findings(self) -> Iterator[Finding]:
        """What can be written, what the server honours, and whether versions can be removed. Raises Denied …"""
        found = self._store.probe(self._workspace)
        where = self._workspace.under(".s3ml")
        yield Finding(permissions.WRITE.name, Verdict.WORKS, f"Small objects were written under {where.uri}.")
        for name, capability, follows in _HONOURED:
            if getattr(found, capability):
                yield Finding(name, Verdict.WORKS, "The server honours it.")
            else:
                meaning = follows or self._who_gets_a_number()
                yield Finding(name, Verdict.LACKS, "The server does not honour it.", follows=meaning)
        yield self._traces(where)

    def _who_gets_a_number(self) -> str:
        try:
            facts = self._store.bucket_facts(self._workspace.bucket)
        except S3mlError:
            facts = None
        said = who_gets_a_number(facts)
        return said[0].upper() + said[1:]

    def _traces(self, where: Place) -> Finding:
        name = permissions.DELETE_VERSION.name
        try:
            page = self._store.list_page(where, with_deleted=True)
            keys = [*page.keys, *page.deleted.keys]
        except (Denied, NotSupported):
            keys = list(self._store.list_page(where).keys)
        left = [key for key in keys if key.startswith(f"{where.prefix}probe-")]
        if not left:
            return Finding(name, Verdict.WORKS, "Every trace of the trial is gone.")
        return Finding(
            name,
            Verdict.LACKS,
            f"Traces of the trial stay: {Place(where.bucket, where.prefix).uri}probe-….",
            permissions.DELETE_VERSION.actions[0],
            permissions.DELETE_VERSION.without,
        )
