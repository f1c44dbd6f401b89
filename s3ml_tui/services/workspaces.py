"""Workspaces: what is there, finding the one a place belongs to, and making one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from s3ml_tui.domain.connection import BucketFacts, Capabilities, PublicAccessBlock, Versioning
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Denied, NotFound, NotSupported, StrangeAnswer
from s3ml_tui.domain.layout import FOLDERS, Layout
from s3ml_tui.domain.plans import NothingToDo, Outcome
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.domain.workspaces import (
    MakeWorkspace,
    WorkspaceReport,
    check_new_bucket_name,
    check_workspace_place,
    dangers,
    lifecycle_dangers,
    what_is_unknown,
    what_server_cannot,
)
from s3ml_tui.records.workspace import WorkspaceRecord
from s3ml_tui.services.guards import refuse_read_only
from s3ml_tui.services.making import Making


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

        Raises Denied when no level may be looked at, Unreachable.
        """
        denied: Denied | None = None
        is_seen = False
        level: Place | None = place
        while level is not None:
            try:
                self._store.facts(Layout(level).workspace_record)
            except NotFound:
                is_seen = True
            except Denied as error:
                denied = error
            else:
                return level
            level = level.parent
        if denied is not None and not is_seen:
            raise denied
        return None

    # making ----------------------------------------------------------------------------------------------------

    def plan_make(self, place: Place) -> MakeWorkspace | NothingToDo:
        """What making a workspace would mean, for the whole bucket too. Changes nothing.

        Raises BadInput (a name S3 would refuse, a place inside another workspace), NotSupported (made by a newer s3ml).
        """
        check_workspace_place(place)
        if not self._store.bucket_exists(place.bucket):
            check_new_bucket_name(place.bucket)
            return MakeWorkspace(place, facts=None)
        facts = self._store.bucket_facts(place.bucket)
        has_record = self._has_record(place)
        if not has_record:
            self._refuse_inside_another(place)
        rules = lifecycle_dangers(replace(facts, versioning=Versioning.ON), place)
        plan = MakeWorkspace(place, facts, writes_record=not has_record, warnings=rules)
        if has_record and facts.versioning is Versioning.ON and facts.block is not PublicAccessBlock.OFF:
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
