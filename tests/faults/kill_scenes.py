"""What is killed: one command each, on what was arranged for it, and what there is to be in the end."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.servers import S3Server

MIB = 1024 * 1024
PART = 5 * MIB
FILES = 30


@dataclass(frozen=True, slots=True)
class Past:
    """All that was ever at a key."""

    versions: tuple[bytes, ...]
    """Their bytes, oldest first."""
    markers: int = 0
    is_deleted: bool = False
    """Whether a marker is on top."""

    def is_between(self, before: "Past", after: "Past") -> bool:
        """Whether it is one whole step or more behind `after`, none before `before`, and nothing else."""
        count = len(self.versions)
        return (
            self.versions == after.versions[:count]
            and count >= len(before.versions)
            and before.markers <= self.markers <= after.markers
        )


NOTHING = Past(())


@dataclass(frozen=True, slots=True)
class World:
    """Where one command acts: a prefix of a bucket, and folders of its own."""

    server: S3Server
    bucket: str
    prefix: str
    folder: Path

    @property
    def client(self) -> Any:
        return self.server.client()

    @property
    def uri(self) -> str:
        """Of the prefix, with the slash."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def up(self) -> Path:
        """What goes up lies there."""
        return self.folder / "up"

    @property
    def down(self) -> Path:
        """What comes down goes there."""
        return self.folder / "down"

    def put(self, name: str, data: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """An object, in parts when it is large, as the product makes them; its version id."""
        key = self.prefix + name
        if len(data) <= PART:
            made = self.client.put_object(Bucket=self.bucket, Key=key, Body=data, Metadata=dict(metadata or {}))
            return str(made["VersionId"])
        upload = self.client.create_multipart_upload(Bucket=self.bucket, Key=key, Metadata=dict(metadata or {}))
        parts = []
        for number, start in enumerate(range(0, len(data), PART), 1):
            made = self.client.upload_part(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload["UploadId"],
                PartNumber=number,
                Body=data[start : start + PART],
            )
            parts.append({"PartNumber": number, "ETag": made["ETag"]})
        made = self.client.complete_multipart_upload(
            Bucket=self.bucket, Key=key, UploadId=upload["UploadId"], MultipartUpload={"Parts": parts}
        )
        return str(made["VersionId"])

    def delete(self, name: str) -> None:
        """Put a marker on top."""
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Files below a folder."""
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def pasts(self) -> dict[str, Past]:
        """By name, what was ever at each key below the prefix."""
        versions: dict[str, list[bytes]] = {}
        markers: dict[str, int] = {}
        deleted: set[str] = set()
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            for one in page.get("Versions", []):
                got = self.client.get_object(Bucket=self.bucket, Key=one["Key"], VersionId=one["VersionId"])
                versions.setdefault(one["Key"], []).insert(0, got["Body"].read())
            for one in page.get("DeleteMarkers", []):
                markers[one["Key"]] = markers.get(one["Key"], 0) + 1
                deleted |= {one["Key"]} if one["IsLatest"] else set()
        return {
            key.removeprefix(self.prefix): Past(tuple(versions.get(key, ())), markers.get(key, 0), key in deleted)
            for key in versions.keys() | markers.keys()
        }

    def open_uploads(self) -> list[str]:
        """Keys of uploads that are open below the prefix; those without parts were begun, and nobody heard of it."""
        client = self.client
        found = client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.prefix).get("Uploads", [])
        named = [{"Bucket": self.bucket, "Key": one["Key"], "UploadId": one["UploadId"]} for one in found]
        return [str(one["Key"]) for one in named if client.list_parts(**one).get("Parts")]

    def tags(self, name: str) -> dict[str, str]:
        """Of the current version."""
        found = self.client.get_object_tagging(Bucket=self.bucket, Key=self.prefix + name)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}


@dataclass(frozen=True, slots=True)
class Scene:
    """A command and what it is to come to."""

    words: Sequence[object]
    pasts: Mapping[str, Past] = field(default_factory=dict)
    """In the end, by name below the prefix."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """In the end, below `World.down`."""
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """In the end, of some."""
    first: Sequence[Sequence[object]] = ()
    """Commands that nobody disturbs, before."""
    answer: Sequence[object] = ()
    """What a person adds who is asked about what is there already: copies that were killed are not known again."""
    copied_over: frozenset[str] = frozenset()
    """Names that have their newest bytes once more where that was the answer."""

    @property
    def sends_bytes(self) -> bool:
        """Whether files go up; of what the server copies, uploads that nobody finished stay for a lifecycle rule."""
        return self.words[0] == "put" or (self.words[0] == "sync" and isinstance(self.words[1], Path))


Arrange = Callable[[World], Scene]
SKIP, OVERWRITE = ("--on-conflict", "skip"), ("--on-conflict", "overwrite")


@cache
def large(number: int = 0) -> bytes:
    """Eleven megabytes."""
    return random.Random(f"large {number}").randbytes(11 * MIB)


@cache
def small(salt: str = "", count: int = FILES) -> Mapping[str, bytes]:
    """Small files of some folders, an empty one among them, one larger than goes up at once."""
    chance = random.Random(f"small {salt}")
    files = {f"d{number % 3}/f{number:02}.bin": chance.randbytes(number * 97) for number in range(count - 1)}
    return files | {"big.bin": chance.randbytes(MIB)}


def pasts_of(files: Mapping[str, bytes]) -> dict[str, Past]:
    """Each of them once."""
    return {name: Past((data,)) for name, data in files.items()}


# up ----------------------------------------------------------------------------------------------------------------


def put_large(world: World) -> Scene:
    world.write(world.up, {"large.bin": large()})
    return Scene(("put", world.up / "large.bin", world.uri), {"large.bin": Past((large(),))})


def put_large_over(world: World) -> Scene:
    world.put("large.bin", b"old")
    world.write(world.up, {"large.bin": large()})
    return Scene(("put", world.up / "large.bin", world.uri), {"large.bin": Past((b"old", large()))})


def put_small_over(world: World) -> Scene:
    world.put("small.bin", b"old")
    world.write(world.up, {"small.bin": b"new"})
    return Scene(("put", world.up / "small.bin", world.uri), {"small.bin": Past((b"old", b"new"))})


def put_folder(world: World) -> Scene:
    world.write(world.up, small())
    return Scene(("put", "-r", world.up, world.uri), pasts_of(small()))


def put_folder_with_large(world: World) -> Scene:
    files = {**small(count=4), "large.bin": large(), "more.bin": large(1)[: 7 * MIB]}
    world.write(world.up, files)
    world.put("d1/f01.bin", b"old")
    pasts = pasts_of(files) | {"d1/f01.bin": Past((b"old", files["d1/f01.bin"]))}
    return Scene(("put", "-r", world.up, world.uri, "--on-conflict", "overwrite"), pasts)


def sync_up(world: World) -> Scene:
    files = dict(small())
    names = sorted(files)
    for name in names[:6]:
        world.put(name, b"old " + name.encode())
    world.put("doomed.bin", b"doomed")
    world.write(world.up, files)
    pasts = pasts_of(files) | {name: Past((b"old " + name.encode(), files[name])) for name in names[:6]}
    pasts["doomed.bin"] = Past((b"doomed",), markers=1, is_deleted=True)
    return Scene(("sync", world.up, world.uri, "--delete", "--yes"), pasts)


# down --------------------------------------------------------------------------------------------------------------


def get_large(world: World) -> Scene:
    world.put("large.bin", large())
    world.down.mkdir()
    words = ("get", f"{world.uri}large.bin", world.down / "large.bin")
    return Scene(words, {"large.bin": Past((large(),))}, {"large.bin": large()})


def get_large_over(world: World) -> Scene:
    world.put("large.bin", large())
    world.write(world.down, {"large.bin": b"old"})
    words = ("get", "--force", f"{world.uri}large.bin", world.down / "large.bin")
    return Scene(words, {"large.bin": Past((large(),))}, {"large.bin": large()})


def get_small(world: World) -> Scene:
    world.put("small.bin", b"new")
    world.down.mkdir()
    return Scene(("get", f"{world.uri}small.bin", world.down), {"small.bin": Past((b"new",))}, {"small.bin": b"new"})


def get_folder(world: World) -> Scene:
    for name, data in small().items():
        world.put(name, data)
    return Scene(("get", "-r", world.uri, world.down), pasts_of(small()), small())


def get_folder_with_large(world: World) -> Scene:
    files = {**small(count=4), "large.bin": large(), "more.bin": large(1)[: 7 * MIB]}
    for name, data in files.items():
        world.put(name, data)
    return Scene(("get", "-r", world.uri, world.down), pasts_of(files), files)


def sync_down(world: World) -> Scene:
    files = dict(small())
    for name, data in files.items():
        world.put(name, data)
    old = {name: b"old " + name.encode() for name in sorted(files)[:6]}
    world.write(world.down, {**old, "doomed.bin": b"doomed"})
    return Scene(("sync", world.uri, world.down, "--delete", "--yes"), pasts_of(files), files)


# within the server -------------------------------------------------------------------------------------------------


def cp_large(world: World) -> Scene:
    world.put("a/large.bin", large(), {"colour": "red"})
    words = ("cp", f"{world.uri}a/large.bin", f"{world.uri}b/large.bin")
    pasts = {"a/large.bin": Past((large(),)), "b/large.bin": Past((large(),))}
    return Scene(words, pasts, answer=SKIP)


def cp_large_over(world: World) -> Scene:
    world.put("a/large.bin", large())
    world.put("b/large.bin", b"old")
    words = ("cp", f"{world.uri}a/large.bin", f"{world.uri}b/large.bin", "--on-conflict", "overwrite")
    pasts = {"a/large.bin": Past((large(),)), "b/large.bin": Past((b"old", large()))}
    return Scene(words, pasts, copied_over=frozenset({"b/large.bin"}))


def cp_small(world: World) -> Scene:
    world.put("a/small.bin", b"bytes")
    words = ("cp", f"{world.uri}a/small.bin", f"{world.uri}b/small.bin")
    return Scene(words, {"a/small.bin": Past((b"bytes",)), "b/small.bin": Past((b"bytes",))}, answer=SKIP)


def cp_folder(world: World) -> Scene:
    files = small(count=10)
    for name, data in files.items():
        world.put(f"a/{name}", data)
    words = ("cp", "-r", f"{world.uri}a/", f"{world.uri}b/")
    pasts = {f"{side}/{name}": Past((data,)) for side in "ab" for name, data in files.items()}
    return Scene(words, pasts, answer=SKIP)


def mv_large(world: World) -> Scene:
    world.put("a/large.bin", large())
    words = ("mv", f"{world.uri}a/large.bin", f"{world.uri}b/large.bin")
    gone = Past((large(),), markers=1, is_deleted=True)
    pasts = {"a/large.bin": gone, "b/large.bin": Past((large(),))}
    return Scene(words, pasts, answer=OVERWRITE, copied_over=frozenset({"b/large.bin"}))


def mv_folder(world: World) -> Scene:
    files = small(count=10)
    for name, data in files.items():
        world.put(f"a/{name}", data)
    words = ("mv", "-r", f"{world.uri}a/", f"{world.uri}b/")
    gone = {f"a/{name}": Past((data,), markers=1, is_deleted=True) for name, data in files.items()}
    made = {f"b/{name}": Past((data,)) for name, data in files.items()}
    return Scene(words, gone | made, answer=OVERWRITE, copied_over=frozenset(made))


def sync_across(world: World) -> Scene:
    files = {**small(count=6), "large.bin": large()}
    for name, data in files.items():
        world.put(f"a/{name}", data)
    words = ("sync", f"{world.uri}a/", f"{world.uri}b/", "--yes")
    return Scene(words, {f"{side}/{name}": Past((data,)) for side in "ab" for name, data in files.items()})


def rm(world: World) -> Scene:
    world.put("small.bin", b"bytes")
    gone = Past((b"bytes",), markers=1, is_deleted=True)
    return Scene(("rm", f"{world.uri}small.bin", "--yes"), {"small.bin": gone})


def rm_folder(world: World) -> Scene:
    files = small(count=10)
    for name, data in files.items():
        world.put(f"a/{name}", data)
    gone = {f"a/{name}": Past((data,), markers=1, is_deleted=True) for name, data in files.items()}
    return Scene(("rm", "-r", f"{world.uri}a/", "--yes"), gone)


UP: tuple[Arrange, ...] = (put_large, put_large_over, put_small_over, put_folder, put_folder_with_large, sync_up)
DOWN: tuple[Arrange, ...] = (get_large, get_large_over, get_small, get_folder, get_folder_with_large, sync_down)
WITHIN: tuple[Arrange, ...] = (
    cp_large,
    cp_large_over,
    cp_small,
    cp_folder,
    mv_large,
    mv_folder,
    sync_across,
    rm,
    rm_folder,
)
