"""A server that says nothing is asked twice, not five times: a user hears of it within a minute."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Unreachable
from s3ml_tui.domain.storage.store import Doomed
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.conftest import SMALL, OpenStore
from tests.s3.faults import Asked, Fault, FaultyServer, anything, method, query
from tests.s3.seeing import versions_of
from tests.s3.transfers.test_upload import file_of
from tests.servers import S3Server

HASTY = replace(SMALL, read_timeout_s=1.0, threads=1)
"""Long enough for what is answered, on a machine that does other things as well."""
MOST = 60 / TransferSettings().read_timeout_s
"""So many times in a row the product may wait for an answer."""
Do = Callable[[S3Store, ObjectKey, Path], object]


def is_change(asked: Asked) -> bool:
    return asked.method != "GET" and asked.method != "HEAD"


VERBS: dict[str, tuple[Do, Callable[[Asked], bool]]] = {
    "look": (lambda store, key, _: store.facts(key), anything),
    "history": (lambda store, key, _: list(store.history(key)), anything),
    "read": (lambda store, key, _: store.read(key), method("GET")),
    "download": (lambda store, key, folder: store.download(key, folder / "down"), method("GET")),
    "upload": (lambda store, key, folder: store.upload(file_of(folder, 10), key), is_change),
    "upload, all silent": (lambda store, key, folder: store.upload(file_of(folder, 10), key), anything),
    "copy": (lambda store, key, _: store.copy(key, None, ObjectKey(key.bucket, "to"), over=None), is_change),
    "delete": (lambda store, key, _: store.delete(key), is_change),
    "delete a version": (
        lambda store, key, _: store.delete_version(key, versions_of(store, key)[0].version_id),
        is_change,
    ),
    "delete many": (lambda store, key, _: store.delete_many(key.bucket, [Doomed("k"), Doomed("l")]), query("delete")),
    "tag": (lambda store, key, _: store.write_tags(key, {"a": "b"}), is_change),
}


@pytest.mark.parametrize(("do", "asks"), VERBS.values(), ids=VERBS)
def test_silence_is_told_soon(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path, do: Do, asks: Callable[[Asked], bool]
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint, settings=HASTY)
    for name in ("k", "l"):
        moto.client().put_object(Bucket=key.bucket, Key=name, Body=b"old")
    faulty.add(Fault(asks, 99, hangs=True))
    with pytest.raises(Unreachable, match="stopped answering"):
        do(store, key, tmp_path)
    assert 2 <= faulty.hung < MOST


def test_a_body_that_stops_again_and_again_is_told_soon(
    moto: S3Server, faulty: FaultyServer, open_store: OpenStore, tmp_path: Path
) -> None:
    key, store = ObjectKey(moto.bucket(), "k"), open_store(moto, endpoint=faulty.endpoint, settings=HASTY)
    moto.client().put_object(Bucket=key.bucket, Key="k", Body=bytes(100_000))
    faulty.add(Fault(method("GET"), 99, silent_after=1000))
    with pytest.raises(Unreachable, match="stopped answering"):
        store.download(key, tmp_path / "down")
    assert faulty.hung < MOST
    assert list(tmp_path.iterdir()) == []
