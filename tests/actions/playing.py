"""One row played: the bucket arranged, the whole app opened on it, its keys pressed, the bucket looked at, and `u`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from s3ml_tui.bootstrap import open_services
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.browse import screen
from tests.actions.bucket_words import arrange, normal
from tests.actions.hands import Hands
from tests.actions.row import Row
from tests.actions.toast_app import ToastApp
from tests.servers import S3Server

SIZE = (100, 30)


async def play(row: Row, name: str, server: S3Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the server of this name. Fails where the bucket, or the working folder, is not what the row says."""
    bucket = _bucket(row, server)
    arrange(server, bucket, row.before)
    for variable, value in server.environment().items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("EDITOR", "editor-of-the-test")
    monkeypatch.chdir(folder)
    app = ToastApp(open_services, Context(), start=Place(bucket))
    hands = Hands(app, server, bucket, folder)
    monkeypatch.setattr(screen, "run_outside", _editor_of(hands))
    row.begins(hands)
    with app_closed(app):
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            hands.at = pilot
            await hands.until(lambda: hands.pointed != "" and app.session.search.is_over, "the bucket is shown")
            await row.play(hands)
            await _judge(row, name, hands)


async def _judge(row: Row, name: str, hands: Hands) -> None:
    """What is there then, and what `u` makes of it."""
    after = row.before if row.after is None else row.after
    if row.is_whole:
        _same(hands.seen(), normal(after), "after the keys")
    if row.files is not None:
        _same(hands.files(), dict(row.files), "in the working folder")
    if row.undone is not None:
        await hands.undo()
        if row.is_whole:
            _same(hands.seen(), normal(row.undone_on.get(name, row.undone)), "after u")
    elif row.no_undo:
        hands.app.said.clear()
        await hands.press("u")
        await hands.says(row.no_undo)
    row.ends(hands)


def _same(found: Mapping[str, str], wanted: Mapping[str, str], when: str) -> None:
    """Names what differs."""
    keys = sorted(key for key in {*found, *wanted} if found.get(key) != wanted.get(key))
    lines = [f"{key}: {found.get(key, 'nothing')!r} instead of {wanted.get(key, 'nothing')!r}" for key in keys]
    assert not keys, "\n".join([f"{when}:", *lines])


@contextmanager
def app_closed(app: ToastApp) -> Iterator[None]:
    """Connections are let go of, whatever comes."""
    try:
        yield
    finally:
        if app.session.services is not None:
            app.session.services.close()


def _bucket(row: Row, server: S3Server) -> str:
    if not row.has_lock:
        return server.bucket(versioned=row.is_versioned)
    name = f"{server.bucket(versioned=False)}-lock"
    server.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def _editor_of(hands: Hands) -> Any:
    """In place of leaving the screens for an editor: the next of the row's writings."""

    def run(_app: App[Any], command: Sequence[str]) -> int:
        assert command[0] == "editor-of-the-test"
        hands.editor.pop(0)(Path(command[-1]))
        return 0

    return run
