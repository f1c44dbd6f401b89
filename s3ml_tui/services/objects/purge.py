"""Destroying chosen versions: what is locked is refused by name, the rest goes, and nothing brings it back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, S3mlError
from s3ml_tui.domain.job_control import report_done, rests
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.purge import Locked, PurgeVersions
from s3ml_tui.domain.storage.history import History, Version
from s3ml_tui.domain.storage.store import Cancelled, Doomed, Store, never
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.objects.delete import BATCH
from s3ml_tui.services.parallel import Results, at_once
from s3ml_tui.services.versions.history import whole_history
from s3ml_tui.services.versions.read_only import refuse_read_only


class Purging:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def plan(self, history: History, version_ids: Sequence[str]) -> PurgeVersions | NothingToDo:
        """What purging these would destroy; their locks are looked at. Raises NotFound for one that is not there."""
        if not history.versions:
            raise NotFound(f"{history.key.uri} has no history", advice="Check the key")
        wanted = set(version_ids)
        for version_id in version_ids:
            if history.find(version_id) is None:
                raise NotFound(
                    f"{history.key.uri} has no version {version_id}", advice="Look at its history and choose again"
                )
        chosen = [version for version in history.versions if version.version_id in wanted]
        if not chosen:
            return NothingToDo(f"Purge {history.key.name}", "No version was chosen.")
        locks = dict(zip(chosen, at_once(self._lock, chosen), strict=True))
        doomed = tuple(version for version in chosen if not locks[version])
        gone = {version.version_id for version in doomed}
        return PurgeVersions(
            key=history.key,
            versions=doomed,
            locked=tuple(Locked(version, why) for version, why in locks.items() if why),
            on_top=next((version for version in history.versions if version.version_id not in gone), None),
            was_on_top=history.current,
        )

    def _lock(self, version: Version) -> str:
        """Why the version may not be destroyed now; "" when nothing is seen of a lock."""
        if version.is_delete_marker:
            return ""
        try:
            states = self._store.facts(version.key, version.version_id).states
        except (Denied, NotFound, NotSupported):
            return ""
        return lock_words(states, self._now())

    def perform(self, plan: PurgeVersions, *, cancelled: Cancelled = never) -> Outcome:
        """Destroy those that still are there. Raises the first error when none could be, Cancelled."""
        refuse_read_only(self._context, plan.title)
        results: Results[Version, None] = Results()
        there = {version.version_id: version for version in whole_history(self._store, plan.key).versions}
        left: list[Version] = []
        for version in plan.versions:
            same = there.get(version.version_id)
            if same is not None and (same.etag, same.size) == (version.etag, version.size):
                left.append(version)
            else:
                results.failed.append((version, _gone(version)))
        for start in range(0, len(left), BATCH):
            if rests(cancelled):
                results.left = len(left) - start
                break
            batch = {version.version_id: version for version in left[start : start + BATCH]}
            removed = self._store.delete_many(plan.key.bucket, [Doomed(plan.key.key, one) for one in batch])
            results.done += [(batch[doomed.version_id or ""], None) for doomed, _ in removed.done]
            results.failed += [
                (batch[doomed.version_id or ""], _refused(batch[doomed.version_id or ""], error))
                for doomed, error in removed.failed
            ]
            report_done(cancelled, start + len(batch), len(left))
        results.raise_if_nothing()
        return Outcome(
            title=f"{results.title('Purged', 'version')} of {plan.key.name}",
            at=self._now(),
            details=(
                f"{size_text(sum(version.size for version, _ in results.done))} of {plan.key.uri} are gone for good.",
                *results.failure_sentences(),
                *(f"Version {one.version.version_id} is {one.why}: it stayed." for one in plan.locked),
            ),
            key=plan.key,
            no_undo="What was purged is gone for good.",
            failed=len(results.failed) + results.left,
        )


def lock_words(states: Mapping[str, str], now: datetime) -> str:
    """What an object lock says, as `on legal hold`; "" where there is none in force.

    `states` are those of `ObjectFacts`.
    """
    if states.get("ObjectLockLegalHoldStatus") == "ON":
        return "on legal hold"
    until = states.get("ObjectLockRetainUntilDate", "")
    if not until:
        return ""
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return f"retained until {until}"
    if moment.tzinfo is not None and moment <= now:
        return ""
    return f"retained until {moment.astimezone():%Y-%m-%d %H:%M}"


def why_held(store: Store, key: ObjectKey, version_id: str | None, error: S3mlError, now: datetime) -> S3mlError:
    """Why a version could not be destroyed: an object lock, where one is seen; else what the server said.

    A server refuses what is locked in the same words as what these credentials may not do.
    """
    if not isinstance(error, Denied) or version_id is None:
        return error
    try:
        held = lock_words(store.lock(key, version_id), now)
    except Denied:
        return _locked_or_not_allowed(key, version_id)
    except S3mlError:  # the bucket keeps no locks, or it cannot be told
        return error
    if not held:
        return error
    return Denied(
        f"Version {version_id} of {key.name} is {held}",
        cause="An object lock keeps it",
        advice="Wait until then, or end the lock (s3:BypassGovernanceRetention, s3:PutObjectLegalHold)",
    )


def _gone(version: Version) -> Conflict:
    return Conflict(
        f"Version {version.version_id} of {version.key.name} is not as it was any more",
        cause="Somebody purged it, or wrote over it, meanwhile",
        advice="Look at the history again",
    )


def _refused(version: Version, error: S3mlError) -> S3mlError:
    """A lock whose state may not be seen looks like a missing permission."""
    if not isinstance(error, Denied):
        return error
    return _locked_or_not_allowed(version.key, version.version_id)


def _locked_or_not_allowed(key: ObjectKey, version_id: str) -> Denied:
    return Denied(
        f"Version {version_id} of {key.name} is locked, or may not be destroyed",
        action="s3:DeleteObjectVersion",
        cause="An object lock keeps it, or these credentials lack s3:DeleteObjectVersion",
        advice="Look at its details for a lock (needs s3:GetObjectRetention), or ask for the permission",
    )
