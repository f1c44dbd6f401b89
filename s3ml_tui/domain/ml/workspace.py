"""A workspace as it stands, and the plan that makes one."""

import ipaddress
import re
from dataclasses import dataclass

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.storage.capabilities import (
    BucketFacts,
    Capabilities,
    LifecycleRule,
    PublicAccess,
    PublicAccessBlock,
    Versioning,
)
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE, ABORT_SENTENCE, has_abort_rule
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place, is_directory_bucket

_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class WorkspaceReport:
    """What is there, what is not, and what to beware of; each fact alone may be unknown."""

    place: Place
    bucket_exists: bool
    is_workspace: bool
    """Whether its mark, `.s3ml/workspace.json`, is there, damaged or newer ones included."""
    facts: BucketFacts | None = None
    """None when nothing could be seen of the bucket."""
    present: tuple[str, ...] = ()
    """Folders of the layout that hold something."""
    missing: tuple[str, ...] = ()
    """Folders of the layout that hold nothing yet."""
    cannot: tuple[str, ...] = ()
    """What the server cannot do, a sentence each."""
    warnings: tuple[str, ...] = ()
    """What endangers the workspace, a sentence each."""
    unknown: tuple[str, ...] = ()
    """What could not be seen, a sentence each."""


@dataclass(frozen=True, slots=True)
class MakeWorkspace(Plan):
    """A bucket, or a prefix of one, becomes a workspace."""

    place: Place
    facts: BucketFacts | None
    """Of the bucket as it is now; None when it does not exist and is made."""
    writes_record: bool = True
    """False when the mark is there already and only the bucket is to be set right."""
    warnings: tuple[str, ...] = ()
    adds_abort_rule: bool = False
    """Whether a lifecycle rule is added against uploads that are left open."""
    affirmative = "Make the workspace"

    @property
    def title(self) -> str:
        """As `Make a workspace of s3://acme/`."""
        return f"Make a workspace of {self.place.uri}"

    @property
    def makes_bucket(self) -> bool:
        """Whether the bucket does not exist yet."""
        return self.facts is None

    @property
    def enables_versioning(self) -> bool:
        """Whether the bucket begins to keep old versions."""
        return self.facts is None or self.facts.versioning is not Versioning.ON

    @property
    def blocks_public_access(self) -> bool:
        """Whether the block is switched on, as far as the server has one."""
        return self.facts is None or self.facts.block in {PublicAccessBlock.OFF, PublicAccessBlock.UNKNOWN}

    @property
    def is_destructive(self) -> bool:
        """Whether it changes a whole bucket that others may rely on."""
        return self._sets_bucket or (self.adds_abort_rule and not self.makes_bucket)

    @property
    def _sets_bucket(self) -> bool:
        return not self.makes_bucket and (self.enables_versioning or self.blocks_public_access)

    def sentences(self) -> tuple[str, ...]:
        """What happens to the bucket, to all that is in it, and what is written."""
        if self.facts is None:
            bucket = self._about_a_new_bucket()
        elif self._sets_bucket:
            bucket = self._about_the_whole_bucket(self.facts)
        else:
            bucket = (f"The bucket {self.place.bucket} stays as it is: {_state_text(self.facts)}.",)
        return (*bucket, *self._about_what_is_written(), *self._about_uploads(), *self.warnings)

    def _about_a_new_bucket(self) -> tuple[str, ...]:
        return (
            f"The bucket {self.place.bucket} is made. It keeps every old version from its first object on, "
            "where the server keeps versions.",
            "Public access to it is blocked, where the server has such a block; then an unsigned request is tried.",
        )

    def _about_the_whole_bucket(self, facts: BucketFacts) -> tuple[str, ...]:
        scope = (
            "All of this concerns every object in it"
            if not self.place.prefix
            else f"This concerns every object in it, not only those under {self.place.uri}"
        )
        lines = [f"The bucket {self.place.bucket} exists ({_state_text(facts)}) and is changed as a whole. {scope}:"]
        if self.enables_versioning:
            lines.append(
                "Versioning is switched on: whatever is overwritten or deleted from now on stays as an old version, "
                "and takes (and costs) space until it is purged. It can be suspended later, but never switched off."
            )
        if self.blocks_public_access:
            lines.append(
                "Public access is blocked, where the server has such a block: whoever reads its objects without "
                f"signing in is refused from then on{_today(facts.public_access)}. Presigned links go on working."
            )
        return tuple(lines)

    def _about_uploads(self) -> tuple[str, ...]:
        if self.adds_abort_rule:
            return (f"The lifecycle rule {ABORT_RULE} is added. {ABORT_SENTENCE}",)
        rules = () if self.facts is None else self.facts.lifecycle
        if rules is None or has_abort_rule(rules, self.place):
            return ()
        return (
            "What a killed client leaves of an upload stays, and costs, since no lifecycle rule removes it. "
            f"`s3ml init {self.place.uri} --abort-uploads` adds one, and so does the menu of the bucket.",
        )

    def _about_what_is_written(self) -> tuple[str, ...]:
        mark = (
            f"{self.place.uri}.s3ml/workspace.json is written. Folders appear with their first object."
            if self.writes_record
            else f"{self.place.uri}.s3ml/workspace.json is there already and stays."
        )
        return (
            mark,
            f"What the server honours is tried with small objects under {self.place.uri}.s3ml/; they are removed "
            "again, versions included. No other object is touched.",
        )


def _today(access: PublicAccess) -> str:
    return " (today anyone can read it)" if access is PublicAccess.ALLOWED else ""


def _state_text(facts: BucketFacts) -> str:
    return f"{facts.versioning}, {facts.block}, {facts.public_access}"


def dangers(facts: BucketFacts, place: Place) -> tuple[str, ...]:
    """What endangers a workspace at `place`: no versions, open to anyone, rules that eat its history."""
    found = []
    if facts.versioning is Versioning.OFF:
        found.append("The bucket keeps no versions: what is overwritten or deleted there is gone.")
    if facts.versioning is Versioning.SUSPENDED:
        found.append("Versioning is suspended: what is written from now on replaces what was written since then.")
    if facts.public_access is PublicAccess.ALLOWED:
        found.append("Anyone can read the bucket: an unsigned request was answered.")
    return (*found, *lifecycle_dangers(facts, place))


def lifecycle_dangers(facts: BucketFacts, place: Place) -> tuple[str, ...]:
    """The lifecycle rules that would eat a workspace at `place`, or its history."""
    found = []
    for rule in facts.lifecycle or ():
        found.extend(_rule_dangers(rule, place, facts.versioning))
    return tuple(found)


def _rule_dangers(rule: LifecycleRule, place: Place, versioning: Versioning) -> list[str]:
    is_concerned = rule.prefix.startswith(place.prefix) or place.prefix.startswith(rule.prefix)
    if not rule.is_enabled or not is_concerned:
        return []
    which = "objects with certain tags or sizes" if rule.filters_on_tags else "objects"
    where = Place(place.bucket, rule.prefix).uri if rule.prefix else f"the whole bucket {place.bucket}"
    named = f"The lifecycle rule {rule.rule_id!r}" if rule.rule_id else "A lifecycle rule without a name"
    found = []
    if rule.expire_days is not None:
        does = "deletes (as a delete marker)" if versioning is Versioning.ON else "deletes"
        found.append(
            f"{named} {does} {which} in {where} {count_text(rule.expire_days, 'day')} after they were written: "
            "data, models and records of runs among them."
        )
    if rule.expire_noncurrent_days is not None:
        found.append(
            f"{named} destroys old versions of {which} in {where} "
            f"{count_text(rule.expire_noncurrent_days, 'day')} after they were replaced or deleted: "
            "they cannot be brought back then, and runs that used them cannot be repeated."
        )
    return found


def what_server_cannot(facts: BucketFacts | None, capabilities: Capabilities | None) -> tuple[str, ...]:
    """What the server was seen not to do; `capabilities` is None where it was not tried."""
    found = []
    if facts is not None and facts.block is PublicAccessBlock.UNSUPPORTED:
        found.append("The server has no block of public access: only its policies and accounts keep the bucket closed.")
    if capabilities is not None and not capabilities.conditional_create:
        found.append(f"The server ignores “create only if absent”: {who_gets_a_number(facts)}")
    if capabilities is not None and not capabilities.conditional_replace:
        found.append(
            "The server does not honour “replace only this version”: the object is looked at right before a change."
        )
    if capabilities is not None and not capabilities.checksums:
        found.append("The server does not check checksums on upload: ETags are compared instead.")
    return tuple(found)


def who_gets_a_number(facts: BucketFacts | None) -> str:
    """How two who take the same number are told apart where “create only if absent” is ignored."""
    if facts is None or facts.versioning is Versioning.UNKNOWN:
        return "when two take the same number, the older version decides, if the bucket keeps versions."
    if facts.versioning is Versioning.ON:
        return "when two take the same number, the older version decides."
    return (
        "since the bucket keeps no versions either, the oldest claim on a number decides, by a second look after two "
        "seconds. That two runs never get the same number cannot be promised where listings lag behind writes."
    )


def what_is_unknown(facts: BucketFacts | None) -> tuple[str, ...]:
    """What could not be seen of a bucket."""
    if facts is None:
        return ("Nothing could be seen of the bucket's settings.",)
    found = []
    if facts.versioning is Versioning.UNKNOWN:
        found.append("Whether the bucket keeps versions could not be seen (s3:GetBucketVersioning).")
    if facts.public_access is PublicAccess.UNKNOWN:
        found.append("Whether anonymous access is refused could not be seen.")
    if facts.block is PublicAccessBlock.UNKNOWN:
        found.append("Whether public access is blocked could not be seen (s3:GetBucketPublicAccessBlock).")
    if facts.lifecycle is None:
        found.append("Its lifecycle rules could not be seen (s3:GetLifecycleConfiguration).")
    return tuple(found)


def check_new_bucket_name(name: str) -> None:
    """Raise BadInput for a name that S3 would refuse (S3 user guide, "Bucket naming rules")."""
    if _BUCKET_NAME.fullmatch(name) and ".." not in name and not _is_address(name):
        return
    raise BadInput(
        f"{name!r} cannot be a bucket's name",
        cause="Buckets are named with 3 to 63 lower-case letters, digits, dots or hyphens, and not like an IP address",
        advice="Choose another name",
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def check_workspace_place(place: Place) -> None:
    """Raise BadInput for a place that makes no good workspace.

    A directory bucket, and a prefix with empty or dotted segments or inside `.s3ml/`.
    """
    if is_directory_bucket(place.bucket):
        raise BadInput(
            f"{place.uri} cannot be a workspace",
            cause="It is a directory bucket, which keeps no versions: nothing could be brought back",
            advice="Choose a place in a general purpose bucket",
        )
    segments = place.prefix.rstrip("/").split("/") if place.prefix else []
    if place.prefix and (not place.prefix.endswith("/") or place.prefix.endswith("//")):
        segments.append("")
    if any(segment in {"", ".", ".."} for segment in segments) or ".s3ml" in segments:
        raise BadInput(
            f"{place.uri} cannot be a workspace",
            cause="Its path has an empty part, a part of dots, or the part .s3ml",
            advice="Choose a plain path such as s3://bucket/team/project",
        )
