"""What stands in a pane that has nothing to show: loading, empty, denied, unreachable or failed, and the next step."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from s3ml_tui.domain.errors import (
    Denied,
    ExpiredCredentials,
    NoCredentials,
    NotFound,
    S3mlError,
    Throttled,
    Unreachable,
)
from s3ml_tui.ui import render
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.messages import CredentialsFailed

_KINDS: tuple[tuple[type[S3mlError], str, str], ...] = (
    (Denied, "denied", "⊘"),
    (NoCredentials, "denied", "⊘"),
    (ExpiredCredentials, "denied", "⊘"),
    (Unreachable, "unreachable", "⚡"),
    (Throttled, "unreachable", "⚡"),
    (NotFound, "gone", "∅"),
)
_LOOKS = {"denied", "unreachable", "failed"}
"""States in which the pane itself looks different."""
STATES = ("loading", "empty", "denied", "unreachable", "gone", "failed")


class Notice(Vertical):
    """A title, a cause and a next step, in the middle of a pane."""

    _said: tuple[str, ...] = ("", "", "", "")

    def compose(self) -> ComposeResult:
        """Three lines."""
        for part, text in zip(("title", "cause", "step"), self._said[1:], strict=True):
            line = Static(render.plain(text), classes=f"notice--{part}")
            line.display = bool(text)
            yield line

    def say(self, state: str, title: str, cause: str = "", step: str = "", sign: str = "") -> None:
        """Show one of STATES."""
        texts = (f"{sign} {title}".strip(), cause, f"→ {step}" if step else "")
        if (state, *texts) == self._said:
            return
        self._said = (state, *texts)
        self.update_classes({f"-{one}": one == state for one in STATES}, update=self.is_attached)
        for static, text in zip(self.query(Static), texts, strict=False):  # none before they are composed
            static.update(render.plain(text))
            static.display = bool(text)

    def say_error(self, error: S3mlError) -> str:
        """Show an error; answers the state it has."""
        state, sign = next(((kind, mark) for type_, kind, mark in _KINDS if isinstance(error, type_)), ("failed", "✗"))
        again = with_keys("{app.refresh_screen} asks again.")
        step = f"{error.advice.rstrip('.')}. {again}" if error.advice else again
        self.say(state, error.title, error.cause, step, sign)
        return state


class Pane(Vertical):
    """A bordered part of a screen: its content, or a notice that stands in for it and takes over the focus."""

    ALLOW_MAXIMIZE = True

    def __init__(self, *content: Widget, title: str = "", **options: Any) -> None:
        self._notice, self._content = Notice(), content
        super().__init__(*content, self._notice, **options)
        self.border_title = Content(title)
        self._notice.display = False

    @property
    def state(self) -> str:
        """One of notice.STATES, or `ready`."""
        return next((state for state in STATES if self.has_class(f"-{state}")), "ready")

    def title(self, text: str, subtitle: str = "") -> None:
        """Set the titles on the border; text from anywhere."""
        self.border_title = render.plain(text)
        self.border_subtitle = render.plain(subtitle)

    def ready(self) -> None:
        """Show the content."""
        self._enter("")

    def wait_for(self, what: str) -> None:
        """Say what is being waited for."""
        self._notice.say("loading", f"Loading {what} …")
        self._enter("loading")

    def empty(self, title: str, step: str = "", cause: str = "") -> None:
        """Say that there is nothing, and what to do about it."""
        self._notice.say("empty", title, cause, step, "∅")
        self._enter("empty")

    def trouble(self, error: S3mlError) -> None:
        """Say what went wrong, until something is loaded again."""
        self._enter(self._notice.say_error(error))
        if isinstance(error, NoCredentials | ExpiredCredentials):
            self.post_message(CredentialsFailed(error))

    def _enter(self, state: str) -> None:
        """Show the notice in this state, or the content ("").

        Styles are worked out anew for the pane and all in it only where its own looks depend on the state: that takes
        longer than all else, and panes change their state with every row the cursor comes to.
        """
        was = "" if self.state == "ready" else self.state
        if state == was and self._notice.display == bool(state):
            return
        had_focus = self.is_attached and (self.has_focus or self.has_focus_within)
        self.update_classes({f"-{one}": one == state for one in STATES}, update=bool({was, state} & _LOOKS))
        self._notice.display = bool(state)
        for child in self._content:
            child.set_class(bool(state), "-hidden", update=child.is_attached)
        if had_focus:
            self.take_focus()
        self.can_focus = bool(state)

    def take_focus(self) -> None:
        """Focus the content, or the notice that stands in for it; a hidden widget would lose its keys to nobody."""
        if self.screen.maximized not in {None, self}:
            self.screen.minimize()  # the focus would be on what is hidden by another pane
        heirs = [child for child in self.query("*") if child.can_focus]
        if self.state != "ready":
            self.can_focus = True
            self.screen.set_focus(self, scroll_visible=False)
        elif heirs:
            self.screen.set_focus(heirs[0], scroll_visible=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error of our own in a worker ends the app; this message does not bubble up to it."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error
