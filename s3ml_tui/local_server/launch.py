"""Bring the embedded server up: process, record, first granted request; or the sentence why it did not come."""

import os
from pathlib import Path

import psutil

from s3ml_tui.domain.errors import LocalTrouble, Unreachable
from s3ml_tui.domain.text import printable
from s3ml_tui.local_server import command, log, ports, process, readiness, state
from s3ml_tui.local_server.credentials import Keys
from s3ml_tui.local_server.data_folder import Layout, translated

READY_S = 60.0
"""How long a start may take on a machine that is very busy; under a second is usual."""
STORAGE_S = 5.0
"""How long its storage is waited for; a server that never tells of it is used as it is."""
_ATTEMPTS = 3
"""Starts before giving up, when a free port is taken in the moment before the server has it."""
_IN_USE = ("resource temporarily unavailable", "already in use by another process")
"""What the server's own database says of a folder that another server holds, on Linux and macOS."""


def endpoint_of(chosen: ports.Ports) -> str:
    """Where a server with these ports answers."""
    return f"http://{ports.LOOPBACK}:{chosen[ports.S3_PORT]}"


def launch(paths: Layout, binary: Path, keys: Keys, wanted: ports.Ports) -> process.Found:
    """Start the server on the wanted ports, or on others where those are taken, and wait until it answers.

    Under the lock only. The record is written before the process is there, so that a start that is killed at any moment
    leaves a server the next one finds. Raises LocalTrouble, Unreachable.
    """
    environment = command.environment(paths, keys, os.environ)
    for attempt in range(1, _ATTEMPTS + 1):
        with translated(paths.root):
            chosen = ports.choose(wanted)
        state.write(paths.state, state.State(chosen, is_stopped=False))
        child, logged = process.spawn(paths, binary, command.options(paths, chosen), environment)
        if _came_up(paths, child, chosen, keys):
            return process.Found(psutil.Process(child.pid), chosen)
        state.write(paths.state, state.State(chosen))
        process.sweep_sockets(chosen)
        lost_a_port = child.returncode == 1 and not all(map(ports.is_free, chosen.values()))
        if not lost_a_port or attempt == _ATTEMPTS:
            break
    raise _died(paths, child.returncode, logged)


def _came_up(paths: Layout, child: process.Child, chosen: ports.Ports, keys: Keys) -> bool:
    """Wait until it answers; False when it died. Whatever stops the wait ends the server."""
    try:
        born = process.start_time(child.pid)
        state.write(paths.state, state.State(chosen, child.pid, born, is_stopped=False))
        answer = readiness.wait(
            chosen[ports.S3_PORT],
            keys.credentials,
            timeout_s=READY_S,
            has_died=lambda: child.poll() is not None,
        )
        if answer is not readiness.Answer.GRANTED and child.poll() is None:
            raise Unreachable(
                "The local server does not answer",
                cause=f"It was given {READY_S:.0f} s and was ended",
                advice=f"See {paths.log}, then try again",
            )
        if answer is readiness.Answer.GRANTED:
            readiness.wait_for_storage(chosen[ports.MASTER_PORT], timeout_s=STORAGE_S)
    except BaseException:
        if child.poll() is None:
            process.end(psutil.Process(child.pid))
        raise
    return answer is readiness.Answer.GRANTED


def _died(paths: Layout, code: int | None, logged: int) -> LocalTrouble:
    said = "\n".join(log.tail(paths.log, 400, since=logged))
    words = printable(log.last_words(paths.log, logged))
    if any(sign in said for sign in _IN_USE):
        other = process.foreign_pid(paths)
        return LocalTrouble(
            f"The folder {paths.root} is in use by another server",
            cause=f"Process {other} uses it and was not started by s3ml" if other else words,
            advice="End that server, or choose another folder with --dir",
        )
    return LocalTrouble(
        "The local server ended as soon as it was started",
        cause=f"It said: {words}" if words else f"It said nothing and ended with code {code}",
        advice=f"See {paths.log}",
    )
