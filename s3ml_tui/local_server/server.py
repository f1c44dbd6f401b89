"""The verbs of the embedded S3 server: start, stop, status, credentials, environment, logs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from s3ml_tui.domain.errors import LocalTrouble, NotFound, Unreachable
from s3ml_tui.domain.local_server import LocalCredentials, ServerInfo, ShellEnvironment
from s3ml_tui.domain.storage.request_log import shell_quoted
from s3ml_tui.local_server import command, log, ports, process, readiness, state
from s3ml_tui.local_server import credentials as keys
from s3ml_tui.local_server.data_folder import (
    FreeBytes,
    check_free,
    check_room,
    default_folder,
    free_bytes,
    layout,
    prepare,
    sweep_unfinished,
)
from s3ml_tui.local_server.launch import endpoint_of, launch
from s3ml_tui.local_server.lock import locked

_WAKE_S = 20.0
"""How long a server that was found may take to answer."""
_UNSET = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ENDPOINT_URL_S3",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)


class LocalServer:
    """The embedded server of one folder; any number of these, in any processes, agree on it."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        binary: Callable[[], Path] = command.find_binary,
        free: FreeBytes = free_bytes,
    ) -> None:
        """Nothing is made or started yet. Raises BadInput for a folder the server cannot use."""
        self._paths = layout(folder or default_folder())
        self._binary = binary
        self._free = free

    @property
    def folder(self) -> Path:
        """Absolute: data, credentials, state and log lie below."""
        return self._paths.root

    def start(self) -> ServerInfo:
        """Run it, or find it running; returns once it answers a signed request. It outlives this process.

        Raises LocalTrouble (not installed, folder, disk, or it died at once), Conflict (another start takes too long),
        Unreachable (it runs and does not answer).
        """
        prepare(self._paths)
        with locked(self._paths.lock):
            sweep_unfinished(self._paths)
            remembered, notes = self._remembered()
            secrets = self._keys(notes, is_first=remembered is None)
            found = process.find(self._paths, remembered)
            if found and self._settled(found, secrets, notes):
                self._remember(found, remembered)
                return replace(self._running(found), was_running=True, notes=tuple(notes))
            check_free(self._paths, self._free)
            wanted = remembered.ports if remembered else {}
            process.sweep_sockets(wanted)
            found = launch(self._paths, self._binary(), secrets, wanted)
            before, now = wanted.get(ports.S3_PORT), found.ports[ports.S3_PORT]
            if before not in (None, now):
                notes.append(
                    f"Port {before} is taken by another program; the endpoint is now {endpoint_of(found.ports)}."
                )
            return replace(self._running(found), notes=tuple(notes))

    def stop(self) -> ServerInfo:
        """End it, in peace if it can be; nothing is done when it does not run. Raises LocalTrouble, Conflict."""
        if not self.folder.is_dir():
            return self.status()
        with locked(self._paths.lock):
            remembered, notes = self._remembered()
            found = process.find(self._paths, remembered)
            if found is not None:
                self._end(found, notes)
            known = found.ports if found else remembered.ports if remembered else None
            if known is not None:
                self._forget(known, notes)
        return replace(self._stopped(known), was_running=found is not None, notes=tuple(notes))

    def status(self) -> ServerInfo:
        """What is known of it; changes nothing, and never waits for a start or a stop that goes on."""
        if not self.folder.is_dir():
            return self._stopped(None)
        remembered, notes = self._remembered()
        found = process.find(self._paths, remembered)
        if found is None:
            return replace(self._stopped(remembered.ports if remembered else None), notes=tuple(notes))
        secrets = keys.read(self._paths.keys)
        if secrets is None or _ask(found, secrets) is not readiness.Answer.GRANTED:
            notes.append("The process is there but does not answer: it is starting or ending, or start it anew.")
        return replace(self._running(found), notes=tuple(notes))

    def is_at(self, endpoint: str) -> bool:
        """Whether this is the server that was started last at an address; asks nobody."""
        remembered = state.read(self._paths.state) if self.folder.is_dir() else None
        return isinstance(remembered, state.State) and endpoint_of(remembered.ports) == endpoint

    def ensure_room(self) -> None:
        """For a server that fails: raises LocalTrouble when its disk is full, which it does not tell itself."""
        check_room(self._paths, self._free)

    def credentials(self) -> LocalCredentials:
        """Its account. Raises NotFound before the first start."""
        secrets = keys.read(self._paths.keys)
        if secrets is None:
            raise self._never_started()
        return secrets.credentials

    def env(self) -> ShellEnvironment:
        """What aws, s5cmd and boto3 need to talk to it. Raises NotFound before the first start."""
        account, (remembered, _) = self.credentials(), self._remembered()
        endpoint = endpoint_of(remembered.ports) if remembered else self.status().endpoint
        if endpoint is None:
            raise self._never_started()
        values = {
            "AWS_ACCESS_KEY_ID": account.access_key,
            "AWS_SECRET_ACCESS_KEY": account.secret_key,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": readiness.REGION,
            "AWS_DEFAULT_REGION": readiness.REGION,
            "S3_ENDPOINT_URL": endpoint,  # s5cmd's own
        }
        return ShellEnvironment(values, _UNSET)

    def logs(self, lines: int = 100) -> tuple[str, ...]:
        """The last lines it printed, raw; none before the first start."""
        return log.tail(self._paths.log, lines)

    # what start is made of ------------------------------------------------------------------------------------------

    def _remembered(self) -> tuple[state.State | None, list[str]]:
        known = state.read(self._paths.state)
        return (None, [known.sentence]) if isinstance(known, state.Damaged) else (known, [])

    def _keys(self, notes: list[str], *, is_first: bool) -> keys.Keys:
        secrets = keys.read(self._paths.keys)
        if secrets is None:
            if not is_first or self._paths.keys.exists():
                notes.append("The credentials were missing or damaged and were made anew; export them again.")
            secrets = keys.make()
            keys.write(self._paths.keys, secrets)
        return secrets

    def _settled(self, found: process.Found, secrets: keys.Keys, notes: list[str]) -> bool:
        """Whether a server that was found can stay; one with other credentials is ended."""
        answer = _ask(found, secrets)
        if answer is readiness.Answer.SILENCE:
            answer = readiness.wait(found.ports[ports.S3_PORT], secrets.credentials, timeout_s=_WAKE_S)
        if answer is readiness.Answer.SILENCE:
            raise Unreachable(
                "The local server is there but does not answer",
                cause=f"Process {found.process.pid} is silent at {endpoint_of(found.ports)}",
                advice=f"End it with s3ml local stop{self._dir_option()} and start it again",
            )
        if answer is readiness.Answer.GRANTED:
            return True
        notes.append("The server ran with other credentials and was started anew.")
        self._end(found, notes)
        return False

    # what is known ---------------------------------------------------------------------------------------------------

    def _remember(self, found: process.Found, remembered: state.State | None) -> None:
        """Keep what was found, if it is news: a full disk shall not hide a server that runs."""
        if remembered is None or remembered.pid != found.process.pid:
            started = found.process.create_time()
            state.write(self._paths.state, state.State(found.ports, found.process.pid, started, is_stopped=False))

    def _forget(self, known: ports.Ports, notes: list[str]) -> None:
        """Keep only the ports. That it cannot be written is no reason to say that the server was not stopped."""
        try:
            state.write(self._paths.state, state.State(known))
        except LocalTrouble as trouble:
            notes.append(trouble.sentence)

    def _end(self, found: process.Found, notes: list[str]) -> None:
        if not process.end(found.process):
            notes.append("The server did not end when asked and was killed; the data are safe.")
        process.sweep_sockets(found.ports)

    def _running(self, found: process.Found) -> ServerInfo:
        return ServerInfo(
            folder=self.folder,
            is_running=True,
            endpoint=endpoint_of(found.ports),
            pid=found.process.pid,
            started=found.started,
            ports=found.ports,
        )

    def _stopped(self, known: ports.Ports | None) -> ServerInfo:
        endpoint = endpoint_of(known) if known else None
        return ServerInfo(folder=self.folder, is_running=False, endpoint=endpoint, ports=known or {})

    def _dir_option(self) -> str:
        return "" if self._paths == layout(default_folder()) else f" --dir {shell_quoted(str(self.folder))}"

    def _never_started(self) -> NotFound:
        return NotFound(
            f"There is no local server in {self.folder}",
            cause="It was never started there",
            advice=f"Start it with s3ml local start{self._dir_option()}",
        )


def _ask(found: process.Found, secrets: keys.Keys) -> readiness.Answer:
    return readiness.ask(found.ports[ports.S3_PORT], secrets.credentials, timeout_s=2.0)
