"""What the kill points need: the process that forks, once a session, and a way that kills."""

from collections.abc import Iterator

import pytest

from tests.faults.forking import Forks
from tests.faults.kill_points import Kills
from tests.faults.kill_way import KillWay
from tests.servers import Embedded, S3Server


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with Forks(tmp_path_factory.mktemp("forks")) as forks:
        yield forks


@pytest.fixture(scope="module")
def kills(embedded: Embedded, forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kills]:
    server: S3Server = embedded.server
    with KillWay(server.endpoint) as way:
        kills = Kills(server, way, forks, tmp_path_factory.mktemp("kills"))
        yield kills
        kills.close()
        sentence = f"only {kills.killed} of {kills.points} were killed"
        assert kills.killed * 2 >= kills.points, sentence
