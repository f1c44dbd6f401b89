"""The fixtures of 5680b01, loaded into the embedded server once a module."""

from collections.abc import Iterator

import pytest

from tests.compatibility.fixtures import Rewriting, about, load_buckets, remove_buckets
from tests.faults.forking import Forks
from tests.servers import Embedded


@pytest.fixture(scope="module")
def loaded(embedded: Embedded) -> Iterator[Rewriting]:
    """The buckets are there; what is loaded besides is rewritten by it."""
    server = embedded.server
    names = {about()["endpoint"]: server.endpoint, f"{about()['work']}/server": str(embedded.info.folder.resolve())}
    rewriting = Rewriting(names)
    load_buckets(server, rewriting)
    yield rewriting
    remove_buckets(server)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with Forks(tmp_path_factory.mktemp("forks")) as forks:
        yield forks
