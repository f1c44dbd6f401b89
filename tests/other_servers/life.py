"""Every step of an object's and of a workspace's life by commands; each says what lacks, or fails."""

import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.line import CommandLine
from tests.cli.test_walk import SPEC, churn

WORKS = ""
NO_OLD = "no old versions: the current one alone"
_MOST_LEVELS = 10
GONE = "what is deleted or replaced is gone"
NO_VERSIONS = "keeps no versions"
NOTHING_OLD = "nothing to bring back"
NO_TAGS = "keeps no tags"
ONE_LEVEL = "empty folders stay, and go one level at a time"


@dataclass(frozen=True, slots=True)
class Life:
    """Of one bucket on one server."""

    line: CommandLine
    bucket: str
    folder: Path

    def uri(self, key: str = "") -> str:
        return f"s3://{self.bucket}/{key}"

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def steps(self) -> Iterator[tuple[str, str]]:
        """The name of each step and what the server lacks for it; "" where it works whole."""
        for step in (*OBJECT, *WORKSPACE):
            yield step.__name__.replace("_", " "), step(self)


def init(life: Life) -> str:
    said = life.line("init", life.uri("ml"), "-y")
    assert f"Made the bucket {life.bucket}." in said.err
    assert ("Switched versioning on" in said.err) != ("This server keeps no versions" in said.err)
    assert "probe" not in life.line("ls", "-r", life.uri()).out
    return WORKS if "Switched versioning on" in said.err else NO_VERSIONS


def put(life: Life) -> str:
    life.line("put", life.file("a.txt", "one"), life.uri("d/a.txt"))
    return WORKS


def ls(life: Life) -> str:
    assert "a.txt" in life.line("ls", life.uri("d/")).out
    return WORKS


def cat(life: Life) -> str:
    assert life.line("cat", life.uri("d/a.txt")).out == "one"
    return WORKS


def get(life: Life) -> str:
    life.line("get", life.uri("d/a.txt"), life.folder / "got.txt")
    assert (life.folder / "got.txt").read_text() == "one"
    return WORKS


def put_again(life: Life) -> str:
    life.line("put", life.file("a.txt", "two"), life.uri("d/a.txt"), "-y")
    assert life.line("cat", life.uri("d/a.txt")).out == "two"
    return WORKS


def history(life: Life) -> str:
    rows = life.line("history", life.uri("d/a.txt"), "--json").rows
    assert rows[0]["is_latest"]
    return WORKS if len(rows) == 2 else NO_OLD


def restore(life: Life) -> str:
    rows = life.line("history", life.uri("d/a.txt"), "--json").rows
    if len(rows) < 2:
        return NOTHING_OLD
    life.line("restore", life.uri("d/a.txt"), "--version-id", rows[1]["version_id"])
    assert life.line("cat", life.uri("d/a.txt")).out == "one"
    return WORKS


def cp(life: Life) -> str:
    life.line("cp", life.uri("d/a.txt"), life.uri("d/b.txt"))
    assert life.line("cat", life.uri("d/b.txt")).out == life.line("cat", life.uri("d/a.txt")).out
    return WORKS


def mv(life: Life) -> str:
    life.line("mv", life.uri("d/b.txt"), life.uri("d/c.txt"), "-y")
    assert [row["key"] for row in life.line("ls", "-r", life.uri("d/"), "--json").rows] == ["d/a.txt", "d/c.txt"]
    return WORKS


def tag(life: Life) -> str:
    before = life.line("cat", life.uri("d/c.txt")).out
    if "tags" in life.line("stat", life.uri("d/c.txt"), "--json").row["missing"]:
        assert "keeps no tags" in life.line("tag", life.uri("d/c.txt"), "team=ml", code=1).err
        assert life.line("cat", life.uri("d/c.txt")).out == before
        return NO_TAGS
    life.line("tag", life.uri("d/c.txt"), "team=ml")
    assert life.line("tag", life.uri("d/c.txt"), "--json").row["pairs"] == {"team": "ml"}
    assert life.line("cat", life.uri("d/c.txt")).out == before
    return WORKS


def meta(life: Life) -> str:
    life.line("meta", life.uri("d/c.txt"), "title=one")
    assert life.line("stat", life.uri("d/c.txt"), "--json").row["metadata"]["title"] == "one"
    return WORKS


def rm(life: Life) -> str:
    life.line("rm", life.uri("d/c.txt"), "-y")
    life.line("cat", life.uri("d/c.txt"), code=3)
    return WORKS


def undo(life: Life) -> str:
    life.line("put", life.file("u.txt", "new"), life.uri("d/u.txt"))
    life.line("undo", "-y")
    life.line("cat", life.uri("d/u.txt"), code=3)
    return WORKS


def undo_of_rm(life: Life) -> str:
    life.line("put", life.file("u.txt", "new"), life.uri("d/u.txt"))
    said = life.line("rm", life.uri("d/u.txt"), "-y")
    if "To undo it" not in said.err:
        return GONE
    life.line("undo", "-y")
    assert life.line("cat", life.uri("d/u.txt")).out == "new"
    return WORKS


def sync(life: Life) -> str:
    (life.folder / "up").mkdir()
    for name in ("x.txt", "y.txt"):
        life.file(f"up/{name}", name)
    life.line("sync", life.folder / "up", life.uri("s/"), "-y")
    life.line("sync", life.uri("s/"), life.folder / "down", "-y")
    assert sorted(path.name for path in (life.folder / "down").iterdir()) == ["x.txt", "y.txt"]
    return WORKS


def share(life: Life) -> str:
    link = life.line("share", life.uri("d/a.txt")).out.strip()
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(link, timeout=30) as answer:
        assert answer.read().decode() == life.line("cat", life.uri("d/a.txt")).out
    return WORKS


def mkdir_and_mv(life: Life) -> str:
    life.line("mkdir", life.uri("old/"))
    there = [row["key"] for row in life.line("ls", "-r", life.uri("old"), "--json").rows]
    if there != ["old/"]:
        return f"a key that ends with a slash is kept as {', '.join(there) or 'nothing'}"
    life.line("mv", "-r", life.uri("old/"), life.uri("new/"), "-y")
    assert [row["key"] for row in life.line("ls", "-r", life.uri("new/"), "--json").rows] == ["new/"]
    return WORKS


def rm_of_many(life: Life) -> str:
    said = life.line("rm", "-r", life.uri("s/"), "-y")
    assert "no longer as it was" not in said.err
    assert [row["key"] for row in life.line("ls", "-r", life.uri("s/"), "--json").rows if row["size"]] == []
    return WORKS


def run(life: Life) -> str:
    life.line("put", life.file("churn.csv", churn()), life.uri("ml/dataset/raw/churn.csv"))
    spec = life.file("churn.toml", SPEC)
    for number in (1, 2):
        assert life.line("run", spec, "--json").row["model"] == f"models/v{number}"
    return WORKS


def runs(life: Life) -> str:
    assert [row["model"] for row in life.line("runs", "--json").rows] == ["models/v2", "models/v1"]
    return WORKS


def models(life: Life) -> str:
    assert all(row["is_complete"] for row in life.line("models", "--json").rows)
    return WORKS


def promote_and_roll_back(life: Life) -> str:
    for model in ("v2", "v1"):
        life.line("promote", "champion", model)
    assert life.line("models", "--json").rows[1]["aliases"] == ["champion"]
    return WORKS


def logs(life: Life) -> str:
    run_id = life.line("runs", "--json").rows[0]["run_id"]
    assert life.line("logs", run_id).out
    return WORKS


def predict(life: Life) -> str:
    assert life.line("predict", "champion", "dataset/raw/churn.csv", "--json").row["rows"] == 120
    return WORKS


def doctor(life: Life) -> str:
    said = life.line("doctor", life.uri("ml"), "--write", "--json")
    assert "probe" not in life.line("ls", "-r", life.uri("ml/.s3ml/")).out
    lacks = [found["check"] for found in said.row["findings"] if found["verdict"] == "lacks"]
    lacks.remove("open uploads")  # a rule of the bucket, which nobody has added
    return f"lacks: {', '.join(lacks)}" if lacks else WORKS


def bucket_delete(life: Life) -> str:
    life.line("bucket", "empty", life.bucket, "-y")
    goes = 1
    while life.line("ls", "-r", life.uri()).out:
        assert not sum(row["size"] for row in life.line("ls", "-r", life.uri(), "--json").rows)
        assert goes < _MOST_LEVELS
        life.line("bucket", "empty", life.bucket, "-y")
        goes += 1
    life.line("bucket", "delete", life.bucket, "-y")
    assert life.bucket not in life.line("ls").out
    return WORKS if goes == 1 else ONE_LEVEL


Step = Callable[[Life], str]
OBJECT: tuple[Step, ...] = (
    *(init, put, ls, cat, get, put_again, history, restore, cp, mv, tag, meta, rm, undo, undo_of_rm, sync, share),
    *(mkdir_and_mv, rm_of_many),
)
WORKSPACE: tuple[Step, ...] = (run, runs, models, promote_and_roll_back, logs, predict, doctor, bucket_delete)
