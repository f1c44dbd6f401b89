"""The places gone to: the last one first, each once, bounded, kept across restarts and never in the way."""

import json
import stat

import pytest

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.settings import recent_places as module
from s3ml_tui.settings.recent_places import visit, visited, visited_file


def test_the_last_place_comes_first_and_each_once() -> None:
    for uri in ("s3://a/", "s3://b/", "s3://a/"):
        visit("prod", uri)
    assert visited("prod") == ("s3://a/", "s3://b/")


def test_each_context_has_its_own() -> None:
    visit("prod", "s3://a/")
    visit("local", "s3://b/")
    assert visited("prod") == ("s3://a/",)
    assert visited("local") == ("s3://b/",)
    assert visited("other") == ()


def test_no_more_than_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for number in range(5):
        visit("prod", f"s3://b/{number}/")
    assert visited("prod") == ("s3://b/4/", "s3://b/3/", "s3://b/2/")


def test_only_the_user_may_read_them_and_no_draft_is_left() -> None:
    visit("prod", "s3://a/")
    path = visited_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "torn", ["", "{", "[]", '{"format": 1, "places": 3}', '{"format": 1, "places": [3, {"uri": 1}]}', "\x00\xff"]
)
def test_a_torn_file_is_begun_anew(torn: str) -> None:
    visited_file().parent.mkdir(parents=True)
    visited_file().write_text(torn, encoding="latin-1")
    assert visited("prod") == ()
    visit("prod", "s3://a/")
    assert visited("prod") == ("s3://a/",)


def test_a_later_s3mls_file_is_left_alone() -> None:
    visited_file().parent.mkdir(parents=True)
    later = json.dumps({"format": 2, "entries": []})
    visited_file().write_text(later)
    visit("prod", "s3://a/")
    assert visited_file().read_text() == later
    assert visited("prod") == ()


def test_a_folder_that_cannot_be_written_is_said() -> None:
    visited_file().parent.parent.mkdir(parents=True)
    visited_file().parent.write_text("a file where the folder should be")
    with pytest.raises(LocalTrouble, match="not remembered"):
        visit("prod", "s3://a/")
    assert visited("prod") == ()
