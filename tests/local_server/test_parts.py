"""The parts of the embedded server that need no server: ports, keys, signature, log, environment, imports."""

import re
import socket
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from s3ml_tui.domain.local_server import LocalCredentials, ShellEnvironment
from s3ml_tui.local_server import command, credentials, log, ports, readiness
from s3ml_tui.local_server.data_folder import default_folder, layout
from s3ml_tui.local_server.process import sweep_sockets
from tests.servers import Embedded


def test_ports_are_chosen_once_and_kept() -> None:
    chosen = ports.choose()

    assert ports.are_valid(chosen)
    assert all(chosen[f"{name}.grpc"] == chosen[name] + 10_000 for name in ("master.port", "s3.port", "admin.port"))
    assert all(port < 32_768 for port in chosen.values())
    assert ports.choose(chosen) == chosen


def test_only_the_port_that_is_taken_is_chosen_anew_with_its_twin() -> None:
    before = ports.choose()
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", before["s3.port.grpc"]))
        other.listen()
        after = ports.choose(before)

    assert {name for name in before if before[name] != after[name]} == {"s3.port", "s3.port.grpc"}


@pytest.mark.parametrize("document", [None, [], {}, {"s3.port": 1}, dict.fromkeys(ports.NAMES, 5000)])
def test_what_is_no_set_of_ports_is_recognised(document: object) -> None:
    assert not ports.are_valid(document)


def test_a_server_is_ours_only_when_called_exactly_as_we_do(tmp_path: Path) -> None:
    paths, chosen = layout(tmp_path), ports.choose()
    called = ["/bin/weed", *command.options(paths, chosen)]

    assert command.ports_of(paths, called) == chosen
    assert command.ports_of(layout(tmp_path / "other"), called) is None
    assert command.ports_of(paths, [*called, "-debug"]) is None
    assert command.ports_of(paths, ["python"]) is None


def test_nobodys_settings_reach_the_server(tmp_path: Path) -> None:
    inherited = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "S3_BUCKET": "b",
        "WEED_MASTER_TELEMETRY": "1",
        "HOME": "/home/me",
    }

    environment = command.environment(layout(tmp_path), credentials.make(), inherited)

    assert environment["HOME"] == str(tmp_path)
    assert not {"AWS_PROFILE", "S3_BUCKET", "WEED_MASTER_TELEMETRY"} & set(environment)


def test_keys_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    made = credentials.make()
    credentials.write(tmp_path / "keys.json", made)

    assert credentials.read(tmp_path / "keys.json") == made
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert len({made.access_key, made.secret_key, *made.signing.values()}) == 6
    assert made.secret_key not in repr(made)


def test_keys_that_others_could_read_are_closed_again(tmp_path: Path) -> None:
    credentials.write(tmp_path / "keys.json", credentials.make())
    (tmp_path / "keys.json").chmod(0o644)

    credentials.read(tmp_path / "keys.json")

    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_the_signature_is_the_one_boto_makes() -> None:
    account = LocalCredentials("S3MLKEY", "secret")
    ours = readiness.signed_headers(8333, account, datetime.now(UTC))
    request = AWSRequest(
        "GET", "http://127.0.0.1:8333/", headers={"X-Amz-Content-SHA256": ours["x-amz-content-sha256"]}
    )
    request.context["timestamp"] = ours["x-amz-date"]
    signer = S3SigV4Auth(Credentials(account.access_key, account.secret_key), "s3", "us-east-1")

    text = signer.string_to_sign(request, _canonical(signer, request, ours["x-amz-date"]))

    assert re.search(r"Signature=(\w+)", ours["Authorization"])[1] == signer.signature(text, request)  # type: ignore[index] # it is there


def _canonical(signer: S3SigV4Auth, request: AWSRequest, moment: str) -> str:
    request.headers["X-Amz-Date"] = moment
    return str(signer.canonical_request(request))


def test_only_the_right_account_is_granted(embedded: Embedded) -> None:
    port, account = embedded.info.ports["s3.port"], embedded.credentials

    assert readiness.ask(port, account) is readiness.Answer.GRANTED
    assert readiness.ask(port, LocalCredentials(account.access_key, "wrong")) is readiness.Answer.REFUSED
    assert readiness.ask(embedded.info.ports["s3.port.grpc"], account) is readiness.Answer.SILENCE


def test_the_environment_is_one_a_shell_can_take() -> None:
    environment = ShellEnvironment({"KEY": "it's $HOME; `rm`\n\\"}, ("AWS_PROFILE",))
    shell = f'AWS_PROFILE=work; {environment.exports()}printf \'%s|%s\' "$KEY" "$AWS_PROFILE"'

    said = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=True)

    assert said.stdout == "it's $HOME; `rm`\n\\|"


def test_a_log_that_has_grown_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_bytes(b"old\n" * (log.LARGEST // 4 + 1))

    with open(log.open_for_writing(path), "w") as file:  # noqa: PTH123 - a descriptor
        file.write("new\n")

    assert path.read_text() == "new\n"
    assert path.with_name("server.log.1").read_bytes().startswith(b"old\n")


@pytest.mark.parametrize(("lines", "tail"), [(0, ()), (1, ("c",)), (2, ("b", "c")), (9, ("a", "b", "c"))])
def test_the_last_lines_of_a_log(tmp_path: Path, lines: int, tail: tuple[str, ...]) -> None:
    (tmp_path / "log").write_text("a\nb\nc\n")

    assert log.tail(tmp_path / "log", lines) == tail


def test_sockets_of_a_dead_server_are_swept_and_nothing_else() -> None:
    chosen = ports.choose()
    left = Path(f"/tmp/seaweedfs-s3-grpc-{chosen['s3.port.grpc']}.sock")
    file = Path(f"/tmp/seaweedfs-filer-grpc-{chosen['filer.port.grpc']}.sock")
    file.touch()
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(left))

    sweep_sockets(chosen)

    assert not left.exists()
    assert file.exists()
    file.unlink()


def test_the_default_folder_is_the_users_own(no_aws: Path) -> None:
    assert default_folder().is_relative_to(no_aws)
    assert default_folder().parts[-2:] == ("s3ml", "local")


def test_nothing_heavy_is_loaded() -> None:
    check = "import sys, s3ml_tui.local_server.server; print({m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout

    assert not [
        name for name in ("boto3", "botocore", "textual", "rich", "pydantic", "pandas") if f"'{name}'" in loaded
    ]
