"""The user's keys: by the names Textual has, for actions that exist, and none with two meanings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from s3ml_tui.domain.actions import ACTIONS
from s3ml_tui.settings import keymap


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("r", "r"), ("R", "R"), ("?", "question_mark"), (".", "full_stop"), ("+", "plus"), ("ctrl++", "ctrl+plus"),
        ("Ctrl+R", "ctrl+r"), ("shift+ctrl+up", "ctrl+shift+up"), ("F5", "f5"), ("Esc", "escape"), ("PgUp", "pageup"),
        ("question_mark", "question_mark"), (" space ", "space"), ("-", "minus"), ("7", "7"),
    ],
)  # fmt: skip
def test_a_key_is_named_as_textual_names_it(text: str, name: str) -> None:
    assert keymap.key_name(text) == name


@given(st.integers(0x21, 0x7E))
def test_every_character_has_textuals_name(code: int) -> None:
    assert keymap.key_name(chr(code)) == _character_to_key(chr(code))


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("ctlr+r", "'ctlr' is none of"), ("escpae", "did you mean escape?"), ("", "there is no key"),
        ("ctrl+i", "cannot be told from tab"), ("ctrl+h", "cannot be told from backspace"), ("f25", "there is no key"),
        ("\x1b", "there is no key '\\\\x1b'"), ("ctrl+", "there is no key"),
    ],
)  # fmt: skip
def test_a_key_that_does_not_exist_is_named(text: str, clause: str) -> None:
    with pytest.raises(ValueError, match=r"key|told") as refused:
        keymap.key_name(text)
    assert clause in str(refused.value)


def test_actions_are_named_dotted_or_quoted_with_one_key_or_several() -> None:
    table = {"browse": {"delete": "Z, Del"}, "app.undo": ["ctrl+z", "U"], "logs": {"search": ","}}
    assert keymap.checked(table) == (
        {"browse.delete": "Z,delete", "app.undo": "ctrl+z,U", "logs.search": "comma"},
        [],
    )


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"browse.share_it": "r"}, "[keys] browse.share_it: there is no such action; did you mean browse.share?"),
        ({"runs.undo": "r"}, "did you mean app.undo?"),
        ({"zzz": "r"}, "`s3ml config init` lists them"),
        ({"app.undo": 3}, '[keys] app.undo: write keys as "r"'),
        ({"app.undo": " "}, "[keys] app.undo: it names no key"),
        ({"app.undo": "hyperspace"}, "[keys] app.undo: there is no key 'hyperspace'"),
        ({"browse.delete": "r"}, "[keys] r would mean browse.bring_back and browse.delete at once"),
        ({"browse.delete": "j"}, "[keys] j would mean list.cursor_down and browse.delete at once"),
    ],
)
def test_what_cannot_be_is_named(table: dict[str, object], problem: str) -> None:
    _, problems = keymap.checked(table)
    assert any(problem in said for said in problems), problems


def test_keys_may_be_swapped_and_used_on_different_screens() -> None:
    assert keymap.checked({"browse.delete": "r", "browse.bring_back": "x"})[1] == []
    assert keymap.checked({"runs.again": "x"})[1] == []


def test_the_registry_itself_is_a_keymap_without_problems() -> None:
    table = {action.id: list(action.keys) for action in ACTIONS}
    found, problems = keymap.checked(table)
    assert problems == []
    assert found == {action.id: ",".join(action.keys) for action in ACTIONS}
