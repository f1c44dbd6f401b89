"""`s3ml ls`."""

from tests.cli.line import CommandLine
from tests.servers import S3Server


def fill(moto: S3Server, bucket: str, *keys: str) -> None:
    for key in keys:
        moto.client().put_object(Bucket=bucket, Key=key, Body=b"12345")


def test_buckets(line: CommandLine, bucket: str) -> None:
    row = line("ls", "--json").row
    assert row["bucket"] == bucket
    assert row["uri"] == f"s3://{bucket}/"
    assert row["creation_date"]
    assert line("ls").out.rstrip().endswith(f"s3://{bucket}")


def test_one_level_in_order_of_keys(line: CommandLine, moto: S3Server, bucket: str) -> None:
    fill(moto, bucket, "a.csv", "b/one.csv", "c.csv", "b/two/three.csv")
    said = line("ls", f"s3://{bucket}")
    assert [row.split()[-1] for row in said.out.splitlines()] == ["a.csv", "b/", "c.csv"]
    assert said.err == ""
    rows = line("ls", "--json", f"s3://{bucket}").rows
    assert rows[1] == {"uri": f"s3://{bucket}/b/", "bucket": bucket, "prefix": "b/"}
    assert {"uri", "bucket", "key", "size", "last_modified", "etag", "storage_class"} == set(rows[0])
    assert rows[0]["size"] == 5


def test_everything_below_with_whole_keys(line: CommandLine, moto: S3Server, bucket: str) -> None:
    fill(moto, bucket, "b/one.csv", "b/two/three.csv")
    said = line("ls", "-r", f"s3://{bucket}/b")
    assert [row.split()[-1] for row in said.out.splitlines()] == ["b/one.csv", "b/two/three.csv"]


def test_deleted_objects_on_request(line: CommandLine, moto: S3Server, bucket: str) -> None:
    fill(moto, bucket, "a.csv", "b.csv")
    moto.client().delete_object(Bucket=bucket, Key="b.csv")
    assert [row["key"] for row in line("ls", "--json", f"s3://{bucket}").rows] == ["a.csv"]
    rows = line("ls", "--json", "--deleted", f"s3://{bucket}").rows
    assert [row["key"] for row in rows] == ["a.csv", "b.csv"]
    assert rows[1]["is_delete_marker"] is True
    assert rows[1]["version_id"]


def test_an_object_is_listed_by_its_own_address(line: CommandLine, moto: S3Server, bucket: str) -> None:
    fill(moto, bucket, "b/one.csv")
    assert line("ls", f"s3://{bucket}/b/one.csv").out.split()[-1] == "one.csv"
    assert "nothing" in line("ls", f"s3://{bucket}/b/other.csv", code=3).err


def test_an_empty_place_says_so_on_stderr(line: CommandLine, bucket: str) -> None:
    said = line("ls", f"s3://{bucket}")
    assert said.out == ""
    assert "is empty" in said.err


def test_a_missing_bucket(line: CommandLine) -> None:
    said = line("ls", "s3://not-there", code=3)
    assert said.out == ""


def test_json_is_ascii_whatever_the_key(line: CommandLine, moto: S3Server, bucket: str) -> None:
    key = "report[v2] [bold]\u202e é.csv"
    fill(moto, bucket, key)
    said = line("ls", "--json", f"s3://{bucket}")
    assert said.out.isascii()
    assert said.row["key"] == key
    assert said.row["uri"] == f"s3://{bucket}/{key}"
