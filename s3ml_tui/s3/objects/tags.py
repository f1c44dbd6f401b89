"""Writing the tags of one version; the version stays, and no new one is made.

Seeing that a copy has the tags of its source: some servers drop them when a copy replaces the metadata, though it says
that the tags are to come along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError
from s3ml_tui.domain.storage.store import ObjectFacts, Written
from s3ml_tui.domain.uri import ObjectKey, is_directory_bucket
from s3ml_tui.s3.connection.clients import Client, Clients
from s3ml_tui.s3.connection.retry import attempt
from s3ml_tui.s3.errors.translate import translated
from s3ml_tui.s3.versions.facts import tags as tags_of
from s3ml_tui.s3.versions.facts import version_parameter


def write_tags(clients: Clients, key: ObjectKey, tags: Mapping[str, str], version_id: str | None = None) -> None:
    """Make these all the tags; twice is the same as once."""
    if clients.direct.write_tags(key, tags, version_id):
        return
    which = {"Bucket": key.bucket, "Key": key.key} | version_parameter(version_id)

    def send(client: Client) -> bool:
        if tags:
            pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
            client.put_object_tagging(**which, Tagging={"TagSet": pairs})
        else:
            client.delete_object_tagging(**which)
        return True

    def look() -> bool | None:
        try:
            return dict(tags_of(clients, key, version_id)) == dict(tags) or None
        except Denied:  # then it is written again
            return None

    action = "s3:PutObjectTagging" if version_id is None else "s3:PutObjectVersionTagging"
    with translated(action=action, bucket=key.bucket, key=key.key, endpoint=clients.endpoint):
        attempt(clients, send, look=look)


@dataclass(frozen=True, slots=True)
class TagsToKeep:
    """What is to be seen of a copy's tags once it is made; read before, since a copy onto itself takes the place."""

    way: str
    """How it is copied: whole or in parts."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Empty where there are none, or the server is known to keep them."""
    trouble: str = ""
    """Why tags that are there could not be read."""


def tags_to_keep(clients: Clients, source: ObjectFacts, version_id: str | None, *, is_in_parts: bool) -> TagsToKeep:
    """The tags of what is to be copied, unless the server is known to keep them or to have none of it."""
    habits, way = clients.habits.tags, "in parts" if is_in_parts else "whole"
    habits.says_counts = habits.says_counts or bool(source.tag_count)
    is_kept = clients.is_aws or is_directory_bucket(source.key.bucket) or way in habits.kept_by
    may_have_none = habits.says_counts or source.key.bucket in habits.denied_in
    if is_kept or not habits.are_known or (source.tag_count is None and may_have_none):
        return TagsToKeep(way)
    try:
        return TagsToKeep(way, dict(tags_of(clients, source.key, version_id)))
    except NotSupported:
        habits.are_known = False
    except S3mlError as error:
        if isinstance(error, Denied):
            habits.denied_in.add(source.key.bucket)
        return TagsToKeep(way, trouble=error.title if source.tag_count else "")
    return TagsToKeep(way)


def with_tags(clients: Clients, made: Written, keep: TagsToKeep) -> Written:
    """`made` once it has the tags of its source, or says why it has not."""
    if keep.trouble or not keep.tags:
        return replace(made, tags_lost=keep.trouble)
    if _has(clients, made, keep.tags):
        clients.habits.tags.kept_by.add(keep.way)
        return made
    try:
        write_tags(clients, made.key, keep.tags, made.version_id)
    except S3mlError as error:
        return replace(made, tags_lost=f"The server drops them, and setting them is refused: {error.title}")
    if _has(clients, made, keep.tags) is False:
        return replace(made, tags_lost="The server drops them, also when they are set by themselves")
    return made


def _has(clients: Clients, made: Written, wanted: Mapping[str, str]) -> bool | None:
    """Whether it has exactly these tags; None when that cannot be seen."""
    try:
        return dict(tags_of(clients, made.key, made.version_id)) == dict(wanted)
    except S3mlError:
        return None
