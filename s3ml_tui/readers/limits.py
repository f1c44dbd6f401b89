"""What the preview process may take of this machine: memory, open files, no files written, no core dump."""

import resource
from contextlib import suppress

_OPEN_FILES = 64
_LIBRARIES_BYTES = 1024 * 1024 * 1024
"""Of address space, which mapped libraries reserve and hardly use."""


def limit(memory_bytes: int) -> None:
    """Set the limits for good. Where a system does not know the one on memory, the app watches what is used."""
    for what, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_AS, memory_bytes + _LIBRARIES_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # a system without it, or with a lower one
            resource.setrlimit(what, (most, most))
