"""One kill point: a command is killed at a seeded moment, then run again; what must hold in between and in the end."""

import os
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.forking import Death, Ended, Forks
from tests.faults.kill_scenes import NOTHING, Arrange, Past, Scene, World
from tests.faults.kill_way import MOMENTS, KillWay
from tests.servers import S3Server

SEED = os.environ.get("SOAK_SEED", "") or "s3ml"
"""Which points are taken; another seed takes others."""
POINTS = int(os.environ.get("SOAK_POINTS", "") or 100)
"""How many there are in all groups together."""
_POINTS_A_BUCKET = 25
_USAGE, _NOT_FOUND = 2, 3
"""Exit codes: nobody can be asked, and nothing is there."""
_PATCHED = {"rename": ("before", "after"), "note": ("before", "inside", "after")}


@dataclass(frozen=True, slots=True)
class Point:
    """A moment at which a command is killed."""

    at: str
    """`request`, `rename` or `note`."""
    moment: str
    nth: int
    """From 1."""

    def __str__(self) -> str:
        return f"{self.moment} {self.at} {self.nth}"


@dataclass
class Kills:
    """Kills commands against one server."""

    server: S3Server
    way: KillWay
    forks: Forks
    folder: Path
    bucket: str = ""
    """Of the points at hand; emptied and made anew after some, since soaking fills disks."""
    counts: dict[Arrange, Mapping[str, int]] = field(default_factory=dict)
    """How many moments of each kind a scene has, as far as it was run undisturbed."""
    worlds: int = 0
    """So many scenes were arranged."""
    points: int = 0
    """So many commands were to be killed."""
    killed: int = 0
    """So many of them were killed before they were through."""

    def draw(self, group: tuple[Arrange, ...], number: int) -> tuple[Arrange, Point]:
        """The scene and the moment of one point of a group; the same for the same seed."""
        chance = random.Random(f"{SEED} {group[0].__name__} {number}")
        arrange = group[number % len(group)]
        counts = self._counts_of(arrange)
        local = [at for at in _PATCHED if counts[at]]
        at = chance.choice(local) if local and chance.random() < 0.3 else "request"
        moment = chance.choice(MOMENTS if at == "request" else _PATCHED[at])
        return arrange, Point(at, moment, chance.randint(1, counts[at]))

    def kill_and_finish(self, arrange: Arrange, point: Point, number: int) -> None:
        """Kill the command at the point, look, run it again, look."""
        world = self._world(f"{arrange.__name__}-{number}")
        scene = self._arranged(world, arrange)
        before, files_before = world.pasts(), read_all(world.down)
        ended = self._run(world, scene, point)
        assert ended.code in {-9, 0}, ended.err
        self.points += 1
        self.killed += ended.code == -9
        print(f"it ended with {ended.code} {self.way.killed_at.partition(' HTTP')[0]}")
        check_between(world, scene, before, files_before)
        if ended.code == -9:
            self._finish(world, scene)
        check_done(world, scene)
        shutil.rmtree(world.folder)

    def _finish(self, world: World, scene: Scene) -> None:
        """The same command again; where it asks, nothing is done until it has its answer."""
        before = world.pasts()
        again = self._run(world, scene, None)
        if again.code == _USAGE and scene.answer:
            assert "there already" in again.err, again.err
            assert world.pasts() == before
            again = self._run(world, replace(scene, words=(*scene.words, *scene.answer)), None)
        if again.code == _NOT_FOUND and scene.words[0] == "mv":
            assert world.pasts() == before, "all was moved: there is nothing left to move"
            return
        assert again.code == 0, f"the same command again: {again.err}"

    def close(self) -> None:
        """Let go of the bucket."""
        if self.bucket:
            client = self.server.client()
            for page in client.get_paginator("list_object_versions").paginate(Bucket=self.bucket):
                there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                doomed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in there]
                if doomed:
                    client.delete_objects(Bucket=self.bucket, Delete={"Objects": doomed})
            client.delete_bucket(Bucket=self.bucket)
            self.bucket = ""

    def _counts_of(self, arrange: Arrange) -> Mapping[str, int]:
        """Run the scene undisturbed once."""
        if arrange not in self.counts:
            world = self._world(f"{arrange.__name__}-whole-{len(self.counts)}-{self.way.counted}")
            scene = self._arranged(world, arrange)
            ended = self._run(world, scene, None)
            assert ended.code == 0, ended.err
            check_done(world, scene)
            shutil.rmtree(world.folder)
            self.counts[arrange] = {**ended.counts, "request": self.way.counted}
        return self.counts[arrange]

    def _arranged(self, world: World, arrange: Arrange) -> Scene:
        """The scene, with what is done first done."""
        scene = arrange(world)
        for words in scene.first:
            ended = self._run(world, replace(scene, words=words), None)
            assert ended.code == 0, ended.err
        return scene

    def _world(self, name: str) -> World:
        if self.worlds % _POINTS_A_BUCKET == 0:
            self.close()
        self.bucket = self.bucket or self.server.bucket()
        self.worlds += 1
        folder = self.folder / name
        (folder / "temporary").mkdir(parents=True)
        return World(self.server, self.bucket, f"{name}/", folder)

    def _run(self, world: World, scene: Scene, point: Point | None) -> Ended:
        is_request = point is not None and point.at == "request"
        self.way.arm(point.nth if point and is_request else 0, point.moment if point else "", self.forks.kill)
        death = Death(point.at, point.moment, point.nth) if point and not is_request else None
        ended = self.forks.run(scene.words, self._environment(world), death)
        self.way.settle()
        return ended

    def _environment(self, world: World) -> dict[str, str]:
        home = world.folder / "home"
        folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        at_way = {"AWS_ENDPOINT_URL": self.way.endpoint, "HOME": str(home), "TMPDIR": str(world.folder / "temporary")}
        return {**os.environ, **self.server.environment(), **folders, **at_way}


# what must hold ----------------------------------------------------------------------------------------------------


def check_between(world: World, scene: Scene, before: Mapping[str, Past], files_before: Mapping[str, bytes]) -> None:
    """Nothing is torn, nothing is there twice, nothing is gone that was to stay."""
    now = world.pasts()
    for name in scene.pasts.keys() | now.keys():
        past = now.get(name, NOTHING)
        was, is_to_be = before.get(name, NOTHING), scene.pasts.get(name, NOTHING)
        assert past.is_between(was, is_to_be), (
            f"{name}: {description(was)}, now {description(past)}, to be {description(is_to_be)}"
        )
    for name, data in read_all(world.down).items():
        whole = {files_before.get(name), scene.files.get(name)}
        assert data in whole or is_temporary(name), f"{name} is torn: {len(data):,} bytes"


def check_done(world: World, scene: Scene) -> None:
    """All is as it was to be, and nothing of ours is left."""
    now = {name: once(past) if name in scene.copied_over else past for name, past in world.pasts().items()}
    wrong = {
        name: f"{description(now.get(name, NOTHING))} instead of {description(scene.pasts.get(name, NOTHING))}"
        for name in scene.pasts.keys() | now.keys()
        if now.get(name, NOTHING) != scene.pasts.get(name, NOTHING)
    }
    assert not wrong, wrong
    files = read_all(world.down)
    assert sorted(files) == sorted(scene.files), sorted(files)
    assert files == scene.files, [name for name in files if files[name] != scene.files[name]]
    for name, tags in scene.tags.items():
        assert world.tags(name) == tags, name
    uploads = world.open_uploads() if scene.sends_bytes else []
    left = [*(f"open upload of {key}" for key in uploads), *left_behind(world)]
    assert not left, left


def once(past: Past) -> Past:
    """The same without its newest version, where that has the bytes of the one before."""
    is_twice = len(past.versions) > 1 and past.versions[-1] == past.versions[-2]
    return replace(past, versions=past.versions[:-1]) if is_twice else past


def left_behind(world: World) -> Iterator[str]:
    """Temporary files, journals and locks."""
    for path in world.folder.rglob("*"):
        is_journal = path.is_file() and {"transfers", "uploads"} & set(path.parts)
        if is_journal or is_temporary(path.name) or path.parent.name == "temporary":
            yield str(path.relative_to(world.folder))


def read_all(folder: Path) -> dict[str, bytes]:
    """Every file below, by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_temporary(name: str) -> bool:
    """Whether the name is one that nobody takes for a finished file."""
    return name.endswith(".part") and ".s3ml-" in name and name.rpartition("/")[2].startswith(".")


def description(past: Past) -> str:
    """For people."""
    sizes = ", ".join(f"{len(data):,}" for data in past.versions)
    return f"versions of [{sizes}] bytes, {past.markers} markers{', deleted' if past.is_deleted else ''}"
