"""Buckets as a whole: made private and versioned, set, emptied and deleted, with everything counted first."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, Denied, NotSupported, S3mlError
from s3ml_tui.domain.ml.workspace import check_new_bucket_name, what_server_cannot
from s3ml_tui.domain.plans.bucket_folder import (
    AbortOpenUploads,
    CreateBucket,
    DeleteBucket,
    EmptyBucket,
    SetBlock,
    SetVersioning,
    Tally,
)
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.storage.capabilities import BucketFacts, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE, has_abort_rule
from s3ml_tui.domain.storage.store import Cancelled, Store, never
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.buckets.empty import Emptying, counted
from s3ml_tui.services.versions.history import versioning_of
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.workspace.bucket_protection import BucketProtection


class Buckets:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    # create --------------------------------------------------------------------------------------------------------

    def plan_create(self, bucket: str) -> CreateBucket:
        """Raises BadInput for a name S3 would refuse, Conflict when it is there already."""
        check_new_bucket_name(bucket)
        if self._store.bucket_exists(bucket):
            raise Conflict(f"The bucket {bucket} is there already", advice="Choose another name")
        return CreateBucket(bucket)

    def create(self, plan: CreateBucket) -> Outcome:
        """Make it; what the server cannot do is said. Raises Conflict when somebody took the name meanwhile."""
        refuse_read_only(self._context, plan.title)
        self._store.create_bucket(plan.bucket)
        said, protection = [], BucketProtection(self._store, plan.bucket)
        try:
            protection.enable_versioning()
        except Denied as error:
            said.append(f"It keeps no old versions: {error.sentence}")
        protection.block()
        said += self._tried(protection, plan.bucket)[0]
        return Outcome(
            title=f"Created the bucket {plan.bucket}",
            at=self._now(),
            details=tuple(said),
            undo=DeleteBucket(plan.bucket, Tally()),
        )

    def _tried(self, protection: BucketProtection, bucket: str) -> tuple[list[str], BucketFacts]:
        """What became of what was switched on, and the bucket as it is. Nothing that goes wrong here undoes it."""
        said = []
        try:
            protection.try_it(ObjectKey(bucket, ".s3ml/trial-"))
        except S3mlError as error:
            said.append(f"Whether it takes objects could not be tried: {error.sentence}")
        after = self._store.bucket_facts(bucket)
        return [*protection.sentences(after), *what_server_cannot(after, None), *said], after

    # versioning and the block --------------------------------------------------------------------------------------

    def plan_versioning(self, bucket: str, *, is_on: bool) -> SetVersioning | NothingToDo:
        """What switching it on, or suspending it, would mean. Raises NotFound, Denied."""
        before = versioning_of(self._store, bucket, at_most_s=0)
        plan = SetVersioning(bucket, is_on, before)
        if is_on and before is Versioning.ON:
            return NothingToDo(plan.title, "It keeps old versions already.")
        if not is_on and before is Versioning.SUSPENDED:
            return NothingToDo(plan.title, "It is suspended already.")
        if not is_on and before is Versioning.OFF:
            return NothingToDo(plan.title, "It was never switched on: the bucket keeps no versions.")
        return plan

    def set_versioning(self, plan: SetVersioning) -> Outcome:
        """Do it. Raises NotSupported, Denied."""
        refuse_read_only(self._context, plan.title)
        said = list(plan.sentences()[:1])
        if plan.is_on:
            protection = BucketProtection(self._store, plan.bucket)
            protection.enable_versioning()
            said, after = self._tried(protection, plan.bucket)
            if not protection.keeps_versions(after):
                raise NotSupported(f"The bucket {plan.bucket} keeps no versions", cause=" ".join(said))
        else:
            self._store.suspend_versioning(plan.bucket)
        return Outcome(
            title=f"{'Switched on' if plan.is_on else 'Suspended'} versioning of {plan.bucket}",
            at=self._now(),
            details=tuple(said),
            undo=SetVersioning(plan.bucket, not plan.is_on, Versioning.ON if plan.is_on else Versioning.SUSPENDED),
        )

    def plan_block(self, bucket: str, *, is_on: bool) -> SetBlock | NothingToDo:
        """What blocking public access, or no longer blocking it, would mean. Raises NotFound, NotSupported, Denied."""
        block = self._store.bucket_facts(bucket).block
        plan = SetBlock(bucket, is_on)
        if block is PublicAccessBlock.UNSUPPORTED:
            raise NotSupported(
                "This server has no block of public access",
                cause="Its policies and lists of access alone decide who can read a bucket",
                advice="Look at these",
            )
        if block is (PublicAccessBlock.ON if is_on else PublicAccessBlock.OFF):
            return NothingToDo(plan.title, "It is blocked already." if is_on else "It is not blocked.")
        return plan

    def set_block(self, plan: SetBlock) -> Outcome:
        """Do it. Raises NotSupported, Denied."""
        refuse_read_only(self._context, plan.title)
        said, verb = list(plan.sentences()[:1]), "Blocked" if plan.is_on else "Stopped blocking"
        if plan.is_on:
            protection = BucketProtection(self._store, plan.bucket)
            protection.block()
            said, after = self._tried(protection, plan.bucket)
            if after.public_access is PublicAccess.ALLOWED:
                verb = "Switched on the block, which does not end"
            if not protection.is_blocked(after):
                raise NotSupported(f"Public access to {plan.bucket} is not blocked", cause=" ".join(said))
        else:
            self._store.allow_public_access(plan.bucket)
        return Outcome(
            title=f"{verb} public access to {plan.bucket}",
            at=self._now(),
            details=tuple(said),
            undo=SetBlock(plan.bucket, not plan.is_on),
        )

    # uploads left open ---------------------------------------------------------------------------------------------

    def plan_abort_open_uploads(self, bucket: str) -> AbortOpenUploads | NothingToDo:
        """What a lifecycle rule against uploads left open would mean. Raises NotFound, Denied."""
        plan = AbortOpenUploads(bucket)
        rules = self._store.bucket_facts(bucket).lifecycle
        if rules is None:
            raise Denied(
                f"The lifecycle rules of {bucket} may not be seen; none is added",
                action="s3:GetLifecycleConfiguration",
                advice="Ask whoever runs the bucket for it, or to add the rule",
            )
        if has_abort_rule(rules, Place(bucket)):
            return NothingToDo(plan.title, "A lifecycle rule does that already.")
        return plan

    def abort_open_uploads(self, plan: AbortOpenUploads) -> Outcome:
        """Add the rule. Raises NotSupported, Denied."""
        refuse_read_only(self._context, plan.title)
        self._store.add_abort_rule(plan.bucket)
        return Outcome(
            title=f"Open uploads of {plan.bucket} are removed from now on",
            at=self._now(),
            details=plan.sentences()[:1],
            no_undo=f"Take {ABORT_RULE} out of the bucket's lifecycle rules to end it.",
        )

    # empty and delete ----------------------------------------------------------------------------------------------

    def plan_empty(self, bucket: str, *, cancelled: Cancelled = never) -> EmptyBucket:
        """Everything in it, counted. Raises NotFound, Denied (old versions could not be counted), Cancelled."""
        return EmptyBucket(bucket, counted(self._store, bucket, cancelled))

    def empty(self, plan: EmptyBucket, *, cancelled: Cancelled = never) -> Outcome:
        """Destroy what was counted. Raises the first error when nothing could be, Cancelled."""
        refuse_read_only(self._context, plan.title)
        done = Emptying(self._store, plan.bucket, plan.tally, cancelled).do()
        rest = f"; {count_text(done.left, 'entry', 'entries')} stay" if done.left else ""
        return Outcome(
            title=f"Emptied the bucket {plan.bucket}{rest}",
            at=self._now(),
            details=(
                f"{count_text(done.entries, 'version and marker', 'versions and markers')} are gone for good.",
                *done.sentences(),
            ),
            no_undo="What was destroyed is gone for good.",
            failed=done.left,
        )

    def plan_delete(self, bucket: str, *, cancelled: Cancelled = never) -> DeleteBucket:
        """The bucket with everything in it, counted. Raises NotFound, Denied, Cancelled."""
        return DeleteBucket(bucket, counted(self._store, bucket, cancelled))

    def delete(self, plan: DeleteBucket, *, cancelled: Cancelled = never) -> Outcome:
        """Empty it of what was counted, look whether it is empty, and delete it. Raises Conflict when it is not."""
        refuse_read_only(self._context, plan.title)
        done = Emptying(self._store, plan.bucket, plan.tally, cancelled).do()
        left = counted(self._store, plan.bucket, cancelled)
        if not left.is_empty:
            raise Conflict(
                f"The bucket {plan.bucket} is not deleted: it holds {left.words()}",
                cause=" ".join(done.sentences()) or _why_left(left),
                advice="Look at what is left, and decide again",
            )
        self._store.delete_bucket(plan.bucket)
        return Outcome(
            title=f"Deleted the bucket {plan.bucket}",
            at=self._now(),
            details=(f"With it {plan.tally.words()} are gone.",) if not plan.tally.is_empty else (),
            no_undo="A bucket that was deleted does not come back.",
        )


def _why_left(left: Tally) -> str:
    if left.objects and not (left.size or left.old or left.markers):
        return "All of it is empty: some servers keep the folders of what was deleted, which go one level at a time"
    return "Somebody wrote to it after it was counted"
