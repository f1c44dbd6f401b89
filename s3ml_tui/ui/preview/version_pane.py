"""A pane that looks at one version of an object: asks once the cursor rests on it, and only while it is shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from s3ml_tui.domain.errors import Cancelled as Stopped
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.storage.store import Cancelled
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.preview.rows import PreviewRows
from s3ml_tui.ui.preview.sheet import Sheet
from s3ml_tui.ui.widgets.tabs import TabPane

if TYPE_CHECKING:
    from textual.timer import Timer

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


class LookingPane(TabPane):
    """Rows about one version. Subclasses say what to ask for, and how to show the answer."""

    WHAT = ""
    """What is waited for."""

    @dataclass
    class Arrived(Message):
        """An answer, or why there is none."""

        question: Question
        answer: Any = None
        error: S3mlError | None = None

    def __init__(self, *above: Any, rows_id: str, **options: Any) -> None:
        self.rows = PreviewRows(id=rows_id)
        super().__init__(*above, self.rows, **options)
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

    def ask(self, services: Services, target: Target, cancelled: Cancelled) -> Any:
        """The answer; called in a thread."""
        raise NotImplementedError

    def take(self, target: Target, answer: Any) -> None:
        """Show the answer."""
        raise NotImplementedError

    def connect(self, services: Services | None) -> None:
        """Use another session."""
        self._services = services
        self._forget()
        self._rest()

    def look_at(self, target: Target | None) -> None:
        """Another version is chosen, or none; nothing is asked for while the choice goes on moving."""
        if target == self.target and target is not None:
            return
        self._forget()
        self.target = target
        self.clear()
        if target is None:
            self.title(self.TAB)
            self.empty("No object chosen", f"move the cursor to an object to see its {self.WHAT} here")
            return
        self.title(f"{target.key.name} · {self.TAB}")
        if target.is_deleted:
            self.empty(
                "Deleted here",
                with_keys("{browse.look} goes to its history: choose a version there, then {browse.look} looks inside"),
            )
            return
        self.ready()
        self._rest()

    def clear(self) -> None:
        """Nothing is shown of what was looked at before."""
        self.rows.show(Sheet([]))

    def show(self, *, is_shown: bool) -> None:
        """Come to the front, or go; what is not seen is not asked for."""
        self.display = is_shown
        if is_shown:
            self._rest()
        elif not self.is_complete:
            self._forget()

    def reload(self) -> None:
        """Look again at the same; what is there stays until the answer is."""
        self._forget()
        target = self.target
        if not self.display or self._services is None or target is None or target.is_deleted:
            return
        self._generation += 1
        question = self._question = Question(target, self._generation)
        if self.state != "ready":
            self.wait_for(self.WHAT)
        self.set_timer(WAITING_SHOWN_AFTER_S, lambda: self._say_waiting(question))
        self._load(self._services, question)

    def _rest(self) -> None:
        if self.display and not self.is_complete and self._question is None and self._timer is None:
            self._timer = self.set_timer(REST_S, self.reload)

    def _say_waiting(self, question: Question) -> None:
        if question == self._question and not self.rows.row_count:
            self.wait_for(self.WHAT)

    def _forget(self) -> None:
        """Drop what is asked for, and what is about to be."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._question = None
        self.is_complete = False
        self.workers.cancel_group(self, "look")

    @work(thread=True, group="look", exit_on_error=False)
    def _load(self, services: Services, question: Question) -> None:
        worker = get_current_worker()
        try:
            answer = self.ask(services, question.target, lambda: worker.is_cancelled)
        except Stopped:
            return
        except S3mlError as error:
            self.post_message(self.Arrived(question, error=error))
        else:
            self.post_message(self.Arrived(question, answer))

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        if message.question != self._question:
            return
        self._question = None
        if message.error is not None:
            self.clear()
            self.trouble(message.error)
            return
        self.is_complete = True
        self.ready()
        self.take(message.question.target, message.answer)
