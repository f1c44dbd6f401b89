"""Settings: defaults < file < environment < flags; every value knows where it came from."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import PlatformDirs

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, LocalTrouble

DIRS = PlatformDirs("s3ml", appauthor=False)
_TEXTS = ("profile", "endpoint_url", "region", "workspace")
_KNOWN = {*_TEXTS, "read_only", "local", "local_dir", "theme"}


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line said; None where it said nothing."""

    profile: str | None = None
    endpoint_url: str | None = None
    region: str | None = None
    workspace: str | None = None
    local: bool | None = None
    local_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force, and the source of each."""

    context: Context
    sources: Mapping[str, str] = field(default_factory=dict)
    """By name: `flag`, `environment S3ML_WORKSPACE`, a file's path; a name that is missing has its default."""
    theme: str = ""
    is_first_run: bool = False
    """Whether there is no settings file and nothing was said otherwise."""


def config_file() -> Path:
    """Where the settings file lies; S3ML_CONFIG overrides it."""
    chosen = os.environ.get("S3ML_CONFIG")
    return Path(chosen) if chosen else Path(DIRS.user_config_dir) / "config.toml"


def state_folder() -> Path:
    """Where outputs of processes and other traces of sessions lie."""
    return Path(DIRS.user_state_dir)


def local_folder() -> Path:
    """Where the embedded server keeps data and state unless told otherwise; S3ML_LOCAL_DIR overrides it."""
    chosen = os.environ.get("S3ML_LOCAL_DIR")
    return Path(chosen) if chosen else Path(DIRS.user_data_dir) / "local"


def load(flags: Flags, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises BadInput for a file that cannot be used, naming what is wrong in it."""
    environ = os.environ if environ is None else environ
    path = config_file()
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, value in _read(path).items():
        values[name], sources[name] = value, str(path)
    if "S3ML_WORKSPACE" in environ:
        values["workspace"], sources["workspace"] = environ["S3ML_WORKSPACE"], "environment S3ML_WORKSPACE"
    if environ.get("S3ML_READ_ONLY", "") not in {"", "0"}:
        values["read_only"], sources["read_only"] = True, "environment S3ML_READ_ONLY"
    for name in (*_TEXTS, "local", "local_dir"):
        value = getattr(flags, name)
        if value is not None:
            values[name], sources[name] = value, "flag"
    if flags.local is None and (flags.profile or flags.endpoint_url):
        values |= {"local": False, "local_dir": None}
    return Settings(_context(values), sources, values.get("theme", ""), is_first_run=not sources)


def _context(values: Mapping[str, Any]) -> Context:
    is_local = bool(values.get("local") or values.get("local_dir"))
    folder = values.get("local_dir") or local_folder()
    return Context(
        name="local" if is_local else values.get("profile") or "default",
        profile=values.get("profile"),
        endpoint_url=values.get("endpoint_url"),
        region=values.get("region"),
        workspace=values.get("workspace"),
        read_only=bool(values.get("read_only", False)),
        local_dir=Path(folder) if is_local else None,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise LocalTrouble(
            f"The settings file {path} cannot be read", cause=str(error), advice="Mend or remove it"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"The settings file {path} is no TOML", cause=str(error), advice="Mend that line") from error
    unknown = sorted(set(document) - _KNOWN)
    if unknown:
        raise BadInput(
            f"The settings file {path} has unknown keys",
            cause=", ".join(unknown),
            advice=f"Known are {', '.join(sorted(_KNOWN))}",
        )
    for name, value in document.items():
        wanted = bool if name in {"read_only", "local"} else str
        if not isinstance(value, wanted):
            raise BadInput(
                f"The settings file {path} has a wrong value for {name}",
                cause=f"It is {value!r}",
                advice="Write true or false" if wanted is bool else "Write a text in quotes",
            )
    return document


def save(values: Mapping[str, str | bool]) -> Path:
    """Write the settings file, as the first run's choice does. Raises LocalTrouble."""
    path = config_file()
    lines = ["# s3ml settings"]
    for name, value in values.items():
        text = (
            str(value).lower()
            if isinstance(value, bool)
            else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        )
        lines.append(f"{name} = {text}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise LocalTrouble(f"The settings cannot be written to {path}", cause=str(error)) from error
    return path
