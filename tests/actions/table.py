"""The table of actions, and what else of the registry changes a bucket and is shown elsewhere."""

import pytest
from _pytest.mark import ParameterSet

from tests.actions.row import MOTO, SEAWEED, Row
from tests.actions.rows_buckets import BESIDES, BUCKETS, WITH_RECORDS
from tests.actions.rows_copies import CLASHES, COPIES, MOVES
from tests.actions.rows_files import DOWNLOADS, UPLOADS
from tests.actions.rows_labels import ARCHIVES, LABELS
from tests.actions.rows_objects import BACK, DELETES, EDITS, FOLDERS, PURGES
from tests.actions.rows_taking import TAKING
from tests.exhaustive import EXHAUSTIVE

ROWS: tuple[Row, ...] = (
    *UPLOADS,
    *DOWNLOADS,
    *COPIES,
    *MOVES,
    *CLASHES,
    *FOLDERS,
    *EDITS,
    *DELETES,
    *BACK,
    *PURGES,
    *ARCHIVES,
    *LABELS,
    *TAKING,
    *BUCKETS,
    *BESIDES,
    *WITH_RECORDS,
)
REAL, MEMORY = "in a real terminal, on the embedded server", "over a store in memory"
ELSEWHERE = {
    "pipeline.start": (
        "tests/terminal/test_training_journey.py"
        "::test_training_is_watched_makes_v1_then_v2_and_a_cancelled_third_makes_none",
        REAL,
    ),
    "models.predict": ("tests/terminal/test_seed_walk.py::test_the_whole_walk", REAL),
    "pipeline.predict": (
        "tests/ui/pipeline/test_runs.py::test_a_prediction_asks_for_model_and_data_and_shows_what_it_made",
        MEMORY,
    ),
    "browse.predict": (
        "tests/ui/browse/test_browse.py::test_training_and_prediction_get_the_object_named_as_the_workspace_names_it",
        MEMORY,
    ),
}
"""By the registry's id, what starts a process of its own and is no action of issue 4: its test, and on what."""


def rows_on(server: str) -> tuple[Row, ...]:
    """Those that a server can do."""
    assert server in {MOTO, SEAWEED}
    return tuple(row for row in ROWS if server not in row.not_on)


def marked(server: str) -> list[ParameterSet]:
    """The rows of a server for a test; `make test` plays each action once, on the embedded server where it can."""
    rows = rows_on(server)
    usual = {row.action: row for row in reversed(rows) if server == SEAWEED or SEAWEED in row.not_on}.values()
    return [pytest.param(row, id=row.name, marks=() if row in usual else (EXHAUSTIVE,)) for row in rows]
