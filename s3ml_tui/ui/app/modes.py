"""The six modes. Only Browse is there from the beginning; what another one needs is loaded when one goes there."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.screens.mode_screen import ModeScreen


def _pipeline() -> ModeScreen:
    from s3ml_tui.ui.pipeline.screen import PipelineScreen

    return PipelineScreen()


def _runs() -> ModeScreen:
    from s3ml_tui.ui.runs.screen import RunsScreen

    return RunsScreen()


def _models() -> ModeScreen:
    from s3ml_tui.ui.models.screen import ModelsScreen

    return ModelsScreen()


def _logs() -> ModeScreen:
    from s3ml_tui.ui.logs.screen import LogsScreen

    return LogsScreen()


def _activity() -> ModeScreen:
    from s3ml_tui.ui.activity.screen import ActivityScreen

    return ActivityScreen()


MODES: dict[str, str | Callable[[], Screen[Any]]] = {
    "browse": BrowseScreen,
    "pipeline": _pipeline,
    "runs": _runs,
    "models": _models,
    "logs": _logs,
    "activity": _activity,
}
