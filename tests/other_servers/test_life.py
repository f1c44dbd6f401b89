"""Every command on every server at hand; what each lacks is exactly what docs/SERVERS.md says."""

import os
import uuid
from pathlib import Path

import pytest

from tests.cli.line import CommandLine
from tests.exhaustive import EXHAUSTIVE
from tests.other_servers import started
from tests.other_servers.documented import DOCUMENT, EMBEDDED, JUICEFS, LACKS, MOTO, RCLONE, document
from tests.other_servers.life import Life
from tests.servers import S3Server


def test_the_table_of_servers_is_the_documents() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("name", [pytest.param(name, marks=EXHAUSTIVE) for name in LACKS])
def test_a_whole_life(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if name in {EMBEDDED, MOTO}:
        seen = _seen(request.getfixturevalue("moto" if name == MOTO else "seaweed"), tmp_path)
    else:
        start = {RCLONE: started.rclone, JUICEFS: started.juicefs}[name]
        (tmp_path / "server").mkdir()
        with start(tmp_path / "server") as server:
            seen = _seen(server, tmp_path)
    assert seen == LACKS[name]


def _seen(server: S3Server, folder: Path) -> dict[str, str]:
    """What lacks, by step."""
    bucket = f"life-{uuid.uuid4().hex[:12]}"
    line = CommandLine({**server.environment(), "S3ML_WORKSPACE": f"s3://{bucket}/ml"})
    told = dict(Life(line, bucket, folder).steps())
    if os.environ.get("SERVERS_TOLD"):
        print(told)
    return {step: lacks for step, lacks in told.items() if lacks}
