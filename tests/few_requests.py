"""How many requests an action of one object may send: each as a command line, on a versioned bucket, a fresh workspace.

Arranged with boto3, past the proxy that counts. `tests/server/test_few_requests.py` holds the limits, and
`python -m benchmarks --only requests` prints them beside what was sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.s3.faults import Asked, FaultyServer
from tests.servers import S3Server

KEY = "dataset/raw/a.csv"
"""Three levels deep in its workspace, as the layout has it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A workspace that was just made, and the proxy before its server."""

    server: S3Server
    """The server itself."""
    proxy: FaultyServer
    bucket: str
    folder: Path
    """Where files lie that are put."""

    @property
    def uri(self) -> str:
        """Of the object."""
        return f"s3://{self.bucket}/{KEY}"

    @property
    def through(self) -> S3Server:
        """The server as it is reached through the proxy."""
        return S3Server(self.proxy.endpoint, self.server.access_key, self.server.secret_key)

    def put(self, body: bytes = b"id,churned\n1,0\n", **more: Any) -> str:
        """A version of the object; its id."""
        made = self.server.client().put_object(Bucket=self.bucket, Key=KEY, Body=body, **more)
        return str(made["VersionId"])

    def delete(self) -> None:
        """Put a delete marker on top."""
        self.server.client().delete_object(Bucket=self.bucket, Key=KEY)

    def file(self) -> str:
        """A small file to put."""
        path = self.folder / "a.csv"
        path.write_bytes(b"id,churned\n1,1\n")
        return str(path)

    def sent(self, act: Callable[[], object]) -> Sequence[Asked]:
        """What was asked of the server while `act` went on."""
        before = len(self.proxy.asked)
        act()
        return self.proxy.asked[before:]


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the table."""

    name: str
    at_most: int
    """Requests."""
    arrange: Callable[[Scene], Sequence[str]]
    """Makes what is there before, and answers the words of the command."""


def put_new(scene: Scene) -> Sequence[str]:
    """Nothing was there before."""
    return "put", scene.file(), scene.uri


def put_on_top(scene: Scene) -> Sequence[str]:
    """Of an object."""
    scene.put()
    return "put", scene.file(), scene.uri


def restore(scene: Scene) -> Sequence[str]:
    """The older of two versions."""
    old = scene.put(b"old\n")
    scene.put(b"new\n")
    return "restore", scene.uri, "--version-id", old


def restore_tagged(scene: Scene) -> Sequence[str]:
    """The same where the version has tags."""
    old = scene.put(b"old\n", Tagging="team=a")
    scene.put(b"new\n")
    return "restore", scene.uri, "--version-id", old


def undelete(scene: Scene) -> Sequence[str]:
    """By copying the last version on top."""
    scene.put()
    scene.delete()
    return "undelete", scene.uri


def remove(scene: Scene) -> Sequence[str]:
    """By a delete marker."""
    scene.put()
    return "rm", scene.uri


def history(scene: Scene) -> Sequence[str]:
    """Of one version."""
    scene.put()
    return "history", scene.uri


ACTIONS = (
    Action("put of a new object", 3, put_new),
    Action("put on top of an object", 4, put_on_top),
    Action("restore", 6, restore),
    Action("undelete", 6, undelete),
    Action("rm", 4, remove),
    Action("history in a workspace", 4, history),
)


def request_line(asked: Asked) -> str:
    """A request in a line, without who sent it and when it was signed."""
    address = urlsplit(asked.target)
    conditions = [
        f"{name}: {value}" for name, value in asked.headers.items() if name.startswith("if-") or "copy-source" in name
    ]
    unsigned = [] if "authorization" in asked.headers else ["unsigned"]
    return "  ".join([f"{asked.method:<6}", address.path, address.query, *conditions, *unsigned]).rstrip()
