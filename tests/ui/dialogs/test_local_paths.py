"""Paths as a user types them."""

from pathlib import Path

import pytest

from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.ui.dialogs.local_paths import (
    completed,
    default_target,
    existing_path,
    file_at,
    local_path,
    no_file,
    no_target,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some files in the working folder, which is also home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "churn.csv").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "odd\x1b[31m.csv").write_bytes(b"x")
    (tmp_path / "dir\x07").mkdir()
    (tmp_path / "dir\x07" / "in\u202e.csv").write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("d", "data/"),
        ("data/c", "data/churn.csv"),
        ("~/data/c", "~/data/churn.csv"),
        ("./", "./data/"),
        (".h", ".hidden"),
        ("nothing/", None),
        ("zzz", None),
        ("odd", r"odd\x1b[31m.csv"),
        ("dir", r"dir\x07/"),
        (r"dir\x07/", r"dir\x07/in\u202e.csv"),
        ("a\0b/", None),
    ],
)
def test_the_last_name_is_completed(typed: str, whole: str | None) -> None:
    assert completed(typed) == whole


def test_what_is_wrong_with_a_file_to_read() -> None:
    assert no_file("~/data/churn.csv") == ""
    assert "There is no file" in no_file("data/none.csv")
    assert "is a folder" in no_file("data")
    assert no_file("  ")
    assert no_file("a\0b")


def test_what_is_wrong_with_a_file_to_write() -> None:
    assert no_target("data") == ""
    assert no_target("new.csv") == ""
    assert "There is no folder" in no_target("none/new.csv")


def test_a_folder_gets_the_objects_name_with_its_control_characters_written_out() -> None:
    key = ObjectKey("bucket", "raw/a\x1b.csv")
    assert default_target(key) == "./a\\x1b.csv"
    assert file_at("data", key) == Path("data/a\\x1b.csv")
    assert file_at("other.csv", key) == Path("other.csv")
    assert local_path("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")


def test_a_name_that_cannot_be_typed_is_found_as_it_is_written_out(folder: Path) -> None:
    assert existing_path(r"odd\x1b[31m.csv") == Path("odd\x1b[31m.csv")
    assert existing_path(rf"{folder}/dir\x07/in\u202e.csv") == folder / "dir\x07" / "in\u202e.csv"
    assert existing_path(r"none\x1b.csv") == Path(r"none\x1b.csv")
    assert no_file(r"odd\x1b[31m.csv") == ""


def test_a_name_that_is_there_as_typed_comes_first_and_of_two_none_is_guessed(folder: Path) -> None:
    (folder / r"odd\x1b[31m.csv").write_bytes(b"y")
    assert existing_path(r"odd\x1b[31m.csv") == Path(r"odd\x1b[31m.csv")
    for name in ("two\x1b\\x1b", "two\\x1b\x1b"):
        (folder / name).write_bytes(b"")
    assert existing_path(r"two\x1b\x1b") == Path(r"two\x1b\x1b")
