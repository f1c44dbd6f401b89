"""The embedded S3 server as others see it: what is known of it, its credentials, and the port that runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """The embedded server of one folder, running or not; no secrets in it."""

    folder: Path
    """Absolute: data, credentials, state and log lie below."""
    is_running: bool
    endpoint: str | None = None
    """`http://127.0.0.1:<port>`, the same after a restart if it can be; None before the first start."""
    pid: int | None = None
    """None when it is not running."""
    started: datetime | None = None
    """Aware, UTC; None when it is not running."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """By the server's own option, as `s3.port`; empty before the first start."""
    was_running: bool = False
    """Whether a start found it running, or a stop did."""
    notes: tuple[str, ...] = ()
    """What the user should know besides, a sentence each: another port, credentials made anew."""

    @property
    def data(self) -> Path:
        """Where the server keeps buckets and objects."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server itself prints."""
        return self.folder / "server.log"

    def document(self) -> dict[str, object]:
        """All of it as plain JSON values."""
        return {
            "is_running": self.is_running,
            "was_running": self.was_running,
            "endpoint": self.endpoint,
            "pid": self.pid,
            "started": self.started.isoformat() if self.started else None,
            "folder": str(self.folder),
            "data": str(self.data),
            "log": str(self.log),
            "ports": dict(self.ports),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class LocalCredentials:
    """The embedded server's only account."""

    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShellEnvironment:
    """The environment in which aws, s5cmd and boto3 talk to the embedded server."""

    values: Mapping[str, str] = field(repr=False)
    """To be set; secrets are among them."""
    unset: tuple[str, ...] = ()
    """To be removed, since they would win over the values, or break them."""

    def exports(self) -> str:
        """Lines for a POSIX shell to eval."""
        removed = f"unset {' '.join(self.unset)}\n" if self.unset else ""
        return removed + "".join(f"export {name}={quote(value)}\n" for name, value in self.values.items())


class LocalServers(Protocol):
    """The embedded server of one folder. All methods block and raise only `S3mlError`s."""

    @property
    def folder(self) -> Path:
        """Absolute: data, credentials, state and log lie below."""
        ...

    def start(self) -> ServerInfo:
        """Run it, or find it running; returns once it answers a signed request. It outlives this process."""
        ...

    def stop(self) -> ServerInfo:
        """End it, in peace if it can be; nothing is done when it does not run."""
        ...

    def status(self) -> ServerInfo:
        """What is known of it; changes nothing, and never waits for a start or a stop that goes on."""
        ...

    def credentials(self) -> LocalCredentials:
        """Its account. Raises NotFound before the first start."""
        ...

    def env(self) -> ShellEnvironment:
        """What other programs need to talk to it. Raises NotFound before the first start."""
        ...

    def logs(self, lines: int = 100) -> Sequence[str]:
        """The last lines it printed, as they are: make them printable before showing them."""
        ...
