"""One cell of the table of faults: its own prefix and folder, a way that misbehaves, and what is really there after it.

What is there is asked of the server itself, never through the way, and is compared with what was there before.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import MIB, TransferSettings
from s3ml_tui.services.session import Services
from tests.s3.faults import FaultyServer
from tests.servers import S3Server
from tests.ui.harness import services_over

READ_TIMEOUT_S = 0.6
"""Stands for the 15 s of the product; what is to be told within 60 s there is told within four of these."""
SHORT = TransferSettings(
    multipart_threshold=6 * MIB,
    part_size=5 * MIB,
    range_size=5 * MIB,
    copy_threshold=6 * MIB,
    copy_part_size=5 * MIB,
    threads=4,
    backoff_s=0.001,
    connect_timeout_s=0.6,
    read_timeout_s=READ_TIMEOUT_S,
)
LONG_TIMEOUTS = replace(SHORT, connect_timeout_s=10, read_timeout_s=20)
"""Where nobody is silent: a busy machine is not to be taken for a server that says nothing."""
MARKER = None
"""In place of bytes: a delete marker."""
Entry = tuple[str, str]
"""Key and version id."""


@dataclass
class Expected:
    """What there is once the command has done its work."""

    made: dict[str, bytes | None] = field(default_factory=dict)
    """By key: the one new version's bytes, or MARKER."""
    removed: set[Entry] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    """Keys whose new version has to have the metadata, the content type and the tags of `Scene.put`."""
    files: dict[Path, bytes] = field(default_factory=dict)
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By key."""


@dataclass
class Scene:
    """Where one cell happens."""

    server: S3Server
    bucket: str
    name: str
    folder: Path
    state: Path
    expected: Expected = field(default_factory=Expected)
    before: set[Entry] = field(default_factory=set)
    old_files: dict[Path, bytes] = field(default_factory=dict)
    old_tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"{self.name}/"

    @property
    def place(self) -> Place:
        return Place(self.bucket, self.prefix)

    def key(self, name: str) -> ObjectKey:
        return ObjectKey(self.bucket, self.prefix + name)

    def put(self, name: str, body: bytes) -> str:
        """Arrange an object; its version id."""
        answer = self.server.client().put_object(
            Bucket=self.bucket,
            Key=self.prefix + name,
            Body=body,
            Metadata={"mine": "yes"},
            ContentType="text/x-mine",
            Tagging="of=mine",
        )
        return str(answer["VersionId"])

    def delete(self, name: str) -> str:
        """Arrange a delete marker; its version id."""
        return str(self.server.client().delete_object(Bucket=self.bucket, Key=self.prefix + name)["VersionId"])

    def file(self, name: str, body: bytes) -> Path:
        """Arrange a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    def begin(self) -> None:
        """All is arranged: remember what is there."""
        self.before = set(self.entries())
        self.old_files = {path: path.read_bytes() for path in self.expected.files if path.exists()}
        self.old_tags = {key: self.tags_of(key) for key in self.expected.tags}

    # what is there -------------------------------------------------------------------------------------------------

    def entries(self) -> dict[Entry, bool]:
        """All versions and markers of the cell, and whether each is a marker."""
        pages = self.server.client().get_paginator("list_object_versions")
        found: dict[Entry, bool] = {}
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
            found |= {(one["Key"], one["VersionId"]): False for one in page.get("Versions", [])}
            found |= {(one["Key"], one["VersionId"]): True for one in page.get("DeleteMarkers", [])}
        return found

    def tags_of(self, key: str) -> dict[str, str]:
        answer = self.server.client().get_object_tagging(Bucket=self.bucket, Key=key)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def wrong(self, *, most: int = 1) -> list[str]:
        """What must never be, however the command ended; `most` new versions of a key may be there."""
        expected, now = self.expected, self.entries()
        new = {entry: is_marker for entry, is_marker in now.items() if entry not in self.before}
        problems = [f"{entry} is gone" for entry in self.before - set(now) - expected.removed]
        for (key, version), is_marker in new.items():
            if key not in expected.made:
                problems.append(f"{key} was made by nobody's wish")
            elif is_marker != (expected.made[key] is MARKER):
                problems.append(f"{key} got {'a marker' if is_marker else 'a version'}")
            elif not is_marker and self._body(key, version) != expected.made[key]:
                problems.append(f"{key} has a version with other bytes")
            elif key in expected.kept and not self._keeps_all(key, version):
                problems.append(f"{key} has a version that lost metadata, content type or tags")
        problems += [
            f"{key} has {count} new versions" for key, count in Counter(key for key, _ in new).items() if count > most
        ]
        for path, body in expected.files.items():
            there = path.read_bytes() if path.exists() else None
            if there != self.old_files.get(path) and there != body:
                problems.append(f"{path.name} is torn: {len(there or b'')} of {len(body)} bytes")
        for key, tags in expected.tags.items():
            if (now_tags := self.tags_of(key)) not in (tags, self.old_tags[key]):
                problems.append(f"{key} has the tags {now_tags}")
        return problems

    def missing(self) -> list[str]:
        """What is not there though the command said that it was done."""
        expected, now = self.expected, self.entries()
        made = {key for key, _ in set(now) - self.before}
        problems = [f"{key} was not made" for key in expected.made if key not in made]
        problems += [f"{entry} is still there" for entry in expected.removed & set(now)]
        problems += [f"{path.name} is not there" for path, body in expected.files.items() if not _has(path, body)]
        problems += [f"{key} is not tagged" for key, tags in expected.tags.items() if self.tags_of(key) != tags]
        return problems

    def is_untouched_or_known(self, is_known: bool) -> bool:
        """Whether an error may be told: nothing was made, or the same command again knows it."""
        return is_known or not {entry for entry in self.entries() if entry not in self.before}

    def left(self) -> list[str]:
        """What of ours is left behind; an upload whose first answer was lost has no parts, and stays.

        So does that of a copy whose server was lost: no journal names it.
        """
        client = self.server.client()
        answer = client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.prefix)
        problems = [
            f"an open upload of {one['Key']}"
            for one in answer.get("Uploads", [])
            if one["Key"] not in self.expected.kept
            and client.list_parts(Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]).get("Parts")
        ]
        known = {*self.expected.files, *self.old_files}
        problems += [f"{path.name} in the folder" for path in self.folder.rglob("*") if ".s3ml-" in path.name]
        problems += [f"{path.name} unasked" for path in known if path.exists() and path.suffix == ".part"]
        journals = self.state / "transfers"
        return problems + [f"the journal {path.name}" for path in (journals.iterdir() if journals.is_dir() else ())]

    def _keeps_all(self, key: str, version: str) -> bool:
        client, which = self.server.client(), {"Bucket": self.bucket, "Key": key, "VersionId": version}
        found, tags = client.head_object(**which), client.get_object_tagging(**which)["TagSet"]
        is_kept = (found["ContentType"], found["Metadata"].get("mine")) == ("text/x-mine", "yes")
        return is_kept and tags == [{"Key": "of", "Value": "mine"}]

    def _body(self, key: str, version: str) -> bytes:
        answer = self.server.client().get_object(Bucket=self.bucket, Key=key, VersionId=version)
        with answer["Body"] as body:
            found: bytes = body.read()
        return found


def open_session(
    server: S3Server, way: FaultyServer, state: Path, transfer: TransferSettings = LONG_TIMEOUTS
) -> Services:
    """A new session over the way, as a new process has it."""
    store = connect(Context(endpoint_url=way.endpoint), (server.access_key, server.secret_key), settings=transfer)
    return services_over(store, state)


def state_folder() -> Path:
    """Where journals lie now."""
    return settings.state_folder()


def _has(path: Path, body: bytes) -> bool:
    return path.exists() and path.read_bytes() == body
