"""What a bucket holds, written in words: arranged from them, and put into them by looking with boto3.

`{"a.csv": "new old[text/csv]{team=a}"}` is an object of two versions, the current one first: its body is `new`. After a
body stand, where there are any, the content type in [], the tags in {} and the metadata in (). ∅ is an empty body, ✗ a
delete marker, ❄ an object in an archive class and ☼ one that was asked for from there. What is not current has no order
of its own, since a server may date two versions to the same second.
"""

import re
from typing import Any

from tests.servers import S3Server

State = dict[str, str]
"""By key; what stands first in a text is current."""
MARKER, EMPTY, COLD, RESTORING = "✗", "∅", "❄", "☼"
_NO_TYPE = ("binary/octet-stream", "application/octet-stream")
_WORD = re.compile(r"(?P<body>[^\[{(]+)(\[(?P<type>.*?)\])?({(?P<tags>.*?)})?(\((?P<metadata>.*?)\))?")
_OURS = "s3ml-"


def arrange(server: S3Server, bucket: str, state: State) -> None:
    """Make a bucket hold this, the oldest version of each key first."""
    for key, text in state.items():
        for word in reversed(text.split(" ")):
            write(server, bucket, key, word)


def write(server: S3Server, bucket: str, key: str, word: str, **more: str) -> str:
    """One version or marker; answers its id, "" where the bucket keeps none."""
    client = server.client()
    if word == MARKER:
        return str(client.delete_object(Bucket=bucket, Key=key).get("VersionId", ""))
    if word == COLD:
        more["StorageClass"] = "GLACIER"
    found = _WORD.fullmatch(word)
    assert found, word
    more["ContentType"] = found["type"] or _NO_TYPE[0]  # some guess one where none is sent
    if found["tags"]:
        more["Tagging"] = found["tags"].replace(",", "&")
    body = b"" if word == EMPTY else found["body"].encode()
    made = client.put_object(Bucket=bucket, Key=key, Body=body, Metadata=_pairs(found["metadata"]), **more)
    return str(made.get("VersionId", ""))


def seen(server: S3Server, bucket: str, prefix: str = "") -> State:
    """What a bucket holds now."""
    client = server.client()
    listing = client.list_object_versions(Bucket=bucket, Prefix=prefix)
    assert not listing["IsTruncated"]
    words: dict[str, list[str]] = {}
    for one in (*listing.get("Versions", ()), *listing.get("DeleteMarkers", ())):
        word = _word(client, bucket, one) if "ETag" in one else MARKER
        words.setdefault(one["Key"], []).insert(0 if one["IsLatest"] else len(words.get(one["Key"], ())), word)
    return {key: " ".join([found[0], *sorted(found[1:])]) for key, found in words.items()}


def normal(state: State) -> State:
    """The same as `seen` would tell it."""
    return {key: " ".join([text.split(" ")[0], *sorted(text.split(" ")[1:])]) for key, text in state.items()}


def _word(client: Any, bucket: str, version: dict[str, Any]) -> str:
    at = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
    if version.get("StorageClass") == "GLACIER":
        return RESTORING if client.head_object(**at).get("Restore") else COLD
    found = client.get_object(**at)
    body = found["Body"].read()
    word = body.decode() if body else EMPTY
    content_type = found["ContentType"].partition(";")[0]
    if content_type not in _NO_TYPE:
        word += f"[{content_type}]"
    tags = client.get_object_tagging(**at)["TagSet"] if found.get("TagCount") else []
    if tags:
        word += f"{{{_text({tag['Key']: tag['Value'] for tag in tags})}}}"
    metadata = {name: value for name, value in found["Metadata"].items() if not name.startswith(_OURS)}
    return f"{word}({_text(metadata)})" if metadata else word


def _text(pairs: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(pairs.items()))


def _pairs(text: str | None) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",")) if text else {}
