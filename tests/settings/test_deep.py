"""Settings and specs that are nested deeper than they can be read: a sentence, like any other file that is no TOML."""

from pathlib import Path

import pytest

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.records.spec import parse_spec
from s3ml_tui.settings.file import read

DEEP = {"arrays": f"a = {'[' * 100_000}", "tables": f"a = {'{a=' * 100_000}", "headers": f"[{'a.' * 100_000}a]\n"}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deeply_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(BadInput):
        read(file).refuse_problems()
    with pytest.raises(BadInput):
        parse_spec(text)
