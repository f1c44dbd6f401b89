"""`s3ml demo --headless`: from nothing to a model version, twice."""

from pathlib import Path

from s3ml_tui import settings
from s3ml_tui.cli.runs import demo
from s3ml_tui.domain.local_server import ServerInfo
from tests.cli.line import CommandLine
from tests.exhaustive import EXHAUSTIVE


@EXHAUSTIVE  # the terminal shows a demo too
def test_a_demo_trains_and_a_second_one_adds_a_model_version(tmp_path: Path) -> None:
    line = CommandLine({"S3ML_LOCAL_DIR": str(tmp_path / "local")})
    assert "Would start" in line("demo", "--dry-run").out
    try:
        first = line.process("demo", "--headless", timeout=180)
        assert first.code == 0, first.err
        assert "model    models/v1" in first.out
        assert "roc_auc" in first.out
        assert str(tmp_path / "local") in first.out
        assert "s3ml local stop" in first.err
        assert settings.config_file().exists()
        second = line.process("demo", "--headless", "--json", timeout=180)
        assert second.row["model"] == "models/v2"
        assert second.row["server"]["is_running"] is True
        assert "is there already" in second.err
        assert len(line("history", "s3://s3ml-demo/dataset/raw/breast_cancer.csv", "--json").rows) == 1
    finally:
        line("local", "stop")


def test_settings_of_the_user_are_left_alone(no_aws: Path) -> None:
    info = ServerInfo(no_aws / "local", is_running=True)
    path = settings.config_file()
    path.parent.mkdir(parents=True)
    path.write_text('region = "eu-west-1"\n')
    demo._remember(info, is_elsewhere=False)
    assert path.read_text() == 'region = "eu-west-1"\n'
    path.unlink()
    demo._remember(info, is_elsewhere=True)
    context = settings.load(settings.Flags()).context
    assert (context.workspace, context.local_dir) == ("s3://s3ml-demo/", no_aws / "local")
