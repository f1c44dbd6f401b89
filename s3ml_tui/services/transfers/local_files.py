"""This machine's side of a transfer: which file a download becomes, and what a local file holds.

Which file of this machine a key becomes; keys that would leave the folder, or meet there, are refused by name.
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble, local_trouble
from s3ml_tui.domain.plans.transfer import Refusal
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey
from s3ml_tui.services.transfers.sources import parents


def download_target(key: ObjectKey, path: Path, *, overwrite: bool) -> Path:
    """The file that `key` becomes: `path`, or the object's name in it when `path` is a folder.

    Nothing of a name is changed silently. Raises BadInput for a name that is none or would leave the folder, Conflict
    when a file is there and `overwrite` is False.
    """
    name = _file_name(key) if is_folder(path) else ""
    target = path / name if name else path
    if is_folder(target):
        raise BadInput(f"{target} is a folder", cause="A file cannot take its place", advice="Give another file name")
    if not is_folder(target.parent):
        raise LocalTrouble(f"There is no folder {target.parent}", advice="Make it first, or choose another folder")
    if os.path.lexists(target) and not overwrite:
        raise Conflict(
            f"{target} exists already",
            cause="Nothing was downloaded",
            advice="Give another file name; on the command line --force overwrites it",
        )
    return target


def free_beside(target: str, is_taken: Callable[[str], bool]) -> str:
    """A free name beside a path or `bucket/key` that is taken: `a (2).csv`."""
    folder, _, name = target.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 2
    while is_taken(aside := f"{folder}/{stem} ({number}){dot}{ending}"):
        number += 1
    return aside


def is_folder(path: Path) -> bool:
    """Whether there is a folder. Raises LocalTrouble where that cannot be seen, as of a name too long."""
    try:
        return path.is_dir()
    except OSError as error:
        raise local_trouble(error) from error


def _file_name(key: ObjectKey) -> str:
    name = key.name
    if name in {"", ".", ".."} or "/" in name or "\0" in name or (os.altsep and os.altsep in name):
        raise BadInput(
            f"{key.uri} has no name that a file could have",
            cause=f"{name!r} would not stay in the folder",
            advice="Give the whole path of the file, name included",
        )
    return name


def file_size(path: Path) -> int:
    """Bytes of a plain file. Raises LocalTrouble."""
    try:
        if path.is_dir():
            raise LocalTrouble(
                f"{path} is a folder", cause="Only files can be uploaded", advice="Give one of its files"
            )
        if path.exists() and not path.is_file():
            raise LocalTrouble(f"{path} is no plain file", cause="Its size cannot be known", advice="Save it to a file")
        if not os.access(path, os.R_OK) and path.exists():
            raise LocalTrouble(f"{path} may not be read", advice="Change its permissions, or give another file")
        return path.stat().st_size
    except FileNotFoundError as error:
        raise LocalTrouble(f"There is no file {path}", advice="Check the path") from error
    except (OSError, ValueError) as error:
        raise LocalTrouble(f"{path} cannot be read", cause=str(error), advice="Give another file") from error


def sha256_of(path: Path) -> str:
    """The hex digest of a file. Raises LocalTrouble."""
    file_size(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LocalTrouble(f"{path} cannot be read", cause=str(error), advice="Give another file") from error


def upload_key(path: Path, key: ObjectKey) -> ObjectKey:
    """The key that `path` becomes: `key`, or the file's name below it when `key` ends with a slash. Raises BadInput."""
    target = ObjectKey(key.bucket, key.key + path.name) if key.key.endswith("/") or not key.key else key
    try:
        length = len(target.key.encode())
    except UnicodeEncodeError as error:
        raise BadInput(
            f"{path.name!r} cannot be a key", cause="It is not UTF-8", advice="Give the object's key, name included"
        ) from error
    if length > MAX_KEY_BYTES:
        raise BadInput(
            "The key is too long",
            cause=f"S3 takes keys of up to {MAX_KEY_BYTES} bytes; this one has {length}",
            advice="Choose a shorter name",
        )
    return target


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
