"""What is wrong with a settings file is named, all of it, with what was probably meant."""

import pytest

from s3ml_tui import settings
from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.settings import Flags
from tests.settings.conftest import Write


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('profle = "x"', "profle is no setting; did you mean profile?"),
        ("[contexts.a]\nread_onyl = true", "[contexts.a] read_onyl is no setting; did you mean read_only?"),
        ('[bookmark]\nx = "y"', "bookmark is no setting; did you mean bookmarks?"),
        ('aws_secret_access_key = "hush"', "credentials belong in the AWS configuration"),
        ('read_only = "yes"', "read_only is 'yes': write true or false"),
        ("profile = 3", "profile is 3: write a text in quotes"),
        ('region = " "', "region is empty"),
        ('endpoint_url = "minio:9000"', "endpoint_url is no server's address"),
        ('endpoint_url = "http://"', "endpoint_url is no server's address"),
        ('endpoint_url = "http://[x"', "endpoint_url is no server's address"),
        ('workspace = "acme"', "workspace is no S3 address"),
        ('[contexts.a]\ncolour = "pinkish"', "[contexts.a] colour is 'pinkish': write one of primary"),
        ('local = true\nprofile = "p"', "profile stands beside local = true"),
        ('contexts = "prod"', "[contexts] is no table"),
        ('[contexts]\nprod = "x"', "contexts.prod is no table"),
        ('context = "prdo"\n[contexts.prod]\nregion = "x"', "no such context; did you mean prod?"),
        ('profile = "p"\n[contexts.default]\nregion = "x"', "are the same context"),
        ('[contexts."a\\u001b"]\nregion = "x"', "[contexts.a\\x1b] has a name that cannot be shown"),
        ('[bookmarks]\nraw = "acme"', "[bookmarks] raw is no S3 address"),
        ("[bookmarks]\nraw = 3", '[bookmarks] raw: write it as "s3://bucket/prefix/"'),
        ('[bookmarks]\nraw = { uri = "s3://bucket", contxt = "x" }', "contxt is no setting; did you mean context?"),
        (
            '[bookmarks]\nraw = { uri = "s3://bucket", context = "x" }',
            "[bookmarks] raw names x, and there is no such context",
        ),
        ('[keys]\nbrowse.bring_bak = "r"', "did you mean browse.bring_back?"),
    ],
)
def test_each_mistake_is_named(write: Write, text: str, problem: str) -> None:
    path = write(text)
    found = settings.read(path)
    assert any(problem in said for said in found.problems), found.problems
    assert not any("hush" in said or "\x1b" in said for said in found.problems)
    with pytest.raises(BadInput, match="cannot be used"):
        settings.load(Flags())


def test_all_mistakes_are_named_at_once(write: Write) -> None:
    write('profle = "x"\nregoin = "y"\n[contexts.a]\nlocal = 1\n[keys]\nnothing.at_all = "x"\n')
    with pytest.raises(BadInput) as refused:
        settings.load(Flags())
    for word in ("profle", "regoin", "[contexts.a] local", "nothing.at_all"):
        assert word in refused.value.cause


def test_a_file_without_mistakes_has_no_problems(write: Write) -> None:
    found = settings.read(
        write('context = "a"\n[contexts.a]\nregion = "x"\n[bookmarks]\nr = { uri = "s3://bucket", context = "a" }\n')
    )
    assert found.problems == ()
    assert found.bookmarks == (settings.Bookmark("r", "s3://bucket", "a"),)


def test_a_file_that_is_no_toml_or_cannot_be_read_is_told(write: Write) -> None:
    with pytest.raises(BadInput, match="no TOML"):
        settings.read(write("profile = \n"))
    path = write("")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LocalTrouble, match="cannot be read"):
        settings.read(path)
