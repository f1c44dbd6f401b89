"""What commands and the registry say is what was recorded; who changes it on purpose records it anew (`record.py`)."""

from pathlib import Path

from tests.compatibility import record
from tests.exhaustive import EXHAUSTIVE
from tests.servers import Embedded

GOLDEN = Path(__file__).parent / "golden"
WITHOUT_JSON = {"bucket", "config", "context", "local", "open"}
"""Groups of commands that do nothing by themselves, and the screens."""


def test_help_is_as_it_was_recorded() -> None:
    assert record.recorded_help() == (GOLDEN / "help.txt").read_text()


def test_actions_and_their_keys_are_as_they_were_recorded() -> None:
    assert record.recorded_actions() == (GOLDEN / "actions.txt").read_text()


@EXHAUSTIVE
def test_the_json_of_every_command_is_as_it_was_recorded(embedded: Embedded, tmp_path: Path) -> None:
    text, commands = record.recorded_json(tmp_path, embedded.info.folder)
    assert record.command_names() - commands == WITHOUT_JSON
    assert text.splitlines() == (GOLDEN / "json.txt").read_text().splitlines()
