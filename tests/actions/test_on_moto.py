"""Every action from its key press to what the bucket holds then, on moto: the rows of the table it can do."""

from pathlib import Path

import pytest

from tests.actions.playing import play
from tests.actions.row import MOTO, Row
from tests.actions.table import marked
from tests.servers import S3Server


@pytest.mark.parametrize("row", marked(MOTO))
async def test_the_bucket_holds_what_the_keys_meant(
    row: Row, moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play(row, MOTO, moto, tmp_path, monkeypatch)
