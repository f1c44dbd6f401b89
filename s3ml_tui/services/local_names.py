"""Which file of this machine a key becomes; keys that would leave the folder, or meet there, are refused by name."""

import os
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from s3ml_tui.domain.moving import Refusal
from s3ml_tui.services.local_tree import parents


def refused_alone(name: str) -> str:
    """Why a name below a prefix can be no file in a folder; "" when it can."""
    if name.startswith("/"):
        return "it begins with a slash, and would leave the folder"
    segments = name.split("/")
    if ".." in segments or "." in segments:
        return "it has a part that is . or .., and would not stay where it is named"
    if "" in segments:
        return "it has two slashes in a row, which no path keeps apart"
    if "\0" in name:
        return "it has a zero byte in it"
    if os.altsep and os.altsep in name:
        return f"it has a {os.altsep} in it"
    if any(len(os.fsencode(segment)) > 255 for segment in segments):
        return "a part of it is longer than 255 bytes"
    return ""


def refused_together(names: Sequence[str], *, folds: bool) -> list[Refusal]:
    """Names that would be the same file, or a file where another needs a folder.

    Args:
        names: Below the folder; each can be a file alone.
        folds: Whether the file system takes names for the same that differ in case or Unicode form only.
    """
    refused: list[Refusal] = []
    folders = {parent for name in names for parent in parents(name)}
    if folds:
        folders = {folded(parent) for parent in folders}
        first: dict[str, str] = {}
        for name in names:
            other = first.setdefault(folded(name), name)
            if other != name:
                refused.append(Refusal(name, f"it would be the same file as {other}"))
                refused.append(Refusal(other, f"it would be the same file as {name}"))
    in_the_way = (name for name in names if (folded(name) if folds else name) in folders)
    refused += [Refusal(name, "other keys need a folder of this name") for name in in_the_way]
    return list({one.name: one for one in reversed(refused)}.values())[::-1]


def folded(name: str) -> str:
    """`name` without what such a file system does not tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def folds_names(folder: Path) -> bool:
    """Whether `folder` (or what is there of it) lies on a file system that ignores case."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    other = there.with_name(there.name.swapcase()) if there.name else there
    try:
        return other != there and other.samefile(there)
    except OSError:
        return False


class Inside:
    """Whether a folder still lies in the one it is named in: no link on the way leads elsewhere."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._is_inside = lru_cache(maxsize=10_000)(self._look)

    def refused(self, path: str) -> str:
        """Why nothing may be written to `path`; "" when it may."""
        return "" if self._is_inside(os.path.dirname(path)) else "a link on the way leads out of the folder"  # noqa: PTH120 - a hundred thousand times

    def _look(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        return real == self._root or real.startswith(self._root.rstrip("/") + "/")
