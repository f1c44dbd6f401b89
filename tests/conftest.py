"""Fixtures every test can ask for; `no_aws` is always on."""

import os
import signal

from tests.servers import embedded, moto, moto_server, no_aws, seaweed

__all__ = ["embedded", "moto", "moto_server", "no_aws", "seaweed"]

# A run in the background is given an ignored SIGINT, and would hand it on to the processes whose ctrl+c is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests side by side are told the size of a terminal that nobody looks at; programs under test have their own.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
