"""What is killed while something comes back, is undone, tagged or described: one command each, as in `kill_scenes`."""

from collections.abc import Mapping

from tests.faults.kill_scenes import Arrange, Past, Scene, World, large, pasts_of, small

UNDO = ("undo", "--yes")


def mixed() -> Mapping[str, bytes]:
    """Some small objects and one that is copied in parts."""
    return {**small(count=4), "large.bin": large()}


# back ----------------------------------------------------------------------------------------------------------------


def restore_large(world: World) -> Scene:
    version_id = world.put("large.bin", large())
    world.put("large.bin", b"newer")
    words = ("restore", f"{world.uri}large.bin", "--version-id", version_id)
    return Scene(words, {"large.bin": Past((large(), b"newer", large()))})


def undelete(world: World) -> Scene:
    world.put("small.bin", b"bytes")
    world.delete("small.bin")
    return Scene(("undelete", f"{world.uri}small.bin"), {"small.bin": Past((b"bytes", b"bytes"), markers=1)})


def undelete_large(world: World) -> Scene:
    world.put("large.bin", large())
    world.delete("large.bin")
    return Scene(("undelete", f"{world.uri}large.bin"), {"large.bin": Past((large(), large()), markers=1)})


def undelete_folder(world: World) -> Scene:
    for name, data in mixed().items():
        world.put(name, data)
        world.delete(name)
    pasts = {name: Past((data, data), markers=1) for name, data in mixed().items()}
    return Scene(("undelete", "-r", world.uri, "--yes"), pasts)


# labels --------------------------------------------------------------------------------------------------------------


def tag(world: World) -> Scene:
    world.put("small.bin", b"bytes")
    words = ("tag", f"{world.uri}small.bin", "colour=red")
    return Scene(words, {"small.bin": Past((b"bytes",))}, tags={"small.bin": {"colour": "red"}})


def tag_folder(world: World) -> Scene:
    files = small(count=8)
    for name, data in files.items():
        world.put(name, data)
    words = ("tag", "-r", world.uri, "colour=red", "--yes")
    return Scene(words, pasts_of(files), tags={name: {"colour": "red"} for name in files})


def meta(world: World) -> Scene:
    world.put("small.bin", b"bytes")
    words = ("meta", f"{world.uri}small.bin", "colour=red")
    return Scene(words, {"small.bin": Past((b"bytes", b"bytes"))})


def meta_folder(world: World) -> Scene:
    for name, data in mixed().items():
        world.put(name, data)
    words = ("meta", "-r", world.uri, "colour=red", "--yes")
    return Scene(words, {name: Past((data, data)) for name, data in mixed().items()})


# undone --------------------------------------------------------------------------------------------------------------


def undo_restore(world: World) -> Scene:
    old = world.put("large.bin", b"old")
    world.put("large.bin", large())
    restore = ("restore", f"{world.uri}large.bin", "--version-id", old)
    return Scene(UNDO, {"large.bin": Past((b"old", large(), b"old", large()))}, first=(restore,))


def undo_rm_folder(world: World) -> Scene:
    for name, data in mixed().items():
        world.put(f"a/{name}", data)
    pasts = {f"a/{name}": Past((data, data), markers=1) for name, data in mixed().items()}
    return Scene(UNDO, pasts, first=(("rm", "-r", f"{world.uri}a/", "--yes"),))


def undo_mv_folder(world: World) -> Scene:
    for name, data in mixed().items():
        world.put(f"a/{name}", data)
    pasts = {f"a/{name}": Past((data, data), markers=1) for name, data in mixed().items()}
    pasts |= {f"b/{name}": Past((data,), markers=1, is_deleted=True) for name, data in mixed().items()}
    return Scene(UNDO, pasts, first=(("mv", "-r", f"{world.uri}a/", f"{world.uri}b/", "--yes"),))


def undo_cp_over(world: World) -> Scene:
    world.put("a.bin", b"small")
    world.put("b.bin", large())
    copy = ("cp", f"{world.uri}a.bin", f"{world.uri}b.bin", "--on-conflict", "overwrite")
    pasts = {"a.bin": Past((b"small",)), "b.bin": Past((large(), b"small", large()))}
    return Scene(UNDO, pasts, first=(copy,))


def undo_put(world: World) -> Scene:
    world.write(world.up, {"new.bin": b"new"})
    gone = Past((b"new",), markers=1, is_deleted=True)
    return Scene(UNDO, {"new.bin": gone}, first=(("put", world.up / "new.bin", world.uri),))


def undo_put_folder(world: World) -> Scene:
    files = small(count=4)
    world.write(world.up, files)
    world.put("big.bin", large())
    pasts = {name: Past((data,), markers=1, is_deleted=True) for name, data in files.items()}
    pasts["big.bin"] = Past((large(), files["big.bin"], large()))
    return Scene(UNDO, pasts, first=(("put", "-r", world.up, world.uri, "--on-conflict", "overwrite"),))


def undo_tag_folder(world: World) -> Scene:
    files = small(count=8)
    for name, data in files.items():
        world.put(name, data)
    tags = ("tag", "-r", world.uri, "colour=red", "--yes")
    return Scene(UNDO, pasts_of(files), tags={name: {} for name in files}, first=(tags,))


def undo_meta_folder(world: World) -> Scene:
    for name, data in mixed().items():
        world.put(name, data)
    described = ("meta", "-r", world.uri, "colour=red", "--yes")
    return Scene(UNDO, {name: Past((data, data, data)) for name, data in mixed().items()}, first=(described,))


BACK: tuple[Arrange, ...] = (
    restore_large,
    undelete,
    undelete_large,
    undelete_folder,
    undo_restore,
    undo_rm_folder,
    undo_mv_folder,
    undo_cp_over,
    undo_put,
    undo_put_folder,
    tag,
    tag_folder,
    undo_tag_folder,
    meta,
    meta_folder,
    undo_meta_folder,
)
