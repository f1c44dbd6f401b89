"""What Activity is told of a run or a prediction."""

from datetime import UTC, datetime

from s3ml_tui.domain.plans import Outcome
from s3ml_tui.domain.runs import RunState
from s3ml_tui.ui.keys import told
from s3ml_tui.ui.screens.pipeline_following import Followed

_STAYS = "What it wrote stays; nothing that was there was overwritten."


def started_outcome(followed: Followed) -> Outcome:
    """It was started."""
    return Outcome(
        title=f"Started {followed.name}",
        at=datetime.now(UTC),
        details=(f"It writes to {followed.workspace.uri}.", f"Its output on this machine is {followed.output}."),
        no_undo=told("{app.cancel_job} cancels it."),
    )


def ended_outcome(followed: Followed) -> Outcome:
    """It is over, one way or another."""
    progress = followed.progress
    name = followed.name[:1].upper() + followed.name[1:]
    is_good = progress.state is RunState.SUCCEEDED
    told = followed.made if is_good else progress.reason
    return Outcome(
        title=f"{name} {progress.state}: {progress.model}"
        if is_good and progress.model
        else f"{name} {progress.state}",
        at=datetime.now(UTC),
        details=(told,) if told else (),
        no_undo=told or _STAYS,
    )
