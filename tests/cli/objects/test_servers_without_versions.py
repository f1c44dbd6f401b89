"""Commands where no versions are listed, by the server or to these credentials, played by a proxy."""

from pathlib import Path

import pytest

from tests.cli.line import line_to
from tests.exhaustive import rows
from tests.s3.faults import Fault, FaultyServer, query
from tests.s3.test_other_servers import ALWAYS, NO_VERSION_LISTING
from tests.servers import S3Server


@pytest.mark.parametrize("fault", rows(NO_VERSION_LISTING, ["501"]))
def test_put_rm_and_undo_work_and_nobody_is_said_to_have_written_meanwhile(
    fault: Fault, moto: S3Server, tmp_path: Path
) -> None:
    bucket, file = moto.bucket(versioned=False), tmp_path / "a.txt"
    with FaultyServer(moto.endpoint) as faulty:
        faulty.add(fault)
        line = line_to(S3Server(faulty.endpoint, moto.access_key, moto.secret_key))
        said = []
        for text in ("one", "two"):
            file.write_text(text)
            said.append(line("put", file, f"s3://{bucket}/d/a.txt", "-y"))
        assert line("cat", f"s3://{bucket}/d/a.txt").out == "two"
        said.append(line("cp", f"s3://{bucket}/d/a.txt", f"s3://{bucket}/d/b.txt"))
        said.append(line("undo", "-y"))
        said.append(line("put", file, f"s3://{bucket}/d/c.txt"))
        assert line("history", f"s3://{bucket}/d/a.txt").err.count("this server lists no versions") == 1
        said.append(line("rm", f"s3://{bucket}/d/c.txt", "-y"))
        said.append(line("rm", "-r", f"s3://{bucket}/d/", "-y"))
        assert not any("meanwhile" in one.out + one.err for one in said)
        assert line("ls", "-r", f"s3://{bucket}/").out == ""
        line("bucket", "delete", bucket, "-y")


@pytest.mark.parametrize("words", [["rm", "d/a.txt"], ["rm", "-r", "d/"], ["sync", "--delete-all", "FOLDER", "d/"]])
def test_who_may_see_no_versions_deletes_one_object_as_well_as_many(
    words: list[str], moto: S3Server, tmp_path: Path
) -> None:
    bucket, client = moto.bucket(), moto.client()
    client.put_object(Bucket=bucket, Key="d/a.txt", Body=b"one")
    with FaultyServer(moto.endpoint) as faulty:
        for name in ("versions", "versioning"):
            faulty.add(Fault(query(name), ALWAYS, 403, b"<Error><Code>AccessDenied</Code></Error>"))
        line = line_to(S3Server(faulty.endpoint, moto.access_key, moto.secret_key))
        names = {"FOLDER": str(tmp_path)}
        verb, *rest = words
        line("-y", verb, *(names.get(one, one if one[0] == "-" else f"s3://{bucket}/{one}") for one in rest))
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    assert len(client.list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_a_tag_command_leaves_the_object_alone_where_the_server_passes_over_tags(
    moto: S3Server, tmp_path: Path
) -> None:
    bucket, client = moto.bucket(versioned=False), moto.client()
    xml = b'<?xml version="1.0"?><page/>'
    etag = client.put_object(Bucket=bucket, Key="a.xml", Body=xml)["ETag"]
    with FaultyServer(moto.endpoint) as faulty:
        faulty.add(Fault(query("tagging"), ALWAYS, 200, xml, {"ETag": etag, "x-amz-request-id": "1"}))
        line = line_to(S3Server(faulty.endpoint, moto.access_key, moto.secret_key))
        assert "keeps no tags" in line("tag", f"s3://{bucket}/a.xml", "team=ml", code=1).err
        assert line("stat", f"s3://{bucket}/a.xml").out
        assert not [asked for asked in faulty.asked if asked.method in {"PUT", "DELETE"}]
