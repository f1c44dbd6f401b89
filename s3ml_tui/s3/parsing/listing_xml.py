"""The bodies of listings, seen before boto3 parses them: refused when they are none, read into columns.

boto3 takes an empty or an HTML body for "no objects", loses the order of versions among delete markers, stumbles
over control characters, and spends most of its time on dates. So a handler reads the body and boto3 gets none.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from s3ml_tui.domain.errors import NotSupported, StrangeAnswer
from s3ml_tui.s3.parsing import fast_listing_xml
from s3ml_tui.s3.parsing.fast_listing_xml import USUAL_CLASS, Listing, RawVersion
from s3ml_tui.s3.parsing.listing_scope import check_scope

RESULT = "S3mlListing"
"""Under which the columns stand in boto3's answer."""

_ROOTS = {
    "ListObjectsV2": "ListBucketResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListBuckets": "ListAllMyBucketsResult",
}
_here = threading.local()
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_STAND_IN = 0xF700
"""Private characters that stand in for control characters while the XML is parsed."""
_STOOD_IN = re.compile("[\uf700-\uf71f]")


def watch_listings(client: Any) -> None:
    """Read the listings of `client` here, before boto3's own handler makes a 500 of what it cannot parse."""
    for operation in _ROOTS:
        name = f"before-parse.*.{operation}"  # a handler of such a name comes before those of before-parse.s3.*
        client.meta.events.register_first(name, _on_body, unique_id=f"s3ml-listing-{operation}")
        client.meta.events.register(f"before-send.s3.{operation}", _on_send, unique_id=f"s3ml-listing-sent-{operation}")
        asking = f"before-parameter-build.s3.{operation}"
        client.meta.events.register(asking, _on_asking, unique_id=f"s3ml-listing-asked-{operation}")


def _on_asking(params: dict[str, Any], **_event: Any) -> None:
    """Remember what this thread asks to have listed."""
    _here.asked = str(params.get("Bucket", "")), str(params.get("Prefix", ""))


def _on_send(**_event: Any) -> None:
    """Remember when this thread sent a request; the event is answered with nothing, so boto3 sends it."""
    _here.sent = time.perf_counter()


def _on_body(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    if response_dict["status_code"] != 200:
        return
    waited_s = time.perf_counter() - getattr(_here, "sent", 0.0)
    operation = str(operation_model.name)
    body = bytes(response_dict["body"])
    if is_torn(response_dict):
        return  # boto3 repeats what it cannot parse
    listing = read_fast(body, operation)
    if listing is not None:
        listing.waited_s = waited_s
    else:
        root = _root(body, _ROOTS[operation])
        if root is None or operation == "ListBuckets":
            return
        listing = read_listing(root)
    check_scope(listing, *_here.asked)
    customized_response_dict[RESULT] = listing
    response_dict["body"] = b""


def is_torn(response_dict: Mapping[str, Any]) -> bool:
    """Whether an answer broke off after some bytes, fewer than its head had told."""
    content_length = str(response_dict["headers"].get("content-length", ""))
    return content_length.isdigit() and 0 < len(response_dict["body"]) < int(content_length)


def read_fast(body: bytes, operation: str) -> Listing | None:
    """The listing cut by patterns; None when it is unlike what they know, torn, or an error in a 200."""
    try:
        if operation == "ListObjectsV2":
            around, columns, prefixes = fast_listing_xml.cut(body)
            listing, is_url = _head(around, operation)
            fast_listing_xml.fill(listing, columns, prefixes, is_url=is_url)
        elif operation == "ListObjectVersions":
            around, rows, prefixes = fast_listing_xml.cut_versions(body)
            listing, is_url = _head(around, operation)
            fast_listing_xml.fill_versions(listing, rows, prefixes, is_url=is_url)
        else:
            return None
    except (ValueError, ET.ParseError):
        return None
    return listing


def _head(around: str, operation: str) -> tuple[Listing, bool]:
    """What a body says besides its entries. Raises Unlike, ParseError."""
    root = ET.fromstring(around)  # noqa: S314 - no document type, so no entity of its own
    fields = _texts(root)
    if _local(root.tag) != _ROOTS[operation]:
        raise fast_listing_xml.Unlike
    return read_listing(root), fields.get("EncodingType") == "url"


def _root(body: bytes, expected: str) -> ET.Element | None:
    """The listing's root; None when it is an error in a 200 or was cut short, which boto3 repeats.

    Raises StrangeAnswer when the body is no listing, NotSupported for one of objects instead of versions.
    """
    start = body[:400].lstrip()
    if expected == _ROOTS["ListObjectVersions"] and re.search(rb"<(?:\w+:)?ListBucketResult[\s>/]", start):
        raise NotSupported(
            "This server lists no versions",
            cause="It answers with a listing of objects where versions were asked for",
            advice="Look at what is current: nothing else can be seen there",
        )
    if not re.search(rb"<(?:\w+:)?(?:%s|Error)[\s>/]" % expected.encode(), start):
        raise StrangeAnswer(
            "The server's answer is no listing",
            cause="It is empty" if not start else f"It begins with {start[:40].decode('utf-8', 'replace')!r}",
            advice="Check that the endpoint is an S3 server and no website or login page stands before it",
        )
    try:
        root = _parsed(body)
    except ET.ParseError:
        return None
    return root if _local(root.tag) == expected else None


def _parsed(body: bytes) -> ET.Element:
    try:
        return ET.fromstring(body)  # noqa: S314 - expat expands no external entity; the body is bounded
    except ET.ParseError:
        if _STOOD_IN.search(body.decode("utf-8", "replace")):
            raise
        root = ET.fromstring(_REFERENCE.sub(_stand_in, body))  # noqa: S314 - as above
    for element in root.iter():
        if element.text:
            element.text = _STOOD_IN.sub(lambda match: chr(ord(match[0]) - _STAND_IN), element.text)
    return root


def _stand_in(match: re.Match[bytes]) -> bytes:
    """A private character for a control character that XML forbids, raw or as a reference."""
    hexadecimal, decimal = match[1], match[2]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal or b"%d" % match[0][0])
    if code < 0x20 and code not in {0x09, 0x0A, 0x0D}:
        return chr(_STAND_IN + code).encode()
    return match[0]


def read_listing(root: ET.Element) -> Listing:
    """The columns of a listing of objects or of versions. Raises StrangeAnswer."""
    fields = _texts(root)
    decode: Callable[[str], str] = unquote_plus if fields.get("EncodingType") == "url" else str
    listing = Listing(
        bucket=fields.get("Name", ""),
        prefix=fields.get("Prefix"),
        is_truncated=fields.get("IsTruncated", "").strip() == "true",
        token=fields.get("NextContinuationToken", ""),
        key_marker=decode(fields.get("NextKeyMarker", "")),
        version_marker=fields.get("NextVersionIdMarker", ""),
    )
    try:
        for element in root:
            _add(listing, _local(element.tag), element, decode)
    except (KeyError, ValueError) as error:
        raise StrangeAnswer(
            "The server's listing cannot be read",
            cause="An entry lacks a part or holds something else",
            advice="Check that the endpoint is an S3 server",
        ) from error
    return listing


def _add(listing: Listing, name: str, element: ET.Element, decode: Callable[[str], str]) -> None:
    if name == "Contents":
        fields = _texts(element)
        listing.keys.append(decode(fields["Key"]))
        listing.sizes.append(int(fields["Size"]))
        listing.modified.append(_seconds(fields["LastModified"]))
        listing.etags.append(fields.get("ETag", "").strip('"'))
        listing.storage_classes.append(fields.get("StorageClass") or USUAL_CLASS)
    elif name in {"Version", "DeleteMarker"}:
        fields = _texts(element)
        is_marker = name == "DeleteMarker"
        listing.versions.append(
            RawVersion(
                key=decode(fields["Key"]),
                version_id=fields.get("VersionId") or "null",
                is_latest=fields.get("IsLatest", "").strip() == "true",
                is_delete_marker=is_marker,
                modified=_seconds(fields["LastModified"]),
                size=0 if is_marker else int(fields["Size"]),
                etag="" if is_marker else fields.get("ETag", "").strip('"'),
                storage_class="" if is_marker else fields.get("StorageClass") or USUAL_CLASS,
            )
        )
    elif name == "CommonPrefixes":
        listing.prefixes.extend(decode(child.text or "") for child in element if _local(child.tag) == "Prefix")


def _texts(element: ET.Element) -> dict[str, str]:
    return {_local(child.tag): child.text or "" for child in element}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
