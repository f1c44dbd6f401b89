"""Three contexts of a settings file, each with a store of its own, and the app over them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.app.app import S3mlApp
from tests.doubles import MemoryStore
from tests.ui.harness import services_over
from tests.ui.lab import Workbench

if TYPE_CHECKING:
    import threading

    from s3ml_tui.domain.errors import S3mlError

FILE = """\
context = "prod"

[contexts.prod]
profile = "prod"
workspace = "s3://shared/ws/"
read_only = true
colour = "red"

[contexts.staging]
endpoint_url = "http://staging:9000"
workspace = "s3://shared/ws/"

[contexts.broken]
profile = "nobody"
"""
WORKSPACE = Place("shared", "ws/")
"""In each of them: the same address holds something else."""


class Contexts:
    """`prod`, read-only and red; `staging`; `broken`, which fails with `error` or has nothing in it."""

    def __init__(self, folder: Path) -> None:
        path = settings.config_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILE, encoding="utf-8")
        self.folder = folder
        self.stores = {name: MemoryStore("shared") for name in ("prod", "staging", "broken", "default", "local")}
        self.benches = {name: Workbench(self.stores[name], WORKSPACE) for name in ("prod", "staging")}
        for name, bench in self.benches.items():
            bench.put(WORKSPACE.key(f"only-in-{name}.csv"), b"x")
            bench.put(WORKSPACE.key("in-both.csv"), name.encode())
        self.error: S3mlError | None = None
        """Of `broken`."""
        self.opened: list[str] = []
        self.hold: dict[str, threading.Event] = {}
        """By context: its session is not there before this is set."""

    def open(self, context: Context) -> Services:
        """A session, as the app asks for it in a thread."""
        self.opened.append(context.name)
        if context.name in self.hold:
            assert self.hold[context.name].wait(60), "never let go"
        if context.name == "broken" and self.error is not None:
            raise self.error
        return services_over(self.stores[context.name], self.folder, context)

    def app(self, open: Callable[[Context], Services] | None = None) -> S3mlApp:  # noqa: A002 - the app's name
        """The app as `s3ml` starts it."""
        found = settings.load(settings.Flags())
        return S3mlApp(open or self.open, found.context, settings=found)

    def keys(self, name: str) -> list[str]:
        """The workspace's objects in a context."""
        return list(self.stores[name].list_page(WORKSPACE).keys)


def in_both() -> ObjectKey:
    """The one object that is called alike in two contexts."""
    return WORKSPACE.key("in-both.csv")
