"""The embedded server's ports: chosen once, kept as long as they are free.

Ports are taken from below the range in which operating systems give out their own (Linux from 32768, macOS from 49152),
so that a remembered port is still free after a restart. A gRPC port is its HTTP port + 10000: the server's admin worker
dials that number, whatever `-admin.port.grpc` says.
"""

import random
import socket
from collections.abc import Mapping
from contextlib import closing

_PARTS = ("master", "filer", "volume", "s3", "admin")
_PUBLIC = ("filer", "volume")
_LOWEST, _HIGHEST = 11_000, 21_999
_GRPC = 10_000
_ATTEMPTS = 2_000

LOOPBACK = "127.0.0.1"
S3_PORT = "s3.port"
MASTER_PORT = "master.port"
NAMES = (
    *(f"{part}.port" for part in _PARTS),
    *(f"{part}.port.grpc" for part in _PARTS),
    *(f"{part}.port.public" for part in _PUBLIC),
)
"""The server's options, in the order of its command line."""

Ports = Mapping[str, int]


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what closed a moment ago is no obstacle
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(remembered: Ports | None = None) -> dict[str, int]:
    """Twelve free ports, those remembered where they can be had; one that is taken is replaced, with its gRPC twin."""
    remembered = remembered or {}
    chosen: dict[str, int] = {}
    for part in _PARTS:
        http, grpc = remembered.get(f"{part}.port"), remembered.get(f"{part}.port.grpc")
        if http is None or grpc != http + _GRPC or not _all_free(chosen, http, grpc):
            http = _fresh(chosen, with_twin=True)
        chosen |= {f"{part}.port": http, f"{part}.port.grpc": http + _GRPC}
    for part in _PUBLIC:
        public = remembered.get(f"{part}.port.public")
        chosen[f"{part}.port.public"] = (
            public if public is not None and _all_free(chosen, public) else _fresh(chosen, with_twin=False)
        )
    return {name: chosen[name] for name in NAMES}


def are_valid(document: object) -> bool:
    """Whether `document` names every port once, with a number a port can have."""
    if not isinstance(document, dict) or set(document) != set(NAMES):
        return False
    numbers = list(document.values())
    return all(type(number) is int and 0 < number < 65_536 for number in numbers) and len(set(numbers)) == len(numbers)


def _all_free(chosen: Ports, *ports: int) -> bool:
    return all(port not in chosen.values() and is_free(port) for port in ports)


def _fresh(chosen: Ports, *, with_twin: bool) -> int:
    for _ in range(_ATTEMPTS):
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311 - a port is no secret
        if _all_free(chosen, port, *([port + _GRPC] if with_twin else [])):
            return port
    raise OSError(f"no free port between {_LOWEST} and {_HIGHEST} after {_ATTEMPTS} attempts")
