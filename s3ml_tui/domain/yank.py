"""What can be taken along of a place, an object or a version: its names in every form that other programs take."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.storage.history import NULL_VERSION
from s3ml_tui.domain.storage.request_log import shell_quoted
from s3ml_tui.domain.text import is_inert
from s3ml_tui.domain.uri import ObjectKey, Place

_AWS = ".amazonaws.com"


@dataclass(frozen=True, slots=True)
class Yank:
    """One text to take along."""

    name: str
    """As `VersionId`."""
    text: str
    """As it is, unless a program it is pasted into would obey a character of it."""

    @property
    def pasted(self) -> str:
        """As it goes to the clipboard: no control character in it; what has one is quoted for a shell.

        A line feed in a key would end the line that it is pasted into, which a shell then runs.
        """
        return self.text if is_inert(self.text) else shell_quoted(self.text)


def yanks_of_object(key: ObjectKey, version_id: str | None, context: Context, endpoint: str) -> Sequence[Yank]:
    """Of an object, or of one version of it; the likeliest first."""
    has_version = version_id not in {None, "", NULL_VERSION}
    found = [
        Yank("URI", key.uri),
        Yank("key", key.key),
        *([Yank("VersionId", str(version_id))] if has_version else []),
        Yank("ARN", f"arn:{_partition(context.region)}:s3:::{key.bucket}/{key.key}"),
        _url(key.bucket, key.key, str(version_id) if has_version else "", context, endpoint),
        Yank("aws command", _command(key, str(version_id) if has_version else "", context, endpoint)),
    ]
    if has_version:  # in History the version is what was meant
        found.insert(0, found.pop(2))
    return found


def yanks_of_place(place: Place, context: Context, endpoint: str) -> Sequence[Yank]:
    """Of a bucket or a prefix."""
    flags = _flags(context, endpoint)
    return [
        Yank("URI", place.uri),
        Yank("prefix", place.prefix) if place.prefix else Yank("bucket", place.bucket),
        Yank("ARN", f"arn:{_partition(context.region)}:s3:::{place.bucket}/{place.prefix}".rstrip("/")),
        _url(place.bucket, place.prefix, "", context, endpoint),
        Yank("aws command", " ".join(map(shell_quoted, ["aws", "s3", "ls", place.uri, *flags]))),
    ]


def _partition(region: str | None) -> str:
    """The part of AWS that a region belongs to (AWS general reference, "Amazon Resource Names")."""
    region = region or ""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _url(bucket: str, key: str, version_id: str, context: Context, endpoint: str) -> Yank:
    """The address without a signature; it opens only where anyone may read."""
    base = endpoint.rstrip("/")
    scheme, _, host = base.partition("://")
    if context.endpoint_url is None and host.endswith(_AWS) and "." not in bucket:
        base = f"{scheme}://{bucket}.{host}"
    else:
        base = f"{base}/{bucket}"
    query = f"?versionId={quote(version_id, safe='')}" if version_id else ""
    url = f"{base}/{quote(key, safe='/~', errors='surrogatepass')}{query}"
    return Yank("https URL" if url.startswith("https:") else "URL", url)


def _command(key: ObjectKey, version_id: str, context: Context, endpoint: str) -> str:
    words = ["aws", "s3api", "get-object", "--bucket", key.bucket, "--key", key.key]
    words += ["--version-id", version_id] if version_id else []
    name = key.name if key.name not in {"", ".", ".."} else "object"
    return " ".join(map(shell_quoted, [*words, *_flags(context, endpoint), f"./{name}".replace("\0", "")]))


def _flags(context: Context, endpoint: str) -> list[str]:
    """What names the same account and server; no secrets."""
    flags = ["--endpoint-url", endpoint] if not endpoint.partition("://")[2].endswith(_AWS) else []
    flags += ["--profile", context.profile] if context.profile else []
    return flags + (["--region", context.region] if context.region else [])
