"""Following logs on the embedded server: chunks, then the whole log; and a growing object by ranges."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from s3ml_tui.bootstrap import open_store
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.events import Cursor
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.logs.logs import Logs
from tests.servers import REGION, S3Server

RUN = "20251123-1402-k3f9"


@pytest.fixture
def store(seaweed: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", seaweed.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", seaweed.secret_key)
    opened = open_store(Context(endpoint_url=seaweed.endpoint, region=REGION))
    yield opened
    opened.close()


def test_the_whole_log_takes_the_place_of_the_chunks(seaweed: S3Server, store: Store) -> None:
    workspace = Place(seaweed.bucket(), "ws/")
    layout = Layout(workspace)
    logs = Logs(store, Context(), lambda: datetime.now(UTC))
    chunks = [b"one\ntwo\n", b"three\n", b"four\nfive\n"]
    versions = [store.write(layout.training_chunk(RUN, n), body).version_id for n, body in enumerate(chunks[:2], 1)]
    first = logs.poll_run(workspace, RUN, Cursor())
    assert (first.lines, first.is_over) == (("one", "two", "three"), False)
    assert logs.poll_run(workspace, RUN, first.cursor).lines == ()
    store.write(layout.training_log(RUN), b"".join(chunks))
    store.write(layout.run_result(RUN), b"{}")
    for number, version in enumerate(versions, 1):
        assert version
        store.delete_version(layout.training_chunk(RUN, number), version)
    rest = logs.poll_run(workspace, RUN, first.cursor)
    assert (rest.lines, rest.is_over) == (("four", "five"), True)
    assert logs.poll_run(workspace, RUN, rest.cursor).lines == ()


def test_a_growing_object_is_read_by_ranges(seaweed: S3Server, store: Store) -> None:
    key = Place(seaweed.bucket()).key("app.log")
    logs = Logs(store, Context(), lambda: datetime.now(UTC))
    text = b"".join(b"line %d\n" % n for n in range(1000))
    store.write(key, text[:5000])
    first = logs.poll_object(key, Cursor())
    store.write(key, text)
    second = logs.poll_object(key, first.cursor)
    assert (*first.lines, *second.lines) == tuple(text.decode().splitlines())
    assert logs.poll_object(key, second.cursor).lines == ()
    store.write(key, b"anew\n" * 4000)
    assert logs.poll_object(key, second.cursor).was_replaced
