"""Changes of one object, a.csv, that copy it: what has to come along is looked at by the tests."""

from collections.abc import Callable

from tests.cli.line import CommandLine

Act = Callable[[CommandLine, str], str]
"""What is done below an address; it answers the key of the copy."""


def copy(said: CommandLine, uri: str) -> str:
    """To another key."""
    said("-y", "cp", f"{uri}/a.csv", f"{uri}/b.csv")
    return "b.csv"


def move(said: CommandLine, uri: str) -> str:
    """To another key; the source is gone."""
    said("-y", "mv", f"{uri}/a.csv", f"{uri}/b.csv")
    said("stat", f"{uri}/a.csv", code=3)
    return "b.csv"


def undo_of_delete(said: CommandLine, uri: str) -> str:
    """Deleted, and brought back."""
    said("-y", "rm", f"{uri}/a.csv")
    said("-y", "undo")
    return "a.csv"
