"""When only ASCII is drawn: asked for, or told by the terminal's environment."""

import locale

import pytest

from s3ml_tui import settings
from s3ml_tui.settings import Flags
from s3ml_tui.settings.terminal import why_ascii
from tests.settings.conftest import Write

UTF8 = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}


@pytest.mark.parametrize(
    ("environ", "encoding", "why"),
    [
        (UTF8, "UTF-8", ""),
        (UTF8, "ANSI_X3.4-1968", ""),  # a locale of the terminal's machine that is not installed here
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, "UTF-8", "TERM=linux"),
        ({"TERM": "dumb"}, "UTF-8", "TERM=dumb"),
        ({"TERM": "xterm", "LC_ALL": "C"}, "ANSI_X3.4-1968", "the locale's encoding ANSI_X3.4-1968"),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, "US-ASCII", "the locale's encoding US-ASCII"),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, "ISO-8859-1", "the locale's encoding ISO-8859-1"),
        ({"TERM": "xterm", "LANG": "de_DE.utf8@euro"}, "ISO-8859-15", ""),
        ({"TERM": "xterm"}, "UTF-8", ""),
        ({}, "utf8", ""),
    ],
)
def test_what_the_environment_tells(environ: dict[str, str], encoding: str, why: str) -> None:
    assert why_ascii(environ, encoding) == why


def test_the_locale_itself_is_asked_when_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: "ISO-8859-1")
    assert why_ascii({"TERM": "xterm"}) == "the locale's encoding ISO-8859-1"
    monkeypatch.setattr(locale, "getencoding", lambda: "UTF-8")
    assert why_ascii({"TERM": "xterm"}) == ""


def test_flag_before_environment_before_file_before_terminal(write: Write) -> None:
    linux = {"TERM": "linux"}
    found = settings.load(Flags(), linux)
    assert (found.is_ascii, found.sources["ascii"]) == (True, "TERM=linux")
    path = write("ascii = false\n")
    found = settings.load(Flags(), linux)
    assert (found.is_ascii, found.sources["ascii"]) == (False, str(path))
    found = settings.load(Flags(), linux | {"S3ML_ASCII": "1"})
    assert (found.is_ascii, found.sources["ascii"]) == (True, "environment S3ML_ASCII")
    found = settings.load(Flags(ascii=False), linux | {"S3ML_ASCII": "1"})
    assert (found.is_ascii, found.sources["ascii"]) == (False, "flag --no-ascii")
    found = settings.load(Flags(ascii=True), UTF8)
    assert (found.is_ascii, found.sources["ascii"]) == (True, "flag --ascii")
    assert not settings.load(Flags(), UTF8 | {"S3ML_ASCII": "0"}).is_ascii


def test_looks_alone_leave_the_first_run_its_question(write: Write) -> None:
    write("ascii = true\n")
    assert settings.load(Flags(), {"TERM": "linux"}).is_first_run


@pytest.mark.parametrize(("said", "theme"), [("light", "textual-light"), ("dark", "textual-dark"), ("nord", "nord")])
def test_a_theme_is_named_by_its_name_or_in_a_word(write: Write, said: str, theme: str) -> None:
    write(f'theme = "{said}"\n')
    assert settings.load(Flags()).theme == theme


def test_all_contexts_can_be_switched_to_guarded_by_the_environment(write: Write) -> None:
    write('[contexts.prod]\nprofile = "p"\ncolour = "error"\n[contexts.local]\nlocal = true\nregion = "r"\n')
    found = settings.switchable({})
    assert [context.name for context in found] == ["prod", "local", "default"]
    assert [context.is_local for context in found] == [False, True, False]
    assert not any(context.read_only for context in found)
    assert all(context.read_only for context in settings.switchable({"S3ML_READ_ONLY": "1"}))
    assert found[0].colour == "$error"
