"""docs/FAULTS.md, made of what the table of faults saw.

`FAULTS_TOLD=told.json pytest tests/faults/test_table.py`, then `python -m tests.faults.documented told.json >
docs/FAULTS.md`. A test checks that the two agree.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.operations import OPERATIONS, Operation
from tests.faults.table import ALWAYS, FEW, ROWS, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "FAULTS.md"
Seen = Mapping[str, Mapping[str, Sequence[Sequence[str]]]]
CODES = {
    "": "✓",
    "Unreachable": "U",
    "Throttled": "T",
    "ServerFault": "F",
    "StrangeAnswer": "S",
    "Corrupted": "B",
    "Conflict": "C",
    "Denied": "D",
    "ExpiredCredentials": "E",
    "ClockSkew": "K",
    "NotSupported": "N",
    "S3mlError": "P",
}
"""How a cell tells what came of it."""
WORDS = {
    "✓": "it came through: sent again, or found to have been done",
    "U": "nobody answers, or not in time (exit code 5)",
    "T": "the server asks to slow down",
    "F": "the server failed",
    "S": "the answer is not S3's",
    "B": "bytes differ; nothing is under the final name",
    "C": "somebody else changed it, as the server says",
    "D": "denied, with the action that lacks (exit code 4)",
    "E": "the credentials have expired (4)",
    "K": "this machine's clock is wrong (4)",
    "N": "this server cannot do it",
    "P": "done in part, and told which",
}
_INTRODUCTION = """# Faults

What a user sees when the network, a proxy or the server fails in the middle. Each cell was run against SeaweedFS, with
the fault at the first and the last request and at the first and the last change. In every cell the same is checked, on
the server itself: no byte is silently wrong, nothing torn has a final name, nothing is made twice, an error says what
happened (within 20 s where nobody is there, 60 s where somebody says nothing), and the same command again finishes the
job and leaves nothing of ours behind, save an upload without parts whose first answer was lost
(`docs/decisions/0006-no-aborts-by-inference.md`), and the open upload of a large copy whose server was lost
(`docs/decisions/0007-no-journals-of-copies.md`): a lifecycle rule removes them. Where the whole of a command's answers
is lost for good, or the process is killed, a person who copies, moves or brings back again is asked about what is
there, and may make one version more; uploads, deletes and tags are known again.

Made by `tests/faults/documented.py` from what `tests/faults/test_table.py` saw. Beside it: files rewritten and objects
replaced in the middle, a full disk (`tests/faults/test_disturbed.py`), uploads whose first answer was lost
(`tests/faults/test_lost_begin.py`), whole commands (`tests/faults/test_commands.py`), listings that are right
but of another bucket or prefix (`tests/s3/listing/test_page.py`): these are refused as no answer to what was asked.
"""


def document(seen: Seen) -> str:
    """All of it."""
    lines = [_INTRODUCTION, *(f"- {code} {words}" for code, words in WORDS.items()), ""]
    for title, rows in (
        ("Once, and all is well again", [row for row in ROWS if row.times < ALWAYS]),
        ("From then on", [row for row in ROWS if row.times == ALWAYS]),
    ):
        lines += [f"## {title}", "", *table(rows, seen), ""]
    return "\n".join([*lines, *_sentences(seen), ""])


def table(rows: Sequence[Row], seen: Seen) -> list[str]:
    """A line a fault, a column an operation."""
    names = [operation.name for operation in OPERATIONS]
    head = [f"| fault | what happens | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    return head + [
        f"| {row.name} | {row.happens} | {' | '.join(_cell(operation, row, seen) for operation in OPERATIONS)} |"
        for row in rows
    ]


def _cell(operation: Operation, row: Row, seen: Seen) -> str:
    if operation.is_like_another and row.name not in FEW:
        return ""
    kinds = {kind for kind, _ in seen.get(operation.name, {}).get(row.name, ())}
    return " ".join(code for kind, code in CODES.items() if kind in kinds) or "·"


def _sentences(seen: Seen) -> list[str]:
    """The most usual title of each fault."""
    lines = ["## How it is told", "", "| fault | the error's title, most often |", "|---|---|"]
    for row in ROWS:
        titles = Counter(
            title
            for by_row in seen.values()
            for kind, title in by_row.get(row.name, ())
            if kind not in {"", "S3mlError"}
        )
        if titles:
            lines.append(f"| {row.name} | {titles.most_common(1)[0][0]} |")
    return lines


if __name__ == "__main__":
    print(document(json.loads(Path(sys.argv[1]).read_text())), end="")
