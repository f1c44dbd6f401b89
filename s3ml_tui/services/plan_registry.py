"""Who performs which plan: an entry for each kind, and the only place that tells one kind from another.

What a plan says of itself, as its words, its size and the commands that do the same, it says itself
(`domain/plans/plan.py`). What it takes a service to know stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import NotSupported
from s3ml_tui.domain.ml.workspace import MakeWorkspace
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.archive import RestoreFromArchive
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.bucket_folder import (
    AbortOpenUploads,
    CreateBucket,
    DeleteBucket,
    EmptyBucket,
    MakeFolder,
    SetBlock,
    SetVersioning,
)
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.download_share import DownloadFile, ShareObject
from s3ml_tui.domain.plans.edit import WriteBack
from s3ml_tui.domain.plans.plan import (
    CopyForward,
    DeleteObject,
    NothingToDo,
    Outcome,
    Plan,
    RemoveMarker,
    UploadFile,
    told_unnamed,
)
from s3ml_tui.domain.plans.purge import PurgeVersions
from s3ml_tui.domain.plans.tags_metadata import ChangeDescription, ChangeTags
from s3ml_tui.domain.plans.transfer import MoveFiles
from s3ml_tui.domain.plans.undo import TakeBack, TakeUploadsBack
from s3ml_tui.domain.storage.store import Cancelled, Progress, Received, Store, never, unobserved
from s3ml_tui.domain.text import size_text
from s3ml_tui.services.container import Container
from s3ml_tui.services.parallel import each
from s3ml_tui.services.runs.plans import CancelBatch, CancelRun, Predict, StartRun, TrustModel
from s3ml_tui.services.transfers.perform import OnFileEnd
from s3ml_tui.services.undo.chain import all_now_on_top, now_on_top
from s3ml_tui.services.versions.read_only import refuse_read_only

P = TypeVar("P", bound=Plan)


@dataclass(frozen=True, slots=True)
class Job:
    """How a plan is performed."""

    progress: Progress = unobserved
    cancelled: Cancelled = never
    is_unasked: bool = False
    """Whether nobody was asked since the plan was made."""
    on_file_end: OnFileEnd | None = None
    """Hears of each of many files as it ends, from any thread."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one kind of plan."""

    perform: Callable[[Container, Plan, Job], Outcome] | None
    """None for what is only agreed to, and done in another way."""
    again: Callable[[Container, Plan], Plan]
    """The same request, planned with what is there now; a plan that needs no look, or too many, stays as it is."""
    as_it_is_now: Callable[[Store, Plan], Plan]
    """An undo of something older, expecting what is on top now; see `services/undo/chain.py`."""
    decided: Callable[[Container, Plan, Clash, Cancelled], Plan]
    """The plan with an answer to what becomes of what is there already."""
    leaves_versions: bool
    """Whether the versions that were there stay as they were, their tags above all."""


ENTRIES: dict[type[Plan], Entry] = {}


def _entry(
    kind: type[P],
    perform: Callable[[Container, P, Job], Outcome] | None,
    *,
    again: Callable[[Container, P], Plan] = lambda _, plan: plan,
    as_it_is_now: Callable[[Store, P], Plan] = lambda _, plan: plan,
    decided: Callable[[Container, P, Clash, Cancelled], Plan] = lambda _, plan, __, ___: plan,
    leaves_versions: bool = False,
) -> None:
    if kind in ENTRIES:
        raise ValueError(f"{kind.__name__} has two entries")
    ENTRIES[kind] = Entry(
        cast("Callable[[Container, Plan, Job], Outcome] | None", perform),
        cast("Callable[[Container, Plan], Plan]", again),
        cast("Callable[[Store, Plan], Plan]", as_it_is_now),
        cast("Callable[[Container, Plan, Clash, Cancelled], Plan]", decided),
        leaves_versions,
    )


def entry_of(plan: Plan) -> Entry:
    """The entry of a plan's kind. Raises NotSupported for a plan nobody knows."""
    entry = ENTRIES.get(type(plan))
    if entry is None:
        raise NotSupported(f"{plan.title} cannot be performed", advice="Report this: no service knows the plan")
    return entry


def perform(parts: Container, plan: Plan, job: Job) -> Outcome:
    """Do what a plan says, with the service that made it. Raises NotSupported, and what the service raises."""
    do = entry_of(plan).perform
    if do is None:
        raise NotSupported(f"{plan.title} cannot be performed", advice="Report this: it is only agreed to")
    return do(parts, plan, job)


# one object ------------------------------------------------------------------------------------------------------


def _bring_back(parts: Container, plan: CopyForward, job: Job) -> Outcome:
    return parts.versions.perform(plan, progress=job.progress, cancelled=job.cancelled)


def _plan_bring_back(parts: Container, plan: CopyForward) -> Plan:
    history = parts.versions.whole_history(plan.key)
    return parts.versions.plan_bring_back(history, history.find(plan.source.version_id) or plan.source)


def _upload(parts: Container, plan: UploadFile, job: Job) -> Outcome:
    with parts.transfers.noted(plan) as notes:
        return parts.objects.upload(
            plan, notes=notes, progress=job.progress, cancelled=job.cancelled, is_unasked=job.is_unasked
        )


def download(parts: Container, plan: DownloadFile, job: Job) -> Received:
    """Get one version into a file, so that it can go on after a crash. Raises as `objects.download`."""
    with parts.transfers.noted(plan) as notes:
        return parts.objects.download(
            plan.key,
            plan.path,
            plan.version_id,
            overwrite=plan.replaces is not None,
            notes=notes,
            progress=job.progress,
            cancelled=job.cancelled,
        )


def _download(parts: Container, plan: DownloadFile, job: Job) -> Outcome:
    received = download(parts, plan, job)
    checked = (
        "Its bytes are those the server vouches for."
        if received.is_verified
        else "The server gives nothing to check the bytes against."
    )
    return Outcome(
        title=f"Downloaded {plan.key.name}",
        at=parts.now(),
        details=(
            f"{size_text(received.size)} of {plan.key.uri} are {received.path}.",
            f"sha256 {received.sha256}",
            checked,
            *told_unnamed(received.was_named),
        ),
        key=plan.key,
        version_id=received.version_id,
        no_undo="Nothing in the bucket was changed; the file can be deleted.",
    )


def _nothing(parts: Container, plan: NothingToDo, _: Job) -> Outcome:
    return Outcome(plan.title, parts.now(), (plan.reason,), no_undo="Nothing was changed.")


_entry(NothingToDo, _nothing, leaves_versions=True)
_entry(CopyForward, _bring_back, again=_plan_bring_back, as_it_is_now=now_on_top, leaves_versions=True)
_entry(
    RemoveMarker,
    lambda parts, plan, _: parts.versions.perform(plan),
    again=lambda parts, plan: parts.versions.plan_undelete(parts.versions.whole_history(plan.key)),
    leaves_versions=True,
)
_entry(
    DeleteObject,
    lambda parts, plan, job: parts.objects.delete(plan, is_unasked=job.is_unasked),
    again=lambda parts, plan: parts.objects.plan_delete(plan.key),
    as_it_is_now=now_on_top,
    leaves_versions=True,
)
_entry(
    UploadFile,
    _upload,
    again=lambda parts, plan: parts.objects.plan_upload(plan.path, plan.key),
    leaves_versions=True,
)
_entry(
    DownloadFile,
    _download,
    again=lambda parts, plan: parts.objects.plan_download(
        plan.key, plan.path, plan.version_id, overwrite=plan.replaces is not None
    ),
)
_entry(PurgeVersions, lambda parts, plan, job: parts.purging.perform(plan, cancelled=job.cancelled))
_entry(WriteBack, lambda parts, plan, _: parts.editing.perform(plan))
_entry(ShareObject, None)  # `Services.share` gives the link
_entry(MakeFolder, lambda parts, plan, _: parts.folders.perform(plan))

# many objects ----------------------------------------------------------------------------------------------------


def _take_back(parts: Container, plan: TakeBack, job: Job) -> Outcome:
    """Each object's steps in order, the objects side by side; of an object whose step fails the later ones are left.

    A step that is itself done to many fails if it fails for one of them. What it does can be taken back in turn, in
    the other order. Raises the first error if none is done.
    """
    refuse_read_only(parts.context, plan.title)

    def one(steps: tuple[Plan, ...]) -> tuple[Outcome, ...]:
        done = list[Outcome]()
        for step in steps:
            try:
                done.append(perform(parts, step, Job(job.progress, job.cancelled)))
            except Stopped:
                if not done:
                    raise
                break
            if _not_done(done[-1]):
                break
        return tuple(done)

    results = each(plan.steps, one, job.cancelled)
    unfinished = [(done[-1], left) for steps, done in results.done if (left := _left_of(steps, done))]
    in_part = [last for last, _ in unfinished if _not_done(last)]
    rest = (*results.rest(plan.steps), *(left for _, left in unfinished))
    undone = [tuple(step.undo for step in reversed(done) if step.undo is not None) for _, done in results.done]
    steps = tuple(step for step in undone if step)
    title = f"{'Redid' if plan.is_redo else 'Undid'} {plan.what}"
    if results.failed or results.left:
        title = f"{title} in part; {results.title('done:')}"
    elif rest:
        why = [last.title for last in in_part[:2]] or ["the rest was cancelled"]
        title = "; ".join([f"{title} in part", *why])
    keys = {done.key for _, outcomes in results.done for done in outcomes}
    return Outcome(
        title=title,
        at=parts.now(),
        details=(*results.failure_sentences(), *(line for last in in_part for line in last.details)),
        key=next(iter(keys)) if len(keys) == 1 else None,
        undo=TakeBack(plan.what, steps, is_redo=not plan.is_redo) if steps else None,
        no_undo="" if steps else "What was there before is gone.",
        failed=len(results.failed) + results.left + sum(_not_done(last) or 1 for last, _ in unfinished),
        retry=replace(plan, steps=rest) if rest else None,
    )


def _not_done(outcome: Outcome) -> int:
    return outcome.failed + outcome.left


def _left_of(steps: tuple[Plan, ...], done: tuple[Outcome, ...]) -> tuple[Plan, ...]:
    """The steps of one object that are not done yet; of one that was done in part what is left of it."""
    if not done or not _not_done(done[-1]):
        return steps[len(done) :]
    return (done[-1].retry or steps[len(done) - 1], *steps[len(done) :])


def _many_again(parts: Container, plan: DeleteMany | BringBackMany) -> Plan:
    from s3ml_tui.services.objects.batch import MOST  # what one upload does not need

    keys = [single.key for single in plan.plans]
    if len(keys) > MOST:
        return plan
    return parts.many.plan_delete(keys) if isinstance(plan, DeleteMany) else parts.many.plan_bring_back(keys)


_entry(
    DeleteMany,
    lambda parts, plan, job: parts.many.delete(plan, cancelled=job.cancelled),
    again=_many_again,
    as_it_is_now=lambda store, plan: replace(plan, plans=all_now_on_top(store, plan.plans)),
)
_entry(
    BringBackMany,
    lambda parts, plan, job: parts.many.bring_back(plan, progress=job.progress, cancelled=job.cancelled),
    again=_many_again,
    as_it_is_now=lambda store, plan: replace(plan, plans=all_now_on_top(store, plan.plans)),
)
_entry(
    CopyObjects,
    lambda parts, plan, job: parts.copies.perform(plan, progress=job.progress, cancelled=job.cancelled),
    decided=lambda parts, plan, clash, cancelled: parts.copies.decided(plan, clash, cancelled=cancelled),
)
_entry(
    MoveFiles,
    lambda parts, plan, job: parts.transfers.perform(
        plan, progress=job.progress, cancelled=job.cancelled, on_file_end=job.on_file_end
    ),
    again=lambda parts, plan: parts.transfers.plan(plan.transfer_request),
    decided=lambda _, plan, clash, __: plan.decided(clash),
)
_entry(TakeUploadsBack, lambda parts, plan, job: parts.transfers.perform(plan, cancelled=job.cancelled))
_entry(TakeBack, _take_back)
_entry(ChangeTags, lambda parts, plan, job: parts.tagging.perform(plan, cancelled=job.cancelled))
_entry(
    ChangeDescription,
    lambda parts, plan, job: parts.describing.perform(plan, progress=job.progress, cancelled=job.cancelled),
)
_entry(RestoreFromArchive, lambda parts, plan, job: parts.archive_restores.perform(plan, cancelled=job.cancelled))

# buckets ---------------------------------------------------------------------------------------------------------

_entry(CreateBucket, lambda parts, plan, _: parts.buckets.create(plan))
_entry(SetVersioning, lambda parts, plan, _: parts.buckets.set_versioning(plan))
_entry(SetBlock, lambda parts, plan, _: parts.buckets.set_block(plan))
_entry(AbortOpenUploads, lambda parts, plan, _: parts.buckets.abort_open_uploads(plan))
_entry(EmptyBucket, lambda parts, plan, job: parts.buckets.empty(plan, cancelled=job.cancelled))
_entry(DeleteBucket, lambda parts, plan, job: parts.buckets.delete(plan, cancelled=job.cancelled))
_entry(MakeWorkspace, lambda parts, plan, _: parts.workspaces.make(plan))

# runs and models -------------------------------------------------------------------------------------------------


def _start_run(parts: Container, plan: StartRun, _: Job) -> Outcome:
    started = parts.runs.start(plan)
    return Outcome(
        title=f"Started run {started.run_id}",
        at=parts.now(),
        details=(f"Process {started.pid} trains {plan.spec.name} for {plan.workspace.uri}.",),
        no_undo="A run is cancelled, not undone; what it wrote stays.",
    )


def _predict(parts: Container, plan: Predict, _: Job) -> Outcome:
    started = parts.predictions.start(plan)
    return Outcome(
        title=f"Started prediction {started.batch_id}",
        at=parts.now(),
        details=(f"Process {started.pid} applies {plan.model} for {plan.workspace.uri}.",),
        no_undo="What it writes stays; nothing that is there is overwritten.",
    )


def _promote(parts: Container, plan: MoveAlias, _: Job) -> Outcome:
    outcome = parts.models.promote(plan)
    if parts.has_made("uses"):
        parts.uses.forget()
    return outcome


_entry(StartRun, _start_run)
_entry(CancelRun, lambda parts, plan, _: parts.runs.cancel(plan.workspace, plan.run_id))
_entry(Predict, _predict)
_entry(CancelBatch, lambda parts, plan, _: parts.predictions.cancel(plan.workspace, plan.batch_id))
_entry(TrustModel, None)  # agreed to before a prediction, which then loads the model
_entry(
    MoveAlias,
    _promote,
    again=lambda parts, plan: parts.models.plan_promote(plan.workspace, plan.alias, plan.number),
)
