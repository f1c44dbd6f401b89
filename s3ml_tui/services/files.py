"""This machine's side of a transfer: which file a download becomes, and what a local file holds."""

import hashlib
import os
from pathlib import Path

from s3ml_tui.domain.errors import BadInput, Conflict, LocalTrouble
from s3ml_tui.domain.uri import MAX_KEY_BYTES, ObjectKey


def download_target(key: ObjectKey, path: Path, *, overwrite: bool) -> Path:
    """The file that `key` becomes: `path`, or the object's name in it when `path` is a folder.

    Nothing of a name is changed silently. Raises BadInput for a name that is none or would leave the folder, Conflict
    when a file is there and `overwrite` is False.
    """
    target = path / _file_name(key) if path.is_dir() else path
    if target.is_dir():
        raise BadInput(f"{target} is a folder", cause="A file cannot take its place", advice="Give another file name")
    if not target.parent.is_dir():
        raise LocalTrouble(f"There is no folder {target.parent}", advice="Make it first, or choose another folder")
    if os.path.lexists(target) and not overwrite:
        raise Conflict(
            f"{target} exists already",
            cause="Nothing was downloaded",
            advice="Give another file name; on the command line --force overwrites it",
        )
    return target


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
