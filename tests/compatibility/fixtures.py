"""What s3ml of commit 5680b01 left behind, loaded on this machine: state, settings, buckets.

`5680b01/` was made by that code (`make_fixtures.py`) and is never made anew. A server gives versions and uploads other
ids when they are loaded, bytes that name such ids become others, and this machine has other folders, addresses and
times. So whatever is loaded passes a `Rewriting`, which knows what stands here for what stood there.
"""

import base64
import gzip
import hashlib
import json
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.kill_scenes import PART, large, small
from tests.servers import S3Server

FOLDER = Path(__file__).parent / "5680b01"
_ID = re.compile(r"[0-9a-f]{32,}(?:_[0-9a-f]{32})?(?:-\d+)?")
"""Version ids, upload ids, ETags, digests."""


@cache
def about() -> Mapping[str, Any]:
    """The machine the fixtures were made on, its buckets, and what was killed."""
    told: Mapping[str, Any] = json.loads((FOLDER / "about.json").read_text())
    return told


def age() -> timedelta:
    """How long ago the fixtures were made; what is kept for so many days only has to be younger."""
    made = datetime.fromisoformat(about()["made"])
    return datetime.now(made.tzinfo) - made


@dataclass
class Rewriting:
    """What stands here for what stood there."""

    names: dict[str, str]
    """Folders and addresses."""
    ids: dict[str, str] = field(default_factory=dict)
    """Of versions and uploads; ETags and digests of bytes in which such an id stands."""

    def text(self, text: str) -> str:
        """Any text of theirs as it is here."""
        for there in sorted(self.names, key=len, reverse=True):
            text = text.replace(there, self.names[there])
        return _ID.sub(lambda found: self.ids.get(found[0], found[0]), text)


# the buckets ----------------------------------------------------------------------------------------------------------


def rows() -> Iterator[dict[str, Any]]:
    """All versions and open uploads, in the order they were made."""
    for line in gzip.decompress((FOLDER / "objects.jsonl.gz").read_bytes()).splitlines():
        yield json.loads(line)


def body_of(row: Mapping[str, Any]) -> bytes:
    """The bytes of a version as they were."""
    if "sha256" in row:
        data = small(count=row["small"])["big.bin"] if "small" in row else large(row["large"])[: row["size"]]
        assert hashlib.sha256(data).hexdigest() == row["sha256"], "kill_scenes makes other bytes than in 5680b01"
        return data
    return base64.b64decode(row["base64"]) if "base64" in row else row["text"].encode()


def load_buckets(server: S3Server, rewriting: Rewriting) -> None:
    """Make the buckets with all that is in them."""
    client = server.client()
    for bucket, versioning in about()["buckets"].items():
        client.create_bucket(Bucket=bucket)
        if versioning:
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for row in rows():
        if "upload_id" in row:
            open_upload(client, row, rewriting)
        elif row.get("is_marker"):
            made = client.delete_object(Bucket=row["bucket"], Key=row["key"])
            rewriting.ids[row["version_id"]] = made["VersionId"]
        else:
            _put(client, row, rewriting)
    for bucket, versioning in about()["buckets"].items():
        if versioning == "Suspended":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def _put(client: Any, row: Mapping[str, Any], rewriting: Rewriting) -> None:
    there = body_of(row)
    here = rewriting.text(row["text"]).encode() if "text" in row else there
    where = {"Bucket": row["bucket"], "Key": row["key"]}
    kept = {"Metadata": {name: rewriting.text(value) for name, value in row["metadata"].items()}, **row["headers"]}
    if "large" in row:
        upload = client.create_multipart_upload(**where, **kept)["UploadId"]
        sizes = {number: len(there[start : start + PART]) for number, start in enumerate(range(0, len(there), PART), 1)}
        made = client.complete_multipart_upload(
            **where, UploadId=upload, MultipartUpload={"Parts": _parts(client, where, upload, there, sizes)}
        )
    else:
        made = client.put_object(**where, **kept, Body=here)
    if row["tags"]:
        tags = [{"Key": name, "Value": value} for name, value in row["tags"].items()]
        named = {"VersionId": made["VersionId"]} if made.get("VersionId") else {}
        client.put_object_tagging(**where, **named, Tagging={"TagSet": tags})
    if row["version_id"] != "null":
        rewriting.ids[row["version_id"]] = made["VersionId"]
    if here != there:
        rewriting.ids[row["etag"]] = made["ETag"].strip('"')
        rewriting.ids[hashlib.sha256(there).hexdigest()] = hashlib.sha256(here).hexdigest()


def open_upload(client: Any, row: Mapping[str, Any], rewriting: Rewriting) -> None:
    """An upload with the parts that were there."""
    where = {"Bucket": row["bucket"], "Key": row["key"]}
    metadata = {name: rewriting.text(value) for name, value in row["metadata"].items()}
    algorithm = {"ChecksumAlgorithm": row["algorithm"]} if row["algorithm"] else {}
    kind = {"ContentType": row["content_type"]} if row["content_type"] else {}
    upload = client.create_multipart_upload(**where, **algorithm, **kind, Metadata=metadata)["UploadId"]
    data = large(1 if row["key"].endswith("more.bin") else 0)
    _parts(client, where, upload, data, {int(number): size for number, size in row["parts"].items()})
    rewriting.ids[row["upload_id"]] = upload


def _parts(
    client: Any, where: Mapping[str, str], upload: str, data: bytes, sizes: Mapping[int, int]
) -> list[dict[str, Any]]:
    made = []
    for number, size in sizes.items():
        body = data[(number - 1) * PART :][:size]
        answer = client.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)
        made.append({"PartNumber": number, "ETag": answer["ETag"]})
    return made


def remove_buckets(server: S3Server) -> None:
    """Leave nothing of them to other tests."""
    client = server.client()
    for bucket in {one["Name"] for one in client.list_buckets()["Buckets"]} & about()["buckets"].keys():
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            doomed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in there]
            if doomed:
                client.delete_objects(Bucket=bucket, Delete={"Objects": doomed})
        client.delete_bucket(Bucket=bucket)


# the folders ----------------------------------------------------------------------------------------------------------


def lines() -> list[str]:
    """The lines of the record of what was done, as they were written."""
    return (FOLDER / "state" / "activity.jsonl").read_text().splitlines()


def load_state(folder: Path, rewriting: Rewriting) -> None:
    """The state folder; what was done a moment before the fixtures were made was done a moment ago."""
    for source in sorted((FOLDER / "state").rglob("*")):
        target = folder / source.relative_to(FOLDER / "state")
        if source.is_dir():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".gz":
            text = gzip.decompress(source.read_bytes()).decode()
            target.write_bytes(gzip.compress(rewriting.text(text).encode()))
        else:
            target.write_text(rewriting.text(source.read_text()))
    activity = folder / "activity.jsonl"
    activity.write_text("".join(f"{_younger(line)}\n" for line in activity.read_text().splitlines()))


def _younger(line: str) -> str:
    told = json.loads(line)
    told["deed"]["at"] = (datetime.fromisoformat(told["deed"]["at"]) + age()).isoformat()
    return json.dumps(told)


def load_journal(case: str, folder: Path, rewriting: Rewriting) -> Path:
    """The journal of a command that was killed, as one of this machine; `folder` is that for transfers."""
    folder.mkdir(parents=True)
    target = folder / str(about()["kills"][case]["journal"])
    told = [json.loads(line) for line in (FOLDER / "kills" / case / target.name).read_text().splitlines()]
    for line in told:
        if "host" in line:
            line["host"] = socket.gethostname()
        for name in ("at", "asked"):
            if isinstance(line.get(name), float):
                line[name] += age().total_seconds()
    target.write_text(rewriting.text("".join(f"{json.dumps(line)}\n" for line in told)))
    return target
