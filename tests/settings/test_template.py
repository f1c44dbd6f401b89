"""The file that `s3ml config init` writes: nothing is wrong with it, before and after its examples are filled in."""

import re

import pytest

from s3ml_tui import settings
from s3ml_tui.domain.actions import ACTIONS
from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.settings.schema import CONTEXT_KEYS, TOP_KEYS
from s3ml_tui.settings.template import text


def test_as_written_it_changes_nothing() -> None:
    path = settings.create()
    assert settings.read(path).problems == ()
    assert settings.load(settings.Flags()).is_first_run


def test_each_of_its_examples_can_be_used() -> None:
    path = settings.create()
    filled = re.sub(r"^#(?=\S)", "", path.read_text(), flags=re.MULTILINE)
    both = 'endpoint_url = "https://minio.example.com:9000"\n'
    path.write_text(filled)
    found = settings.read(path)
    assert found.problems == ()
    assert both in filled
    assert list(found.contexts) == ["prod", "laptop"]
    assert set(found.named["prod"]) | set(found.named["laptop"]) == {key.name for key in CONTEXT_KEYS}
    assert (found.current, found.theme) == ("prod", "textual-dark")
    assert set(found.keymap) == {action.id for action in ACTIONS}
    assert found.bookmarks
    assert settings.load(settings.Flags()).context.name == "prod"


def test_every_key_and_action_is_in_it_with_a_sentence() -> None:
    lines = text().splitlines()
    for key in (*TOP_KEYS, *CONTEXT_KEYS):
        at = lines.index(f"#{key.name} = {key.example}")
        assert lines[at - 1].startswith("# ")
    for action in ACTIONS:
        assert any(line.startswith(f"#{action.id} = ") and line.endswith(action.tooltip) for line in lines)


def test_a_file_that_is_there_is_replaced_only_by_force() -> None:
    path = settings.create()
    path.write_text('profile = "mine"\n')
    with pytest.raises(LocalTrouble, match="--force"):
        settings.create()
    assert path.read_text() == 'profile = "mine"\n'
    settings.create(is_forced=True)
    assert "profile = " in path.read_text()
    assert settings.read(path).contexts == {}
