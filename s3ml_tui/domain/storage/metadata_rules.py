"""What S3 takes as tags, metadata and headers; everything else is refused in a sentence before it is sent."""

import re
from collections.abc import Mapping

from s3ml_tui.domain.storage.store import OURS, Description, ObjectFacts

MOST_TAGS = 10
"""Of one version (S3 user guide, "Categorizing your objects using tags")."""
TAG_NAME, TAG_VALUE = 128, 256
"""Characters."""
MOST_METADATA = 2048
"""Bytes of all names and values together (S3 user guide, "Working with object metadata")."""
HEADERS: Mapping[str, str] = {
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "expires": "Expires",
    "website-redirect-location": "WebsiteRedirectLocation",
}
"""Headers that are kept with an object, as people write them, and boto3's names."""
CONTENT_TYPE = "content-type"
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_TAG_SIGNS = frozenset("+-=._:/@")


def wrong_tag(name: str, value: str) -> str:
    """Why S3 would refuse a tag; "" when it would not."""
    if not name:
        return "A tag has a name: write name=value."
    if len(name) > TAG_NAME:
        return f"The name {name[:20]}… has {len(name)} characters; {TAG_NAME} are the most."
    if len(value) > TAG_VALUE:
        return f"The value of {name} has {len(value)} characters; {TAG_VALUE} are the most."
    if name.lower().startswith("aws:"):
        return "Names that begin with aws: are AWS's own."
    odd = next((sign for sign in name + value if not (sign.isalnum() or sign == " " or sign in _TAG_SIGNS)), "")
    return f"{odd!r} in {name} is not allowed: letters, digits, blanks and + - = . _ : / @ are." if odd else ""


def wrong_tags(tags: Mapping[str, str]) -> str:
    """Why S3 would refuse these as all the tags of a version; "" when it would not."""
    if len(tags) > MOST_TAGS:
        return f"These are {len(tags)} tags; {MOST_TAGS} are the most that S3 takes."
    return next((wrong for name, value in tags.items() if (wrong := wrong_tag(name, value))), "")


def wrong_field(name: str, value: str) -> str:
    """Why a piece of metadata or a header would be refused; "" when it would not."""
    if not name:
        return "It has a name: write name=value."
    if not _TOKEN.fullmatch(name):
        return f"{name!r} cannot be a name: letters, digits and - . _ are taken, and no blanks."
    if name.lower().startswith(OURS):
        return f"Names that begin with {OURS} are s3ml's own."
    if not value:
        return f"{name} has no value: remove it instead."
    if not (value.isascii() and value.isprintable()):
        return f"The value of {name} has letters that a header cannot hold; only ASCII is sent as it is."
    if value != value.strip():
        return f"The value of {name} begins or ends with a blank, which gets lost on the way."
    if name.lower() == "expires" and not _is_date(value):
        return "expires is a date, as Wed, 21 Oct 2026 07:28:00 GMT."
    return ""


def wrong_fields(fields: Mapping[str, str]) -> str:
    """Why these would be refused as all the metadata and headers of an object; "" when they would not."""
    folded = [name.lower() for name in fields]
    twice = next((name for name in folded if folded.count(name) > 1), "")
    if twice:
        return f"{twice} is there twice: upper and lower case are the same here."
    wrong = next((wrong for name, value in fields.items() if (wrong := wrong_field(name, value))), "")
    own = [(name, value) for name, value in fields.items() if name.lower() not in {CONTENT_TYPE, *HEADERS}]
    size = sum(len(name) + len(value) for name, value in own)
    if not wrong and size > MOST_METADATA:
        return f"The metadata has {size:,} bytes; {MOST_METADATA:,} are the most that S3 takes."
    return wrong


def can_be_written(found: ObjectFacts) -> bool:
    """Whether what is kept with an object can be sent as it was read: nothing in it is beyond ASCII.

    What another client set beyond it comes as Latin-1, or encoded as `=?UTF-8?B?…?=` (RFC 2047).
    """
    kept = (found.content_type, *found.headers.values(), *found.metadata, *found.metadata.values())
    return all(text.isascii() and "=?" not in text for text in kept)


def fields_of(description: Description | ObjectFacts) -> dict[str, str]:
    """Headers and metadata by the names people write, without s3ml's own marks."""
    by_boto = {boto: name for name, boto in HEADERS.items()}
    fields = {CONTENT_TYPE: description.content_type} if description.content_type else {}
    fields |= {by_boto[name]: value for name, value in description.headers.items() if name in by_boto}
    return fields | {name: value for name, value in description.metadata.items() if not name.startswith(OURS)}


def described(fields: Mapping[str, str], before: Description) -> Description:
    """What is kept with the object once these are its fields; s3ml's marks, and headers not known here, stay."""
    folded = {name.lower(): value for name, value in fields.items()}
    kept = {name: value for name, value in before.headers.items() if name not in HEADERS.values()}
    ours = {name: value for name, value in before.metadata.items() if name.startswith(OURS)}
    headers = {HEADERS[name]: value for name, value in folded.items() if name in HEADERS}
    own = {name: value for name, value in folded.items() if name not in HEADERS and name != CONTENT_TYPE}
    return Description(folded.get(CONTENT_TYPE, ""), {**kept, **headers}, {**own, **ours})


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """What becomes of pairs, as `team: a → b`, `new: c`, `old is removed`."""
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            lines.append(f"{name} is removed (it was {before[name] or 'empty'})")
        elif name not in before:
            lines.append(f"{name} = {after[name]}" if after[name] else f"{name} (without a value)")
        elif before[name] != after[name]:
            lines.append(f"{name}: {before[name] or 'empty'} → {after[name] or 'empty'}")
    return tuple(lines)


def _is_date(text: str) -> bool:
    from email.utils import parsedate_to_datetime

    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return False
    return True
