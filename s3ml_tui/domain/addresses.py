"""Addresses as people type and paste them, made `s3://bucket/…`."""

import re

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.uri import SCHEME, bucket_and_key, parse_object, parse_place

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
