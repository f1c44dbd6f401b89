"""Writes tried in a workspace, and whether every trace of them is gone."""

from collections.abc import Iterator

from s3ml_tui.domain import policies
from s3ml_tui.domain.diagnosis import Finding, Verdict
from s3ml_tui.domain.errors import Denied, NotSupported
from s3ml_tui.domain.store import Store
from s3ml_tui.domain.uri import Place

_HONOURED = (
    ("create if absent", "conditional_create", "Two who take the same number are told apart by the older version."),
    ("replace if same", "conditional_replace", "Objects are looked at again right before each change instead."),
    ("checksums", "checksums", "ETags are compared after an upload instead."),
)


class Trials:
    """Writes to keys of their own, under `.s3ml/`."""

    def __init__(self, store: Store, workspace: Place) -> None:
        self._store = store
        self._workspace = workspace

    def findings(self) -> Iterator[Finding]:
        """What can be written, what the server honours, and whether versions can be removed. Raises Denied …"""
        found = self._store.probe(self._workspace)
        where = self._workspace.under(".s3ml")
        yield Finding(policies.WRITE.name, Verdict.WORKS, f"Small objects were written under {where.uri}.")
        for name, capability, follows in _HONOURED:
            if getattr(found, capability):
                yield Finding(name, Verdict.WORKS, "The server honours it.")
            else:
                yield Finding(name, Verdict.LACKS, "The server does not honour it.", follows=follows)
        yield self._traces(where)

    def _traces(self, where: Place) -> Finding:
        name = policies.DELETE_VERSION.name
        try:
            page = self._store.list_page(where, with_deleted=True)
            keys = [*page.keys, *page.deleted.keys]
        except (Denied, NotSupported):
            keys = list(self._store.list_page(where).keys)
        left = [key for key in keys if key.startswith(f"{where.prefix}probe-")]
        if not left:
            return Finding(name, Verdict.WORKS, "Every trace of the trial is gone.")
        return Finding(
            name,
            Verdict.LACKS,
            f"Traces of the trial stay: {Place(where.bucket, where.prefix).uri}probe-….",
            policies.DELETE_VERSION.actions[0],
            policies.DELETE_VERSION.without,
        )
