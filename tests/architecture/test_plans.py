"""What differs from plan to plan is said by the plan itself or by its entry in the registry, by no chain of types."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import s3ml_tui
from s3ml_tui.services.plan_registry import ENTRIES

PACKAGE = Path(s3ml_tui.__file__).parent
MAY = {"services/plan_registry.py", "domain/plans/undo.py"}
"""The registry, and the plan that is made of plans."""
KINDS = {kind.__name__ for kind in ENTRIES} - {"NothingToDo"}
"""Whether there is anything to do is asked by whoever plans."""


def told_apart(function: ast.AST) -> dict[str, set[str]]:
    """By the value that is looked at, the kinds of plans it is compared with."""
    found = defaultdict[str, set[str]](set)
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[value, kinds]):
                found[ast.unparse(value)] |= named(kinds)
            case ast.Match():
                for case in node.cases:
                    found[ast.unparse(node.subject)] |= named(case.pattern)
    return found


def named(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id in KINDS}


def functions() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if str(path.relative_to(PACKAGE)) not in MAY:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{path.relative_to(PACKAGE)} {node.name}", node


def test_no_function_outside_the_registry_tells_kinds_of_plans_apart() -> None:
    chains = {name: kinds for name, node in functions() for kinds in told_apart(node).values() if len(kinds) > 1}
    assert chains == {}
