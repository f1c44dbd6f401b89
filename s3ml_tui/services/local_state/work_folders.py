"""Folders in the temporary directory that a process works in: named for it, so that those of the dead are known."""

import os
import re
import shutil
import socket
import tempfile
from pathlib import Path

import psutil

_NAME = re.compile(r"s3ml-[a-z]+-(?P<host>.*)-(?P<pid>[0-9]+)-[^-]*")
_SLACK_S = 2.0
"""Start times are computed from the boot time, which clocks move a little."""


def prefix_for(work: str) -> str:
    """What the name of this process's folder for some work begins with: `s3ml-run-<host>-<pid>-`."""
    return f"s3ml-{work}-{_host()}-{os.getpid()}-"


def sweep_folders() -> int:
    """Remove those of this user and machine whose process is gone; how many."""
    count = 0
    for folder in Path(tempfile.gettempdir()).glob("s3ml-*-*-*-*"):
        named = _NAME.fullmatch(folder.name)
        if named is None or named["host"] != _host() or not _is_abandoned(folder, int(named["pid"])):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        count += 1
    return count


def _is_abandoned(folder: Path, pid: int) -> bool:
    try:
        state = folder.lstat()
    except OSError:
        return False
    if state.st_uid != os.getuid() or folder.is_symlink() or not folder.is_dir():
        return False
    try:
        return psutil.Process(pid).create_time() > state.st_mtime + _SLACK_S  # the number was given out again
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]", "", socket.gethostname())
