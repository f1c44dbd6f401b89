"""Workspaces: what is there, finding the one a place belongs to, and making one.

Making a workspace, step by step; each step looks first, so that it may be repeated.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, Denied, NotFound, NotSupported, S3mlError, StrangeAnswer
from s3ml_tui.domain.ml.layout import FOLDERS, Layout, roots_by_layout
from s3ml_tui.domain.ml.workspace import (
    MakeWorkspace,
    WorkspaceReport,
    check_new_bucket_name,
    check_workspace_place,
    dangers,
    lifecycle_dangers,
    what_is_unknown,
    what_server_cannot,
)
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.storage.capabilities import BucketFacts, Capabilities, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.storage.lifecycle import ABORT_RULE, ABORT_SENTENCE, has_abort_rule
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.workspace import WorkspaceRecord
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.workspace.bucket_protection import BucketProtection

_NO_UNDO = "A bucket is not unmade{versions}; delete .s3ml/workspace.json to take the mark away."
_OF_VERSIONS = ", and versioning can only be suspended"


class Making:
    """One making of one workspace."""

    def __init__(self, store: Store, plan: MakeWorkspace, now: Callable[[], datetime]) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._bucket = plan.place.bucket
        self._said: list[str] = []
        self._protection = BucketProtection(store, self._bucket)
        self.capabilities: Capabilities | None = None
        """What the server was seen to honour; None when it could not be tried."""

    def make(self) -> Outcome:
        """All steps in order: bucket, versioning, block, probe, mark; then look at what has become of it.

        What raises after a change tells what was done before.
        """
        try:
            version_id = self._steps()
        except S3mlError as error:
            if self._said:
                error.cause = f"{error.cause or error.title}. Done before that: {' '.join(self._said)}"
            raise
        after = self._store.bucket_facts(self._bucket)
        self._note_findings(after)
        return Outcome(
            title=f"Made the workspace {self._plan.place.uri}",
            at=self._now(),
            details=tuple(self._said),
            key=Layout(self._plan.place).workspace_record,
            version_id=version_id,
            no_undo=_NO_UNDO.format(versions=_OF_VERSIONS if self._protection.keeps_versions(after) else ""),
        )

    def _steps(self) -> str | None:
        """The version id of the mark."""
        self._make_bucket()
        before = self._store.bucket_facts(self._bucket)
        if before.versioning is not Versioning.ON:
            self._enable_versioning()
        if before.block not in {PublicAccessBlock.ON, PublicAccessBlock.UNSUPPORTED}:
            self._protection.block()
        self._protection.try_it(self._plan.place.key(".s3ml/trial-"))
        self._probe()
        version_id = self._write_mark()
        if self._plan.adds_abort_rule:
            self._add_abort_rule()
        return version_id

    def _make_bucket(self) -> None:
        if self._store.bucket_exists(self._bucket):
            if self._plan.makes_bucket and not self._is_empty():
                raise Conflict(
                    f"The bucket {self._bucket} exists meanwhile, and holds something; nothing was done",
                    cause="Somebody made it since this was planned",
                    advice="Plan again, to see what it means for that bucket",
                )
            return
        if not self._plan.makes_bucket:
            raise NotFound(f"The bucket {self._bucket} is gone meanwhile", advice="Plan again")
        self._store.create_bucket(self._bucket)
        self._said.append(f"Made the bucket {self._bucket}.")

    def _is_empty(self) -> bool:
        page = self._store.list_page(Place(self._bucket), is_recursive=True)
        return not page.keys and not page.prefixes and page.next is None

    def _enable_versioning(self) -> None:
        try:
            self._protection.enable_versioning()
        except Denied as error:
            if not self._said:  # nothing was made here
                raise
            raise Denied(
                f"The bucket {self._bucket} keeps no versions, and is no workspace yet",
                action=error.action,
                cause=error.cause,
                advice=f"Ask for {error.action or 's3:PutBucketVersioning'}, then make the workspace again: "
                f"s3ml init {self._plan.place.uri}",
            ) from error

    def _probe(self) -> None:
        try:
            self.capabilities = self._store.probe(self._plan.place)
        except (NotSupported, StrangeAnswer) as error:
            self._said.append(f"What the server honours could not be tried: {error.sentence}")

    def _add_abort_rule(self) -> None:
        try:
            self._store.add_abort_rule(self._bucket)
        except (Denied, NotSupported, StrangeAnswer) as error:
            self._said.append(f"No lifecycle rule was added: {error.sentence}")
        else:
            self._said.append(f"Added the lifecycle rule {ABORT_RULE}. {ABORT_SENTENCE}")

    def _write_mark(self) -> str | None:
        key = Layout(self._plan.place).workspace_record
        try:
            return self._keep_mark()
        except NotFound:
            pass
        record = WorkspaceRecord(created=self._now(), layout={_role(folder): folder for folder in FOLDERS})
        honours = self.capabilities is None or self.capabilities.conditional_create
        try:
            written = self._store.write(key, record.to_bytes(), content_type=JSON_TYPE, if_absent=honours)
        except Conflict:
            return self._keep_mark()
        self._said.append(f"Wrote {key.uri}.")
        return written.version_id

    def _keep_mark(self) -> str | None:
        """The mark that is there already. Raises NotFound, NotSupported (newer), StrangeAnswer (damaged)."""
        key = Layout(self._plan.place).workspace_record
        facts = self._store.facts(key)
        WorkspaceRecord.from_bytes(self._store.read(key, facts.version_id), key.uri)
        self._said.append(f"{key.uri} was there already and stays.")
        return facts.version_id

    def _note_findings(self, after: BucketFacts) -> None:
        seen = {
            PublicAccess.REFUSED: "An unsigned request to the bucket was refused.",
            PublicAccess.UNKNOWN: "Whether anonymous access is refused could not be seen.",
        }
        if after.public_access in seen:
            self._said.append(seen[after.public_access])
        self._said.extend(self._protection.sentences(after))
        self._said.extend(what_server_cannot(after, self.capabilities))
        self._said.extend(dangers(after, self._plan.place))


def _role(folder: str) -> str:
    """`dataset/raw/` as `dataset_raw`."""
    return folder.rstrip("/").replace("/", "_")


class Workspaces:
    """Everything about workspaces as a whole; all methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._seen: dict[str, Capabilities] = {}
        """What was tried in this session, by bucket."""

    # looking ---------------------------------------------------------------------------------------------------

    def inspect(self, place: Place) -> WorkspaceReport:
        """What is at `place`; changes nothing. What may not be looked at is listed as unknown.

        Raises Denied when not even the mark of a workspace may be looked for, Unreachable.
        """
        if not self._bucket_exists(place.bucket):
            return WorkspaceReport(place, bucket_exists=False, is_workspace=False, missing=FOLDERS)
        is_workspace, trouble = self._mark(place)
        facts = self._facts(place.bucket)
        present, unseen = self._folders(place)
        unknown = what_is_unknown(facts)
        if unseen:
            unknown = (*unknown, f"What lies in {', '.join(unseen)} could not be seen (s3:ListBucket).")
        return WorkspaceReport(
            place,
            bucket_exists=True,
            is_workspace=is_workspace,
            facts=facts,
            present=present,
            missing=tuple(folder for folder in FOLDERS if folder not in present and folder not in unseen),
            cannot=what_server_cannot(facts, self._seen.get(place.bucket)),
            warnings=(*trouble, *(dangers(facts, place) if facts else ())),
            unknown=unknown,
        )

    def find(self, place: Place) -> Place | None:
        """The workspace that `place` lies in: the nearest mark here or above; None when there is none.

        Where the layout's own folders tell which level it must be, that one is looked at first: no workspace is made
        inside another; the others are looked at side by side. Raises Denied when no level may be looked at …
        """
        likely = roots_by_layout(place)
        answers: list[bool | Denied] = []
        for levels in (likely, [level for level in _levels(place) if level not in likely]):
            found = at_once(self._is_marked, levels)
            marked = next((level for level, answer in zip(levels, found, strict=True) if answer is True), None)
            if marked is not None:
                return marked
            answers += found
        if False not in answers:
            raise next(answer for answer in answers if isinstance(answer, Denied))
        return None

    def _is_marked(self, level: Place) -> bool | Denied:
        """Whether the mark of a workspace is there; the refusal where that may not be seen."""
        try:
            self._store.facts(Layout(level).workspace_record)
        except NotFound:
            return False
        except Denied as error:
            return error
        return True

    # making ----------------------------------------------------------------------------------------------------

    def plan_make(self, place: Place, *, aborts_uploads: bool = False) -> MakeWorkspace | NothingToDo:
        """What making a workspace would mean, for the whole bucket too. Changes nothing.

        With `aborts_uploads` a lifecycle rule is added against uploads that are left open, where there is none.

        Raises BadInput (a name S3 would refuse, a place inside another workspace), NotSupported (made by a newer s3ml).
        """
        check_workspace_place(place)
        if not self._store.bucket_exists(place.bucket):
            check_new_bucket_name(place.bucket)
            return MakeWorkspace(place, facts=None, adds_abort_rule=aborts_uploads)
        facts = self._store.bucket_facts(place.bucket)
        has_record = self._has_record(place)
        if not has_record:
            self._refuse_inside_another(place)
        rules = lifecycle_dangers(replace(facts, versioning=Versioning.ON), place)
        adds_rule = aborts_uploads and not has_abort_rule(facts.lifecycle or (), place)
        plan = MakeWorkspace(place, facts, writes_record=not has_record, warnings=rules, adds_abort_rule=adds_rule)
        is_set = has_record and not adds_rule
        if is_set and facts.versioning is Versioning.ON and facts.block is not PublicAccessBlock.OFF:
            return NothingToDo(plan.title, " ".join((f"{place.uri} is a workspace already.", *rules)))
        return plan

    def make(self, plan: MakeWorkspace) -> Outcome:
        """Make the workspace. Every step may be repeated, so that one half made can be made again.

        Raises Conflict when the bucket came to be meanwhile and holds something, Denied, Unreachable …
        """
        refuse_read_only(self._context, plan.title)
        making = Making(self._store, plan, self._now)
        outcome = making.make()
        if making.capabilities is not None:
            self._seen[plan.place.bucket] = making.capabilities
        return outcome

    # inside ----------------------------------------------------------------------------------------------------

    def _bucket_exists(self, bucket: str) -> bool:
        try:
            return self._store.bucket_exists(bucket)
        except Denied:
            return True

    def _facts(self, bucket: str) -> BucketFacts | None:
        try:
            return self._store.bucket_facts(bucket)
        except (Denied, NotSupported, StrangeAnswer):
            return None

    def _mark(self, place: Place) -> tuple[bool, tuple[str, ...]]:
        """Whether the mark is there, and what is wrong with it."""
        try:
            return self._has_record(place), ()
        except (NotSupported, StrangeAnswer) as error:
            return True, (error.sentence,)

    def _has_record(self, place: Place) -> bool:
        key = Layout(place).workspace_record
        try:
            body = self._store.read(key)
        except NotFound:
            return False
        WorkspaceRecord.from_bytes(body, key.uri)
        return True

    def _refuse_inside_another(self, place: Place) -> None:
        outer = self.find(place.parent) if place.parent is not None else None
        if outer is not None:
            raise BadInput(
                f"{place.uri} lies inside the workspace {outer.uri}",
                cause="A workspace inside another one would be found instead of it",
                advice="Use that workspace, or choose a place beside it",
            )

    def _folders(self, place: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Folders of the layout that hold something, and those that could not be looked at."""
        with ThreadPoolExecutor(len(FOLDERS), thread_name_prefix="s3ml-inspect") as pool:
            found = list(pool.map(lambda folder: self._holds_something(place.under(folder)), FOLDERS))
        seen = dict(zip(FOLDERS, found, strict=True))
        return (
            tuple(folder for folder, answer in seen.items() if answer),
            tuple(folder for folder, answer in seen.items() if answer is None),
        )

    def _holds_something(self, place: Place) -> bool | None:
        try:
            page = self._store.list_page(place)
        except (Denied, StrangeAnswer):
            return None
        return bool(page.keys or page.prefixes)


def _levels(place: Place) -> Iterator[Place]:
    """The place and all above it."""
    level: Place | None = place
    while level is not None:
        yield level
        level = level.parent
