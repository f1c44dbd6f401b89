"""Names that mean harm, through every command that takes or prints one: nothing raw is printed, the key is the key."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from s3ml_tui.domain.text import printable
from tests.cli.terminals import Commands, Sent
from tests.exhaustive import beyond
from tests.hostile import BY_ID, NAMES, Hostile, longest, obeyed_in, raw_in
from tests.servers import S3Server

FIRST, SECOND = b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n"
NEXT = ".next"
WIPED = "\r\x1b[K"
"""A line of progress is begun anew: the only thing of its kind that commands send themselves."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One name in a bucket of its own; commands are given on a terminal, into a pipe, and as JSON."""

    server: S3Server
    bucket: str
    folder: Path
    name: str
    shown: str

    @property
    def key(self) -> str:
        return f"raw/{self.name}"

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}/raw/"

    @property
    def level(self) -> str:
        """What stands in the list of `raw/`."""
        name, slash, _ = self.shown.partition("/")
        return name + slash

    def shows(self, *words: object, code: int = 0, text: str | None = None) -> Sent:
        """On a terminal: nothing raw arrives there, and the name is to be read."""
        said = Commands(self.server.environment())(*words, code=code)
        assert not raw_in((said.out + said.err).replace(WIPED, "")), said
        wanted = self.shown if text is None else text
        assert wanted in " ".join((said.out + said.err).split("\n")), said
        return said

    def pipes(self, *words: object, code: int = 0) -> Sent:
        """Into a pipe: nothing that would be obeyed."""
        said = Commands(self.server.environment(), is_terminal=False)(*words, code=code)
        assert not obeyed_in(said.out + said.err), said
        assert not raw_in(said.err), said
        return said

    def rows(self, *words: object, code: int = 0) -> list[dict[str, Any]]:
        """As JSON: ASCII, and the key is the key."""
        said = self.pipes(*words, "--json", code=code)
        assert said.out.isascii()
        rows = said.rows
        for row in rows:
            assert row.get("key", self.key) in {self.key, self.key + NEXT, None}, row
        return rows

    def there(self) -> list[str]:
        """What is in the bucket, as the server tells a stranger."""
        pages = self.server.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def body(self, key: str | None = None) -> bytes:
        found: bytes = self.server.client().get_object(Bucket=self.bucket, Key=key or self.key)["Body"].read()
        return found


def walk_of(server: S3Server, folder: Path, one: Hostile) -> Walk:
    return Walk(server, server.bucket(), folder, one.name, one.shown)


ON_SEAWEED = ("colour", "line-feed", "right-to-left", "ends-blank", "non-bmp")
ON_MOTO = ("backslashes", "shell", "percent", "double-slash", "dots")


def _some(names: tuple[str, ...], usual: int) -> list[ParameterSet]:
    """All; the first `usual` ones are walked always."""
    return [pytest.param(name, marks=beyond(usual, number)) for number, name in enumerate(names)]


@pytest.mark.parametrize("name_id", _some(ON_SEAWEED, 1))
def test_the_walk_on_the_embedded_server(seaweed: S3Server, tmp_path: Path, name_id: str) -> None:
    walk_through(walk_of(seaweed, tmp_path, BY_ID[name_id]))


@pytest.mark.parametrize("name_id", _some(ON_MOTO, 1))
def test_the_walk_on_moto(moto: S3Server, tmp_path: Path, name_id: str) -> None:
    walk_through(walk_of(moto, tmp_path, BY_ID[name_id]))


def walk_through(walk: Walk) -> None:
    """Everything one does to an object."""
    written(walk)
    looked_at(walk)
    labelled(walk)
    carried(walk)
    deleted_and_back(walk)
    many(walk)
    remembered(walk)


def written(walk: Walk) -> None:
    file = walk.folder / "file.csv"
    for content, say in ((FIRST, walk.shows), (SECOND, walk.pipes)):
        file.write_bytes(content)
        say("put", file, walk.uri, "--yes")
        assert walk.there() == [walk.key]
        assert walk.body() == content


def looked_at(walk: Walk) -> None:
    listing = walk.shows("ls", walk.place, text=walk.level)
    assert len(listing.out.splitlines()) == 1
    assert len(walk.pipes("ls", walk.place).out.splitlines()) == 1
    for words in (("ls", "-r", walk.place), ("find", walk.place), ("ls", walk.uri)):
        assert walk.shows(*words, text=walk.shown.rpartition("/")[2]).out.count("\n") == 1
        assert walk.pipes(*words).out.count("\n") == 1
        assert [row["key"] for row in walk.rows(*words)] == [walk.key]
    assert [row["key"] for row in walk.rows("find", walk.place, walk.name[-9:])] == [walk.key]
    walk.shows("du", walk.place, text="")
    walk.pipes("du", f"s3://{walk.bucket}")
    [usage] = walk.rows("du", walk.place)
    assert usage["newest_key"] == walk.key
    for verb in ("stat", "preview", "history"):
        walk.shows(verb, walk.uri, text="")
        walk.pipes(verb, walk.uri)
        assert {row["uri"] for row in walk.rows(verb, walk.uri)} == {walk.uri}
    assert walk.pipes("cat", walk.uri).out.encode() == SECOND
    assert walk.shows("cat", walk.uri, text="").out.encode() == SECOND
    walk.shows("doctor", walk.uri, text="")
    walk.pipes("doctor", walk.uri)


def labelled(walk: Walk) -> None:
    walk.shows("tag", walk.uri, "team=a b")
    assert walk.rows("tag", walk.uri)[0]["pairs"] == {"team": "a b"}
    walk.shows("tag", walk.uri, text="team")
    undone(walk, walk.shows("meta", walk.uri, "note=[red]x[/]"))
    assert walk.rows("meta", walk.uri)[0]["pairs"].get("note") is None
    assert walk.body() == SECOND


def undone(walk: Walk, said: Sent) -> None:
    """Give the command that is printed, as a shell reads it."""
    line = said.err.partition("To undo it: ")[2].splitlines()[0]
    words = list(shell_words(line))
    assert words[0] == "s3ml"
    walk.pipes(*words[1:], "--yes")


def shell_words(line: str) -> Iterator[str]:
    """What bash makes of a line."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed: it reads the commands that are printed")
    ran = subprocess.run([bash, "-c", f"printf '%s\\0' {line}"], check=True, capture_output=True, timeout=30)
    return iter(ran.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1])


def carried(walk: Walk) -> None:
    back = walk.folder / "back.csv"
    walk.shows("get", walk.uri, back, text="back.csv")
    assert back.read_bytes() == SECOND
    assert walk.pipes("get", walk.uri, "-").out.encode() == SECOND
    walk.shows("verify", walk.uri, back)
    walk.pipes("verify", walk.uri, back)
    walk.shows("share", walk.uri, text="X-Amz-Signature", code=0)
    [link] = walk.rows("share", walk.uri)
    assert link["uri"] == walk.uri
    undone(walk, walk.shows("cp", walk.uri, walk.uri + NEXT))
    assert walk.there() == [walk.key]
    walk.shows("mv", walk.uri, walk.uri + NEXT, "--yes")
    assert walk.there() == [walk.key + NEXT]
    assert walk.body(walk.key + NEXT) == SECOND
    walk.pipes("mv", walk.uri + NEXT, walk.uri, "--yes")
    assert walk.there() == [walk.key]
    edit(walk)


def edit(walk: Walk) -> None:
    script = walk.folder / "editor.sh"
    script.write_text('#!/bin/sh\nprintf "5,6\\n" >> "$1"\n')
    script.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDITOR", str(script))
        patch.delenv("VISUAL", raising=False)
        walk.shows("edit", walk.uri, "--yes", text=walk.shown.rpartition("/")[2])
    assert walk.body() == SECOND + b"5,6\n"


def deleted_and_back(walk: Walk) -> None:
    name = walk.shown.rpartition("/")[2]
    walk.shows("rm", walk.uri, "--dry-run", text=name)
    undone(walk, walk.shows("rm", walk.uri, "--yes", text=name))
    assert walk.there() == [walk.key]
    walk.pipes("rm", walk.uri, "--yes")
    assert walk.there() == []
    walk.shows("ls", walk.place, "--deleted", text=walk.level)
    walk.rows("ls", "-r", walk.place, "--deleted")
    walk.shows("undelete", walk.uri, "--yes", text=name)
    assert walk.there() == [walk.key]
    versions = walk.rows("history", walk.uri)
    first = [row["version_id"] for row in versions if not row["is_delete_marker"]][-1]
    walk.shows("restore", walk.uri, "--version-id", first, "--yes", text=name)
    assert walk.body() == FIRST
    walk.shows("purge", walk.uri, "--version-id", first, "--yes", text=name)
    assert first not in {row["version_id"] for row in walk.rows("history", walk.uri)}
    for verb in ("stat", "cat", "history", "preview"):
        said = walk.shows(verb, walk.uri + ".none", code=3, text="s3ml: ")
        assert "Traceback" not in said.err


def many(walk: Walk) -> None:
    copied = f"s3://{walk.bucket}/copied/"
    walk.shows("cp", "-r", walk.place, copied, "--yes", text="")
    assert f"copied/{walk.name}" in walk.there()
    walk.shows("tag", "-r", copied, "x=1", "--yes", text="")
    walk.shows("rm", "-r", copied, "--yes", text="")
    assert walk.there() == [walk.key]
    walk.shows("bucket", "lifecycle", walk.bucket, text="")


def remembered(walk: Walk) -> None:
    said = walk.shows("activity", text="")
    assert said.out.count("\n") == len(walk.pipes("activity").out.splitlines())
    assert any(row["key"] == walk.key for row in walk.pipes("activity", "--json").rows)
    walk.shows("undo", "--dry-run", text="")
    walk.shows("transfers", text="")
    walk.shows("bucket", "delete", walk.bucket, "--yes", text=walk.bucket)


# all of them at once -------------------------------------------------------------------------------------------------


@pytest.fixture(params=["seaweed", "moto"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found: S3Server = request.getfixturevalue(request.param)
    return found


def test_all_names_in_one_list(server: S3Server, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    is_seaweed = "seaweed" in request.node.name
    names = [one for one in NAMES if (one.is_for_seaweed if is_seaweed else one.is_for_moto)]
    bucket, keys = server.bucket(), [f"p/q/{one.name}" for one in names] + [longest()]
    for key in keys:
        server.client().put_object(Bucket=bucket, Key=key, Body=b"1")
    uri = f"s3://{bucket}"
    terminal, pipe = Commands(server.environment()), Commands(server.environment(), is_terminal=False)
    for words in (("ls", "-r", uri), ("find", uri), ("ls", uri), ("du", uri), ("ls", "-r", "--deleted", uri)):
        said = terminal(*words)
        assert not raw_in((said.out + said.err).replace(WIPED, ""))
        assert said.out.count("\n") == pipe(*words).out.count("\n")
        if "-r" in words or words[0] == "find":
            assert said.out.count("\n") == len(keys)
            assert [one.id for one in names if one.shown not in said.out] == []
            assert sorted(row["key"] for row in pipe(*words, "--json").rows) == sorted(keys)
    folder = tmp_path / "all"
    got = pipe("get", "-r", uri + "/p/q/", folder, "--yes", "--json", code=1 if any(map(_leads_out, keys)) else 0)
    assert not obeyed_in(got.out + got.err)
    refused = [row["name"] for row in got.rows if row["status"] == "refused"]
    assert len(refused) >= sum(map(_leads_out, keys)), got
    assert sum(path.is_file() for path in folder.rglob("*")) == len(names) - len(refused)
    assert {path.resolve() for path in tmp_path.iterdir()} == {folder}


def _leads_out(key: str) -> bool:
    return ".." in key.split("/")


# what is not taken, and what else is printed ------------------------------------------------------------------------


@pytest.mark.parametrize("name_id", ["dot", "dots"])
def test_what_the_server_does_not_take_is_refused_in_a_sentence(
    seaweed: S3Server, tmp_path: Path, name_id: str
) -> None:
    walk = walk_of(seaweed, tmp_path, BY_ID[name_id])
    file = tmp_path / "file.csv"
    file.write_bytes(FIRST)
    for words in (("put", file, walk.uri), ("cat", walk.uri), ("stat", walk.uri), ("tag", walk.uri, "a=b")):
        with pytest.raises(AssertionError, match="s3ml: ") as ended:
            Commands(seaweed.environment())(*words, "--yes", code=-1)
        assert "Traceback" not in str(ended.value)
        assert "mistake in s3ml" not in str(ended.value)
    assert walk.there() == []


def test_a_key_that_is_too_long_or_no_text_is_refused_in_a_sentence(moto: S3Server, tmp_path: Path) -> None:
    bucket = moto.bucket()
    file = tmp_path / "file.csv"
    file.write_bytes(FIRST)
    for key in (longest() + "x", "\udcff.csv", "\ud800.csv"):
        for words in (("put", file, f"s3://{bucket}/{key}"), ("cat", f"s3://{bucket}/{key}")):
            said = Commands(moto.environment())(*words, "--yes", code=2)
            assert said.err.startswith("s3ml: ")
            assert not raw_in(said.err)
    Commands(moto.environment())("put", file, f"s3://{bucket}/{longest()}", "--yes")
    assert Commands(moto.environment())("cat", f"s3://{bucket}/{longest()}").out.encode() == FIRST


@pytest.mark.parametrize("one", NAMES, ids=lambda one: one.id)
def test_tags_and_metadata_with_such_values_are_kept_or_refused_in_a_sentence(moto: S3Server, one: Hostile) -> None:
    bucket = moto.bucket()
    moto.client().put_object(Bucket=bucket, Key="a.csv", Body=FIRST)
    uri = f"s3://{bucket}/a.csv"
    terminal = Commands(moto.environment())
    for verb in ("tag", "meta"):
        try:
            said = terminal(verb, uri, f"note={one.name}", "--yes")
        except AssertionError as refused:
            text = str(refused)
            assert "s3ml: " in text
            assert "mistake in s3ml" not in text, text
            assert not obeyed_in(text)
            continue
        shown = terminal(verb, uri)
        assert not raw_in(said.out + said.err + shown.out)
        assert terminal(verb, uri, "--json").rows[0]["pairs"]["note"] in {one.name, one.name.strip()}


@pytest.mark.parametrize("one", NAMES, ids=lambda one: one.id)
def test_contexts_and_bookmarks_of_such_names(moto: S3Server, one: Hostile, no_aws: Path) -> None:
    quoted = _in_toml(one.name)
    file = no_aws / "config" / "s3ml" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    address = f"s3://acme-ml/{one.name}"
    file.write_text(f"[contexts.{quoted}]\nread_only = true\n\n[bookmarks]\n{quoted} = {_in_toml(address)}\n")
    terminal, pipe = Commands(moto.environment()), Commands(moto.environment(), is_terminal=False)
    if printable(one.name) != one.name:
        for words in (("context",), ("config", "show"), ("config", "check"), ("ls",)):
            for say in (terminal, pipe):
                said = say(*words, code=2)
                assert not raw_in(said.err)
                assert not obeyed_in(said.out)
                assert one.shown in said.out + said.err
        return
    for words in (("context",), ("context", "list"), ("config", "show"), ("config", "check")):
        for said in (terminal(*words), pipe(*words), pipe(*words, "--json")):
            assert not obeyed_in(said.out + said.err)
    assert {row["context"] for row in pipe("context", "--json").rows} == {one.name}
    assert pipe("config", "show", "--json").rows[0]["bookmarks"][one.name]["uri"] == address
    terminal("context", "use", "--", one.name)
    assert pipe("config", "show", "--json").rows[0]["context"] == one.name
    assert one.shown.strip() in terminal("context", "use", "--", one.name + "x", code=2).err


def _in_toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


def test_a_file_whose_name_is_no_utf_8_is_refused_in_a_sentence(moto: S3Server, tmp_path: Path) -> None:
    uri = f"s3://{moto.bucket()}/"
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / os.fsdecode(b"\xff\x1b.csv")
    try:
        file.write_bytes(FIRST)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    terminal = Commands(moto.environment())
    assert "s3ml: " in terminal("put", file, uri, code=2).err
    said = terminal("put", "-r", folder, uri, "--yes", code=1)
    assert "\\udcff\\x1b.csv" in said.err + said.out
    terminal("put", file, uri + "plain.csv")
    assert terminal("cat", uri + "plain.csv").out.encode() == FIRST
