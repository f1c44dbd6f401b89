"""What is done in the table of faults: transfers and restores, each arranged, run as by a user, and what it makes."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.services.session import Services
from tests.faults.scene import MARKER, Scene

SMALL = os.urandom(3000)
OTHER = os.urandom(2000)
LARGE = os.urandom(6 * 1024 * 1024 + 777)
OLD = b"what was there before"
FOLDER = {f"d{number % 2}/f{number}.bin": os.urandom(400 + number) for number in range(4)}


@dataclass(frozen=True, slots=True)
class Operation:
    """A command, once and again."""

    name: str
    arrange: Callable[[Scene], None]
    run: Callable[[Scene, Services], Outcome]
    is_known_again: bool = False
    """Whether the same command knows what an earlier one did though its end was never told (by a journal, or since
    what is there already is left alone); the others may make one more version then, as a person who asks again does."""
    is_like_another: bool = False
    """Whether some rows are enough."""


def _perform(services: Services, plan: object) -> Outcome:
    if isinstance(plan, CopyObjects) and plan.is_undecided:
        plan = services.copies.decided(plan, Clash.OVERWRITE)
    if isinstance(plan, MoveFiles) and plan.collisions:
        plan = plan.decided(Clash.OVERWRITE)
    return services.perform(plan)  # type: ignore[arg-type]  # whatever a service planned


# up ------------------------------------------------------------------------------------------------------------------


def _file_to_put(body: bytes) -> Callable[[Scene], None]:
    def arrange(scene: Scene) -> None:
        scene.file("up.bin", body)
        scene.put("up.bin", OLD)
        scene.expected.made = {scene.prefix + "up.bin": body}

    return arrange


def _put(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.objects.plan_upload(scene.folder / "up.bin", scene.key("up.bin")))


def _folder_to_put(scene: Scene) -> None:
    for name, body in FOLDER.items():
        scene.file(name, body)
    scene.put("d0/f0.bin", OLD)
    scene.expected.made = {scene.prefix + name: body for name, body in FOLDER.items()}


def _put_folder(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.transfers.plan_upload([scene.folder], scene.place))


def _sync_up(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.transfers.plan_sync(scene.folder, scene.place))


# down ----------------------------------------------------------------------------------------------------------------


def _object_to_get(body: bytes) -> Callable[[Scene], None]:
    def arrange(scene: Scene) -> None:
        scene.put("a.bin", body)
        scene.expected.files = {scene.file("down.bin", OLD): body}

    return arrange


def _get(scene: Scene, services: Services) -> Outcome:
    return _perform(
        services, services.objects.plan_download(scene.key("a.bin"), scene.folder / "down.bin", overwrite=True)
    )


def _folder_to_get(scene: Scene) -> None:
    for name, body in FOLDER.items():
        scene.put(name, body)
    scene.expected.files = {scene.folder / name: body for name, body in FOLDER.items()}


def _get_folder(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.transfers.plan_download([scene.place], scene.folder))


def _sync_down(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.transfers.plan_sync(scene.place, scene.folder))


# within a bucket -----------------------------------------------------------------------------------------------------


def _to_copy(body: bytes, *, is_move: bool) -> Callable[[Scene], None]:
    def arrange(scene: Scene) -> None:
        scene.put("from.bin", body)
        scene.expected.made = {scene.prefix + "to.bin": body}
        scene.expected.kept = {scene.prefix + "to.bin"}
        if is_move:
            scene.expected.made[scene.prefix + "from.bin"] = MARKER

    return arrange


def _copy(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.copies.plan_object(scene.key("from.bin"), scene.key("to.bin")))


def _move(scene: Scene, services: Services) -> Outcome:
    source, target = scene.key("from.bin"), scene.key("to.bin")
    return _perform(services, services.copies.plan_object(source, target, is_move=True))


# back ----------------------------------------------------------------------------------------------------------------


def _to_bring_back(body: bytes) -> Callable[[Scene], None]:
    def arrange(scene: Scene) -> None:
        scene.put("a.bin", body)
        scene.put("a.bin", OTHER)
        scene.expected.made = {scene.prefix + "a.bin": body}
        scene.expected.kept = {scene.prefix + "a.bin"}

    return arrange


def _bring_back(scene: Scene, services: Services) -> Outcome:
    history = services.versions.whole_history(scene.key("a.bin"))
    return _perform(services, services.versions.plan_bring_back(history, history.versions[-1]))


def _deleted(scene: Scene) -> None:
    scene.put("a.bin", SMALL)
    scene.expected.removed = {(scene.prefix + "a.bin", scene.delete("a.bin"))}


def _undelete(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.versions.plan_undelete(services.versions.whole_history(scene.key("a.bin"))))


# in place ------------------------------------------------------------------------------------------------------------


def _to_delete(scene: Scene) -> None:
    scene.put("a.bin", SMALL)
    scene.expected.made = {scene.prefix + "a.bin": MARKER}


def _delete(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.objects.plan_delete(scene.key("a.bin")))


def _folder_to_delete(scene: Scene) -> None:
    for name in FOLDER:
        scene.put(name, SMALL)
    scene.expected.made = dict.fromkeys((scene.prefix + name for name in FOLDER), MARKER)


def _delete_folder(scene: Scene, services: Services) -> Outcome:
    return _perform(services, services.many.plan_delete_below(scene.place))


def _to_purge(scene: Scene) -> None:
    old = [scene.put("a.bin", OTHER), scene.put("a.bin", SMALL)]
    scene.put("a.bin", OLD)
    scene.expected.removed = {(scene.prefix + "a.bin", version) for version in old}


def _purge(scene: Scene, services: Services) -> Outcome:
    history = services.versions.whole_history(scene.key("a.bin"))
    chosen = [
        one.version_id for one in history.versions if (scene.prefix + "a.bin", one.version_id) in scene.expected.removed
    ]
    if not chosen:
        return Outcome("Nothing is left to purge", services.now(), ())
    return _perform(services, services.purging.plan(history, chosen))


def _to_tag(scene: Scene) -> None:
    scene.put("a.bin", SMALL)
    scene.server.client().put_object_tagging(
        Bucket=scene.bucket, Key=scene.prefix + "a.bin", Tagging={"TagSet": [{"Key": "old", "Value": "kept"}]}
    )
    scene.expected.tags = {scene.prefix + "a.bin": {"old": "kept", "new": "added"}}


def _tag(scene: Scene, services: Services) -> Outcome:
    current = services.current_of([scene.key("a.bin")])
    return _perform(services, services.tagging.plan_each(current, {"new": "added"}))


OPERATIONS = (
    Operation("put small", _file_to_put(SMALL), _put, is_known_again=True),
    Operation("put multipart", _file_to_put(LARGE), _put, is_known_again=True),
    Operation("get small", _object_to_get(SMALL), _get, is_known_again=True),
    Operation("get ranged", _object_to_get(LARGE), _get, is_known_again=True),
    Operation("copy small", _to_copy(SMALL, is_move=False), _copy),
    Operation("copy multipart", _to_copy(LARGE, is_move=False), _copy),
    Operation("move small", _to_copy(SMALL, is_move=True), _move),
    Operation("move multipart", _to_copy(LARGE, is_move=True), _move, is_like_another=True),
    Operation("folder up", _folder_to_put, _put_folder, is_known_again=True),
    Operation("folder down", _folder_to_get, _get_folder, is_known_again=True),
    Operation("sync up", _folder_to_put, _sync_up, is_known_again=True, is_like_another=True),
    Operation("sync down", _folder_to_get, _sync_down, is_known_again=True, is_like_another=True),
    Operation("bring back", _to_bring_back(SMALL), _bring_back),
    Operation("bring back multipart", _to_bring_back(LARGE), _bring_back, is_like_another=True),
    Operation("undelete", _deleted, _undelete, is_known_again=True),
    Operation("delete", _to_delete, _delete, is_known_again=True),
    Operation("delete folder", _folder_to_delete, _delete_folder, is_known_again=True, is_like_another=True),
    Operation("purge", _to_purge, _purge, is_known_again=True),
    Operation("tag", _to_tag, _tag, is_known_again=True),
)
