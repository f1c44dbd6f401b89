"""What each part may load: domain the standard library alone, a start nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import s3ml_tui

PACKAGE = Path(s3ml_tui.__file__).parent
HEAVY = ("boto3", "botocore", "moto", "sklearn", "pandas", "numpy", "pyarrow", "matplotlib", "joblib", "tomlkit")


def loaded_by(statement: str, *, whole: bool = False) -> set[str]:
    """The modules that are loaded after `statement`, in a process of its own; the top level of each, or all."""
    named = "name" if whole else "name.partition('.')[0]"
    code = f"import sys\n{statement}\nprint('\\n'.join({{{named} for name in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    return set(ran.stdout.split())


def test_domain_is_written_with_the_standard_library_alone() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in sorted((PACKAGE / "domain").rglob("*.py"))
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("s3ml_tui.domain")
    }
    assert not foreign


def test_a_line_loads_its_own_command_alone() -> None:
    run = "sys.argv = ['s3ml', 'rm', 's3://b/f/']\ntry: main()\nexcept SystemExit: pass"
    loaded = loaded_by(f"from s3ml_tui.cli.entry import main\n{run}", whole=True)
    assert "s3ml_tui.cli.objects.rm_purge" in loaded
    assert not loaded & {"s3ml_tui.cli.objects.ls_find_du", "s3ml_tui.cli.runs.run", "pydantic", "botocore"}


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "." * node.level)
    return names


def test_domain_loads_the_standard_library_alone() -> None:
    files = sorted((PACKAGE / "domain").rglob("*.py"))
    modules = [".".join(("s3ml_tui", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in files]
    more = loaded_by(f"import {', '.join(modules)}") - loaded_by("import site")
    assert more - set(sys.stdlib_module_names) == {"s3ml_tui"}


@pytest.mark.parametrize("statement", ["import s3ml_tui.cli.entry", "import s3ml_tui.__main__"])
def test_the_command_line_starts_without_boto3_and_textual(statement: str) -> None:
    assert not loaded_by(statement) & {*HEAVY, "textual", "rich", "pydantic"}


def test_help_loads_no_boto3_and_no_textual() -> None:
    run = "from s3ml_tui.cli.entry import main\nsys.argv = ['s3ml', '--help']\ntry: main()\nexcept SystemExit: pass"
    loaded = loaded_by(run)
    assert "s3ml_tui" in loaded
    assert not loaded & {*HEAVY, "textual"}


def test_the_app_loads_no_heavy_library() -> None:
    loaded = loaded_by("import s3ml_tui.ui.app.app")
    assert "textual" in loaded
    assert not loaded & {*HEAVY, "pydantic", "click", "psutil"}


def test_the_line_that_opens_the_screens_loads_none_of_them() -> None:
    loaded = loaded_by("import s3ml_tui.cli.entry, s3ml_tui.cli.tui")
    assert not loaded & {*HEAVY, "pydantic", "textual"}
