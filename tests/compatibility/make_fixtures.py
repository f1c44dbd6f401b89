"""Makes the fixtures of a version of s3ml, by its own code: what it left in the state folder, the settings, the bucket.

    cd CHECKOUT && .venv/bin/python PATH/TO/make_fixtures.py FOLDER

Those in `5680b01/` were made so from commit 5680b01, before anything was moved or renamed; they are never made anew.
What is there and how it is loaded: `fixtures.py`.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path.cwd()))  # the checkout, whose scenes are killed

from moto.server import ThreadedMotoServer

from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.settings.bookmarks import add_bookmark
from s3ml_tui.settings.recent_places import visit
from tests.cli.test_walk import SLOW, SPEC, churn
from tests.faults import kill_scenes, kill_scenes_back, kill_way
from tests.faults.forking import Forks
from tests.faults.kill_points import Kills, Point
from tests.faults.kill_scenes import MIB, Arrange, World, large, small
from tests.faults.kill_way import KillWay
from tests.servers import S3Server

WORK = Path("/tmp/s3ml-5680b01")
"""Stands in the fixtures wherever a path of this machine does."""
SERVER = WORK / "server"
BUCKET, PLAIN, NEW, SET = "compat", "compat-plain", "compat-new", "compat-set"
"""Versioned; without versions; made to be undone; whose versioning was suspended."""
WORKSPACE = f"s3://{BUCKET}/ml"
CASES: tuple[Arrange, ...] = (
    kill_scenes.put_large,
    kill_scenes.put_folder_with_large,
    kill_scenes.get_large,
    kill_scenes.mv_large,
    kill_scenes_back.restore_large,
    kill_scenes_back.undelete_folder,
)
OPENED: dict[str, dict[str, str]] = {}
"""The headers with which multipart uploads were begun, by bucket and key."""


def main() -> None:
    target = Path(sys.argv[1]).absolute()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    environment = prepared()
    s3ml(environment, "local", "start")
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        server = server_of(environment)
        settings_file()
        acts(environment, server)
        kills = {arrange.__name__: killed(server, arrange) for arrange in CASES}
        block(environment, "http://{}:{}".format(*moto.get_host_and_port()))
        trains(environment)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        export(server, target, moto="http://{}:{}".format(*moto.get_host_and_port()), kills=kills)
        keep_state(target)
        told = s3ml(environment, "activity", "--json")
        (target / "activity.json").write_text(told)
        (target / "runs.json").write_text(s3ml(environment, "runs", "--workspace", WORKSPACE, "--json"))
        (target / "models.json").write_text(s3ml(environment, "models", "--workspace", WORKSPACE, "--json"))
    finally:
        moto.stop()
        s3ml(environment, "local", "stop")


# arranging ------------------------------------------------------------------------------------------------------------


def prepared() -> dict[str, str]:
    """The environment of the commands: an empty home, the embedded server."""
    home = WORK / "home"
    home.mkdir()
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    made = {"HOME": str(home), **folders, "S3ML_LOCAL_DIR": str(SERVER), "AWS_EC2_METADATA_DISABLED": "true"}
    os.environ |= made
    return {**os.environ}


def s3ml(environment: Mapping[str, str], *words: object, code: int = 0, local: bool = True) -> str:
    """Run a command in a process of its own; what it printed."""
    said = [sys.executable, "-m", "s3ml_tui", *(["--local"] if local else []), *map(str, words)]
    ended = subprocess.run(
        said, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    print("$", *said[3:], flush=True)
    assert ended.returncode == code, f"{said} ended with {ended.returncode}: {ended.stderr}"
    return ended.stdout


def server_of(environment: Mapping[str, str]) -> S3Server:
    values = json.loads(s3ml(environment, "local", "env", "--json"))["values"]
    return S3Server(values["AWS_ENDPOINT_URL"], values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"])


def settings_file() -> None:
    """Settings as a user has them who used all of it."""
    environment = {**os.environ}
    s3ml(environment, "config", "init", local=False)
    path = WORK / "home" / "config" / "s3ml" / "config.toml"
    text = path.read_text()
    text = 'theme = "nord"\nascii = true\n' + text
    text += """
[contexts.prod]
profile = "acme"
endpoint_url = "https://s3.example.com"
region = "eu-central-1"
workspace = "s3://acme-ml/churn/"
read_only = true
request_payer = true
colour = "red"

[contexts.laptop]
local = true
local_dir = "/tmp/s3ml-5680b01/server"
colour = "success"

[keys]
"browse.delete" = "Z,delete"
app.undo = ["ctrl+z", "U"]
"""
    path.write_text(text)
    add_bookmark(Mark("raw", "s3://acme-ml/churn/dataset/raw/"))
    add_bookmark(Mark("champion", "s3://acme-ml/churn/models/v3/", "prod"))
    s3ml(environment, "context", "use", "laptop", local=False)
    for context, uri in (("prod", "s3://acme-ml/churn/"), ("laptop", "s3://compat/"), ("prod", "s3://acme-ml/")):
        visit(context, uri)


def Mark(*parts: str) -> Any:  # noqa: N802 - a class, wherever it lies
    from s3ml_tui.settings import Bookmark

    return Bookmark(*parts)


def write(name: str, data: str) -> Path:
    path = WORK / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data)
    return path


# what is done and can be undone ---------------------------------------------------------------------------------------


def acts(environment: Mapping[str, str], server: S3Server) -> None:
    """Something of every kind of undo, each at a place of its own."""
    client = server.client()
    client.create_bucket(Bucket=PLAIN)
    s3ml(environment, "bucket", "create", BUCKET)
    s3ml(environment, "bucket", "create", SET)
    here, plain = f"s3://{BUCKET}", f"s3://{PLAIN}"
    one, two = write("one.txt", "one\n"), write("two.txt", "two\n")

    s3ml(environment, "put", one, f"{here}/put/a.txt")  # DeleteObject
    s3ml(environment, "put", one, f"{here}/over/a.txt")
    s3ml(environment, "put", two, f"{here}/over/a.txt", "--yes")  # CopyForward
    s3ml(environment, "put", one, f"{here}/rm/a.txt")
    s3ml(environment, "rm", f"{here}/rm/a.txt", "--yes")  # CopyForward
    for name in ("a.txt", "b.txt"):
        s3ml(environment, "put", one, f"{here}/many/{name}")
    s3ml(environment, "rm", "-r", f"{here}/many/", "--yes")  # BringBackMany
    for name in ("a.txt", "b.txt"):
        s3ml(environment, "put", two, f"{here}/back/{name}")
    s3ml(environment, "rm", "-r", f"{here}/back/", "--yes")
    s3ml(environment, "undelete", "-r", f"{here}/back/", "--yes")  # DeleteMany
    s3ml(environment, "put", one, f"{here}/tags/a.txt")
    s3ml(environment, "tag", f"{here}/tags/a.txt", "colour=red")
    s3ml(environment, "tag", f"{here}/tags/a.txt", "colour=blue", "size=small")  # ChangeTags
    s3ml(environment, "put", one, f"{plain}/meta/a.txt")
    s3ml(environment, "meta", f"{plain}/meta/a.txt", "maker=nobody", "content-type=text/x-one")  # ChangeDescription
    s3ml(environment, "put", one, f"{here}/moved/a.txt")
    s3ml(environment, "put", two, f"{here}/moved/b.txt")
    s3ml(environment, "mv", "-r", f"{here}/moved/", f"{here}/moved-to/", "--yes")  # TakeBack
    s3ml(environment, "put", one, f"{plain}/mv/a.txt")
    s3ml(environment, "put", two, f"{plain}/mv/b.txt")
    s3ml(
        environment, "mv", f"{plain}/mv/a.txt", f"{plain}/mv/b.txt", "--on-conflict", "overwrite", "--yes"
    )  # CopyObjects
    s3ml(environment, "bucket", "create", NEW)  # DeleteBucket
    s3ml(environment, "put", one, f"s3://{SET}/a.txt")
    s3ml(environment, "bucket", "versioning", SET, "suspended", "--yes")  # SetVersioning
    tree = write("tree/0.txt", "0\n").parent
    for number in range(1, 120):
        write(f"tree/{number}.txt", f"{number}\n")
    s3ml(environment, "put", "-r", tree, f"{here}/tree/")  # TakeUploadsBack, in a file of its own
    s3ml(environment, "put", "-r", tree / "0.txt", f"{here}/few/", "--on-conflict", "overwrite")  # TakeUploadsBack
    s3ml(environment, "put", one, f"{here}/undone/a.txt")
    s3ml(environment, "mv", f"{here}/undone/a.txt", f"{here}/undone/b.txt", "--yes")
    s3ml(environment, "undo", "--yes")  # undoes another, and can be undone
    s3ml(environment, "purge", f"{here}/undone/b.txt", "--version-id", oldest(client, "undone/b.txt"), "--yes")
    marker(environment)


def oldest(client: Any, key: str) -> str:
    return str(client.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"][-1]["VersionId"])


def marker(environment: Mapping[str, str]) -> None:
    """RemoveMarker: kept by the codec, though no command's undo is one; planned and noted by the services."""
    here = f"s3://{BUCKET}/marker/a.txt"
    s3ml(environment, "put", WORK / "files" / "one.txt", here)
    s3ml(environment, "rm", here, "--yes")
    from s3ml_tui import bootstrap, settings
    from s3ml_tui.domain.uri import parse_object
    from s3ml_tui.settings import Flags

    services = bootstrap.open_services(settings.load(Flags(local=True)).context, by="make_fixtures")
    key = parse_object(here)
    plan: Any = services.versions.plan_undelete(services.versions.whole_history(key))
    services.activity.note(Outcome("Deleted a.txt by hand", datetime.now(UTC), key=key, undo=plan))
    services.close()


def block(environment: Mapping[str, str], endpoint: str) -> None:
    """SetBlock: the embedded server has none, moto has."""
    keys = {"AWS_ACCESS_KEY_ID": "moto", "AWS_SECRET_ACCESS_KEY": "moto-secret", "AWS_REGION": "us-east-1"}
    there = {**environment, **keys, "AWS_ENDPOINT_URL": endpoint}
    there.pop("S3ML_LOCAL_DIR")
    config = WORK / "moto.toml"
    config.write_text("")
    there["S3ML_CONFIG"] = str(config)
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="moto",
        aws_secret_access_key="moto-secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="compat-block")
    s3ml(there, "bucket", "block", "compat-block", "on", "--yes", local=False)


def trains(environment: Mapping[str, str]) -> None:
    """Runs that succeeded, one that failed, was cancelled, was killed; models, an alias with moves; a prediction."""
    there = {**environment, "S3ML_WORKSPACE": WORKSPACE}
    spec, bad, slow = (write(f"{name}.toml", text) for name, text in (
        ("churn", SPEC), ("bad", SPEC.replace('"churned"', '"nobody"')), ("slow", SLOW),
    ))  # fmt: skip
    s3ml(there, "init", WORKSPACE)
    s3ml(there, "put", write("churn.csv", churn()), f"{WORKSPACE}/dataset/raw/churn.csv")
    s3ml(there, "run", spec)
    s3ml(there, "run", bad, code=1)
    s3ml(there, "run", spec)
    s3ml(there, "promote", "champion", "v1")
    s3ml(there, "promote", "champion", "v2")  # MoveAlias
    elsewhere = {**there, "XDG_STATE_HOME": str(WORK / "elsewhere")}  # where none of these runs was started
    s3ml(elsewhere, "predict", "champion", "dataset/raw/churn.csv", "--yes")
    trusted = WORK / "elsewhere" / "s3ml" / "trusted.jsonl"
    shutil.copy(trusted, WORK / "home" / "state" / "s3ml" / "trusted.jsonl")
    cancelled = json.loads(s3ml(there, "run", slow, "--no-follow", "--json"))
    s3ml(there, "cancel", cancelled["run_id"], "--yes")
    started = json.loads(s3ml(there, "run", slow, "--no-follow", "--json"))
    client = server_of(environment).client()
    chunks = f"ml/logs/training/{started['run_id']}/"
    while client.list_objects_v2(Bucket=BUCKET, Prefix=chunks)["KeyCount"] < 3:
        time.sleep(0.2)
    os.killpg(started["pid"], signal.SIGKILL)


# what is killed -------------------------------------------------------------------------------------------------------


def killed(server: S3Server, arrange: Arrange) -> dict[str, Any]:
    """Kill the scene's command where its journal tells of something open with a part of it there; what was left."""
    forward = kill_way._Passing._forward

    def watched(handler: Any, body: bytes) -> Any:
        if handler.command == "POST" and handler.path.endswith("?uploads"):
            headers = {name.lower(): value for name, value in handler.headers.items()}
            OPENED[handler.path.partition("?")[0].lstrip("/")] = headers
        return forward(handler, body)

    kill_way._Passing._forward = watched  # type: ignore[method-assign, assignment]
    name = arrange.__name__
    forks = WORK / "forks"
    forks.mkdir(exist_ok=True)
    with KillWay(server.endpoint) as way, Forks(forks) as forking:
        kills = Kills(server, way, forking, WORK)
        is_down = name.startswith("get")
        for nth in range(4, 20) if is_down else range(40, 3, -1):
            client = server.client()
            remove_below(client, f"{name}/")
            shutil.rmtree(WORK / name, ignore_errors=True)
            (WORK / name / "temporary").mkdir(parents=True)
            world = World(server, BUCKET, f"{name}/", WORK / name)
            scene = kills._arranged(world, arrange)
            ended = kills._run(
                world, scene, Point("note", "after", nth) if is_down else Point("request", "before", nth)
            )
            journals = list((WORK / name).glob("home/state/s3ml/transfers/*.jsonl"))
            if ended.code == -9 and journals and is_in_the_middle(client, name, journals[0].read_text()):
                print(f"{name}: killed at {nth}", flush=True)
                return {
                    "endpoint": way.endpoint,
                    "journal": journals[0].name,
                    "files": {
                        str(path.relative_to(WORK / name)): path.stat().st_mtime_ns
                        for part in ("up", "down")
                        for path in (WORK / name / part).rglob("*")
                        if path.is_file()
                    },
                }
    raise AssertionError(f"{name} was never killed in its middle")


def remove_below(client: Any, prefix: str) -> None:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=prefix):
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            client.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    for one in client.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get("Uploads", []):
        client.abort_multipart_upload(Bucket=BUCKET, Key=one["Key"], UploadId=one["UploadId"])


def is_in_the_middle(client: Any, name: str, journal: str) -> bool:
    """Whether something large is open, and a part of it there; of many, whether some are done."""
    if name.startswith("get"):
        return '"range"' in journal
    found = client.list_multipart_uploads(Bucket=BUCKET, Prefix=f"{name}/").get("Uploads", [])
    parts = [
        client.list_parts(Bucket=BUCKET, Key=one["Key"], UploadId=one["UploadId"]).get("Parts", []) for one in found
    ]
    return '"up"' in journal and any(parts) and ("folder" not in name or '"ok"' in journal or name.startswith("undel"))


# what is kept ---------------------------------------------------------------------------------------------------------


def export(server: S3Server, target: Path, *, moto: str, kills: Mapping[str, Any]) -> None:
    """All buckets: every version with what is kept with it, every open upload with its parts."""
    client = server.client()
    buckets = {name: client.get_bucket_versioning(Bucket=name).get("Status", "") for name in (BUCKET, PLAIN, NEW, SET)}
    about = {
        "host": socket.gethostname(),
        "work": str(WORK),
        "endpoint": server.endpoint,
        "moto": moto,
        "made": datetime.now(UTC).isoformat(),
        "buckets": buckets,
        "kills": kills,
    }
    (target / "about.json").write_text(json.dumps(about, indent=1) + "\n")
    rows = [row for bucket in buckets for row in versions(client, bucket)]
    rows += uploads(client)
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (target / "objects.jsonl.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def versions(client: Any, bucket: str) -> Iterator[dict[str, Any]]:
    """In the order they were made, which the server's ids tell: the later, the smaller."""
    found: list[dict[str, Any]] = []
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found += [*page.get("Versions", []), *({**one, "IsMarker": True} for one in page.get("DeleteMarkers", []))]
    for one in sorted(found, key=lambda one: one["VersionId"], reverse=True):
        row = {"bucket": bucket, "key": one["Key"], "version_id": one["VersionId"]}
        if one.get("IsMarker"):
            yield {**row, "is_marker": True}
            continue
        named = {} if one["VersionId"] == "null" else {"VersionId": one["VersionId"]}
        got = client.get_object(Bucket=bucket, Key=one["Key"], **named)
        tags = client.get_object_tagging(Bucket=bucket, Key=one["Key"], **named)["TagSet"]
        headers = {name: got[name] for name in ("ContentType", "CacheControl", "ContentEncoding") if got.get(name)}
        yield {
            **row,
            "etag": one["ETag"].strip('"'),
            "headers": headers,
            "metadata": got["Metadata"],
            "tags": {tag["Key"]: tag["Value"] for tag in tags},
            **kept_body(got["Body"].read()),
        }


def uploads(client: Any) -> Iterator[dict[str, Any]]:
    for one in client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
        parts = client.list_parts(Bucket=BUCKET, Key=one["Key"], UploadId=one["UploadId"]).get("Parts", [])
        headers = OPENED[f"{BUCKET}/{one['Key']}"]
        yield {
            "bucket": BUCKET,
            "key": one["Key"],
            "upload_id": one["UploadId"],
            "content_type": headers.get("content-type", ""),
            "algorithm": headers.get("x-amz-checksum-algorithm", ""),
            "metadata": {
                name.removeprefix("x-amz-meta-"): value
                for name, value in headers.items()
                if name.startswith("x-amz-meta-")
            },
            "parts": {part["PartNumber"]: part["Size"] for part in parts},
        }


def kept_body(data: bytes) -> dict[str, Any]:
    """Bytes; those of large objects by what of the scenes they are: `small(count)["big.bin"]`, `large(number)`."""
    if len(data) >= MIB:
        named = {"small": 4} if data == small(count=4)["big.bin"] else {"large": int(not large().startswith(data))}
        return {**named, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def keep_state(target: Path) -> None:
    """Everything that lies in the state folder, the settings, and what the embedded server remembers of itself."""
    for source, name in (("home/state/s3ml", "state"), ("home/config/s3ml", "config")):
        shutil.copytree(WORK / source, target / name)
    for arrange in CASES:
        folder = WORK / arrange.__name__ / "home" / "state" / "s3ml" / "transfers"
        shutil.copytree(folder, target / "kills" / arrange.__name__)
    local = target / "local"
    local.mkdir()
    for path in SERVER.iterdir():
        if path.is_file() and path.suffix != ".log":
            shutil.copy(path, local / path.name)
    for lock in target.rglob("*.lock"):
        lock.unlink()


if __name__ == "__main__":
    main()
