"""The store: the clients of one connection, and on them the verbs of the port `domain.storage.store.Store`.

A verb is the function that implements it, in the module of its feature; it takes the clients first, which the store is.
"""

from datetime import datetime

from s3ml_tui.s3 import probe as trial
from s3ml_tui.s3.buckets import buckets as whole
from s3ml_tui.s3.buckets import lifecycle
from s3ml_tui.s3.connection.clients import Clients
from s3ml_tui.s3.connection.diagnosis import S3Diagnosis
from s3ml_tui.s3.listing import all_pages, page
from s3ml_tui.s3.objects import archive, delete_batch, presign
from s3ml_tui.s3.objects import copy as copies
from s3ml_tui.s3.objects import delete as deletes
from s3ml_tui.s3.objects import lock as locks
from s3ml_tui.s3.objects import open_uploads as uploads
from s3ml_tui.s3.objects import read as reads
from s3ml_tui.s3.objects import tags as tagging
from s3ml_tui.s3.objects import write as writes
from s3ml_tui.s3.transfers import download as downloads
from s3ml_tui.s3.transfers import upload as files
from s3ml_tui.s3.versions import facts as heads
from s3ml_tui.s3.versions import history as histories


class S3Store(Clients):
    """One connection to one server; safe to use from many threads. The port says what each verb promises."""

    buckets = whole.buckets
    bucket_exists = whole.bucket_exists
    create_bucket = whole.create_bucket
    delete_bucket = uploads.delete_bucket
    bucket_facts = whole.bucket_facts
    versioning = whole.versioning
    enable_versioning = whole.enable_versioning
    suspend_versioning = uploads.suspend_versioning
    block_public_access = whole.block_public_access
    allow_public_access = uploads.allow_public_access
    retains = locks.retains
    add_abort_rule = lifecycle.add_abort_rule
    probe = trial.probe

    list_page = page.list_page
    list_all = all_pages.list_all
    history = histories.history
    versions_below = all_pages.versions_below
    facts = heads.facts
    tags = heads.tags
    lock = locks.lock
    read = reads.read

    write = writes.write
    rewrite = writes.rewrite
    upload = files.upload
    download = downloads.download
    copy = copies.copy
    copy_version = copies.copy_version
    delete = deletes.delete
    delete_version = deletes.delete_version
    delete_many = delete_batch.delete_many
    write_tags = tagging.write_tags
    restore_from_archive = archive.restore_from_archive
    open_uploads = uploads.open_uploads
    abort_upload = uploads.abort_upload
    link = presign.link

    @property
    def diagnosis(self) -> S3Diagnosis:
        """What the connection tells of itself."""
        return S3Diagnosis(self)

    def credentials_end(self) -> datetime | None:
        """When the credentials expire."""
        return self.diagnosis.credentials().expires

    def limit_requests(self, most: int) -> None:
        """Change the bound on requests of transfers."""
        self.slots.limit(most)
