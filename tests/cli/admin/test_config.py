"""`s3ml config`: write the file, check it, see what is in force and where it came from."""

from pathlib import Path

from s3ml_tui import settings
from tests.cli.line import CommandLine

CONTEXTS = """
context = "prod"
[contexts.prod]
profile = "acme"
endpoint_url = "https://me:hush@minio.example.com"
read_only = true
[contexts.laptop]
local = true
[keys]
browse.delete = "Z"
[bookmarks]
raw = { uri = "s3://acme/raw/", context = "prod" }
"""


def write(text: str) -> Path:
    path = settings.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_init_writes_the_file_once_and_again_only_by_force() -> None:
    line, path = CommandLine(), settings.config_file()
    assert str(path) in line("config", "init", "--dry-run").out
    assert not path.exists()
    assert line("config", "init").out == f"{path}\n"
    path.write_text('profile = "mine"\n')
    assert "--force" in line("config", "init", code=1).err
    assert path.read_text() == 'profile = "mine"\n'
    assert line("config", "init", "--force", "--json").row == {"file": str(path)}
    assert "#[contexts.prod]" in path.read_text()


def test_path_prints_it_there_or_not(no_aws: Path) -> None:
    line = CommandLine({"S3ML_CONFIG": str(no_aws / "mine.toml")})
    assert line("config", "path").out == f"{no_aws}/mine.toml\n"
    assert line("config", "path", "--json").row["is_there"] is False


def test_check_names_all_that_is_wrong_and_ends_with_2() -> None:
    line = CommandLine()
    assert "none is needed" in line("config", "check").out
    write(CONTEXTS)
    assert "nothing is wrong with it; contexts: prod, laptop" in line("config", "check").out
    write('profle = "x"\n[keys]\nbrowse.bring_bak = "r"\n')
    said = line("config", "check", code=2)
    assert said.out.splitlines() == [
        "profle is no setting; did you mean profile?",
        "[keys] browse.bring_bak: there is no such action; did you mean browse.bring_back?",
    ]
    assert len(line("config", "check", "--json", code=2).row["problems"]) == 2
    write("x = \n")
    assert "is no TOML" in line("config", "check", code=2).err


def test_any_other_command_refuses_the_file_with_all_that_is_wrong() -> None:
    write('profle = "x"\nregoin = "y"\n')
    said = CommandLine()("ls", code=2).err
    assert "did you mean profile?" in said
    assert "did you mean region?" in said
    assert "s3ml config check" in said


def test_show_tells_where_each_value_came_from() -> None:
    path = write(CONTEXTS)
    line = CommandLine({"S3ML_WORKSPACE": "s3://acme/ml", "AWS_DEFAULT_REGION": "eu-west-1"})
    rows = {row.split()[0]: row for row in line("config", "show", "--profile", "other").out.splitlines()}
    assert rows["profile"].endswith("flag --profile")
    assert rows["workspace"].endswith("environment S3ML_WORKSPACE")
    assert rows["read_only"].split() == ["read_only", "true", str(path), "[contexts.prod]"]
    assert rows["region"].endswith("environment AWS_DEFAULT_REGION, by boto3's own chain")
    assert rows["theme"].split() == ["theme", "-", "default"]
    assert rows["keys.browse.delete"].split()[1:] == ["Z", str(path)]
    assert "(prod)" in rows["bookmarks.raw"]
    assert "hush" not in "".join(rows.values())


def test_show_as_json_has_the_values_and_their_sources() -> None:
    path = write(CONTEXTS)
    row = CommandLine()("config", "show", "--json").row
    assert (row["context"], row["profile"], row["read_only"]) == ("prod", "acme", True)
    assert row["endpoint_url"] == "https://…@minio.example.com"
    assert row["sources"]["context"] == str(path)
    assert row["sources"]["profile"] == f"{path} [contexts.prod]"
    assert row["keys"] == {"browse.delete": "Z"}
    assert row["bookmarks"] == {"raw": {"uri": "s3://acme/raw/", "context": "prod"}}


def test_without_anything_show_says_so() -> None:
    assert "Nothing is configured" in CommandLine()("config", "show").err
