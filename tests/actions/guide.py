"""The guide's table of actions, made from the rows; run as a module it writes the table into docs/TESTED.md."""

from pathlib import Path

from tests.actions.row import MOTO, SEAWEED, Row
from tests.actions.table import ELSEWHERE, ROWS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "TESTED.md"
BEGIN, END = "<!-- actions:", "<!-- /actions -->"
ON = {MOTO: "`tests/actions/test_on_moto.py`", SEAWEED: "`tests/actions/test_on_embedded.py`"}


def table() -> str:
    """Markdown: a line an action."""
    lines = ["| action | done to | on moto | on the embedded server |", "|---|---|---|---|"]
    for action in dict.fromkeys(row.action for row in ROWS):
        rows = [row for row in ROWS if row.action == action]
        scopes = "; ".join(row.scope for row in rows)
        lines.append(f"| {action} | {scopes} | {_where(rows, MOTO)} | {_where(rows, SEAWEED)} |")
    for id_, (test, on) in ELSEWHERE.items():
        lines.append(f"| `{id_}` | (starts a process) | | `{test}`, {on} |")
    return "\n".join(lines)


def _where(rows: list[Row], server: str) -> str:
    why = dict.fromkeys(row.not_on[server] for row in rows if server in row.not_on)
    if not why:
        return ON[server]
    is_none = all(server in row.not_on for row in rows)
    return f"{'' if is_none else ON[server] + ', in part: '}{'; '.join(why)}"


def in_guide() -> str:
    """The table as the guide has it."""
    text = GUIDE.read_text(encoding="utf-8")
    return text[text.index("\n", text.index(BEGIN)) + 1 : text.index(END)].strip()


def write() -> None:
    """Put the rows' table into the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    begin = text.index("\n", text.index(BEGIN)) + 1
    GUIDE.write_text(text[:begin] + table() + "\n" + text[text.index(END) :], encoding="utf-8")


if __name__ == "__main__":
    write()
