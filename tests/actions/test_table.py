"""The table of actions is whole: what changes a bucket has its row, and docs/TESTED.md shows them all."""

from s3ml_tui.domain.actions import ACTIONS
from tests.actions import guide
from tests.actions.row import MOTO, SEAWEED
from tests.actions.table import ELSEWHERE, ROWS

ISSUE = {
    "upload", "download", "copy", "move", "rename", "new folder", "edit", "delete", "bring back", "purge",
    "restore from an archive", "edit tags", "edit metadata", "share", "yank", "bucket: create", "bucket: versioning",
    "bucket: public access block", "bucket: lifecycle rules", "bucket: empty", "bucket: delete", "undo",
}  # fmt: skip
"""What issue 4 lists in §1."""
BESIDES = {"browse.download", "browse.verify", "browse.share", "browse.yank", "browse.bucket"}
"""Of the registry, what changes no bucket, or only through a menu of its own."""


def test_every_action_that_changes_a_bucket_has_its_row() -> None:
    changing = {action.id for action in ACTIONS if action.changes} | BESIDES
    undone = {"app.undo"} if any(row.undone is not None for row in ROWS) else set()
    assert changing - {row.id for row in ROWS} - ELSEWHERE.keys() - undone == set()


def test_rows_are_of_actions_that_are_there_and_have_names_of_their_own() -> None:
    assert {row.id for row in ROWS} | ELSEWHERE.keys() <= {action.id for action in ACTIONS}
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))


def test_all_that_the_issue_lists_is_there_and_what_a_server_cannot_do_is_shown_on_the_other() -> None:
    assert {row.action for row in ROWS} >= ISSUE
    for row in ROWS:
        assert row.not_on.keys() < {MOTO, SEAWEED}
        assert all(row.not_on.values())


def test_the_guide_shows_the_table() -> None:
    assert guide.in_guide() == guide.table().strip()
