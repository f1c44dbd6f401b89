"""Where a run takes place, told without secrets: only what an allow-list names."""

import getpass
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from s3ml_tui.records.run_record import Environment

PACKAGES = (
    "s3ml-tui",
    "scikit-learn",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "joblib",
    "threadpoolctl",
    "matplotlib",
    "boto3",
    "pydantic",
)
MODEL_PACKAGES = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")
"""Those a model needs to be loaded again."""
VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
    "PYTHONHASHSEED",
    "CUDA_VISIBLE_DEVICES",
)
GIT_TIMEOUT_S = 2.0
_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]*@")
_SECRET_NAME = re.compile(r"(?i)pass|secret|token|credential|api[-_]?key|access[-_]?key|signature|authorization")
_SECRET_VALUE = re.compile(
    r"(?i)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|(?<=signature=)[^&\s]+|(?<=security-token=)[^&\s]+|(?<=credential=)[^&\s]+"
)
HIDDEN = "***"


def environment() -> Environment:
    """Python, platform, package versions, the allowed variables, the state of the git checkout we stand in."""
    commit = _git("rev-parse", "HEAD")
    remote = _git("config", "--get", "remote.origin.url")
    status = _git("status", "--porcelain") if commit else None
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        packages=package_versions(PACKAGES),
        variables={name: os.environ[name] for name in VARIABLES if name in os.environ},
        git_commit=commit or None,
        git_remote=without_credentials(remote) if remote else None,
        git_is_dirty=None if status is None else bool(status),
    )


def package_versions(names: Sequence[str]) -> dict[str, str]:
    """Versions of those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def host() -> str:
    """This machine's name."""
    return socket.gethostname()


def user() -> str:
    """Who runs it; "" when the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def without_credentials(url: str) -> str:
    """A git remote without `user:password@` and without a query; `git@host:path` stays, it holds no secret."""
    return _USERINFO.sub(r"\g<scheme>", url).partition("?")[0]


def redacted(argv: Sequence[str]) -> list[str]:
    """A command line in which whatever is named like a secret, or looks like one, is hidden."""
    shown: list[str] = []
    hide_next = False
    for part in argv:
        name, equals, _ = part.partition("=")
        if hide_next:
            shown.append(HIDDEN)
        elif equals and _SECRET_NAME.search(name) and "://" not in name:
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(_SECRET_VALUE.sub(HIDDEN, _USERINFO.sub(r"\g<scheme>", part)))
        hide_next = not hide_next and part.startswith("-") and not equals and bool(_SECRET_NAME.search(part))
    return shown


def own_command() -> list[str]:
    """How this process was started, redacted."""
    return redacted(sys.orig_argv)


def _git(*arguments: str) -> str | None:
    """What git answers; None when there is no git, no checkout, or no answer in time."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run([git, *arguments], capture_output=True, text=True, timeout=GIT_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
