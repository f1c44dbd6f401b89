"""The README's table of keys, made from the registry; run as a module it writes the table into the README."""

from pathlib import Path

from s3ml_tui.domain.actions import Scope, actions_of

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- keys:", "<!-- /keys -->"


def table() -> str:
    """Markdown: a section a scope."""
    lines = []
    for scope in Scope:
        lines += [f"**{scope}**", "", "| key | | |", "|---|---|---|"]
        for action in actions_of(scope):
            keys = " ".join(f"`{_shown(key)}`" for key in action.keys)
            lines.append(f"| {keys} | {action.label} | {action.tooltip} |")
        lines.append("")
    return "\n".join(lines)


def _shown(key: str) -> str:
    return {
        "question_mark": "?",
        "full_stop": ".",
        "slash": "/",
        "colon": ":",
        "plus": "+",
        "equals_sign": "=",
        "asterisk": "*",
        "less_than_sign": "<",
        "greater_than_sign": ">",
    }.get(key, key)


def in_readme() -> str:
    """The table as the README has it."""
    text = README.read_text(encoding="utf-8")
    return text[text.index("\n", text.index(BEGIN)) + 1 : text.index(END)].strip()


def write() -> None:
    """Put the registry's table into the README."""
    text = README.read_text(encoding="utf-8")
    begin = text.index("\n", text.index(BEGIN)) + 1
    README.write_text(text[:begin] + "\n" + table() + "\n" + text[text.index(END) :], encoding="utf-8")


if __name__ == "__main__":
    write()
