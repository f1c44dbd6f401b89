"""Every action from its key press to what the bucket holds then, on the embedded server: the rows it can do."""

from pathlib import Path

import pytest

from tests.actions.playing import play
from tests.actions.row import SEAWEED, Row
from tests.actions.table import marked
from tests.servers import S3Server


@pytest.mark.parametrize("row", marked(SEAWEED))
async def test_the_bucket_holds_what_the_keys_meant(
    row: Row, seaweed: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play(row, SEAWEED, seaweed, tmp_path, monkeypatch)
