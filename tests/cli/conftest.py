"""Fixtures of the command line's tests."""

import pytest

from tests.cli.line import CommandLine, line_to
from tests.servers import S3Server


@pytest.fixture
def line(moto: S3Server) -> CommandLine:
    """The command line against an empty moto server."""
    return line_to(moto)


@pytest.fixture
def bucket(moto: S3Server) -> str:
    """An empty bucket with versions on it."""
    return moto.bucket()
