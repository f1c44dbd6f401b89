"""No action on one object sends more requests than it may; counted by a proxy before the embedded server."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import Place
from tests import few_requests
from tests.cli.line import line_to
from tests.few_requests import ACTIONS, KEY, Action, Scene, request_line
from tests.s3.faults import Asked, Fault, FaultyServer, method, query
from tests.servers import S3Server
from tests.services.arranged import manifest_record
from tests.ui.requests_of_r import second_restore

BY_R = 8
"""From the key to the history painted again, the second time in a session."""


@pytest.fixture
def scene(seaweed: S3Server, tmp_path: Path) -> Iterator[Scene]:
    """A workspace in which nothing was done yet."""
    bucket = seaweed.bucket()
    line_to(seaweed)("-y", "init", f"s3://{bucket}")
    with FaultyServer(seaweed.endpoint) as proxy:
        yield Scene(seaweed, proxy, bucket, tmp_path)


def entries(scene: Scene) -> list[str]:
    """Of the object, newest first: what each version is, `✗` for a delete marker."""
    listing = scene.server.client().list_object_versions(Bucket=scene.bucket, Prefix=KEY)
    found = [*listing.get("Versions", ()), *listing.get("DeleteMarkers", ())]
    found.sort(key=lambda one: not one["IsLatest"])
    return [_body(scene, one["VersionId"]) if "ETag" in one else "✗" for one in found]


def _body(scene: Scene, version_id: str) -> str:
    got = scene.server.client().get_object(Bucket=scene.bucket, Key=KEY, VersionId=version_id)
    body: bytes = got["Body"].read()
    return body.decode().strip()


def lines(sent: Sequence[Asked]) -> str:
    return "\n".join(map(request_line, sent))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_no_more_requests_are_sent_than_there_may_be(action: Action, scene: Scene) -> None:
    words = action.arrange(scene)
    sent = scene.sent(lambda: line_to(scene.through)("-y", *words))
    assert 0 < len(sent) <= action.at_most, lines(sent)
    assert all("authorization" in asked.headers for asked in sent), lines(sent)


def test_tags_come_back_with_their_version_and_are_seen_there(scene: Scene) -> None:
    words = few_requests.restore_tagged(scene)
    sent = scene.sent(lambda: line_to(scene.through)("-y", *words))
    assert len(sent) <= 7, lines(sent)
    tags = scene.server.client().get_object_tagging(Bucket=scene.bucket, Key=KEY)["TagSet"]
    assert tags == [{"Key": "team", "Value": "a"}]


def test_a_history_costs_one_more_request_for_each_manifest_that_was_not_read(scene: Scene) -> None:
    version_id = scene.put()
    pin = Pin(scene.uri, version_id, "", "", 14)
    layout, client = Layout(Place(scene.bucket)), scene.server.client()
    for number in (1, 2):
        body = manifest_record(number, data=pin).to_bytes()
        client.put_object(Bucket=scene.bucket, Key=layout.model_manifest(number).key, Body=body)
    said = line_to(scene.through)
    sent = scene.sent(lambda: said("history", scene.uri))
    assert len(sent) <= 4 + 2, lines(sent)
    [row] = said("--json", "history", scene.uri).rows
    assert [use["model"] for use in row["used_by"]] == ["models/v2", "models/v1"]


async def test_a_version_brought_back_by_its_key_for_the_second_time_sends_few(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in scene.through.environment().items():
        monkeypatch.setenv(variable, value)
    sent = await second_restore(scene)
    assert 0 < len(sent) <= BY_R, lines(sent)
    assert sorted(entries(scene)) == ["newer", "old", "old", "old"]


# every promise stays ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS[:5], ids=lambda action: action.name)
def test_a_lost_answer_makes_no_second_version(action: Action, scene: Scene) -> None:
    words = action.arrange(scene)
    before = len(entries(scene))
    scene.proxy.add(Fault(method("PUT", "DELETE"), is_answer_lost=True))
    line_to(scene.through)("-y", *words)
    assert len(entries(scene)) == before + 1
    assert scene.proxy.count(method("PUT", "DELETE")) == 1


def test_what_was_written_while_versioning_was_looked_at_is_not_written_over(scene: Scene) -> None:
    words = few_requests.put_on_top(scene)

    def meanwhile(answer: bytes) -> bytes:
        scene.put(b"somebody's")
        return answer

    scene.proxy.add(Fault(query("versions&"), change=meanwhile))
    said = line_to(scene.through)("-y", *words, code=1)
    assert "is no longer as it was when this was planned" in said.err
    assert entries(scene)[0] == "somebody's"
    assert len(entries(scene)) == 2


def test_the_undo_of_an_answer_that_was_believed_takes_it_back(scene: Scene) -> None:
    said = line_to(scene.through)
    said("-y", *few_requests.put_on_top(scene))
    put = datetime.now(UTC)
    assert entries(scene)[0] == "id,churned\n1,1"
    undone = said("-y", "undo")
    assert entries(scene)[0] == "id,churned\n1,0"
    assert f"{put.astimezone():%Y-%m-%d}" in undone.err


def test_a_bucket_that_keeps_no_versions_is_looked_at_as_before(scene: Scene) -> None:
    bucket = scene.server.bucket(versioned=False)
    plain = Scene(scene.server, scene.proxy, bucket, scene.folder)
    client = scene.server.client()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"old")
    said = line_to(plain.through)
    told_so = said("-y", "put", plain.file(), plain.uri)
    assert "keeps no versions" in told_so.err
    assert client.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"id,churned\n1,1\n"
    said("-y", "rm", plain.uri)
    assert client.list_object_versions(Bucket=bucket).get("Versions", []) == []


def test_the_undo_of_a_deleted_folder_sends_little_more_than_a_copy_an_object(scene: Scene) -> None:
    client, said = scene.server.client(), line_to(scene.through)
    for number in range(200):
        client.put_object(
            Bucket=scene.bucket,
            Key=f"many/{number:03}",
            Body=b"%d" % number,
            Metadata={"title": "mine"},
            Tagging="team=a",
        )
    said("-y", "rm", "-r", f"s3://{scene.bucket}/many/")
    sent = scene.sent(lambda: said("-y", "undo"))
    assert len(sent) <= 250, lines([*sent[:10], *sent[-30:]])
    for number in (0, 99, 199):
        got = client.get_object(Bucket=scene.bucket, Key=f"many/{number:03}")
        assert (got["Body"].read(), got["Metadata"]["title"]) == (b"%d" % number, "mine")
        assert got["TagCount"] == 1
