"""Parts instead of ancestors: how long a chain of own classes may be, abstract methods declared, no circles."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import s3ml_tui

PACKAGE = Path(s3ml_tui.__file__).parent

LONGEST = 3
"""Own classes in an MRO, the class itself and mixins counted. Trees of errors and records may be deeper; none is."""


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name below the package."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix("."): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in PACKAGE.rglob("*.py")
    }


def imports(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """What is imported from the package, lazily and for types alone too: module, name in it, name here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("s3ml_tui."):
            module = str(node.module).removeprefix("s3ml_tui").removeprefix(".")
            for alias in node.names:
                yield module, alias.name, alias.asname or alias.name


def joined(module: str, name: str) -> str:
    return f"{module}.{name}".removeprefix(".")


@cache
def bases() -> dict[str, list[str]]:
    """Every class of the package and what it is made from, by their full names."""
    found = {}
    for module, tree in trees().items():
        known = {here: joined(source, name) for source, name, here in imports(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                texts = [ast.unparse(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
                parts = [text.partition(".") for text in texts]
                found[f"{module}.{node.name}"] = [
                    known.get(first, f"{module}.{first}") + dot + rest for first, dot, rest in parts
                ]
    return found


def own_classes(name: str) -> set[str]:
    """The class and all it inherits from within the package."""
    return {name}.union(*(own_classes(base) for base in bases()[name] if base in bases()))


def test_the_longest_chain_is_seen_through_modules_and_mixins() -> None:
    rows = {"ui.activity.job_rows.JobRows", "ui.widgets.rows.ItemRows", "ui.widgets.rows.Rows"}
    assert own_classes("ui.activity.job_rows.JobRows") == rows
    assert "domain.errors.S3mlError" in own_classes("domain.errors.NotSupported")


def test_no_class_stands_on_more_than_two_of_our_own() -> None:
    assert {name for name in bases() if len(own_classes(name)) > LONGEST} == set(), "hand it a part instead"


def test_an_abstract_method_is_declared() -> None:
    undeclared = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplementedError" in ast.unparse(node.exc)
    }
    assert undeclared == set(), "hand the method in, or declare it with abc"


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = trees().keys()
    known = {
        module: {
            whole if (whole := joined(source, name)) in modules else source for source, name, _here in imports(tree)
        }
        - {module}
        for module, tree in trees().items()
    }
    assert sum(map(len, known.values())) > len(modules)
    TopologicalSorter(known).prepare()  # raises CycleError, which names the circle
