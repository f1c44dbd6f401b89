"""Copying, moving and renaming on the server: plans for one object, several, or all below a prefix."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, NotSupported
from s3ml_tui.domain.plans.copy_move import Clash, CopyItem, CopyObjects, spare_names
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.storage.store import Cancelled, Progress, Store, never, unobserved
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey, Place
from s3ml_tui.services.browse.recursive import current_below, tops_below
from s3ml_tui.services.objects.copy_move_perform import Copying
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.versions.history import KeyState, look, newest, versioning_of
from s3ml_tui.services.versions.read_only import refuse_read_only

MOST_MARKED = 10_000
"""So many single objects are planned for at once: each is looked at."""
FEW = 5_000
"""So many targets are looked at one by one; more by a listing of where they go."""
_QUESTIONS = 3
"""So many are asked beside what is to be copied."""
_SPARES = 50
"""So many names are tried to keep both."""


class Copies:
    """Plans what goes where, then has it done. All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    # plans -----------------------------------------------------------------------------------------------------

    def plan_object(
        self, key: ObjectKey, target: ObjectKey, version_id: str | None = None, *, is_move: bool = False
    ) -> CopyObjects | NothingToDo:
        """One object, or one version of it, to another key; a target that ends with a slash keeps the name.

        Raises NotFound, Denied, BadInput.
        """
        if target.key.endswith("/") or not target.key:
            target = ObjectKey(target.bucket, target.key + key.name)
        _check_key(target)
        with ThreadPoolExecutor(_QUESTIONS, thread_name_prefix="s3ml-look") as pool:
            there, hint = pool.submit(look, self._store, target), pool.submit(self._hint, target)
            origin = pool.submit(self._origin_versioning, key.bucket, target.bucket, is_move=is_move)
            source = self._seen(key) if version_id is None else self._version(key, version_id)
            if key == target and (source.is_latest or is_move):
                return NothingToDo(_title("Copy", "Move", key.name, is_move), f"It is {target.uri} already.")
            key_state = _usable(target, there.result())
            return CopyObjects(
                items=(_item(source, target, key_state),),
                to=target.uri,
                is_move=is_move,
                versioning=key_state.versioning,
                origin_versioning=origin.result() or key_state.versioning,
                hint=hint.result(),
            )

    def plan_objects(
        self, keys: Sequence[ObjectKey], to: Place, *, is_move: bool = False, cancelled: Cancelled = never
    ) -> CopyObjects | NothingToDo:
        """Several objects of one bucket, by their names to a place. Raises BadInput, Denied, Cancelled."""
        if len(keys) > MOST_MARKED:
            raise BadInput(
                f"{len(keys):,} objects are too many at once",
                cause=f"Each is looked at before it is changed, {MOST_MARKED:,} at most",
                advice="Mark fewer of them, or take the folder they are in",
            )

        if not keys:
            return NothingToDo(_title("Copy", "Move", "0 objects", is_move), "None was given.")

        def see() -> list[Version]:
            return [version for version in at_once(self._seen_or_none, keys, cancelled) if version is not None]

        return self._plan(see, lambda key: key.name, to, keys[0].bucket, is_move=is_move, cancelled=cancelled)

    def plan_place(
        self, place: Place, to: Place, *, is_move: bool = False, cancelled: Cancelled = never
    ) -> CopyObjects | NothingToDo:
        """All below a prefix, with the same names below another. Raises BadInput, NotFound, Denied, Cancelled."""
        if place == to:
            return NothingToDo(_title("Copy", "Move", place.name, is_move), f"It is {to.uri} already.")
        if place.contains(ObjectKey(to.bucket, to.prefix)):
            raise BadInput(
                f"{to.uri} lies in {place.uri} itself",
                cause="What is copied would be copied again, without end",
                advice="Choose a place outside of it",
            )
        cut = len(place.prefix)

        def see() -> list[Version]:
            seen = current_below(self._store, place, cancelled=cancelled)
            if not seen:
                raise NotFound(f"There is nothing below {place.uri}", advice="Check the address")
            return seen

        def name_of(key: ObjectKey) -> str:
            return key.key[cut:]

        return self._plan(see, name_of, to, place.bucket, origin=place, is_move=is_move, cancelled=cancelled)

    def _plan(
        self,
        see: Callable[[], Sequence[Version]],
        name_of: Callable[[ObjectKey], str],
        to: Place,
        bucket: str,
        *,
        is_move: bool,
        origin: Place | None = None,
        cancelled: Cancelled = never,
    ) -> CopyObjects | NothingToDo:
        """The plan for what `see` answers, of `bucket`; what is asked of the target is asked meanwhile."""
        with ThreadPoolExecutor(_QUESTIONS, thread_name_prefix="s3ml-look") as pool:
            versioned, emptiness = pool.submit(versioning_of, self._store, to.bucket), pool.submit(self._is_empty, to)
            came_from = pool.submit(self._origin_versioning, bucket, to.bucket, is_move=is_move)
            seen = see()
        pairs = [(version, ObjectKey(to.bucket, to.prefix + name_of(version.key))) for version in seen]
        pairs = [(version, target) for version, target in pairs if target.key and target != version.key]
        if not pairs:
            reason = "None of them is there any more." if not seen else f"They are in {to.uri} already."
            return NothingToDo(_title("Copy", "Move", "objects", is_move), reason)
        for _, target in pairs:
            _check_key(target)
        versioning = versioned.result()
        targets = [target for _, target in pairs]
        there = self._there(to, targets, versioning, cancelled, is_empty=emptiness.result())
        nothing = KeyState(None, versioning, is_seen=True)
        return CopyObjects(
            items=tuple(_item(version, target, there.get(target, nothing)) for version, target in pairs),
            to=to.uri,
            is_move=is_move,
            versioning=versioning,
            origin=origin,
            origin_versioning=came_from.result() or versioning,
        )

    def decided(self, plan: CopyObjects, clash: Clash, *, cancelled: Cancelled = never) -> CopyObjects:
        """The plan with an answer for what is there; free names are looked for where both are to be kept."""
        if clash is Clash.KEEP_BOTH:
            taken = {item.target for item in plan.items}
            spares = at_once(lambda item: self._spare(item, taken), plan.items, cancelled)
            items = (replace(item, spare=spare) for item, spare in zip(plan.items, spares, strict=True))
            plan = replace(plan, items=tuple(items))
        return plan.decided(clash)

    # doing -----------------------------------------------------------------------------------------------------

    def perform(self, plan: CopyObjects, *, progress: Progress = unobserved, cancelled: Cancelled = never) -> Outcome:
        """Copy all, and delete what was moved once its copy is seen to be whole. Raises the first error if none was."""
        refuse_read_only(self._context, plan.title)
        if plan.is_undecided:
            raise BadInput(
                f"{plan.title}: something is there already; nothing was done",
                cause="It was not said what is to become of it",
                advice="Say whether to overwrite it, skip, keep both, or take the newer",
            )
        return Copying(self._store, plan, self._now, progress, cancelled).do()

    # looking ---------------------------------------------------------------------------------------------------

    def _seen(self, key: ObjectKey) -> Version:
        """What is current. Raises NotFound (nothing is, or it is deleted), Denied."""
        try:
            current = newest(self._store, key)
        except Denied:
            raise _unseen(key) from None
        if current is None:
            raise NotFound(f"There is no {key.uri}", advice="Check the key")
        if current.is_delete_marker:
            raise NotFound(f"{key.uri} is deleted", advice="Bring it back first, or copy one of its older versions")
        return current

    def _seen_or_none(self, key: ObjectKey) -> Version | None:
        try:
            return self._seen(key)
        except NotFound:
            return None

    def _version(self, key: ObjectKey, version_id: str) -> Version:
        facts = self._store.facts(key, version_id)
        return Version(key, facts.version_id or version_id, facts.modified, facts.size, facts.etag, facts.storage_class)

    def _there(
        self,
        to: Place,
        targets: Sequence[ObjectKey],
        versioning: Versioning,
        cancelled: Cancelled,
        *,
        is_empty: bool,
    ) -> Mapping[ObjectKey, KeyState]:
        """What is at the targets; those that are not among the answer hold nothing."""
        if is_empty:
            if versioning in {Versioning.ON, Versioning.OFF}:
                return {}
            with suppress(BadInput, Denied, NotSupported):  # nothing is current there; what lies below may be lost
                return self._there_by_versions(to, versioning, cancelled)
        if len(targets) <= FEW:
            seen = at_once(lambda target: _usable(target, look(self._store, target)), targets, cancelled)
            return dict(zip(targets, seen, strict=True))
        if versioning is Versioning.SUSPENDED:
            return self._there_by_versions(to, versioning, cancelled)
        found = current_below(self._store, to, with_markers=True, cancelled=cancelled)
        return {
            version.key: KeyState(
                replace(version, version_id=version.version_id or NULL_VERSION), versioning, is_seen=True
            )
            for version in found
        }

    def _there_by_versions(
        self, to: Place, versioning: Versioning, cancelled: Cancelled
    ) -> Mapping[ObjectKey, KeyState]:
        """The same with what lies below the current versions, and would be destroyed."""
        top, buried = tops_below(self._store, to, cancelled=cancelled)
        return {
            key: KeyState(version, versioning, is_seen=True, buried=buried.get(key)) for key, version in top.items()
        }

    def _origin_versioning(self, bucket: str, target_bucket: str, *, is_move: bool) -> Versioning | None:
        """Of the bucket that is moved from; None where it is the target's."""
        if not is_move:
            return Versioning.ON
        return None if bucket == target_bucket else versioning_of(self._store, bucket)

    def _is_empty(self, place: Place) -> bool:
        page = self._store.list_page(place, is_recursive=True)
        return not page.keys and not page.prefixes and page.next is None

    def _hint(self, target: ObjectKey) -> str:
        """Whether a folder of the target's name is there, which may be what was meant."""
        try:
            is_folder = not self._is_empty(Place(target.bucket, target.key + "/"))
        except (Denied, NotSupported):
            is_folder = False
        return f"There is a folder {target.uri}/ as well: end the address with / to go into it." if is_folder else ""

    def _spare(self, item: CopyItem, taken: set[ObjectKey]) -> ObjectKey | None:
        if not item.collides:
            return None
        for name in spare_names(item.target, _SPARES):
            if name in taken:
                continue
            try:
                self._store.facts(name)
            except NotFound:
                taken.add(name)
                return name
        return None


def _item(source: Version, target: ObjectKey, key_state: KeyState) -> CopyItem:
    return CopyItem(source, target, key_state.current, key_state.buried)


def _usable(key: ObjectKey, key_state: KeyState) -> KeyState:
    """The state, if one may rely on it. Raises Denied."""
    if key_state.is_seen:
        return key_state
    raise _unseen(key)


def _unseen(key: ObjectKey) -> Denied:
    return Denied(
        f"Access to {key.uri} is denied",
        action="s3:ListBucketVersions",
        cause="Without s3:ListBucketVersions or s3:GetObject nobody can say what is there",
        advice="Ask whoever runs the bucket for one of them, or use another profile",
    )


def _check_key(key: ObjectKey) -> None:
    if len(key.key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
        raise BadInput(
            f"{key.name} would get a key that is too long",
            cause=f"S3 takes keys of up to {MAX_KEY_BYTES} bytes",
            advice="Choose a place with a shorter path",
        )


def _title(copy: str, move: str, what: str, is_move: bool) -> str:
    return f"{move if is_move else copy} {what}"
