"""Stores on both servers, and a server in between that misbehaves on request."""

from collections.abc import Callable, Iterator
from typing import cast

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import MIB, TransferSettings
from s3ml_tui.s3.store import S3Store
from tests.s3.faults import FaultyServer
from tests.servers import S3Server

SMALL = TransferSettings(
    multipart_threshold=6 * MIB,
    part_size=5 * MIB,
    range_size=5 * MIB,
    copy_threshold=6 * MIB,
    copy_part_size=5 * MIB,
    threads=3,
    backoff_s=0.01,
)
"""Settings that make a file of a few MiB a large one."""

OpenStore = Callable[..., S3Store]


@pytest.fixture(params=["seaweed", "moto"])
def server(request: pytest.FixtureRequest) -> S3Server:
    """Each server in turn."""
    return cast("S3Server", request.getfixturevalue(request.param))


@pytest.fixture
def open_store() -> Iterator[OpenStore]:
    """Connects to a server, or to an endpoint that pretends to be one; closed after the test."""
    stores: list[S3Store] = []

    def open_one(server: S3Server, *, endpoint: str = "", settings: TransferSettings = SMALL) -> S3Store:
        context = Context(endpoint_url=endpoint or server.endpoint)
        store = connect(context, (server.access_key, server.secret_key), settings=settings)
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(server: S3Server, open_store: OpenStore) -> S3Store:
    """A store on each server in turn."""
    return open_store(server)


@pytest.fixture
def bucket(server: S3Server) -> str:
    """A new bucket that keeps versions."""
    return server.bucket()


@pytest.fixture
def faulty(moto: S3Server) -> Iterator[FaultyServer]:
    """A server that passes everything on to moto until it is told otherwise."""
    with FaultyServer(moto.endpoint) as between:
        yield between
