"""Which editor a user means."""

import os
import shlex
import shutil

from s3ml_tui.domain.errors import LocalTrouble

_EDITORS = ("nano", "vim", "vi")
"""Tried when none is named."""


def editor() -> list[str]:
    """The command of the user's editor. Raises LocalTrouble when there is none."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if said.strip():
        try:
            return shlex.split(said)
        except ValueError as error:
            raise LocalTrouble(
                "The command of your editor cannot be understood",
                cause=f"It is {said}",
                advice="Set EDITOR to a command with its quotes closed",
            ) from error
    found = next((name for name in _EDITORS if shutil.which(name)), None)
    if found is None:
        raise LocalTrouble("No editor was found", advice="Set EDITOR to the command of yours, then try again")
    return [found]
