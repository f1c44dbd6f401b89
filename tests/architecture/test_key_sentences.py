"""Sentences that name a key name the user's own: by `told("{browse.add} …")` or `key_for`, never by the letter.

Keys of a dialog's own, which no keymap can change, are named as they are: in the module that binds them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import s3ml_tui

PACKAGE = Path(s3ml_tui.__file__).parent
SPEAKING = ("ui", "services", "domain")
"""Packages whose sentences are shown on screens."""
REGISTRY = "domain/actions.py"
_VERBS = (
    "adds|brings|cancels|changes|chooses|clears|closes|completes|copies|deletes|downloads|draws|fills|filters|follows|goes|keeps|"
    "leads|leaves|lists|loads|looks|makes|marks|means|moves|opens|pauses|promotes|puts|reads|refreshes|removes|saves|searches|"
    "shares|shows|sorts|starts|stops|switches|takes|tries|undoes|works|writes|scroll|again|choose|asks"
)
_KEY = r"(?:ctrl|alt|shift)\+\S+|\^[a-z]|[a-zA-Z1-9]|F\d\d?|enter|escape|space|tab|backspace|[.:?/*+<>]"
NAMED = re.compile(
    rf"(?<![\w{{'’.)…%-])({_KEY})(?: again)? (?:{_VERBS})\b|\b[Pp]ress(?:ing)? ({_KEY})(?!\w)|\b((?:ctrl|alt)\+\w)"
)
OF_DIALOGS = frozenset({"enter", "space"})
"""Fixed in a dialog: of an input, a list, or of leaving it."""
OF_ALL = frozenset({"escape", "tab"})
"""The way out and the way to the next pane everywhere; they are in no keymap."""
OF_COMMANDS = {"services/models/predictions.py": frozenset({"ctrl+c"})}
"""Where a sentence is about another terminal."""
ARTICLES = frozenset({"a", "A", "I"})


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The string constants of a module that are no docstrings, with the line each begins in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and " " in node.value
        ):
            yield node.lineno, node.value


def own_keys(path: Path) -> frozenset[str]:
    """The keys that a module binds itself, without the registry."""
    source = path.read_text(encoding="utf-8")
    bound = re.findall(r"Binding\(\s*\"([^\"]+)\"", source)
    found = {key for keys in bound for key in keys.split(",")}
    if any(word in source for word in ("(Dialog[", "(AnsweredOnce[", "push_screen_wait", ".dialog(")):
        found |= OF_DIALOGS
    return frozenset(found | OF_ALL | OF_COMMANDS.get(str(path.relative_to(PACKAGE)), frozenset()))


def named_in(sentence: str) -> set[str]:
    """The keys that a sentence names."""
    return {next(part for part in found if part) for found in NAMED.findall(sentence)} - ARTICLES


def test_no_sentence_names_a_key_that_the_user_may_have_changed() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line}: {sorted(keys)} in {sentence!r}"
        for package in SPEAKING
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if not str(path).endswith(REGISTRY)
        for line, sentence in sentences(path)
        if (keys := named_in(sentence) - own_keys(path))
    ]
    assert wrong == [], 'say told("{browse.add} …"), with the action\'s id'


def test_what_names_a_key_is_found() -> None:
    assert named_in("r brings it back · enter goes there") == {"r", "enter"}
    assert named_in("Press F5, or ctrl+p") == {"F5", "ctrl+p"}
    assert named_in("escape again goes up; M reads more") == {"escape", "M"}
    assert named_in("{browse.add} adds a file; it reads what a person brings") == set()
