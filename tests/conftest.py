"""Fixtures every test can ask for; `no_aws` is always on.

What a test may depend on is set here, before anything of ours is loaded: who runs the tests, from where and by what
(`nohup`, a CI runner, an editor's dumb terminal), makes no difference.
"""

import gc
import os
import signal
import sys

from hypothesis import HealthCheck, settings

from tests.servers import embedded, moto, moto_server, no_aws, seaweed

__all__ = ["embedded", "moto", "moto_server", "no_aws", "seaweed"]

# A run in the background or under nohup is given ignored signals, and would hand them on to the processes under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _ended_by in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(_ended_by, signal.SIG_DFL)

# Each of some thousand programs under test would compile all modules anew where their bytecode may not be kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# New files are as an ordinary user makes them; what has to be private says so itself.
os.umask(0o022)

# The screens' size, colours and language are this terminal's; a program under test in a pty has its own.
_TERMINALS = ("COLUMNS", "LINES", "LANGUAGE", "GITHUB_ACTIONS")
for _name in list(os.environ):
    if _name in _TERMINALS or _name.startswith("LC_") or "COLOR" in _name:
        del os.environ[_name]
os.environ |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}

# How long something takes tells of the machine, not of the code: it may be busy with other things.
settings.register_profile("s3ml", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("s3ml")


def pytest_collection_finish() -> None:
    """What was loaded is no garbage; looking through it for some took a quarter of the time of the screens' tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
