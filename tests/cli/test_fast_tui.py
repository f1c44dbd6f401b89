"""The plainest ways to open the screens are read without the command line's machinery, and only these."""

import pytest

from s3ml_tui.cli.fast_tui import Plain, read


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ([], Plain("", {})),
        (["s3://bucket/a b/"], Plain("s3://bucket/a b/", {})),
        (
            ["--endpoint-url", "http://h", "s3://b", "--profile", "p"],
            Plain("s3://b", {"endpoint_url": "http://h", "profile": "p"}),
        ),
        (["--context", "prod", "--region", "eu"], Plain("", {"context": "prod", "region": "eu"})),
    ],
)
def test_plain_words(words: list[str], plain: Plain) -> None:
    assert read(words) == plain


@pytest.mark.parametrize(
    "words",
    [
        ["ls"],
        ["--help"],
        ["--version"],
        ["--local"],
        ["--ascii"],
        ["s3://a", "s3://b"],
        ["--profile"],
        ["--profile", "--region"],
        ["-y"],
        ["s3://a", "--json"],
        ["demo"],
        [""],
    ],
)
def test_all_else_is_the_whole_command_lines(words: list[str]) -> None:
    assert read(words) is None
