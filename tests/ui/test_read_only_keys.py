"""A read-only context in Browse: every key that changes something is dimmed, says why, and sends nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from s3ml_tui.domain.actions import Scope, actions_of
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.services.session import Services
from tests.exhaustive import EXHAUSTIVE
from tests.s3.faults import Asked, FaultyServer
from tests.servers import S3Server
from tests.ui.browse_app import BrowseApp, pointed, toasts
from tests.ui.harness import services_over, until

CHANGING = tuple(action for action in actions_of(Scope.BROWSE) if action.changes)


def changes(asked: Asked) -> bool:
    return asked.method not in {"GET", "HEAD"}


@pytest.fixture(params=[pytest.param("moto", marks=EXHAUSTIVE), "seaweed"])
def server(request: pytest.FixtureRequest) -> S3Server:
    return cast("S3Server", request.getfixturevalue(request.param))


@pytest.fixture
def between(server: S3Server) -> Iterator[FaultyServer]:
    with FaultyServer(server.endpoint) as between:
        yield between


@pytest.fixture
def bucket(server: S3Server) -> str:
    bucket = server.bucket()
    for name, body in (("a.csv", b"1"), ("a.csv", b"22"), ("folder/b.csv", b"3")):
        server.client().put_object(Bucket=bucket, Key=name, Body=body)
    server.client().put_object(Bucket=bucket, Key="cold.csv", Body=b"4", StorageClass="GLACIER")
    return bucket


def test_what_changes_is_known_to_change() -> None:
    names = {action.verb for action in CHANGING}
    assert {"copy", "move", "delete", "purge", "describe", "edit", "new_folder", "thaw", "bring_back", "add"} <= names


async def test_no_key_sends_anything_that_could_change_something(
    server: S3Server, between: FaultyServer, bucket: str, tmp_path: Path
) -> None:
    context = Context(name="prod", endpoint_url=between.endpoint, read_only=True)

    def open_one(context: Context) -> Services:
        store = connect(context, (server.access_key, server.secret_key))
        return services_over(store, tmp_path, context)

    app = BrowseApp(open_one, context, start=Place(bucket))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: pointed(app) == "folder/")
        for where in ((), ("j",), ("space",), ("enter",)):  # on a folder, an object, with a mark, in History
            await pilot.press(*where)
            for action in CHANGING:
                app.clear_notifications()
                await pilot.press(action.keys[0])
                await until(pilot, lambda: "read-only" in toasts(app), action.id)
                assert app.screen is app.browse, action.id
                assert not app.browse.check_action("act", (action.id,)), action.id
        assert between.asked
        assert between.count(changes) == 0
