"""Browse in a real terminal on a bucket of its own, and that bucket as boto3 sees it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.line import CommandLine
from tests.servers import S3Server
from tests.terminal.pty_screen import COLUMNS, LINES, PtyScreen, s3ml_command


@dataclass(frozen=True, slots=True)
class Bench:
    """A versioned bucket, and the folder in which s3ml is started."""

    server: S3Server
    folder: Path
    bucket: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """What differs from the server's own."""

    @property
    def _environment(self) -> dict[str, str]:
        config = {"S3ML_CONFIG": str(self.folder / "s3ml-config.toml")}
        return {**os.environ, **self.server.environment(), **config, **self.environment}

    def screens(self, *, columns: int = COLUMNS, lines: int = LINES) -> PtyScreen:
        """The screens, at the top of the bucket."""
        return self.terminal(f"s3://{self.bucket}/", columns=columns, lines=lines)

    def terminal(self, *arguments: object, columns: int = COLUMNS, lines: int = LINES) -> PtyScreen:
        """A command in a terminal."""
        argv = [*s3ml_command(), *map(str, arguments)]
        return PtyScreen(argv, self._environment, columns=columns, lines=lines, folder=self.folder)

    @property
    def line(self) -> CommandLine:
        """Commands outside a terminal."""
        return CommandLine(self._environment)

    def write(self, name: str, content: bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    # the bucket as it is ---------------------------------------------------------------------------------------

    def content(self, key: str) -> bytes:
        """The current bytes."""
        body: bytes = self.server.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def versions(self) -> set[str]:
        """The ids of all versions with bytes in the bucket."""
        return {version["VersionId"] for version in self._listing("Versions")}

    def markers(self) -> set[str]:
        """The ids of all delete markers in the bucket."""
        return {marker["VersionId"] for marker in self._listing("DeleteMarkers")}

    def keys(self) -> list[str]:
        """What a plain listing shows."""
        listing = self.server.client().list_objects_v2(Bucket=self.bucket)
        return [found["Key"] for found in listing.get("Contents", ())]

    def open_uploads(self) -> int:
        """Multipart uploads that were begun and neither completed nor aborted."""
        return len(self.server.client().list_multipart_uploads(Bucket=self.bucket).get("Uploads", ()))

    def _listing(self, kind: str) -> list[dict[str, str]]:
        listing = self.server.client().list_object_versions(Bucket=self.bucket)
        assert not listing["IsTruncated"]
        return list(listing.get(kind, ()))


def upload(screen: PtyScreen, path: str, *, plan: str = "") -> None:
    """Upload a file to the level that is shown; `plan` is what its dialog must say."""
    screen.press("a")
    screen.wait_for("Upload to s3://")
    screen.type(path)
    screen.press("enter")
    agree(screen, "Upload", plan)


def agree(screen: PtyScreen, verb: str, plan: str = "") -> None:
    """See the plan in its dialog and agree: with Enter where Cancel has not got the focus, else on the button."""
    screen.wait_for(rf"{verb} +Cancel")
    screen.wait_for(plan)
    if verb == "Delete":
        screen.press("left")
    screen.press("enter")
    screen.wait_until_gone(rf"{verb} +Cancel")
