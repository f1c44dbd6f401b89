"""Where things are: an object's key in its bucket, and a place (a bucket or a prefix of one).

Addresses as people type and paste them, made `s3://bucket/…`.
"""

import re
from dataclasses import dataclass

from s3ml_tui.domain.errors import BadInput

SCHEME = "s3://"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,254}")
_ACCESS_POINT = re.compile(
    r"arn:[a-z0-9-]+:s3(?:-outposts|-object-lambda)?:[a-z0-9-]*:[0-9]*:"
    r"(?:outpost[/:][A-Za-z0-9-]+[/:])?accesspoint[/:]([A-Za-z0-9.-]+)"
)
"""ARNs that stand in the place of a bucket's name, and hold a slash themselves (S3 user guide, "Access points")."""
_DIRECTORY = re.compile(r".+--[a-z0-9-]+--x-s3")
"""Names of directory buckets (S3 user guide, "Directory bucket naming rules")."""
MAX_KEY_BYTES = 1024
"""Longest key S3 takes, in UTF-8 bytes (S3 user guide, "Creating object key names")."""


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """Exactly one key of a bucket, with all its versions."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """``s3://bucket/key``."""
        return f"{SCHEME}{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """What stands after the last slash that ends a prefix."""
        return self.key.rstrip("/").rpartition("/")[2] or self.key

    @property
    def place(self) -> "Place":
        """The level this key is listed on."""
        return Place(self.bucket, self.key[: len(self.key) - len(_last_segment(self.key))])


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A bucket, or a prefix of one."""

    bucket: str
    prefix: str = ""
    """Ends with a slash, or is empty for the whole bucket."""

    @property
    def uri(self) -> str:
        """``s3://bucket/prefix/``."""
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    @property
    def name(self) -> str:
        """The last segment of the prefix, or the bucket."""
        return _last_segment(self.prefix).rstrip("/") or bucket_text(self.bucket)

    @property
    def parent(self) -> "Place | None":
        """One level up; None for a bucket."""
        if not self.prefix:
            return None
        return Place(self.bucket, self.prefix[: len(self.prefix) - len(_last_segment(self.prefix))])

    def key(self, name: str) -> ObjectKey:
        """The object called `name` here; `name` may contain slashes."""
        return ObjectKey(self.bucket, self.prefix + name)

    def under(self, name: str) -> "Place":
        """The place called `name` here."""
        return Place(self.bucket, self.prefix + name.rstrip("/") + "/")

    def contains(self, key: ObjectKey) -> bool:
        """Whether `key` lies anywhere below."""
        return key.bucket == self.bucket and key.key.startswith(self.prefix)


def _last_segment(key: str) -> str:
    cut = key[:-1].rfind("/") if key else -1
    return key[cut + 1 :]


def is_uri(text: str) -> bool:
    """Whether `text` means something in S3 and not a local path."""
    return text.startswith(SCHEME)


def bucket_and_key(text: str) -> tuple[str, str]:
    """The parts of `[s3://]bucket/key`, where the bucket may be an access point's ARN; nothing is checked."""
    rest = text.removeprefix(SCHEME)
    found = _ACCESS_POINT.match(rest)
    if found is None or rest[found.end() : found.end() + 1] not in {"", "/"}:
        bucket, _, key = rest.partition("/")
        return bucket, key
    return found[0], rest[found.end() + 1 :]


def is_access_point(bucket: str) -> bool:
    """Whether what stands for a bucket is an access point's ARN."""
    return _ACCESS_POINT.fullmatch(bucket) is not None


def is_directory_bucket(bucket: str) -> bool:
    """Whether it is a directory bucket, by its name: it keeps no versions, and lists in no order."""
    return _DIRECTORY.fullmatch(bucket) is not None


def bucket_text(bucket: str) -> str:
    """What a bucket is called where there is little room: an access point by its own name alone."""
    found = _ACCESS_POINT.fullmatch(bucket)
    return f"{found[1]} (access point)" if found else bucket


def ensure_utf8(text: str) -> None:
    """Raise BadInput for what holds bytes that are no UTF-8, as names of files may: S3 takes no such keys."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            f"{text} is no UTF-8, so S3 does not take it as a key", advice="Choose another name, s3://bucket/key"
        ) from error


def _split(text: str) -> tuple[str, str]:
    if not is_uri(text):
        raise BadInput(f"{text!r} is not an S3 address", advice="Write it as s3://bucket/key")
    bucket, key = bucket_and_key(text)
    ensure_utf8(text)
    if bucket.startswith("arn:") and not is_access_point(bucket):
        raise BadInput(
            f"{text!r} names no access point",
            advice="Write it as s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/key",
        )
    if not is_access_point(bucket) and not _BUCKET.fullmatch(bucket):
        raise BadInput(f"{text!r} names no bucket", advice="Write it as s3://bucket/key")
    return bucket, key


def parse_object(text: str) -> ObjectKey:
    """`s3://bucket/key` as an object's key. Raises BadInput."""
    bucket, key = _split(text)
    if not key:
        raise BadInput(f"{text!r} is a bucket, not an object", advice="Add the object's key: s3://bucket/key")
    if len(key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
        raise BadInput(
            "The key is too long", cause=f"S3 takes keys of up to {MAX_KEY_BYTES} bytes", advice="Choose a shorter name"
        )
    return ObjectKey(bucket, key)


def parse_place(text: str) -> Place:
    """`s3://bucket[/prefix[/]]` as a place; a missing last slash is added. Raises BadInput."""
    bucket, prefix = _split(text)
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    return Place(bucket, prefix)


_SCHEMES = re.compile(r"(?:s3[an]?:/{0,2})+", re.IGNORECASE)
_BUCKET_ARN = re.compile(r"arn:[a-z0-9-]+:s3:::(?=\S)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_QUOTED = re.compile(r"""(["'`])(.*)\1|<(.*)>""", re.DOTALL)


def understood(text: str) -> str:
    """`text` as an address: `bucket/prefix` gets its `s3://`, one that was pasted behind another loses the second.

    `s3a://`, `s3n://` (Spark, Hadoop) and a bucket's ARN mean the same; quotes and blanks around it mean nothing.
    Raises BadInput for what is none.
    """
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        text = (quoted[2] or quoted[3] or "").strip()
    rest = _BUCKET_ARN.sub("", _SCHEMES.sub("", text, count=1) if _SCHEMES.match(text) else text, count=1)
    other = _OTHER_SCHEME.match(rest)
    if other is not None:
        raise BadInput(f"{other[1]}:// is no S3 address", advice="Write it as s3://bucket/prefix/")
    if not rest:
        raise BadInput("No address was given", advice="Write it as s3://bucket/prefix/")
    uri = SCHEME + rest
    parse_place(uri)
    return uri


def is_level(uri: str) -> bool:
    """Whether an address can only be a bucket or a prefix, since it ends so."""
    bucket, key = bucket_and_key(uri)
    return bool(bucket) and (not key or key.endswith("/"))


def wrong_address(text: str) -> str:
    """What is wrong with an address as typed, as a sentence; "" when nothing is."""
    try:
        uri = understood(text)
        if not is_level(uri):
            parse_object(uri)
    except BadInput as error:
        return error.sentence
    return ""


def meant_in(text: str, here: str) -> tuple[str, ...]:
    """What `text` may mean besides an address: something in the place `here`, or else in its bucket; nearest first."""
    text = text.strip()
    if not here or not text or _SCHEMES.match(text) or _OTHER_SCHEME.match(text) or text.startswith(("arn:", "/")):
        return ()
    place = parse_place(here)
    found = (place.key(text).uri, f"{SCHEME}{place.bucket}/{text}")
    return tuple(dict.fromkeys(found))
