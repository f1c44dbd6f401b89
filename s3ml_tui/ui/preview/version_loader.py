"""What Preview and Details look at, one version of an object, and how they are told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.preview.rows import PreviewRows
from s3ml_tui.ui.widgets.tabs import TabPane

if TYPE_CHECKING:
    from textual.timer import Timer

Answer = TypeVar("Answer")

REST_S = 0.2
"""So long the cursor must rest on a version before it is asked for."""

WAITING_SHOWN_AFTER_S = 0.15
"""An answer that comes sooner is shown without saying that it was waited for."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be looked at."""

    key: ObjectKey
    version_id: str | None = None
    """None for the current one."""
    is_deleted: bool = False
    """Whether there is nothing but a delete marker to look at."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for; an answer to any but the latest is dropped."""

    target: Target
    generation: int


class VersionLoader(Generic[Answer]):
    """Loads what a pane shows of one version: once the cursor rests on it, and only while the pane is shown."""

    def __init__(
        self,
        pane: TabPane,
        ask: Callable[[Services, Target, Cancelled], Answer],
        take: Callable[[Target, Answer], None],
        clear: Callable[[], None],
    ) -> None:
        """`ask` is called in a thread; `take` shows its answer, `clear` nothing of what was looked at before."""
        self._pane = pane
        self._what = pane.TAB.lower()
        self._ask = ask
        self._take = take
        self._clear = clear
        self.target: Target | None = None
        self.is_complete = False
        """Whether what is shown is the answer about `target`."""
        self._services: Services | None = None
        self._question: Question | None = None
        self._generation = 0
        self._timer: Timer | None = None

    @property
    def is_reading(self) -> bool:
        """Whether an answer is waited for."""
        return self._question is not None

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = services
        self.forget()
        self._rest()

    def look_at(self, target: Target | None) -> None:
        """Another version is chosen, or none; nothing is asked for while the choice goes on moving."""
        if target == self.target and target is not None:
            return
        self.forget()
        self.target = target
        self._clear()
        pane = self._pane
        if target is None:
            pane.title(pane.TAB)
            pane.empty("No object chosen", f"move the cursor to an object to see its {self._what} here")
            return
        pane.title(f"{target.key.name} · {pane.TAB}")
        if target.is_deleted:
            pane.empty(
                "Deleted here",
                with_keys("{browse.look} goes to its history: choose a version there, then {browse.look} looks inside"),
            )
            return
        pane.ready()
        self._rest()

    def show(self, *, is_shown: bool) -> None:
        """The pane comes to the front, or goes; what is not seen is not asked for."""
        self._pane.display = is_shown
        if is_shown:
            self._rest()
        elif not self.is_complete:
            self.forget()

    def reload(self) -> None:
        """Look again at the same; what is there stays until the answer is."""
        self.forget()
        target = self.target
        if not self._pane.display or self._services is None or target is None or target.is_deleted:
            return
        self._generation += 1
        question = self._question = Question(target, self._generation)
        if self._pane.state != "ready":
            self._pane.wait_for(self._what)
        self._pane.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_waiting(question))
        load = partial(self._load, self._services, question)
        self._pane.run_worker(load, thread=True, group="look", exit_on_error=False)

    def forget(self) -> None:
        """Drop what is asked for, and what is about to be."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._question = None
        self.is_complete = False
        self._pane.workers.cancel_group(self._pane, "look")

    def _rest(self) -> None:
        if self._pane.display and not self.is_complete and self._question is None and self._timer is None:
            self._timer = self._pane.set_timer(REST_S, self.reload)

    def _say_waiting(self, question: Question) -> None:
        if question == self._question and not self._pane.query_one(PreviewRows).row_count:
            self._pane.wait_for(self._what)

    def _load(self, services: Services, question: Question) -> None:
        worker = get_current_worker()
        try:
            answer = self._ask(services, question.target, lambda: worker.is_cancelled)
        except Stopped:
            return
        except S3mlError as error:
            self._pane.call_later(self._failed, question, error)
        else:
            self._pane.call_later(self._arrived, question, answer)

    def _arrived(self, question: Question, answer: Answer) -> None:
        if question == self._question:
            self._question = None
            self.is_complete = True
            self._pane.ready()
            self._take(question.target, answer)

    def _failed(self, question: Question, error: S3mlError) -> None:
        if question == self._question:
            self._question = None
            self._clear()
            self._pane.trouble(error)
