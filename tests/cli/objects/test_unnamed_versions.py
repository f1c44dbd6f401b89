"""Credentials that may read what is current and no version by its id: everything that reads goes on, under the ETag."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.line import CommandLine, line_to
from tests.exhaustive import EXHAUSTIVE
from tests.permissions import GET_VERSION
from tests.s3.faults import Asked, Fault, FaultyServer
from tests.servers import S3Server

NEEDS = "Without s3:GetObjectVersion no version can be named"
DENIED = b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>"
LARGE = 17 * 1024 * 1024
"""Bytes of what is downloaded in ranges and is named by its version."""


@dataclass
class Scene:
    """A bucket with versions, seen by who may read none of them by its id."""

    upstream: S3Server
    bucket: str
    server: FaultyServer
    folder: Path

    @property
    def client(self) -> Any:
        """The server itself, with all rights."""
        return self.upstream.client()

    @property
    def line(self) -> CommandLine:
        """The command line, with few rights."""
        return line_to(S3Server(self.server.endpoint, self.upstream.access_key, self.upstream.secret_key))

    def uri(self, key: str = "a.csv") -> str:
        """Of an object."""
        return f"s3://{self.bucket}/{key}"

    def body(self, key: str) -> bytes:
        """What is current."""
        found: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found

    def put(self, key: str = "a.csv", body: bytes = b"one\n", **more: Any) -> str:
        """A version; its id."""
        return str(self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **more)["VersionId"])


def few_rights(upstream: S3Server, folder: Path) -> Iterator[Scene]:
    bucket = upstream.bucket()
    with FaultyServer(upstream.endpoint) as server:
        server.add(Fault(GET_VERSION.matches, times=1000, status=403, body=DENIED))
        yield Scene(upstream, bucket, server, folder)


@pytest.fixture
def scene(moto: S3Server, tmp_path: Path) -> Iterator[Scene]:
    yield from few_rights(moto, tmp_path)


@pytest.fixture
def real_scene(seaweed: S3Server, tmp_path: Path) -> Iterator[Scene]:
    yield from few_rights(seaweed, tmp_path)


def test_one_object_is_downloaded_as_what_is_current(scene: Scene) -> None:
    version = scene.put("a.csv", b"old\n") and scene.put()
    said = scene.line("get", scene.uri(), scene.folder / "a.csv")
    assert (scene.folder / "a.csv").read_bytes() == b"one\n"
    assert NEEDS in said.err
    assert version in said.err


def test_a_large_one_is_downloaded_in_ranges(scene: Scene) -> None:
    body = bytes(range(256)) * (LARGE // 256)
    scene.put("dir/large.bin", body)
    said = scene.line("get", "-r", scene.uri("dir/"), scene.folder / "got", "-y")
    assert (scene.folder / "got" / "large.bin").read_bytes() == body
    assert NEEDS in said.out + said.err


@EXHAUSTIVE
def test_a_sync_down_goes_on(scene: Scene) -> None:
    scene.put("dir/large.bin", body := b"x" * LARGE)
    said = scene.line("sync", scene.uri("dir/"), scene.folder / "got", "-y")
    assert (scene.folder / "got" / "large.bin").read_bytes() == body
    assert NEEDS in said.out + said.err


def tags(scene: Scene, key: str) -> dict[str, str]:
    found = scene.client.get_object_tagging(Bucket=scene.bucket, Key=key)["TagSet"]
    return {one["Key"]: one["Value"] for one in found}


@pytest.mark.parametrize("verb", ["cp", "mv"])
def test_an_object_is_copied_and_moved_with_all_that_belongs_to_it(scene: Scene, verb: str) -> None:
    scene.put(Metadata={"owner": "ada"}, Tagging="stage=raw")
    said = scene.line(verb, scene.uri(), scene.uri("b.csv"), "-y")
    assert NEEDS in said.out + said.err
    assert scene.body("b.csv") == b"one\n"
    assert tags(scene, "b.csv") == {"stage": "raw"}
    assert scene.client.head_object(Bucket=scene.bucket, Key="b.csv")["Metadata"]["owner"] == "ada"
    is_there = "Contents" in scene.client.list_objects_v2(Bucket=scene.bucket, Prefix="a.csv")
    assert is_there is (verb == "cp")


def test_what_was_refused_once_is_not_asked_for_each_object(scene: Scene) -> None:
    for number in range(40):
        scene.put(f"dir/{number}.csv")
    scene.line("mv", "-r", scene.uri("dir/"), scene.uri("new/"), "-y")
    assert scene.body("new/39.csv") == b"one\n"
    refused = [one for one in scene.server.asked if GET_VERSION.matches(one)]
    assert len(refused) <= 64  # those that had begun, 16 at once, before the first was told


def test_metadata_is_changed(scene: Scene) -> None:
    scene.put()
    said = scene.line("meta", scene.uri(), "owner=ada", "-y")
    assert NEEDS in said.out + said.err
    assert scene.client.head_object(Bucket=scene.bucket, Key="a.csv")["Metadata"]["owner"] == "ada"


def test_an_object_is_edited(scene: Scene) -> None:
    scene.put(Tagging="stage=raw")
    editor = scene.folder / "editor.sh"
    editor.write_text('#!/bin/sh\necho two >> "$1"\n')
    editor.chmod(0o700)
    line = CommandLine({**scene.line.environment, "EDITOR": shlex.quote(str(editor)), "VISUAL": ""})
    said = line("edit", scene.uri(), "-y")
    assert NEEDS in said.out + said.err
    assert scene.body("a.csv") == b"one\ntwo\n"
    assert tags(scene, "a.csv") == {"stage": "raw"}


@pytest.mark.parametrize("verb", ["cat", "preview", "get"])
def test_a_version_that_is_current_is_read_and_an_old_one_is_denied(scene: Scene, verb: str) -> None:
    old, current = scene.put("a.csv", b"old\n"), scene.put()
    more = ["-"] if verb == "get" else []
    assert "one" in scene.line(verb, scene.uri(), *more, "--version-id", current).out
    assert "s3:GetObjectVersion" in scene.line(verb, scene.uri(), *more, "--version-id", old, code=4).err


def test_what_was_replaced_between_the_look_and_the_copy_is_not_taken_for_what_was_seen(real_scene: Scene) -> None:
    real_scene.put()
    others = [b"other\n"]

    def arrives(asked: Asked) -> bool:
        if others and asked.method == "PUT" and "x-amz-copy-source" in asked.headers:
            real_scene.put(body=others.pop())
        return False

    real_scene.server.add(Fault(arrives))
    said = real_scene.line("mv", real_scene.uri(), real_scene.uri("b.csv"), "-y", code=1)
    assert "changed" in said.err or "no longer" in said.err
    assert real_scene.body("a.csv") == b"other\n"
    assert "Contents" not in real_scene.client.list_objects_v2(Bucket=real_scene.bucket, Prefix="b.csv")
