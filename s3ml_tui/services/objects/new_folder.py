"""Making folders, as far as S3 has them."""

from collections.abc import Callable
from datetime import datetime

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.bucket_folder import MakeFolder, folder_key
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.plans.undo import undo_of_write
from s3ml_tui.domain.storage.store import VERSIONING_LASTS_S, Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.versions.history import made, versioning_of
from s3ml_tui.services.versions.read_only import refuse_read_only

CONTENT_TYPE = "application/x-directory"


class Folders:
    """All methods block and raise only `S3mlError`s."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def plan(self, place: Place, name: str) -> MakeFolder | NothingToDo:
        """A folder called `name`, or several one in another. Raises BadInput, NotFound (no such bucket)."""
        key = folder_key(place, name)
        page = self._store.list_page(Place(key.bucket, key.key), is_recursive=True)
        if page.keys or page.prefixes:
            return NothingToDo(f"New folder {key.name}/", f"{key.uri} is there already.")
        return MakeFolder(key)

    def perform(self, plan: MakeFolder) -> Outcome:
        """Write the empty object. Raises Conflict when it is there meanwhile."""
        refuse_read_only(self._context, plan.title)
        written = self._store.write(plan.key, b"", content_type=CONTENT_TYPE, if_absent=True)
        new = made(self._store, written, self._now())
        versioning = versioning_of(self._store, plan.key.bucket, at_most_s=VERSIONING_LASTS_S)
        undo, no_undo = undo_of_write(plan.key, None, new, versioning)
        return Outcome(
            title=f"Made the folder {plan.key.name}/",
            at=self._now(),
            details=(f"{plan.key.uri} is an empty object.",),
            key=plan.key,
            version_id=written.version_id,
            undo=undo,
            no_undo=no_undo,
        )
