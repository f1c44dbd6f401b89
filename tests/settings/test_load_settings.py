"""Which context is in force, with which values, and where each came from."""

from pathlib import Path

import pytest

from s3ml_tui import settings
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.settings import Flags, load
from tests.settings.conftest import Write

CONTEXTS = """
context = "prod"
theme = "nord"
[contexts.prod]
profile = "prod-profile"
region = "eu-central-1"
workspace = "s3://acme-ml/churn"
read_only = true
colour = "error"
[contexts.minio]
endpoint_url = "http://minio:9000"
colour = "#ff8800"
[contexts.laptop]
local = true
local_dir = "~/data"
[keys]
browse.delete = "Z,delete"
[bookmarks]
raw = "s3://acme-ml/churn/dataset/raw/"
"""


def test_without_a_file_it_is_a_first_run_and_boto3s_own_chain() -> None:
    found = load(Flags())
    assert found.context == Context()
    assert found.is_first_run
    assert found.sources == {}
    assert found.contexts == ()


def test_the_context_in_use_is_the_one_the_file_names(write: Write) -> None:
    path = write(CONTEXTS)
    found = load(Flags())
    assert found.context == Context(
        "prod", "prod-profile", None, "eu-central-1", "s3://acme-ml/churn", read_only=True, colour="$error"
    )
    assert found.sources["context"] == str(path)
    assert found.sources["read_only"] == f"{path} [contexts.prod]"
    assert not found.is_first_run
    assert found.theme == "nord"
    assert found.keymap == {"browse.delete": "Z,delete"}
    assert [(mark.name, mark.uri) for mark in found.bookmarks] == [("raw", "s3://acme-ml/churn/dataset/raw/")]


def test_all_contexts_are_there_to_be_switched_to(write: Write, no_aws: Path) -> None:
    write(CONTEXTS)
    found = load(Flags())
    assert [context.name for context in found.contexts] == ["prod", "minio", "laptop"]
    assert found.contexts[0] == found.context
    assert found.contexts[1].colour == "#ff8800"
    assert found.contexts[2].local_dir == no_aws / "data"


def test_a_flag_counts_more_than_the_environment_and_that_more_than_the_file(write: Write) -> None:
    write(CONTEXTS)
    by_environment = load(Flags(), {"S3ML_CONTEXT": "minio", "S3ML_WORKSPACE": "s3://b"})
    assert by_environment.context == Context("minio", None, "http://minio:9000", None, "s3://b", colour="#ff8800")
    assert by_environment.sources["context"] == "environment S3ML_CONTEXT"
    assert by_environment.sources["workspace"] == "environment S3ML_WORKSPACE"
    by_flag = load(Flags(context="laptop", workspace="s3://c"), {"S3ML_CONTEXT": "minio", "S3ML_WORKSPACE": "s3://b"})
    assert (by_flag.context.name, by_flag.context.workspace) == ("laptop", "s3://c")
    assert by_flag.sources["context"] == "flag --context"
    assert by_flag.sources["workspace"] == "flag --workspace"


def test_the_environment_may_only_forbid_changes_never_allow_them(write: Write) -> None:
    write(CONTEXTS)
    assert load(Flags(), {"S3ML_READ_ONLY": "0"}).context.read_only
    guarded = load(Flags(context="minio"), {"S3ML_READ_ONLY": "1"})
    assert guarded.context.read_only
    assert all(context.read_only for context in guarded.contexts)
    assert guarded.sources["read_only"] == "environment S3ML_READ_ONLY"
    for off in ("", "0", "false", "No", "off"):
        assert not load(Flags(context="minio"), {"S3ML_READ_ONLY": off}).context.read_only


@pytest.mark.parametrize("flags", [Flags(profile="dev"), Flags(endpoint_url="http://elsewhere:9000")])
def test_a_profile_or_endpoint_given_by_flag_is_not_called_by_the_contexts_name(write: Write, flags: Flags) -> None:
    write(CONTEXTS)
    context = load(flags).context
    assert context.name in {"dev", "elsewhere:9000"}
    assert context.colour == ""
    assert context.read_only  # what protects stays


def test_the_embedded_server_by_flag_has_nothing_of_another_servers_context(write: Write, no_aws: Path) -> None:
    write(CONTEXTS)
    assert load(Flags(local=True)).context == Context("local", local_dir=settings.local_folder())
    assert load(Flags(local=True, local_dir=no_aws)).context == Context("local", local_dir=no_aws)
    write('context = "laptop"\n[contexts.laptop]\nlocal = true\nworkspace = "s3://work"\n[contexts.b]\nregion = "x"\n')
    own = load(Flags(local=True, local_dir=no_aws)).context
    assert own == Context("laptop", workspace="s3://work", local_dir=no_aws)


def test_a_context_that_is_not_local_and_local_at_once_is_refused(write: Write) -> None:
    write(CONTEXTS)
    with pytest.raises(BadInput, match="not the embedded server"):
        load(Flags(context="prod", local=True))
    assert load(Flags(context="laptop", local=True)).context.is_local


def test_no_local_leaves_the_embedded_server(write: Write) -> None:
    write("local = true\n")
    assert load(Flags()).context.name == "local"
    assert load(Flags(local=False)).context == Context("default")
    assert load(Flags(profile="p")).context == Context("p", "p")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('profile = "p"\n', Context("default", "p")),
        (
            'endpoint_url = "http://h:1"\nread_only = true\n',
            Context("default", endpoint_url="http://h:1", read_only=True),
        ),
        (
            'workspace = "s3://work/"\nlocal_dir = "/d"\n',
            Context("local", workspace="s3://work/", local_dir=Path("/d")),
        ),
    ],
)
def test_a_flat_file_is_one_context(write: Write, text: str, expected: Context) -> None:
    path = write(text)
    found = load(Flags())
    assert found.context == expected
    assert not found.is_first_run
    assert found.contexts == (expected,)
    assert set(found.sources.values()) == {str(path)}


def test_the_flat_context_stands_beside_named_ones(write: Write) -> None:
    write('profile = "p"\n[contexts.other]\nprofile = "q"\n')
    assert load(Flags()).context == Context("default", "p")
    assert load(Flags(context="default")).context == Context("default", "p")
    assert load(Flags(context="other")).context == Context("other", "q")


def test_the_only_context_is_in_use_and_of_several_one_has_to_be_named(write: Write) -> None:
    write('[contexts.a]\nprofile = "p"\n')
    assert load(Flags()).context.name == "a"
    write('[contexts.a]\nprofile = "p"\n[contexts.b]\nprofile = "q"\n')
    with pytest.raises(BadInput, match="context use NAME") as refused:
        load(Flags())
    assert "a, b" in refused.value.cause
    assert load(Flags(context="b")).context.profile == "q"
    assert load(Flags(profile="x")).context == Context("x", "x")
    assert load(Flags(local=True)).context.is_local


def test_an_unknown_context_is_named_with_a_close_one(write: Write) -> None:
    write(CONTEXTS)
    with pytest.raises(BadInput, match="did you mean prod") as refused:
        load(Flags(context="prdo"))
    assert "prod, minio, laptop" in refused.value.cause
    with pytest.raises(BadInput, match="S3ML_CONTEXT"):
        load(Flags(), {"S3ML_CONTEXT": "nowhere"})


def test_boto3s_chain_and_the_embedded_server_can_always_be_named(write: Write) -> None:
    write(CONTEXTS)
    assert load(Flags(context="default")).context == Context("default")
    assert load(Flags(context="local")).context.is_local


def test_a_theme_or_keys_alone_leave_the_first_run_its_question(write: Write) -> None:
    write('theme = "nord"\n[keys]\nbrowse.delete = "Z"\n')
    assert load(Flags()).is_first_run


def test_where_the_embedded_servers_folder_came_from(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("local = true\n")
    monkeypatch.setenv("S3ML_LOCAL_DIR", "/elsewhere")
    found = load(Flags())
    assert found.context.local_dir == Path("/elsewhere")
    assert found.sources["local_dir"] == "environment S3ML_LOCAL_DIR"
