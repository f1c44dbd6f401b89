"""Commands of 5680b01 that were killed are finished by the same command of today, or swept."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.line import CommandLine
from tests.compatibility.fixtures import FOLDER, Rewriting, about, body_of, load_journal, open_upload, rows
from tests.exhaustive import beyond
from tests.faults import kill_scenes, kill_scenes_back
from tests.faults.forking import Forks
from tests.faults.kill_points import check_done, left_behind
from tests.faults.kill_scenes import Arrange, World, large
from tests.s3.faults import FaultyServer
from tests.servers import Embedded, S3Server

CASES: tuple[Arrange, ...] = (
    kill_scenes.put_large,
    kill_scenes.put_folder_with_large,
    kill_scenes.get_large,
    kill_scenes.mv_large,
    kill_scenes_back.restore_large,
    kill_scenes_back.undelete_folder,
)


COPIES = {"mv_large", "restore_large", "undelete_folder"}


@dataclass(frozen=True, slots=True)
class LoadedWorld(World):
    """A scene's world whose objects are there already, as the killed command left them."""

    rewriting: Rewriting

    def put(self, name: str, data: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """The id of the version with these bytes."""
        key = self.prefix + name
        found = next(row for row in rows() if row["key"] == key and "etag" in row and body_of(row) == data)
        return self.rewriting.ids[found["version_id"]]

    def delete(self, name: str) -> None:
        """It was deleted."""


def world_of(case: str, server: S3Server, folder: Path, loaded: Rewriting) -> LoadedWorld:
    """Folders as the case had them, and its journal."""
    (folder / "temporary").mkdir(parents=True)
    there = about()["kills"][case]
    names = {f"{about()['work']}/{case}": str(folder), there["endpoint"]: server.endpoint}
    rewriting = replace(loaded, names=names)
    world = LoadedWorld(server, "compat", f"{case}/", folder, rewriting)
    load_journal(case, folder / "home" / "state" / "s3ml" / "transfers", rewriting)
    return world


def arranged(world: LoadedWorld, arrange: Arrange) -> kill_scenes.Scene:
    """The scene, its files with their times, and what a download had begun."""
    scene = arrange(world)
    for name, modified_ns in about()["kills"][arrange.__name__]["files"].items():
        path = world.folder / name
        if path.name.endswith(".part"):
            path.write_bytes(partial(arrange.__name__))
        os.utime(path, ns=(modified_ns, modified_ns))
    return scene


def partial(case: str) -> bytes:
    """A file in which the ranges are that the journal names, and nothing else."""
    [journal] = (FOLDER / "kills" / case).iterdir()
    told = [json.loads(line) for line in journal.read_text().splitlines()]
    data = bytearray(next(line["n"] for line in told if "down" in line))
    for line in told:
        if "range" in line:
            data[line["at"] : line["at"] + line["n"]] = large()[line["at"] : line["at"] + line["n"]]
    return bytes(data)


def environment(world: World, endpoint: str) -> dict[str, str]:
    home = world.folder / "home"
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    here = {"AWS_ENDPOINT_URL": endpoint, "HOME": str(home), "TMPDIR": str(world.folder / "temporary")}
    return {**os.environ, **world.server.environment(), **folders, **here}


@pytest.mark.parametrize(
    "arrange",
    [pytest.param(arrange, id=arrange.__name__, marks=beyond(3, number)) for number, arrange in enumerate(CASES)],
)
def test_the_same_command_finishes_what_was_killed(
    arrange: Arrange, loaded: Rewriting, embedded: Embedded, forks: Forks, tmp_path: Path
) -> None:
    case = arrange.__name__
    with FaultyServer(embedded.server.endpoint) as way:
        server = replace(embedded.server, endpoint=way.endpoint)
        world = world_of(case, server, tmp_path / case, loaded)
        scene = arranged(world, arrange)
        way.asked.clear()
        ended = forks.run(scene.words, environment(world, way.endpoint))
        if case in COPIES:  # which keep no journals now: what is left of one goes with the next start
            assert forks.run(("transfers",), environment(world, way.endpoint)).code == 0
        asked = [(one.method, one.target.rpartition("/")[2], one.length) for one in way.asked]
    assert ended.code == 0, ended.err
    check_done(replace(world, server=embedded.server), scene)
    assert WENT_ON[case](asked), asked


Asked = list[tuple[str, str, int]]


def _parts(asked: Asked, name: str) -> int:
    return sum(method == "PUT" and what.startswith(f"{name}?") and "partNumber" in what for method, what, _ in asked)


def _went_on_with_the_upload(asked: Asked) -> bool:
    begun = [what for method, what, _ in asked if method == "POST" and what == "large.bin?uploads"]
    return not begun and not _parts(asked, "large.bin")  # all of them were there


def _sent_no_small_file_again(asked: Asked) -> bool:
    done = {line["ok"] for line in journal_lines("put_folder_with_large") if "ok" in line}
    sent = {what for method, what, _ in asked if method == "PUT" and "?" not in what}
    return bool(done) and not {name.rpartition("/")[2] for name in done} & sent


def _asked_for_the_rest_alone(asked: Asked) -> bool:
    done = sum("range" in line for line in journal_lines("get_large"))
    ranges = sum(method == "GET" and what.startswith("large.bin?versionId") for method, what, _ in asked)
    return done > 0 and ranges < 6 - done + 1


def _threw_the_upload_away(asked: Asked) -> bool:
    return any(method == "DELETE" and "uploadId=" in what for method, what, _ in asked)


WENT_ON = {
    "put_large": _went_on_with_the_upload,
    "put_folder_with_large": _sent_no_small_file_again,
    "get_large": _asked_for_the_rest_alone,
    "mv_large": _threw_the_upload_away,
    "restore_large": _threw_the_upload_away,
    "undelete_folder": _threw_the_upload_away,
}
"""That the journal was read: what the command did not do once more, or what it removed."""


def journal_lines(case: str) -> list[dict[str, Any]]:
    [journal] = (FOLDER / "kills" / case).iterdir()
    return [json.loads(line) for line in journal.read_text().splitlines()]


def open_uploads(server: S3Server) -> set[str]:
    found = server.client().list_multipart_uploads(Bucket="compat", Prefix="put_large/").get("Uploads", [])
    return {str(one["UploadId"]) for one in found}


def test_a_killed_upload_is_offered_and_can_be_discarded(loaded: Rewriting, embedded: Embedded, tmp_path: Path) -> None:
    server = embedded.server
    [row] = [row for row in rows() if "upload_id" in row and row["key"].startswith("put_large/")]
    mine = replace(loaded, ids=dict(loaded.ids))
    open_upload(server.client(), row, mine)
    world = world_of("put_large", server, tmp_path / "put_large", mine)
    arranged(world, kill_scenes.put_large)
    line = CommandLine(environment(world, server.endpoint))
    offered = line("transfers", "--json").row
    assert offered["title"] == "Upload large.bin"
    assert offered["sources"] == [str(world.up / "large.bin")]
    assert offered["target"] == "s3://compat/put_large/large.bin"
    assert offered["why_not"] is None
    assert mine.ids[row["upload_id"]] in open_uploads(server)
    line("transfers", "--discard")
    assert mine.ids[row["upload_id"]] not in open_uploads(server)
    assert not list(left_behind(world))


def test_a_killed_upload_whose_file_is_gone_is_swept(loaded: Rewriting, embedded: Embedded, tmp_path: Path) -> None:
    server = embedded.server
    [row] = [row for row in rows() if "upload_id" in row and row["key"].startswith("put_large/")]
    mine = replace(loaded, ids=dict(loaded.ids))
    open_upload(server.client(), row, mine)
    world = world_of("put_large", server, tmp_path / "put_large", mine)
    line = CommandLine(environment(world, server.endpoint))
    line("transfers")
    assert mine.ids[row["upload_id"]] not in open_uploads(server)
    assert not list(left_behind(world))
