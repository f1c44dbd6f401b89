"""What UI tests share: services over a store in memory, and ways to wait for and read a screen."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.worker import WorkerState

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.sign_in import SignIn
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.services.processes.launch import Launcher
from s3ml_tui.services.session import Services
from s3ml_tui.services.undo.activity import Activity

TIMEOUT_S = 60.0
MOMENT_S = 1.0
"""What a screen puts off for no longer than this is waited for; how often it looks again is not."""

_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}


def _parsed_once(sheet: Stylesheet, *source: Any, **options: Any) -> list[RuleSet]:
    """Textual parses all styles anew for each app; here a text is parsed once a process and set of variables."""
    key = (source, *sorted(options.items()), *sorted(sheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, *source, **options)
    return _parsed[key]


Stylesheet._parse_rules = _parsed_once  # type: ignore[assignment, method-assign]


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def services_over(
    store: Store,
    folder: Path,
    context: Context | None = None,
    launcher: Launcher | None = None,
    *,
    activity: Activity | None = None,
    sign_in: SignIn | None = None,
) -> Services:
    """A session over any store; its runs' outputs go to `folder`."""
    return Services(
        store,
        context or Context(),
        clock,
        runs_folder=folder,
        launcher=launcher,
        activity=activity,
        sign_in=sign_in,
    )


async def until(pilot: Pilot[Any], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app go on until something is so; fails after some seconds."""
    loop = pilot.app._loop
    assert loop is not None
    deadline = loop.time() + TIMEOUT_S
    pause_s = 0.01
    while not condition():
        assert loop.time() < deadline, f"never came to be: {what}\n" + "\n".join(screen_lines(pilot.app))
        await pilot.pause(pause_s)
        pause_s = min(1.5 * pause_s, 0.05)  # a look costs the app's thread some milliseconds
    await pilot.pause()


async def paste(pilot: Pilot[Any], text: str) -> None:
    """A whole text at once, as a terminal hands on what is pasted; typing a long one takes seconds."""
    pilot.app.screen.post_message(events.Paste(text))
    await pilot.pause()


async def at_rest(pilot: Pilot[Any], *, may_ask: bool = False) -> None:
    """Until nothing is asked any more, nothing is put off for a moment, and a turn of the app changes nothing."""
    shown, now = "", "not yet"
    while shown != now:
        shown = now
        await until(pilot, lambda: (may_ask or not _asks(pilot.app)) and not _puts_off(pilot.app), "rest")
        now = screen_text(pilot.app)


def _asks(app: App[Any]) -> bool:
    return any(worker.state in {WorkerState.PENDING, WorkerState.RUNNING} for worker in app.workers)


def _puts_off(app: App[Any]) -> bool:
    timers = (timer for node in (app, *app.screen.walk_children(with_self=True)) for timer in list(node._timers))
    return any(
        timer._repeat is not None and timer._interval <= MOMENT_S and timer._task is not None and not timer._task.done()
        for timer in timers
    )


def screen_lines(app: App[Any]) -> list[str]:
    """What the terminal shows, line by line."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def screen_text(app: App[Any]) -> str:
    """The same as one text."""
    return "\n".join(screen_lines(app))


def has(app: App[Any], *texts: str) -> bool:
    """Whether the screen shows all of these."""
    shown = screen_text(app)
    return all(text in shown for text in texts)


async def until_shown(pilot: Pilot[Any], *texts: str) -> None:
    """Let the app go on until the screen shows all of these; toasts that say none of them are closed after a moment."""
    loop = pilot.app._loop
    assert loop is not None
    moment_ends = loop.time() + MOMENT_S

    def shown() -> bool:
        if has(pilot.app, *texts):
            return True
        if loop.time() > moment_ends:
            _close_toasts(pilot.app, texts)
        return False

    await until(pilot, shown, f"{texts} on the screen")


def _close_toasts(app: App[Any], but: tuple[str, ...]) -> None:
    """A toast covers the corner that a text is awaited in, and tests keep toasts long."""
    for toast in list(app._notifications):
        if not any(text in f"{toast.title} {toast.message}" for text in but):
            app._unnotify(toast)
