"""Sessions are opened in the background; only the last one is wanted, and only the workspace of where one is."""

import threading
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError, Unreachable
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.app.session import Session
from tests.doubles import MemoryStore
from tests.services.arranged import LAYOUT, WORKSPACE
from tests.ui.harness import services_over, until
from tests.ui.lab import Gate

SLOW, QUICK = Context(name="slow"), Context(name="quick")
DOWN = Unreachable("Nobody answers at http://here")


class Alone:
    """A session in an app that has nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = PausingApp()
        self.stores = {name: MemoryStore("bucket") for name in ("slow", "quick")}
        self.may_open = threading.Event()
        self.opened: list[Services] = []
        self.failed: list[S3mlError] = []
        self.session = Session(
            self.app, QUICK, None, open_services=self.open, opened=self.take, failed=self.failed.append
        )

    def open(self, context: Context) -> Services:
        if context == SLOW:
            assert self.may_open.wait(60)
        if context.name not in self.stores:
            raise DOWN
        return services_over(self.stores[context.name], self.folder, context)

    def take(self, services: Services) -> None:
        self.opened.append(services)
        self.session.use(services)


async def test_of_two_sessions_the_last_one_is_used_and_the_other_is_closed_when_it_comes(tmp_path: Path) -> None:
    alone = Alone(tmp_path)
    async with alone.app.run_test() as pilot:
        alone.session.connect_to(SLOW)
        alone.session.connect_to(QUICK)
        await until(pilot, lambda: alone.session.services is not None)
        alone.may_open.set()
        await until(pilot, lambda: alone.stores["slow"].is_closed)
        assert [services.context for services in alone.opened] == [QUICK]
        assert not alone.stores["quick"].is_closed


async def test_a_session_that_cannot_be_had_is_told_and_asked_for_again(tmp_path: Path) -> None:
    alone = Alone(tmp_path)
    store = alone.stores.pop("quick")
    async with alone.app.run_test() as pilot:
        alone.session.connect_again()
        await until(pilot, lambda: alone.failed == [DOWN])
        assert alone.session.trouble is DOWN
        alone.stores["quick"] = store
        alone.session.connect_again()
        await until(pilot, lambda: alone.session.services is not None)
        assert alone.session.trouble is None


async def test_the_workspace_of_a_place_one_has_left_is_not_taken(tmp_path: Path) -> None:
    alone = Alone(tmp_path)
    store = alone.stores["quick"]
    store.create_bucket("other")
    store.write(LAYOUT.workspace_record, b"{}")
    async with alone.app.run_test() as pilot:
        alone.session.connect_again()
        await until(pilot, lambda: alone.session.services is not None)
        gate, open_door = Gate("facts"), store.before
        store.before = gate
        alone.session.show_place(WORKSPACE)
        await until(pilot, gate.arrived.is_set)
        store.before = open_door
        alone.session.show_place(Place("other"))
        await until(pilot, lambda: alone.session.search.is_over)
        gate.opened.set()
        await until(pilot, lambda: not alone.app.workers)
        assert alone.session.workspace is None
        alone.session.show_place(WORKSPACE.under("dataset"))
        await until(pilot, lambda: alone.session.workspace == WORKSPACE)
