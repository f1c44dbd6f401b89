"""One value is changed and nothing else; the file comes out of it as the user wrote it."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from s3ml_tui import settings
from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.settings.file_edit import with_value, without_value
from tests.settings.conftest import Write

MINE = """\
# my settings
context = "a"  # the usual one

[contexts.a]
profile = 'x'

# the other
[contexts.b]
local = true
"""
HERE = Path("config.toml")


def test_the_first_runs_choice_makes_the_file() -> None:
    path = settings.save({"local": True, "workspace": "s3://demo/"})
    assert tomllib.loads(path.read_text()) == {"local": True, "workspace": "s3://demo/"}
    assert settings.load(settings.Flags()).context.workspace == "s3://demo/"


def test_a_choice_is_added_to_what_is_there(write: Write) -> None:
    path = write('# mine\ntheme = "nord"\n\n[keys]\napp.undo = "U"\n')
    settings.save({"profile": "p"})
    assert path.read_text() == '# mine\ntheme = "nord"\nprofile = "p"\n\n[keys]\napp.undo = "U"\n'


def test_using_a_context_changes_one_line(write: Write) -> None:
    path = write(MINE)
    settings.use_context("b")
    assert path.read_text() == MINE.replace('context = "a"  #', 'context = "b"  #')
    assert settings.load(settings.Flags()).context.name == "b"


def test_using_a_context_in_a_new_file_stands_below_its_example() -> None:
    path = settings.create()
    path.write_text(path.read_text().replace("#[contexts.prod]", "[contexts.prod]"))
    settings.use_context("prod")
    lines = path.read_text().splitlines()
    assert lines[lines.index('#context = "prod"') + 1] == 'context = "prod"'
    assert settings.read(path).problems == ()


def test_an_unknown_context_is_not_used(write: Write) -> None:
    path = write(MINE)
    with pytest.raises(BadInput, match="no context 'c'"):
        settings.use_context("c")
    assert path.read_text() == MINE


def test_a_value_on_several_lines_is_replaced_whole() -> None:
    text = 'context = """\na"""\ntheme = "nord"\n'
    assert with_value(text, (), "context", "b", HERE) == 'context = "b"\ntheme = "nord"\n'


def test_what_is_no_table_is_left_and_said() -> None:
    with pytest.raises(BadInput, match=r"\[bookmarks\] is no table"):
        with_value("bookmarks = 3\n", ("bookmarks",), "raw", "s3://b/", HERE)
    with pytest.raises(BadInput, match="is no TOML"):
        with_value("context = \n", (), "context", "b", HERE)


def test_a_table_is_found_or_added() -> None:
    assert with_value(MINE, ("contexts", "a"), "region", "r", HERE) == MINE.replace(
        "profile = 'x'\n", "profile = 'x'\nregion = \"r\"\n"
    )
    added = with_value(MINE, ("bookmarks",), "my raw", "s3://b/", HERE)
    assert added == MINE + '\n[bookmarks]\n"my raw" = "s3://b/"\n'


def test_a_link_stays_a_link_and_the_mode_stays(write: Write, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text(MINE)
    real.chmod(0o600)
    path = write("")
    path.unlink()
    path.symlink_to(real)
    settings.use_context("b")
    assert path.is_symlink()
    assert 'context = "b"' in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_told(no_aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (no_aws / "file").write_text("")
    monkeypatch.setenv("S3ML_CONFIG", str(no_aws / "file" / "config.toml"))
    with pytest.raises(LocalTrouble):
        settings.save({"profile": "p"})


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(TEXTS, TEXTS, st.sampled_from([(), ("contexts", "a"), ("contexts", "new"), ("bookmarks",)]))
def test_any_text_comes_out_as_it_went_in(name: str, value: str, table: tuple[str, ...]) -> None:
    name = name or "x"
    if not table and name in {"contexts", "bookmarks"}:
        return
    after = tomllib.loads(with_value(MINE, table, name, value, HERE))
    inner = after
    for part in table:
        inner = inner[part]
    assert inner[name] == value


PARTS = (
    'context = "a"\n', "theme = 'x'  # c\n", "# comment\n", "\n", "[contexts.a]\n", "[contexts.b]\n", "[contexts]\n",
    'profile = "p"\n', 'contexts.c.profile = "z"\n', "[bookmarks]\n", 'raw = "s3://a/"\n', 'bookmarks.raw = "s3://x/"\n',
    "[bookmarks.raw]\n", 'uri = "s3://b/"\n', 'bookmarks = { raw = "s3://q/", old = "s3://o/" }\n', "[keys]\n",
    '"old" = { uri = "s3://x/" }\n', 'app.undo = "U"\n', 'app.x = """\nq\n"""\n', '#raw = "s3://e/"\n',
    '  raw = "in"\n', "[keys.app]\n", "list = [\n 1, # x\n 2,\n]\n", '[ bookmarks . "raw" ]\n',
    "# no end", 'contexts.d.region = "r"',
)  # fmt: skip


@settings_of_hypothesis(max_examples=500, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(st.sampled_from(PARTS), max_size=9), st.sampled_from(["raw", "old", "new"]))
def test_in_any_file_one_value_is_changed_or_taken_away_and_nothing_else(parts: list[str], name: str) -> None:
    text = "".join(parts)
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    marks = wanted.setdefault("bookmarks", {})
    was_table = isinstance(marks.get(name), dict) and f"[bookmarks.{name}]" in text.replace(" ", "").replace('"', "")
    marks[name] = "s3://v/"
    changed = with_value(text, ("bookmarks",), name, "s3://v/", HERE)
    assert tomllib.loads(changed) == wanted
    del marks[name]
    removed = tomllib.loads(without := without_value(text, ("bookmarks",), name, HERE))
    assert {"bookmarks": {}} | removed == wanted
    if not was_table:  # what stands among the values of a table goes with it
        assert [line for line in changed.splitlines() if line.startswith("#")] == comments
        assert [line for line in without.splitlines() if line.startswith("#")] == comments
