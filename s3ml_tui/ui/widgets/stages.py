"""The stages of a run, a line each: state, time, what it says, how far it is."""

import time

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from s3ml_tui.domain.runs import RunState
from s3ml_tui.domain.text import elapsed_text, printable
from s3ml_tui.ui.keys import told
from s3ml_tui.ui.widgets.stages_progress import Progress, Step, StepState

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
        said, step = made or progress.model or "Done", step or told("{pipeline.open_output} opens what it made")
    else:
        said = progress.reason or str(progress.state)
        step = told(_STEPS[progress.state] % ("{pipeline.predict}" if progress.is_batch else "{pipeline.start}"))
    return Content.assemble((f" {sign} ", f"bold {ink}"), (printable(said), ink), ("\n → ", "$accent"), step)


def headline(progress: Progress, name: str) -> str:
    """For the border: `run 20261123-1402-k3f9 · running · 0:41`."""
    return f"{name} · {progress.state} · {elapsed_text(progress.elapsed(time.time()))}"
