"""What s3ml tells those who call it, as text: the help and the JSON of every command, its actions and their keys.

It needs nothing of the tests, so that it can record any checkout with that checkout's Python:

    cd CHECKOUT && .venv/bin/python PATH/TO/record.py FOLDER

`help.txt`, `json.txt` and `actions.txt` are written to the folder. Those in `golden/` were recorded from commit
5680b01, except for what was changed on purpose since.
"""

import json
import os
import random
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from s3ml_tui.cli.entry import s3ml
from s3ml_tui.domain.actions import ACTIONS

WIDTH = 80


def recorded_help() -> str:
    """The help of every command and of every group of them, as a terminal of 80 columns shows it."""
    parts = []
    for path in _command_paths(s3ml):
        result = CliRunner().invoke(s3ml, [*path, "--help"], prog_name="s3ml", terminal_width=WIDTH, color=False)
        parts.append(f"$ {shlex.join(['s3ml', *path, '--help'])}\n{result.output}")
    return "\n".join(parts)


def command_names() -> set[str]:
    """Each command that does something by itself, as `local start`."""
    return {" ".join(path) for path in _command_paths(s3ml) if path}


def _command_paths(command: click.Command | None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            yield from _command_paths(command.get_command(context, name), (*path, name))


def recorded_actions() -> str:
    """The registry: each action with all that it says of itself."""
    return "".join(f"{action!r}\n" for action in ACTIONS)


# JSON ---------------------------------------------------------------------------------------------------------------

SPEC = """
name = "churn"
data = "dataset/raw/churn.csv"
target = "churned"
cv = 3
[features]
scale = true
[estimator]
family = "logistic_regression"
"""
LONG_SPEC = """
name = "long"
data = "dataset/raw/churn.csv"
target = "churned"
cv = 20
[estimator]
family = "random_forest"
params = { n_estimators = 5000 }
"""
BUCKET = "recorded"
PLACE = f"s3://{BUCKET}"
WORKSPACE = f"{PLACE}/ml"


def churn() -> str:
    """A small table that a model can be made of; the same each time."""
    chance = random.Random(1)
    lines = ["months,calls,churned"]
    for _ in range(120):
        months, calls = chance.randint(1, 60), chance.randint(0, 9)
        lines.append(f"{months},{calls},{'yes' if calls * 6 > months + chance.randint(-6, 6) else 'no'}")
    return "\n".join(lines) + "\n"


class Recorder:
    """Runs commands with --json and writes down what they print, without what differs from time to time."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.commands: set[str] = set()
        self._environment = environment
        self._parts: list[str] = []
        self._plain = Normaliser({str(folder): "FOLDER", environment["S3ML_LOCAL_DIR"]: "SERVER-FOLDER"})

    @property
    def text(self) -> str:
        return "\n".join(self._parts)

    def __call__(self, command: str, *words: object, code: int = 0, only: str = "") -> list[dict[str, Any]]:
        """Run a command, which has to end with `code`; its rows, of which those are recorded that contain `only`."""
        said = [*command.split(), *(str(word) for word in words), "--json"]
        result = CliRunner().invoke(s3ml, said, env=dict(self._environment), prog_name="s3ml")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, f"{said} ended with {result.exit_code}: {result.output}"
        return self._recorded(command, said, result.stdout, code, only)

    def alone(self, command: str, *words: object) -> list[dict[str, Any]]:
        """Run a command in a process of its own; for one that leaves a child behind, which this one would have."""
        said = [*command.split(), *(str(word) for word in words), "--json"]
        ended = subprocess.run(
            [sys.executable, "-m", "s3ml_tui", *said],
            env=os.environ | dict(self._environment),
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self._recorded(command, said, ended.stdout, 0, "")

    def _recorded(self, command: str, said: list[str], stdout: str, code: int, only: str) -> list[dict[str, Any]]:
        self.commands.add(command)
        rows = [_json_or_text(line) for line in stdout.splitlines()]
        if all(isinstance(row, dict) and "status" in row for row in rows):
            rows.sort(key=lambda row: row["name"])  # files that moved side by side come as they are ready
        told = [json.dumps(self._plain.value(row), indent=1) for row in rows if only in json.dumps(row)]
        ended = f"ended with {code}\n" if code else ""
        shown = shlex.join(self._plain.value(["s3ml", *said]))
        self._parts.append("".join([f"$ {shown}\n", *(f"{row}\n" for row in told), ended]))
        return [row for row in rows if isinstance(row, dict)]


def _json_or_text(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


class Normaliser:
    """Replaces what differs from one recording to the next; what was the same stays the same."""

    _HEX = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{32}(-\d+)?\b|\b[0-9a-f]{16}\b")
    _RUN = re.compile(r"\b\d{8}-\d{4}(?:\d{2})?-[a-z0-9]{4,8}\b")
    _TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
    _PORT = re.compile(r"\b(127\.0\.0\.1|localhost):\d+")
    _SIGNED = re.compile(r"\?\S*X-Amz-\S*")
    _SEEN = re.compile(r"\b\d+ ms, SeaweedFS [\w .]+|\b\d+ buckets? listed")
    """The server's speed and version, and its other buckets."""
    _KILLED = re.compile(r"; \d+ process(es)? had to be killed")
    """What a cancelled run had to be told twice depends on how far it had come."""
    _MADE = re.compile(r"/(models|logs|outputs|\.s3ml)/")
    """Below these lies what a run makes; its sizes depend on how long it took."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._who = re.compile(rf" by \S+@{re.escape(socket.gethostname())}$")
        self._host = re.compile(rf" on {re.escape(socket.gethostname())}$")
        self._numbers: dict[str, dict[str, int]] = {}

    def value(self, value: Any, name: str = "") -> Any:
        """`value` as it is recorded; `name` is what it is called."""
        if name in VARYING:
            is_unknown = value is None and not name.startswith(
                "git_"
            )  # whether there is a commit depends on the folder
            return None if is_unknown else name.upper()
        if isinstance(value, dict):
            if value.get("state") == "cancelled":  # how far it had come by then depends on the machine
                value = {**value, "data": {**value["data"], "sha256": ""}, "estimator": "random_forest"}
            is_made = self._MADE.search(str(value.get("uri", ""))) or "headline" in value
            return {
                self._text(inner): "SIZE" if inner == "size" and is_made else self.value(one, inner)
                for inner, one in value.items()
            }
        if isinstance(value, list):
            return [self.value(one, name) for one in value]
        if isinstance(value, float):
            return float(f"{value:.4g}")
        if isinstance(value, str):
            return self._text(value, is_id=name in {"id", "undoes"})
        return value

    def _text(self, text: str, *, is_id: bool = False) -> str:
        for found, shown in self._names.items():
            text = text.replace(found, shown)
        if is_id and text.isalnum() and len(text) == 8:
            return self._number("ID", text)
        text = self._who.sub(" by WHO", self._host.sub(" on HOST", text))
        text = self._SIGNED.sub("?SIGNED", text)
        text = self._KILLED.sub("", self._SEEN.sub("SEEN", text))
        text = self._TIME.sub("TIME", text)
        text = self._RUN.sub(lambda found: self._number("RUN", found[0]), text)
        text = self._HEX.sub(lambda found: self._number("HEX", found[0]), text)
        return self._PORT.sub(r"\1:PORT", text)

    def _number(self, kind: str, text: str) -> str:
        numbers = self._numbers.setdefault(kind, {})
        return f"{kind}-{numbers.setdefault(text, len(numbers) + 1)}"


VARYING = {
    *("pid", "started", "elapsed_s", "timings_s", "at", "host", "user", "python", "platform", "packages", "variables"),
    *("argv", "git_commit", "git_remote", "git_is_dirty", "ports", "AWS_ACCESS_KEY_ID"),
    "AWS_SECRET_ACCESS_KEY",
}
"""Names of what is different on another machine, or the next time."""


def recorded_json(folder: Path, server_folder: Path) -> tuple[str, set[str]]:
    """What all commands print as JSON, and which commands those were.

    Args:
        folder: An empty one.
        server_folder: Of an embedded server that is running, without the buckets `recorded` and `s3ml-demo`.
    """
    environment = {
        "HOME": str(folder / "home"),
        **{f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
        "S3ML_CONFIG": str(folder / "config.toml"),
        "S3ML_LOCAL_DIR": str(server_folder),
        "S3ML_WORKSPACE": WORKSPACE,
        "EDITOR": shlex.join([sys.executable, str(folder / "editor.py")]),
        "VISUAL": "",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    (folder / "config.toml").write_text(
        'local = true\n[contexts.here]\nlocal = true\n[bookmarks]\nraw = "s3://acme/raw/"\n'
    )
    (folder / "editor.py").write_text("import sys\nwith open(sys.argv[-1], 'a') as file:\n    file.write('more\\n')\n")
    (folder / "a.txt").write_text("one\n")
    (folder / "b.txt").write_text("two\n")
    (folder / "churn.csv").write_text(churn())
    (folder / "churn.toml").write_text(SPEC)
    (folder / "long.toml").write_text(LONG_SPEC)
    (folder / "tree" / "inner").mkdir(parents=True)
    (folder / "tree" / "x.txt").write_text("x\n")
    (folder / "tree" / "inner" / "y.txt").write_text("y\n")
    s3ml = Recorder(folder, environment)
    _record_settings(s3ml)
    _record_buckets(s3ml)
    _record_objects(s3ml)
    _record_many(s3ml)
    _record_training(s3ml)
    _record_ends(s3ml)
    return s3ml.text, s3ml.commands


def _record_settings(s3ml: Recorder) -> None:
    s3ml("config path")
    s3ml("config check")
    s3ml("config show")
    s3ml("config init", code=1)
    s3ml("context list")
    s3ml("context use", "here")
    s3ml("local status")
    s3ml("local start")
    s3ml("local env")
    s3ml("local logs", "-n", 0)
    s3ml("local stop", "--dir", s3ml.folder / "no-server")


def _record_buckets(s3ml: Recorder) -> None:
    s3ml("bucket create", BUCKET)
    s3ml("bucket create", f"{BUCKET}-more")
    s3ml("buckets", only=f'"{BUCKET}')
    s3ml("ls", only=f'"{BUCKET}')
    s3ml("bucket lifecycle", BUCKET)
    s3ml("bucket versioning", f"{BUCKET}-more", "suspended", "--yes")
    s3ml("bucket versioning", f"{BUCKET}-more", "on")
    s3ml("bucket block", f"{BUCKET}-more", "on", code=1)
    s3ml("bucket abort-uploads", f"{BUCKET}-more", "--dry-run")
    s3ml("put", s3ml.folder / "a.txt", f"{PLACE}-more/")
    s3ml("bucket empty", f"{BUCKET}-more", "--dry-run")
    s3ml("bucket empty", f"{BUCKET}-more", "--yes")
    s3ml("bucket delete", f"{BUCKET}-more", "--dry-run")
    s3ml("bucket delete", f"{BUCKET}-more", "--yes")


def _record_objects(s3ml: Recorder) -> None:
    a, b = s3ml.folder / "a.txt", s3ml.folder / "b.txt"
    s3ml("put", a, f"{PLACE}/one.txt", "--dry-run")
    s3ml("put", a, f"{PLACE}/one.txt")
    s3ml("put", b, f"{PLACE}/one.txt", "--yes")
    s3ml("stat", f"{PLACE}/one.txt")
    rows = s3ml("history", f"{PLACE}/one.txt")
    old = rows[-1]["version_id"]
    s3ml("stat", f"{PLACE}/one.txt", "--version-id", old)
    s3ml("restore", f"{PLACE}/one.txt", "--version-id", old, "--dry-run")
    s3ml("restore", f"{PLACE}/one.txt", "--version-id", old)
    s3ml("activity")
    s3ml("undo", "--dry-run")
    s3ml("undo", "--yes")
    s3ml("get", f"{PLACE}/one.txt", s3ml.folder / "down.txt")
    s3ml("verify", f"{PLACE}/one.txt", b)
    s3ml("verify", f"{PLACE}/one.txt", a, code=1)
    s3ml("cat", f"{PLACE}/one.txt", code=2)
    s3ml("preview", f"{PLACE}/one.txt")
    s3ml("share", f"{PLACE}/one.txt", "--expires", "15m")
    s3ml("edit", f"{PLACE}/one.txt", "--yes")
    s3ml("tag", f"{PLACE}/one.txt", "colour=red", "--yes")
    s3ml("tag", f"{PLACE}/one.txt")
    s3ml("meta", f"{PLACE}/one.txt", "content-type=text/x-one", "maker=nobody", "--yes")
    s3ml("meta", f"{PLACE}/one.txt")
    s3ml("cp", f"{PLACE}/one.txt", f"{PLACE}/copies/")
    s3ml("mv", f"{PLACE}/copies/one.txt", f"{PLACE}/copies/two.txt", "--yes")
    s3ml("rm", f"{PLACE}/one.txt", "--dry-run")
    s3ml("rm", f"{PLACE}/one.txt", "--yes")
    s3ml("undelete", f"{PLACE}/one.txt")
    s3ml("rm", f"{PLACE}/one.txt", "--yes")
    s3ml("undelete", f"{PLACE}/one.txt", "--remove-marker", "--yes")
    s3ml("unarchive", f"{PLACE}/one.txt")
    s3ml("purge", f"{PLACE}/one.txt", "--version-id", old, "--dry-run")
    s3ml("purge", f"{PLACE}/one.txt", "--version-id", old, "--yes")
    s3ml("mkdir", f"{PLACE}/empty/")
    s3ml("history", f"{PLACE}/none.txt", code=3)


def _record_many(s3ml: Recorder) -> None:
    tree = s3ml.folder / "tree"
    s3ml("put", "-r", tree, f"{PLACE}/tree/", "--dry-run")
    s3ml("put", "-r", tree, f"{PLACE}/tree/")
    s3ml("ls", f"{PLACE}/")
    s3ml("ls", "-r", f"{PLACE}/tree/")
    s3ml("find", f"{PLACE}/", "--name", "*.txt")
    s3ml("du", f"{PLACE}/tree/")
    (tree / "x.txt").write_text("changed\n")
    s3ml("sync", tree, f"{PLACE}/tree/", "--yes")
    s3ml("sync", f"{PLACE}/tree/", s3ml.folder / "synced", "--yes")
    s3ml("get", "-r", f"{PLACE}/tree/", s3ml.folder / "got")
    s3ml("cp", "-r", f"{PLACE}/tree/", f"{PLACE}/copied/", "--yes")
    s3ml("mv", "-r", f"{PLACE}/copied/", f"{PLACE}/moved/", "--yes")
    s3ml("tag", "-r", f"{PLACE}/moved/", "set=yes", "--yes")
    s3ml("meta", "-r", f"{PLACE}/moved/", "maker=all", "--yes")
    s3ml("rm", "-r", f"{PLACE}/moved/", "--dry-run")
    s3ml("rm", "-r", f"{PLACE}/moved/", "--yes")
    s3ml("ls", "-r", "--deleted", f"{PLACE}/moved/")
    s3ml("undelete", "-r", f"{PLACE}/moved/", "--yes")
    s3ml("transfers")
    s3ml("activity")


def _record_training(s3ml: Recorder) -> None:
    s3ml("init", WORKSPACE, "--dry-run")
    s3ml("init", WORKSPACE)
    s3ml("init", WORKSPACE)
    s3ml("put", s3ml.folder / "churn.csv", f"{WORKSPACE}/dataset/raw/churn.csv")
    s3ml("run", s3ml.folder / "churn.toml", "--dry-run")
    run_id = s3ml("run", s3ml.folder / "churn.toml")[0]["run_id"]
    s3ml("runs")
    s3ml("runs", run_id)
    s3ml("runs", "20200101-0000-nope", code=3)
    s3ml("models")
    s3ml("models show", "v1")
    s3ml("models promote", "champion", "v1")
    s3ml("promote", "champion", "v1")
    s3ml("models show", "champion")
    s3ml("predict", "champion", "dataset/raw/churn.csv", "--dry-run")
    s3ml("predict", "champion", "dataset/raw/churn.csv")
    s3ml("logs", run_id)
    s3ml("history", f"{WORKSPACE}/dataset/raw/churn.csv")
    started = s3ml.alone("run", s3ml.folder / "long.toml", "--no-follow")[0]
    s3ml("cancel", started["run_id"], "--yes")
    s3ml("runs")
    s3ml("doctor", WORKSPACE)
    s3ml("doctor", "--policy", "browse", WORKSPACE)


def _record_ends(s3ml: Recorder) -> None:
    s3ml("demo", "--headless")
    for bucket in (BUCKET, "s3ml-demo"):
        s3ml("bucket delete", bucket, "--yes", only="nothing")  # how large it was depends on how long the runs took


def main() -> None:
    """Record the checkout whose package is imported."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    (target / "help.txt").write_text(recorded_help())
    (target / "actions.txt").write_text(recorded_actions())
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        server_folder = Path(folder) / "server"
        local = [sys.executable, "-m", "s3ml_tui", "local"]
        subprocess.run([*local, "start", "--dir", str(server_folder)], check=True, capture_output=True)
        try:
            work = Path(folder) / "work"
            work.mkdir()
            text, _ = recorded_json(work, server_folder)
            (target / "json.txt").write_text(text)
        finally:
            subprocess.run([*local, "stop", "--dir", str(server_folder)], check=True, capture_output=True)


if __name__ == "__main__":
    main()
