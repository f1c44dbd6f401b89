"""All services over one connection, each loaded and made when it is first asked for.

Screens know a session by this module's neighbour, and load no service with it: most sessions never train, predict or
look at a model, and whoever opens the screens waits for the list of buckets.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from s3ml_tui import settings
from s3ml_tui.domain.storage.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from s3ml_tui.domain.context import Context
    from s3ml_tui.domain.doctor import Diagnosis
    from s3ml_tui.domain.sign_in import SignIn
    from s3ml_tui.domain.storage.store import Store
    from s3ml_tui.services.browse.find import Searching
    from s3ml_tui.services.browse.listing import Browsing
    from s3ml_tui.services.buckets.buckets import Buckets
    from s3ml_tui.services.buckets.first_change import FirstChanges
    from s3ml_tui.services.doctor.doctor import Doctor
    from s3ml_tui.services.logs.logs import Logs
    from s3ml_tui.services.models.lineage import Uses
    from s3ml_tui.services.models.models import Models
    from s3ml_tui.services.models.predictions import Predictions
    from s3ml_tui.services.objects.archive import ArchiveRestores
    from s3ml_tui.services.objects.batch import ManyObjects
    from s3ml_tui.services.objects.copy_move_plan import Copies
    from s3ml_tui.services.objects.edit import Editing
    from s3ml_tui.services.objects.metadata import Describing
    from s3ml_tui.services.objects.new_folder import Folders
    from s3ml_tui.services.objects.purge import Purging
    from s3ml_tui.services.objects.share import Sharing
    from s3ml_tui.services.objects.tags import Tagging
    from s3ml_tui.services.preview.service import Previews
    from s3ml_tui.services.processes.launch import Launcher
    from s3ml_tui.services.runs.runs import Runs
    from s3ml_tui.services.transfers.service import Transfers
    from s3ml_tui.services.transfers.single_file import Objects
    from s3ml_tui.services.undo.activity import Activity
    from s3ml_tui.services.versions.provenance import Backgrounds
    from s3ml_tui.services.versions.restore import Versions
    from s3ml_tui.services.workspace.workspaces import Workspaces

T = TypeVar("T")


def _service(make: Callable[[Container], T]) -> cached_property[T]:
    """What `make` makes, once, however many threads ask; from Python 3.12 on `cached_property` alone makes several."""
    name, lock = make.__name__, threading.RLock()

    def made(parts: Container) -> T:
        with lock:
            if name not in parts.__dict__:
                parts.__dict__[name] = make(parts)
            found: T = parts.__dict__[name]
        return found

    return cached_property(made)


class Container:
    """The services; their methods block and raise only `S3mlError`s."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        *,
        runs_folder: Path | None = None,
        endpoint: str = "",
        activity: Activity | None = None,
        launcher: Launcher | None = None,
        diagnosis: Diagnosis | None = None,
        sign_in: SignIn | None = None,
        requests: RequestLog | None = None,
    ) -> None:
        """Make none of them yet.

        Args:
            store: The connection.
            context: What it was opened for.
            now: The clock.
            runs_folder: For the outputs of runs that are started; this machine's state folder when None.
            endpoint: The server's address, for people; the store's when "".
            activity: What is remembered of what was done; as long as the session lasts when None.
            launcher: Starts the processes of runs; real ones when None.
            diagnosis: What the connection tells of itself; None when it tells nothing.
            sign_in: How the connection turns to a person; None when it never does.
            requests: What was sent over the connection.
        """
        self.store, self.context, self.now = store, context, now
        self.endpoint = endpoint or store.endpoint
        self.diagnosis, self.sign_in = diagnosis, sign_in
        self.requests = requests if requests is not None else RequestLog()
        self._runs_folder = runs_folder or settings.state_folder()
        self._activity, self._launcher = activity, launcher

    def has_made(self, service: str) -> bool:
        """Whether a service was asked for already."""
        return service in self.__dict__

    # looking -------------------------------------------------------------------------------------------------------

    @_service
    def browsing(self) -> Browsing:
        from s3ml_tui.services.browse.listing import Browsing

        return Browsing(self.store, self.context, self.now)

    @_service
    def searching(self) -> Searching:
        from s3ml_tui.services.browse.find import Searching

        return Searching(self.store)

    @_service
    def previews(self) -> Previews:
        from s3ml_tui.services.preview.service import Previews

        return Previews(self.store)  # its process starts with the first preview

    @_service
    def backgrounds(self) -> Backgrounds:
        from s3ml_tui.services.versions.provenance import Backgrounds

        return Backgrounds(self.store)

    @property
    def doctor(self) -> Doctor:
        """A new check-up of what works with these credentials."""
        from s3ml_tui.services.doctor.doctor import Doctor

        return Doctor(self.store, self.context, self.now, diagnosis=self.diagnosis, find_workspace=self.workspaces.find)

    # objects and buckets -------------------------------------------------------------------------------------------

    @_service
    def objects(self) -> Objects:
        from s3ml_tui.services.transfers.single_file import Objects

        return Objects(self.store, self.context, self.now)

    @_service
    def versions(self) -> Versions:
        from s3ml_tui.services.versions.restore import Versions

        return Versions(self.store, self.context, self.now)

    @_service
    def transfers(self) -> Transfers:
        from s3ml_tui.services.objects.delete import delete_seen
        from s3ml_tui.services.transfers.service import Transfers

        return Transfers(self.store, self.context, self.now, settings.state_folder(), self.objects, delete_seen)

    @_service
    def many(self) -> ManyObjects:
        from s3ml_tui.services.objects.batch import ManyObjects

        return ManyObjects(self.store, self.context, self.now, self.objects, self.versions)

    @_service
    def copies(self) -> Copies:
        from s3ml_tui.services.objects.copy_move_plan import Copies

        return Copies(self.store, self.context, self.now)

    @_service
    def purging(self) -> Purging:
        from s3ml_tui.services.objects.purge import Purging

        return Purging(self.store, self.context, self.now)

    @_service
    def tagging(self) -> Tagging:
        from s3ml_tui.services.objects.tags import Tagging

        return Tagging(self.store, self.context, self.now)

    @_service
    def describing(self) -> Describing:
        from s3ml_tui.services.objects.metadata import Describing

        return Describing(self.store, self.context, self.now)

    @_service
    def editing(self) -> Editing:
        from s3ml_tui.services.objects.edit import Editing

        return Editing(self.store, self.context, self.now)

    @_service
    def folders(self) -> Folders:
        from s3ml_tui.services.objects.new_folder import Folders

        return Folders(self.store, self.context, self.now)

    @_service
    def archive_restores(self) -> ArchiveRestores:
        from s3ml_tui.services.objects.archive import ArchiveRestores

        return ArchiveRestores(self.store, self.context, self.now)

    @_service
    def sharing(self) -> Sharing:
        from s3ml_tui.services.objects.share import Sharing

        return Sharing(self.store, self.now)

    @_service
    def buckets(self) -> Buckets:
        from s3ml_tui.services.buckets.buckets import Buckets

        return Buckets(self.store, self.context, self.now)

    @_service
    def first_changes(self) -> FirstChanges:
        from s3ml_tui.services.buckets.first_change import FirstChanges

        return FirstChanges(self.workspaces.find)

    @_service
    def activity(self) -> Activity:
        from s3ml_tui.services.undo.activity import Activity

        return self._activity if self._activity is not None else Activity()

    # machine learning ----------------------------------------------------------------------------------------------

    @_service
    def workspaces(self) -> Workspaces:
        from s3ml_tui.services.workspace.workspaces import Workspaces

        return Workspaces(self.store, self.context, self.now)

    @_service
    def launcher(self) -> Launcher:
        from s3ml_tui.services.processes.launch import TrainingLauncher

        return self._launcher if self._launcher is not None else TrainingLauncher()

    @_service
    def runs(self) -> Runs:
        from s3ml_tui.services.runs.runs import Runs

        return Runs(
            self.store,
            self.context,
            self.now,
            state_folder=self._runs_folder,
            launcher=self.launcher,
            logs=self.logs,
        )

    @_service
    def models(self) -> Models:
        from s3ml_tui.services.models.models import Models

        return Models(self.store, self.context, self.now)

    @_service
    def predictions(self) -> Predictions:
        from s3ml_tui.services.models.predictions import Predictions

        return Predictions(
            self.store,
            self.context,
            self.now,
            state_folder=self._runs_folder,
            launcher=self.launcher,
            models=self.models,
        )

    @_service
    def uses(self) -> Uses:
        from s3ml_tui.services.models.lineage import Uses

        return Uses(self.store, self.models, self.now)

    @_service
    def logs(self) -> Logs:
        from s3ml_tui.services.logs.logs import Logs

        return Logs(self.store, self.context, self.now)
