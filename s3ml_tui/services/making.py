"""Making a workspace, step by step; each step looks first, so that it may be repeated."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.connection import BucketFacts, Capabilities, PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.errors import Conflict, Denied, NotFound, NotSupported, StrangeAnswer
from s3ml_tui.domain.layout import FOLDERS, Layout
from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.domain.workspaces import MakeWorkspace, dangers, what_server_cannot
from s3ml_tui.records.document import JSON_TYPE
from s3ml_tui.records.workspace import WorkspaceRecord

_NO_UNDO = (
    "A bucket is not unmade, and versioning can only be suspended; delete .s3ml/workspace.json to take the mark away."
)


class Making:
    """One making of one workspace."""

    def __init__(self, store: Store, plan: MakeWorkspace, now: Callable[[], datetime]) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._bucket = plan.place.bucket
        self._said: list[str] = []
        self._was_blocked = False
        self.capabilities: Capabilities | None = None
        """What the server was seen to honour; None when it could not be tried."""

    def make(self) -> Outcome:
        """All steps in order: bucket, versioning, block, probe, mark; then look at what has become of it."""
        self._make_bucket()
        before = self._store.bucket_facts(self._bucket)
        self._enable_versioning(before)
        self._block(before)
        version_id = self._write_under_the_block()
        after = self._store.bucket_facts(self._bucket)
        self._tell(after)
        return Outcome(
            title=f"Made the workspace {self._plan.place.uri}",
            at=self._now(),
            details=tuple(self._said),
            key=Layout(self._plan.place).workspace_record,
            version_id=version_id,
            no_undo=_NO_UNDO,
        )

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

    def _enable_versioning(self, before: BucketFacts) -> None:
        if before.versioning is Versioning.ON:
            return
        try:
            self._store.enable_versioning(self._bucket)
        except NotSupported:
            self._said.append("This server keeps no versions: nothing can be brought back here.")
            return
        self._said.append(f"Switched versioning on for the whole bucket {self._bucket}.")

    def _block(self, before: BucketFacts) -> None:
        if before.block in {PublicAccessBlock.ON, PublicAccessBlock.UNSUPPORTED}:
            return
        try:
            self._store.block_public_access(self._bucket)
        except NotSupported:
            return
        except Denied:
            self._said.append("Public access was not blocked: these credentials lack s3:PutBucketPublicAccessBlock.")
            return
        self._was_blocked = True
        self._said.append(f"Blocked public access to the whole bucket {self._bucket}.")

    def _write_under_the_block(self) -> str | None:
        try:
            self._probe()
            return self._write_mark()
        except Denied as error:
            if not self._was_blocked:
                raise
            raise Denied(
                error.title,
                action=error.action,
                cause=f"{error.cause or 'The server refused it'}; on some servers the block of public access, "
                "which was switched on just before, refuses every write",
                advice=f"Ask for {error.action or 's3:PutObject'}, or take the bucket's block of public access away",
            ) from error

    def _probe(self) -> None:
        try:
            self.capabilities = self._store.probe(self._plan.place)
        except (NotSupported, StrangeAnswer) as error:
            self._said.append(f"What the server honours could not be tried: {error.sentence}")

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

    def _tell(self, after: BucketFacts) -> None:
        seen = {
            PublicAccess.REFUSED: "An unsigned request to the bucket was refused.",
            PublicAccess.UNKNOWN: "Whether anonymous access is refused could not be seen.",
        }
        if after.public_access in seen:
            self._said.append(seen[after.public_access])
        self._said.extend(what_server_cannot(after, self.capabilities))
        self._said.extend(dangers(after, self._plan.place))


def _role(folder: str) -> str:
    """`dataset/raw/` as `dataset_raw`."""
    return folder.rstrip("/").replace("/", "_")
