"""Pages cut by patterns are what the careful parser makes of them; what is strange goes to the careful parser."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3ml_tui.s3.parsing.fast_listing_xml import Listing
from s3ml_tui.s3.parsing.listing_xml import _ROOTS, _root, read_fast, read_listing

KEY, TIME, ETAG, SIZE, CLASS = (
    "<Key>{key}</Key>",
    "<LastModified>2026-01-02T03:04:05.678Z</LastModified>",
    '<ETag>"abc-2"</ETag>',
    "<Size>12345678901</Size>",
    "<StorageClass>GLACIER</StorageClass>",
)
OWNER = "<Owner><ID>1</ID><DisplayName/></Owner>"
CHECKSUM = "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
RESTORE = "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>"


def entry(key: str, *parts: str, name: str = "Contents") -> str:
    return f"<{name}>{''.join(parts or (KEY, TIME, ETAG, SIZE, CLASS)).format(key=key)}</{name}>"


def body(*entries: str, root: str = "ListBucketResult", head: str = "", tail: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{head}'
        f"{''.join(entries)}{tail}<IsTruncated>true</IsTruncated></{root}>"
    ).encode()


def careful(page: bytes, operation: str = "ListObjectsV2") -> Listing:
    root = _root(page, _ROOTS[operation])
    assert root is not None
    return read_listing(root)


@pytest.mark.parametrize(
    "page",
    [
        body(),
        body(entry("a"), entry("b")),
        body(entry("a", SIZE, KEY, CLASS, ETAG, TIME), entry("b", SIZE, KEY, CLASS, ETAG, TIME)),
        body(entry("a", KEY, TIME, SIZE), entry("b", KEY, TIME, SIZE)),
        body(entry("a"), entry("b", KEY, TIME, ETAG, CHECKSUM, SIZE, OWNER, CLASS, RESTORE), entry("c")),
        body(entry("a", KEY, TIME, ETAG, CHECKSUM, SIZE, OWNER, CLASS, RESTORE), entry("b")),
        body(entry("a").replace("><", ">\n  <"), "\n", entry("b").replace("><", ">\n  <")),
        body(entry("a&amp;b&lt;&gt;&quot;&apos;&#65;&#x42;é\U0001f600 %2B+")),
        body(entry("a%20b%2Fc+d%F0%9F%98%80%0A"), entry("plain"), head="<EncodingType>url</EncodingType>"),
        body(entry("a&#x26;%41"), head="<EncodingType>url</EncodingType>"),
        body(entry("é%C3%A9"), head="<EncodingType>url</EncodingType>"),
        body(entry("a"), tail="<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>" * 2),
        body(entry("a"), "<CommonPrefixes><Prefix>d%2F/</Prefix></CommonPrefixes>", entry("z")),
        body(entry("a"), head="<NextContinuationToken>1+/=&amp;</NextContinuationToken><Prefix>Contents</Prefix>"),
        body(entry("a").replace('"abc-2"', "&quot;abc&quot;"), entry("b").replace('"abc-2"', "&#34;x&#34;")),
    ],
)
def test_columns_are_those_of_the_careful_parser(page: bytes) -> None:
    fast = read_fast(page, "ListObjectsV2")
    assert fast is not None
    assert fast == careful(page)
    assert len(fast.keys) == len(fast.sizes) == len(fast.modified) == len(fast.etags) == len(fast.storage_classes)


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html/>",
        b"<Error><Code>InternalError</Code></Error>",
        body(entry("a"))[:-12],
        body(entry("a"), entry("b", KEY, TIME, ETAG, SIZE)),
        body(entry("a"), entry("b", TIME, KEY, ETAG, SIZE, CLASS)),
        body(entry("a", KEY, KEY, TIME, SIZE)),
        body(entry("a", KEY, TIME)),
        body(entry("a"), "<!-- ", entry("b"), " -->"),
        body(entry("<![CDATA[a<b]]>")),
        body(entry("a\rb")),
        body(entry("a&unknown;")),
        body(entry("a&#xD800;")),
        body(entry("a").replace("<Contents>", "<Contents x='1'>")),
        body(entry("a", KEY, TIME.replace("01-02", "01-99"), ETAG, SIZE, CLASS)),
        body(entry("a", KEY, TIME, ETAG, "<Size>many</Size>", CLASS)),
        b"<ListBucketResult>\xff</ListBucketResult>",
        body(entry("a"), root="ListVersionsResult"),
    ],
)
def test_what_is_unlike_is_left_to_the_careful_parser(page: bytes) -> None:
    assert read_fast(page, "ListObjectsV2") is None


VERSION = (KEY, "<VersionId>v</VersionId>", "<IsLatest>true</IsLatest>", TIME, ETAG, SIZE, OWNER, CLASS)
MARKER = (KEY, "<VersionId>m</VersionId>", "<IsLatest>false</IsLatest>", TIME, OWNER)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry("a", *VERSION, name="Version")],
        [entry("a", *MARKER, name="DeleteMarker")],
        [entry("a", *MARKER, name="DeleteMarker"), entry("a", *VERSION, name="Version")] * 3,
        [entry("a", *VERSION, name="Version"), "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"],
        [entry("a", *VERSION[::-1], name="Version"), entry("b", *MARKER[::-1], name="DeleteMarker")],
    ],
)
def test_versions_and_markers_keep_their_order(entries: list[str]) -> None:
    page = body(*entries, root="ListVersionsResult", head="<NextKeyMarker>a%20b</NextKeyMarker>")
    fast = read_fast(page, "ListObjectVersions")
    assert fast is not None
    assert fast == careful(page, "ListObjectVersions")


def test_versions_of_two_shapes_are_left_to_the_careful_parser() -> None:
    entries = [entry("a", *VERSION, name="Version"), entry("b", *VERSION[:-1], name="Version")]
    assert read_fast(body(*entries, root="ListVersionsResult"), "ListObjectVersions") is None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), min_size=1), max_size=8))
def test_any_names_are_read_alike(keys: list[str]) -> None:
    page = body(*(entry(escape(key)) for key in keys))
    fast = read_fast(page, "ListObjectsV2")
    if fast is not None:
        assert fast.keys == keys
    else:
        assert "\r" in "".join(keys)
