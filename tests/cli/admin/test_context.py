"""`s3ml context`: list them, use one; --context and S3ML_CONTEXT; and `s3ml buckets`."""

import pytest

from s3ml_tui import settings
from tests.cli.admin.test_config import CONTEXTS, write
from tests.cli.line import CommandLine
from tests.servers import S3Server


def test_contexts_are_listed_with_the_one_in_use() -> None:
    write(CONTEXTS)
    line = CommandLine()
    rows = line("context").out.splitlines()
    assert rows[0].split("  ")[:2] == ["●", "prod"]
    assert "profile acme, https://…@minio.example.com" in rows[0]
    assert "read-only" in rows[0]
    assert "the embedded server" in rows[1]
    assert [row["is_current"] for row in line("context", "list", "--json").rows] == [True, False]
    assert [row["is_current"] for row in line("context", "--json", "--context", "laptop").rows] == [False, True]
    assert "hush" not in "".join(rows)


def test_without_any_the_chain_is_listed() -> None:
    said = CommandLine()("context")
    assert "boto3's own chain" in said.out
    assert "s3ml config init" in said.err


def test_using_one_lasts() -> None:
    path = write(CONTEXTS)
    line = CommandLine()
    assert "would be written" in line("context", "use", "laptop", "--dry-run").out
    assert path.read_text() == CONTEXTS
    assert line("context", "use", "laptop").out == "laptop is in use from now on\n"
    assert path.read_text() == CONTEXTS.replace('"prod"', '"laptop"', 1)
    assert line("config", "show", "--json").row["context"] == "laptop"
    assert "did you mean laptop" in line("context", "use", "laptp", code=2).err


def test_where_several_are_there_and_none_is_in_use_they_are_listed_all_the_same() -> None:
    write('[contexts.a]\nregion = "x"\n[contexts.b]\nregion = "y"\n')
    line = CommandLine()
    said = line("context")
    assert "●" not in said.out
    assert "context use NAME" in said.err
    assert "context use NAME" in line("ls", code=2).err
    line("context", "use", "b")
    assert line("context", "--json").rows[1]["is_current"] is True


def test_a_context_that_is_elsewhere_is_said() -> None:
    write(CONTEXTS)
    assert "none of them but other (profile other" in CommandLine()("context", "--profile", "other").err


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_a_context_leads_to_its_server(moto: S3Server, how: str) -> None:
    bucket = moto.bucket()
    nowhere = "http://127.0.0.1:9"
    write(f'context = "a"\n[contexts.a]\nendpoint_url = "{nowhere}"\n[contexts.b]\nendpoint_url = "{moto.endpoint}"\n')
    keys = {name: value for name, value in moto.environment().items() if name != "AWS_ENDPOINT_URL"}
    line = CommandLine(keys if how == "flag" else keys | {"S3ML_CONTEXT": "b"})
    said = line("buckets", "--json", *(("--context", "b") if how == "flag" else ()))
    assert [row["bucket"] for row in said.rows] == [bucket]
    assert settings.load(settings.Flags()).context.name == "a"
    assert "no context 'c'" in line("ls", "--context", "c", code=2).err


def test_buckets_are_what_ls_without_an_address_lists(line: CommandLine, bucket: str) -> None:
    assert f"s3://{bucket}" in line("buckets").out
    assert line("buckets").out == line("ls").out


def test_a_command_that_undoes_stays_in_the_context(moto: S3Server, bucket: str) -> None:
    path = write('[contexts.b]\nregion = "us-east-1"\n')
    said = CommandLine(moto.environment())("put", path, f"s3://{bucket}/a", "--context", "b", "--json")
    assert said.row["undo"] == f"s3ml --context b rm s3://{bucket}/a"


def test_a_profile_that_does_not_exist_leads_to_the_context_of_that_name() -> None:
    write('[contexts.laptop]\nregion = "x"\n')
    line = CommandLine()
    said = line("ls", "--profile", "laptop", code=4).err
    assert "There is no such profile" in said
    assert "There is a context of that name: --context laptop" in said
    assert "--context local" in line("ls", "--profile", "local", code=4).err
    assert "--context" not in line("ls", "--profile", "nobody", code=4).err
