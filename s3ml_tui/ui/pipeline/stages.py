"""The stages of a run, a line each: state, time, what it says, how far it is.

How far a run is, told from its events: the five stages, their times, and how it ended.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.domain.serialization import float_of
from s3ml_tui.domain.text import elapsed_text, printable
from s3ml_tui.ui.keys import with_keys

RUN_STEPS = tuple(stage.value for stage in Stage)
BATCH_STEPS = ("predict",)


class StepState(Enum):
    """How one step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Step:
    """A stage of a run, or the one step of a prediction."""

    name: str
    state: StepState = StepState.WAITING
    started: float = 0.0
    """Seconds since the epoch; 0 before."""
    elapsed_s: float | None = None
    """Once it is over."""
    message: str = ""
    share: float | None = None
    """Of its work that is done, 0 to 1; None when not told."""

    def elapsed(self, now: float) -> float | None:
        """Seconds so far, or in all; None before it started."""
        if self.elapsed_s is not None or not self.started:
            return self.elapsed_s
        return max(now - self.started, 0.0)


@dataclass(slots=True)
class Progress:
    """A run or a prediction as far as its events tell."""

    steps: tuple[Step, ...]
    started: float
    """Seconds since the epoch."""
    state: RunState = RunState.RUNNING
    ended: float | None = None
    reason: str = ""
    model: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    last_error: str = ""

    @property
    def is_batch(self) -> bool:
        """Whether it is a prediction."""
        return len(self.steps) == 1

    def elapsed(self, now: float) -> float:
        """Seconds so far, or in all."""
        return max((now if self.ended is None else self.ended) - self.started, 0.0)

    def take(self, events: Iterable[Event]) -> None:
        """More events came."""
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        step = self._step(event)
        match event.kind:
            case Kind.RUN_FINISHED:
                self._finish(event)
            case Kind.STAGE_STARTED if step and not self.is_batch:
                step.state, step.started = StepState.RUNNING, event.at
            case Kind.STAGE_FINISHED if step:
                self._finish_step(step, event)
            case Kind.PROGRESS if step:
                step.message, step.share = event.message, _share(event)
            case Kind.METRICS:
                figures = {name: float_of(one) for name, one in event.data.items()}
                self.metrics |= {name: one for name, one in figures.items() if one is not None}
            case Kind.LOG:
                self._note(event, step)

    def end(self, state: RunState, reason: str, at: float, model: str | None = None) -> None:
        """It is over; what was said first of its end stands."""
        if self.ended is not None:
            return
        self.state, self.reason, self.ended, self.model = state, reason, at, model or self.model
        if state is RunState.SUCCEEDED:
            self._end_steps(StepState.DONE, at)
        else:
            self._end_steps(StepState.CANCELLED if state is RunState.CANCELLED else StepState.FAILED, at)

    def _step(self, event: Event) -> Step | None:
        if self.is_batch:
            step = self.steps[0]
            if step.state is StepState.WAITING and event.kind is not Kind.RUN_FINISHED:
                step.state, step.started = StepState.RUNNING, event.at or self.started
            return step
        return next((step for step in self.steps if step.name == event.stage), None)

    def _finish_step(self, step: Step, event: Event) -> None:
        elapsed_s = event.data.get("elapsed_s")
        step.message, step.share = event.message or step.message, None
        if not self.is_batch:
            step.state = StepState.DONE
            step.elapsed_s = float(elapsed_s) if isinstance(elapsed_s, int | float) else step.elapsed(event.at)

    def _note(self, event: Event, step: Step | None) -> None:
        if event.level is Level.ERROR:
            self.last_error = event.message
        if step and event.level is not Level.DEBUG and step.state is StepState.RUNNING:
            step.message = event.message

    def _finish(self, event: Event) -> None:
        state_name = event.data.get("state")
        states = list(RunState)
        state = RunState(state_name) if state_name in states else RunState.FAILED
        reason, model = event.data.get("reason"), event.data.get("model")
        text = reason if isinstance(reason, str) else ""
        if not text and state is not RunState.SUCCEEDED:
            text = self.last_error or event.message
        self.end(state, text, event.at, model if isinstance(model, str) else None)

    def _end_steps(self, state: StepState, at: float) -> None:
        running = [step for step in self.steps if step.state is StepState.RUNNING]
        waiting = [step for step in self.steps if step.state is StepState.WAITING]
        if not running and state is not StepState.DONE:
            running = waiting[:1]
        for step in running:
            step.elapsed_s, step.state, step.share = step.elapsed(at), state, None


def new_progress(started: float, *, is_batch: bool = False) -> Progress:
    """Of a run, or a prediction, that was started just now."""
    return Progress(tuple(Step(name) for name in (BATCH_STEPS if is_batch else RUN_STEPS)), started)


def _share(event: Event) -> float | None:
    done, total = event.data.get("done"), event.data.get("total")
    if not isinstance(done, int | float) or not isinstance(total, int | float) or total <= 0:
        return None
    return min(max(done / total, 0.0), 1.0)


SIGNS = {
    StepState.WAITING: ("○", "$foreground-muted"),
    StepState.RUNNING: ("●", "$text-accent"),
    StepState.DONE: ("✓", "$text-success"),
    StepState.FAILED: ("✗", "$text-error"),
    StepState.CANCELLED: ("⊘", "$text-warning"),
}
_NAME_CELLS, _TIME_CELLS, _SHARE_CELLS = 9, 8, 6
_BAR_CELLS = (8, 20)
"""At the least, at the most."""
_VERDICTS = {
    RunState.SUCCEEDED: ("✓", "$text-success"),
    RunState.FAILED: ("✗", "$text-error"),
    RunState.CANCELLED: ("⊘", "$text-warning"),
    RunState.LOST: ("?", "$text-error"),
}
_STEPS = {
    RunState.FAILED: "Mend what it says, then %s starts another; {pipeline.open_output} opens its log",
    RunState.CANCELLED: "%s starts it again; {pipeline.open_output} opens its log",
    RunState.LOST: "The log below is all it said; %s starts another",
}
"""With the key that starts a run, or a prediction."""


class StagesView(Widget):
    """One line a step; `show` it a progress, `tick` it while that goes on."""

    progress: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Paint this one from now on."""
        self.progress = progress
        self.styles.height = len(progress.steps)
        self.refresh()

    def tick(self) -> None:
        """Time went on."""
        self.refresh()

    def render(self) -> RenderResult:
        """All steps."""
        if self.progress is None:
            return ""
        now = time.time()
        return Content("\n").join(self._line(step, now) for step in self.progress.steps)

    def _line(self, step: Step, now: float) -> Content:
        sign, ink = SIGNS[step.state]
        elapsed_s = step.elapsed(now)
        took = elapsed_text(elapsed_s) if elapsed_s is not None else ""
        head = f" {step.name:<{_NAME_CELLS}}"
        parts: list[Content | tuple[str, str] | str] = [
            (f" {sign}", f"bold {ink}"),
            (
                head,
                "bold"
                if step.state is StepState.RUNNING
                else ""
                if step.elapsed_s is not None
                else "$foreground-muted",
            ),
            (f"{took:>{_TIME_CELLS}}", "$foreground-muted"),
            "   ",
        ]
        room = max(self.size.width - len(head) - 2 - _TIME_CELLS - 4, 0)
        message = Content(printable(step.message))
        if step.state is StepState.RUNNING and step.share is not None:
            bar = min(max(room // 3, _BAR_CELLS[0]), _BAR_CELLS[1])
            room = max(room - bar - _SHARE_CELLS - 1, 0)
            filled = int(step.share * bar)
            shown = _cut(message, room)
            parts += [shown, " " * (room - shown.cell_length + 1), ("▓" * filled, "$primary")]
            parts += [("░" * (bar - filled), "$foreground-muted"), (f"{step.share:>5.0%}", "bold")]
        else:
            parts.append(_cut(message, room))
        return Content.assemble(*parts)


def _cut(text: Content, room: int) -> Content:
    return text.truncate(room, ellipsis=True) if text.cell_length > room else text


def verdict(progress: Progress, made: str = "", step: str = "") -> Content:
    """How it ended and what to do next; empty while it goes on. A success says what it `made`, and its next `step`."""
    if progress.state not in _VERDICTS:
        return Content("")
    sign, ink = _VERDICTS[progress.state]
    if progress.state is RunState.SUCCEEDED:
        said, step = made or progress.model or "Done", step or with_keys("{pipeline.open_output} opens what it made")
    else:
        said = progress.reason or str(progress.state)
        step = with_keys(_STEPS[progress.state] % ("{pipeline.predict}" if progress.is_batch else "{pipeline.start}"))
    return Content.assemble((f" {sign} ", f"bold {ink}"), (printable(said), ink), ("\n → ", "$accent"), step)


def headline(progress: Progress, name: str) -> str:
    """For the border: `run 20261123-1402-k3f9 · running · 0:41`."""
    return f"{name} · {progress.state} · {elapsed_text(progress.elapsed(time.time()))}"
