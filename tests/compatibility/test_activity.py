"""What 5680b01 remembered of what was done is read, and taken back for real."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from s3ml_tui.services.local_state.plan_files import PlanFiles
from s3ml_tui.services.undo.activity import Activity, Where
from s3ml_tui.services.undo.activity_codec import GONE, UNDOS, line_of, plain_plan, read_line, read_plan
from tests.cli.line import CommandLine, line_to
from tests.compatibility.fixtures import FOLDER, Rewriting, about, lines, load_state
from tests.servers import Embedded, S3Server

AS_IT_WAS = Rewriting({})
SHOWN = [json.loads(line) for line in (FOLDER / "activity.json").read_text().splitlines()]
"""As `s3ml activity --json` of 5680b01 stored it."""
PLANS = json.loads((FOLDER / "undo_plans.json").read_text())
"""By id, each undo's plan as 5680b01 would have shown it, in UTC."""


def in_plan_file(deed_id: str) -> Any:
    return json.loads(gzip.decompress((FOLDER / "state" / "activity" / f"{deed_id}.json.gz").read_bytes()))


def without_gone(stored: Any) -> Any:
    """What was stored, without the names that are passed over by now."""
    match stored:
        case list():
            return [without_gone(one) for one in stored]
        case dict():
            gone = {*GONE} - ({"affirmative"} if stored.get("kind") == "MoveAlias" else set())
            return {name: without_gone(one) for name, one in stored.items() if name not in gone}
    return stored


# read -----------------------------------------------------------------------------------------------------------------


def test_there_is_a_line_for_every_kind_of_undo() -> None:
    found = {type(kept.plan) for line in lines() if (kept := read_line(line.encode())) is not None}
    assert set(UNDOS) <= found


def test_every_line_is_listed_as_it_was(tmp_path: Path) -> None:
    load_state(tmp_path / "s3ml", AS_IT_WAS)
    shown = CommandLine({"XDG_STATE_HOME": str(tmp_path)})("activity", "--json").rows
    assert [without_times(row) for row in shown] == [without_times(row) for row in SHOWN]


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"at", "undone_at"}}


@pytest.mark.parametrize("deed_id", PLANS)
def test_every_undo_means_what_it_meant(deed_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    load_state(tmp_path, AS_IT_WAS)
    stored = next(deed for line in lines() if (deed := json.loads(line)["deed"])["id"] == deed_id)["where"]
    activity = Activity(tmp_path, Where(stored["context"], stored["server"], stored["profile"]))
    plan = activity.undo_of(activity.find(deed_id))
    monkeypatch.undo()
    assert {
        "title": plan.title,
        "affirmative": plan.affirmative,
        "sentences": list(plan.sentences()),
        "is_destructive": plan.is_destructive,
        "changes_anything": plan.changes_anything,
    } == PLANS[deed_id]


@pytest.mark.parametrize("line", lines(), ids=lambda line: json.loads(line)["deed"]["id"])
def test_a_line_is_written_again_as_it_was_but_for_what_every_plan_of_its_kind_says(line: str, tmp_path: Path) -> None:
    kept = read_line(line.encode())
    assert kept is not None
    stored = without_gone(json.loads(line))
    plan = read_plan(in_plan_file(kept.record.id)) if stored.get("has_plan_file") else kept.plan
    files = PlanFiles(tmp_path)
    again = json.loads(line_of(kept.record, plan, files))
    assert again == stored
    if stored.get("has_plan_file"):
        assert files.read(kept.record.id) == without_gone(in_plan_file(kept.record.id))
        assert plan is not None
        assert plain_plan(plan) == without_gone(in_plan_file(kept.record.id))


# taken back -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bucket:
    """What is in it now."""

    server: S3Server
    name: str = "compat"

    def body(self, key: str) -> str:
        return str(self.server.client().get_object(Bucket=self.name, Key=key)["Body"].read().decode())

    def is_deleted(self, key: str) -> bool:
        """Whether a marker is on top, or nothing is there."""
        found = self.server.client().list_objects_v2(Bucket=self.name, Prefix=key)
        return not found["KeyCount"]

    def count(self, key: str) -> tuple[int, int]:
        """How many versions and markers."""
        found = self.server.client().list_object_versions(Bucket=self.name, Prefix=key)
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))


Check = Callable[[S3Server], bool]


def _tags(server: S3Server) -> bool:
    found = server.client().get_object_tagging(Bucket="compat", Key="tags/a.txt")["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found} == {"colour": "red"}


def _described(server: S3Server) -> bool:
    found = server.client().head_object(Bucket="compat-plain", Key="meta/a.txt")
    return "maker" not in found["Metadata"] and found["ContentType"].startswith("text/plain")


def _moved_back(server: S3Server) -> bool:
    bucket = Bucket(server)
    return (
        (bucket.body("moved/a.txt"), bucket.body("moved/b.txt")) == ("one\n", "two\n")
        and bucket.is_deleted("moved-to/")
        and bucket.count("moved/a.txt") == (2, 1)
    )


def _many_back(server: S3Server) -> bool:
    bucket = Bucket(server)
    return (bucket.body("many/a.txt"), bucket.body("many/b.txt")) == ("one\n", "one\n")


def _is_gone(server: S3Server) -> bool:
    with pytest.raises(ClientError, match=r"404|NoSuchBucket"):
        server.client().head_bucket(Bucket="compat-new")
    return True


def _champion(server: S3Server) -> bool:
    found = Bucket(server).body("ml/.s3ml/aliases/champion/000003.json")
    return bool(json.loads(found)["model"] == "models/v1")


DONE: dict[str, tuple[str, Check]] = {
    "xnksevig": ("DeleteObject", lambda server: Bucket(server).is_deleted("put/")),
    "bmnfcgkn": ("CopyForward", lambda server: Bucket(server).body("rm/a.txt") == "one\n"),
    "nvnmedjv": ("BringBackMany", _many_back),
    "frqupvup": ("DeleteMany", lambda server: Bucket(server).is_deleted("back/")),
    "gynpenum": ("ChangeTags", _tags),
    "yuvfcuxv": ("ChangeDescription", _described),
    "dnpajdwn": ("TakeBack", _moved_back),
    "rcisecci": ("CopyObjects", lambda server: Bucket(server, "compat-plain").body("mv/a.txt") == "one\n"),
    "cxtwabnp": ("DeleteBucket", _is_gone),
    "pevfmjvd": (
        "SetVersioning",
        lambda server: server.client().get_bucket_versioning(Bucket="compat-set")["Status"] == "Enabled",
    ),
    "gtciyxzd": ("TakeUploadsBack", lambda server: Bucket(server).is_deleted("tree/")),
    "atkaitbb": ("TakeUploadsBack", lambda server: Bucket(server).is_deleted("few/")),
    "xcuhzgnx": ("RemoveMarker", lambda server: Bucket(server).count("marker/a.txt") == (1, 0)),
    "yxhrifdi": ("MoveAlias", _champion),
}  # fmt: skip
"""By id, the kind of the undo, and what has to be so after it; SetBlock and two in a row have tests of their own."""


def here(embedded: Embedded, loaded: Rewriting, folder: Path) -> CommandLine:
    """The command line on the embedded server, with the state of 5680b01."""
    load_state(folder / "s3ml", loaded)
    return CommandLine({"XDG_STATE_HOME": str(folder), "S3ML_LOCAL_DIR": str(embedded.info.folder)})


def kind_of(deed_id: str) -> str:
    stored = next(stored for line in lines() if (stored := json.loads(line))["deed"]["id"] == deed_id)
    return str((stored.get("plan") or in_plan_file(deed_id))["kind"])


@pytest.mark.parametrize("deed_id", DONE, ids=[f"{kind} {deed_id}" for deed_id, (kind, _) in DONE.items()])
def test_what_5680b01_did_is_undone(deed_id: str, loaded: Rewriting, embedded: Embedded, tmp_path: Path) -> None:
    kind, condition = DONE[deed_id]
    assert kind_of(deed_id) == kind
    line = here(embedded, loaded, tmp_path)
    line("--local", "undo", deed_id, "--yes")
    assert condition(embedded.server)
    after = {row["id"]: row["state"] for row in line("activity", "--json").rows}
    assert after[deed_id] == "undone"


def test_one_after_the_other_is_undone(loaded: Rewriting, embedded: Embedded, tmp_path: Path) -> None:
    line, bucket = here(embedded, loaded, tmp_path), Bucket(embedded.server)
    first, second = "vpsukxjx", "bddjjxev"
    line("--local", "undo", first, "--yes", code=1)  # something came after it
    assert (bucket.body("over/a.txt"), bucket.count("over/a.txt")) == ("two\n", (2, 0))
    line("--local", "undo", second, "--yes")
    assert (bucket.body("over/a.txt"), bucket.count("over/a.txt")) == ("one\n", (3, 0))
    line("--local", "undo", first, "--yes")
    assert bucket.is_deleted("over/")


def test_a_block_of_public_access_is_undone(moto: S3Server, tmp_path: Path) -> None:
    client = moto.client()
    client.create_bucket(Bucket="compat-block")
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    client.put_public_access_block(Bucket="compat-block", PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
    assert kind_of("finmmibw") == "SetBlock"
    load_state(tmp_path / "s3ml", Rewriting({about()["moto"]: moto.endpoint}))
    line = CommandLine({**line_to(moto).environment, "XDG_STATE_HOME": str(tmp_path)})
    line("undo", "finmmibw", "--yes")
    try:
        found = client.get_public_access_block(Bucket="compat-block")["PublicAccessBlockConfiguration"]
    except ClientError:
        found = {}
    assert not any(found.values())


def test_every_kind_of_undo_is_performed() -> None:
    performed = {kind for kind, _ in DONE.values()} | {"SetBlock"}
    assert performed == {json.loads(line)["plan"]["kind"] for line in lines() if "plan" in json.loads(line)}
