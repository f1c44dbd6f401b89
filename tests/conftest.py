"""Fixtures every test can ask for; `no_aws` is always on."""

from tests.servers import embedded, moto, moto_server, no_aws, seaweed

__all__ = ["embedded", "moto", "moto_server", "no_aws", "seaweed"]
