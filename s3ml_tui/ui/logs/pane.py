"""The right side of Logs: one run's log, followed, searched, filtered by level."""

import asyncio
from collections.abc import Callable

from textual import on, work

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.events import Cursor, LogPage
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.dialogs.prompts import AskText, ShowText
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.logs.view import LogView
from s3ml_tui.ui.messages import LogEnded
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.status_pane import Pane

POLL_S = 1.0
MAX_POLL_S = 8.0
"""Between polls once the server has stopped answering."""


class LogPane(Pane):
    """Asks again and again until the run is over; another run, or leaving, makes late answers unwanted."""

    def __init__(self) -> None:
        super().__init__(LogView(id="log"), title="Log", id="log-pane")
        self.run: tuple[Place, str] | None = None
        """Whose log it is."""
        self.is_over = False
        """Whether nothing more will come."""
        self._again = asyncio.Event()
        """Set when the user does not want to wait for the next poll."""

    @property
    def log_view(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    # following -----------------------------------------------------------------------------------------------------

    def follow(self, services: Services, workspace: Place, run_id: str) -> None:
        """Show this run's log from its beginning, and go on with it."""
        self.run, self.is_over = (workspace, run_id), False
        self.log_view.clear()
        self.title(run_id)
        self.wait_for("the log")
        self._poll(services, workspace, run_id)

    def ask_now(self, services: Services) -> None:
        """Do not wait for the next poll; of a log that was over and not to be had, begin anew."""
        self._again.set()
        if self.run is not None and self.is_over and self.state != "ready":
            self.follow(services, *self.run)

    @work(group="log", exclusive=True, exit_on_error=False)
    async def _poll(self, services: Services, workspace: Place, run_id: str) -> None:
        cursor, pause_s = Cursor(), POLL_S
        while self.run == (workspace, run_id) and self.is_attached:
            self._again.clear()
            if self.screen not in self.app.screen_stack:  # nobody looks; whoever comes back sets it
                await self._again.wait()
                continue
            try:
                page = await asyncio.to_thread(services.logs.poll_run, workspace, run_id, cursor)
            except S3mlError as error:
                pause_s = min(pause_s * 2, MAX_POLL_S)
                if self.run == (workspace, run_id):
                    self.trouble(error)
            else:
                if self.run != (workspace, run_id):
                    return
                cursor, pause_s = page.cursor, POLL_S
                self._show(page)
                if page.is_over:
                    self.post_message(LogEnded(workspace, run_id))
                    return
            await self._pause(pause_s)

    async def _pause(self, pause_s: float) -> None:
        """Wait for the next poll, or for the user who does not want to."""
        try:
            await asyncio.wait_for(self._again.wait(), pause_s)
        except TimeoutError:
            return

    def _show(self, page: LogPage) -> None:
        if page.was_replaced:
            self.log_view.clear()
        self.log_view.extend(page.lines)
        self.is_over = page.is_over
        if page.cursor.lines:
            self.ready()
        elif page.is_over:
            self.empty("There is no log", with_keys("The run ended before it wrote a line: {app.runs} shows why"))
        else:
            self.empty("No lines yet", "They show here as the run writes them")
        self.say_status()

    def say_status(self) -> None:
        """On the border: whose log, what goes on, what is shown of it."""
        if self.run is None:
            return
        doing, _, rest = self.log_view.status.partition(" · ")
        if not self.log_view.follow:
            doing = "paused: end follows again"
        elif self.is_over:
            doing = "whole log"
        self.title(self.run[1], f"{doing} · {rest}")

    @on(LogView.FollowChanged)
    def _follow_changed(self) -> None:
        self.say_status()

    @on(Rows.Opened)
    def _line_opened(self, event: Rows.Opened) -> None:
        head, *texts = self.log_view.whole_text(event.row)
        self.app.push_screen(ShowText(head, texts))

    # what keys do --------------------------------------------------------------------------------------------------

    def has_log(self) -> bool:
        """Whether there are lines; the user is told when there are none."""
        if self.state != "ready":
            self.notify("There is no log here: choose a run on the left.", severity="warning")
        return self.state == "ready"

    def toggle_follow(self) -> None:
        """Follow the end again, or stop."""
        if self.has_log():
            self.log_view.follow = not self.log_view.follow
            self.say_status()

    def cycle_level(self) -> None:
        """The next level up; after errors, everything."""
        if self.has_log():
            self.log_view.cycle_level()
            self.say_status()

    @work
    async def ask_search(self) -> None:
        """Ask what to search for and go to the first hit."""
        if not self.has_log():
            return
        wanted = await self.app.push_screen_wait(
            AskText(
                "Search the log",
                value=self.log_view.needle,
                hint=with_keys("{logs.next_hit} and {logs.previous_hit} go to the next and previous hit"),
            )
        )
        if wanted is None:
            return
        hits = self.log_view.search(wanted)
        self.take_focus()
        self.say_status()
        if wanted:
            found = count_text(hits, "line has it", "lines have it") if hits else "No line has it."
            self.notify(found, severity="information" if hits else "warning")

    def next_hit(self) -> None:
        """To the next hit."""
        self._to_hit(self.log_view.next_hit)

    def previous_hit(self) -> None:
        """To the hit before."""
        self._to_hit(self.log_view.previous_hit)

    def _to_hit(self, go: Callable[[], bool]) -> None:
        if not self.has_log():
            return
        if not self.log_view.needle:
            self.notify(with_keys("Search for something first: {logs.search} asks what for."), severity="warning")
        elif not go():
            self.notify("No line has it.", severity="warning")
