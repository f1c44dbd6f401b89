"""Bookmarks come and go; the rest of the user's file stays as it was, down to the last blank line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3ml_tui import settings
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.settings import Bookmark
from s3ml_tui.settings.bookmarks import add_bookmark, bookmarks, remove_bookmark, wrong_name
from s3ml_tui.settings.file_edit import with_value, without_value
from tests.settings.conftest import Write

MINE = """\
# my settings
theme = "nord"   # the cold one

[contexts.a]
profile = 'x'

[contexts.b]
local = true

# places I go to
[bookmarks]
raw = "s3://acme/raw/"  # every day
'old one' = { uri = "s3://old/", context = "b" }

# keys
[keys]
app.undo = "U"
"""


def test_a_bookmark_is_added_below_the_others_and_nothing_else_changes(write: Write) -> None:
    path = write(MINE)
    add_bookmark(Bookmark("models", "s3://acme/models/"))
    before, after = MINE.splitlines(), path.read_text().splitlines()
    assert [line for line in after if line not in before] == ['models = "s3://acme/models/"']
    assert [line for line in after if line in before] == before
    assert [mark.name for mark in bookmarks()] == ["raw", "old one", "models"]


def test_a_bookmark_for_one_context_says_which(write: Write) -> None:
    path = write(MINE)
    mark = Bookmark('a "quoted" name', "s3://acme/x/", "a")
    add_bookmark(mark)
    assert r'"a \"quoted\" name" = {uri = "s3://acme/x/", context = "a"}' in path.read_text()
    assert bookmarks()[-1] == mark
    assert settings.read(path).problems == ()


def test_the_first_bookmark_makes_the_file() -> None:
    add_bookmark(Bookmark("raw", "s3://acme/raw/"))
    assert bookmarks() == (Bookmark("raw", "s3://acme/raw/"),)
    assert settings.config_file().read_text().startswith("# s3ml settings")
    assert settings.load(settings.Flags()).bookmarks == bookmarks()


@pytest.mark.parametrize(("name", "gone"), [("raw", 'raw = "s3'), ("old one", "'old one'")])
def test_a_removed_bookmark_takes_its_line_and_nothing_else(write: Write, name: str, gone: str) -> None:
    path = write(MINE)
    remove_bookmark(name)
    assert path.read_text() == "".join(line for line in MINE.splitlines(keepends=True) if not line.startswith(gone))


def test_a_bookmark_written_as_a_table_is_removed_whole(write: Write) -> None:
    text = '[bookmarks.raw]\n# for work\nuri = "s3://acme/raw/"\n\n# keys\n[keys]\napp.undo = "U"\n'
    path = write(text)
    remove_bookmark("raw")
    assert path.read_text() == '[bookmarks]\n\n# keys\n[keys]\napp.undo = "U"\n'


def test_a_bookmark_that_shares_its_line_is_removed_alone(write: Write) -> None:
    path = write('bookmarks = { raw = "s3://acme/raw/", old = "s3://old/" }  # mine\n')
    remove_bookmark("raw")
    assert tomllib.loads(path.read_text()) == {"bookmarks": {"old": "s3://old/"}}
    assert path.read_text().endswith("}  # mine\n")


def test_what_is_not_there_is_removed_by_doing_nothing(write: Write) -> None:
    path = write(MINE)
    remove_bookmark("nothing")
    assert path.read_text() == MINE


def test_a_name_is_taken_once(write: Write) -> None:
    path = write(MINE)
    with pytest.raises(BadInput, match="a bookmark raw already, for s3://acme/raw/"):
        add_bookmark(Bookmark("raw", "s3://elsewhere/"))
    assert path.read_text() == MINE


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Give it a name."), ("  ", "Give it a name."), ("a\x1b[31m", "cannot be shown")]
)
def test_a_name_that_cannot_be_is_said(name: str, sentence: str) -> None:
    assert sentence in wrong_name(name, ())
    assert wrong_name("plain [x] name", ()) == ""


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    value=st.one_of(st.text(max_size=20), st.dictionaries(st.sampled_from(["uri", "context"]), st.text(max_size=9))),
)
def test_what_was_added_and_taken_away_leaves_the_file_as_it_was(name: str, value: str | dict[str, str]) -> None:
    here = settings.config_file()
    before = tomllib.loads(MINE)
    if name in before["bookmarks"]:
        return
    added = with_value(MINE, ("bookmarks",), name, value, here)
    assert tomllib.loads(added)["bookmarks"] == before["bookmarks"] | {name: value}
    assert without_value(added, ("bookmarks",), name, here) == MINE


def test_lines_keep_their_ends(write: Write) -> None:
    path = write("")
    path.write_bytes(MINE.replace("\n", "\r\n").encode())
    add_bookmark(Bookmark("models", "s3://acme/models/"))
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n") == MINE.count("\n") + 1
    remove_bookmark("models")
    assert path.read_bytes() == MINE.replace("\n", "\r\n").encode()
