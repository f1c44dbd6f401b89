"""Claims on real servers: racers get different numbers, and a deleted claim stays taken."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from s3ml_tui.bootstrap import open_store
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.workspace.number_claims import claim, deciding_version, highest_seen
from tests.servers import REGION, S3Server

RACERS = 8


def store_on(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_key)
    return open_store(Context(endpoint_url=server.endpoint, region=REGION))


def take(store: Store, layout: Layout) -> int:
    first = highest_seen(store, layout.models) + 1
    return claim(store, layout.model_claim, first, lambda number: b'{"number": %d}' % number)[0]


@pytest.fixture(params=["seaweed", "moto"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found: S3Server = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("versioned", [True, False])
def test_racers_get_different_numbers(server: S3Server, versioned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_on(server, monkeypatch)
    layout = Layout(Place(server.bucket(versioned=versioned), "ws/"))
    barrier = threading.Barrier(RACERS)

    def run(_index: int) -> int:
        barrier.wait(timeout=60)
        return take(store, layout)

    taken: list[int] = []
    with ThreadPoolExecutor(RACERS) as pool:
        for _round in range(3):
            taken += pool.map(run, range(RACERS))
    store.close()
    assert sorted(taken) == list(range(1, 3 * RACERS + 1))


def test_a_deleted_claim_stays_taken(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_on(server, monkeypatch)
    layout = Layout(Place(server.bucket(), "ws/"))
    assert take(store, layout) == 1
    store.delete(layout.model_claim(1))
    assert highest_seen(store, layout.models) == 1
    assert claim(store, layout.model_claim, 1, lambda _number: b"{}")[0] == 2
    oldest = deciding_version(store, layout.model_claim(1))
    entries = [version for page in store.history(layout.model_claim(1)) for version in page.versions]
    store.close()
    assert oldest is not None
    assert [entry.is_delete_marker for entry in entries] == [True, False], "the loser took its own version away"
    assert oldest.version_id == entries[1].version_id
