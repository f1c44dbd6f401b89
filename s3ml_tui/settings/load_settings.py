"""The settings in force: which context, with which values, and where each came from."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, LocalTrouble
from s3ml_tui.settings.file import Bookmark, SettingsFile, Values, is_local, read
from s3ml_tui.settings.paths import config_file, local_folder
from s3ml_tui.settings.schema import THEME_COLOURS, did_you_mean
from s3ml_tui.settings.terminal import why_ascii

_BY_FLAG = {
    "profile": "--profile",
    "endpoint_url": "--endpoint-url",
    "region": "--region",
    "workspace": "--workspace",
    "request_payer": "--request-payer",
    "local": "--local",
    "local_dir": "--dir",
}
_OFF = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line said; None where it said nothing."""

    profile: str | None = None
    endpoint_url: str | None = None
    region: str | None = None
    workspace: str | None = None
    local: bool | None = None
    local_dir: Path | None = None
    context: str | None = None
    ascii: bool | None = None
    request_payer: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force, and the source of each."""

    context: Context
    sources: Mapping[str, str] = field(default_factory=dict)
    """By name: `flag --profile`, `environment S3ML_WORKSPACE`, a file's path; what is missing has its default."""
    theme: str = ""
    """Textual's name of it; "" leaves it to Textual."""
    is_ascii: bool = False
    """Whether the screens are drawn with ASCII alone."""
    is_first_run: bool = False
    """Whether nothing says which server to use: neither the file, nor the environment, nor a flag."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by action id, joined by commas, by Textual's names: what `App.set_keymap` takes."""
    bookmarks: tuple[Bookmark, ...] = ()
    contexts: tuple[Context, ...] = ()
    """All that may be switched to, as `--context NAME` would have them."""
    file: Path = field(default_factory=config_file)
    """The settings file, there or not."""


class _Chosen(NamedTuple):
    name: str
    source: str
    """"" when nobody chose."""
    values: Values
    place: str
    """Where the values stand."""


def load(flags: Flags, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    Raises BadInput for a file that cannot be used, naming all that is wrong with it, and for a context nobody knows.
    """
    environ = os.environ if environ is None else environ
    file = read(config_file())
    file.refuse_problems()
    chosen = _choose(file, flags, environ)
    values, sources = _layered(chosen, flags, environ)
    is_first_run = not sources and not chosen.source
    if chosen.source:
        sources["context"] = chosen.source
    is_ascii, why = _ascii(file, flags, environ)
    if why:
        sources["ascii"] = why
    for name, value in (("theme", file.theme), ("keymap", file.keymap), ("bookmarks", file.bookmarks)):
        if value:
            sources[name] = str(file.path)
    return Settings(
        _context(_name(chosen.name, flags, values), values, is_as_named=not _goes_elsewhere(flags)),
        sources,
        file.theme,
        is_ascii,
        is_first_run,
        file.keymap,
        file.bookmarks,
        tuple(_context(name, _guarded(found, environ)) for name, found in file.contexts.items()),
        file.path,
    )


def wants_ascii(flags: Flags, environ: Mapping[str, str] | None = None) -> bool:
    """Whether only ASCII is to be drawn; settings that cannot be used have no say in it. Raises nothing."""
    environ = os.environ if environ is None else environ
    try:
        file = read(config_file())
    except (BadInput, LocalTrouble):
        file = SettingsFile(config_file())
    return _ascii(file, flags, environ)[0]


def switchable(environ: Mapping[str, str] | None = None) -> tuple[Context, ...]:
    """All contexts that can be named: the file's as it is now, `default` and `local`. Raises what `load` raises."""
    environ = os.environ if environ is None else environ
    described = load(Flags(context="default"), environ).contexts
    names = {context.name for context in described}
    more = {"default": {}, "local": {"local": True}}
    return described + tuple(
        _context(name, _guarded(values, environ)) for name, values in more.items() if name not in names
    )


def _ascii(file: SettingsFile, flags: Flags, environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether only ASCII is drawn, and who says so; "" when nobody does."""
    if flags.ascii is not None:
        return flags.ascii, "flag --ascii" if flags.ascii else "flag --no-ascii"
    if environ.get("S3ML_ASCII"):
        return environ["S3ML_ASCII"].lower() not in _OFF, "environment S3ML_ASCII"
    if file.is_ascii is not None:
        return file.is_ascii, str(file.path)
    reason = why_ascii(environ)
    return bool(reason), reason


# which context ---------------------------------------------------------------------------------------------------


def _choose(file: SettingsFile, flags: Flags, environ: Mapping[str, str]) -> _Chosen:
    wants_local = bool(flags.local or flags.local_dir)
    if flags.context is not None:
        chosen = _named(file, flags.context, "flag --context")
        if wants_local and not is_local(chosen.values):
            raise BadInput(
                f"The context {flags.context} is not the embedded server",
                cause="Both --context and --local were given",
                advice="Leave one of them out",
            )
        return chosen
    usual = _usual(file, flags, environ)
    if wants_local and not is_local(usual.values):
        return _Chosen("local", "", {}, "")  # another server: nothing of the usual one belongs to it
    return usual


def _usual(file: SettingsFile, flags: Flags, environ: Mapping[str, str]) -> _Chosen:
    if environ.get("S3ML_CONTEXT"):
        return _named(file, environ["S3ML_CONTEXT"], "environment S3ML_CONTEXT")
    if file.current:
        return _named(file, file.current, str(file.path))
    if file.flat:
        return _Chosen(file.flat_name, "", file.flat, str(file.path))
    if len(file.named) == 1:
        return _named(file, next(iter(file.named)), f"{file.path}, its only context")
    if len(file.named) > 1 and not _goes_elsewhere(flags) and flags.local is None:
        raise BadInput(
            "Which context is to be used?",
            cause=f"{file.path} has {', '.join(file.named)}, and names none as the one in use",
            advice="Say it once with `s3ml context use NAME`, or each time with --context NAME or S3ML_CONTEXT",
        )
    return _Chosen("default", "", {}, "")


def _named(file: SettingsFile, name: str, source: str) -> _Chosen:
    values = file.contexts.get(name)
    if values is None and name == "default":
        values = {}  # boto3's own chain
    if values is None and name == "local":
        values = {"local": True}
    if values is None:
        there = ", ".join(file.contexts) or "none"
        raise BadInput(
            f"There is no context {name!r}{did_you_mean(name, file.contexts).rstrip('?')}",
            cause=f"{source} names it; in {file.path} there is {there}",
            advice=f"See them with `s3ml context`, or write [contexts.{name}] into the file",
        )
    return _Chosen(name, source, values, file.place_of(name))


# with which values -----------------------------------------------------------------------------------------------


def _layered(chosen: _Chosen, flags: Flags, environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """File, environment and flags over each other; the values and their sources."""
    values = dict(chosen.values)
    sources = dict.fromkeys(values, chosen.place)
    if environ.get("S3ML_WORKSPACE"):
        values["workspace"], sources["workspace"] = environ["S3ML_WORKSPACE"], "environment S3ML_WORKSPACE"
    if _is_guarded(environ):
        values["read_only"], sources["read_only"] = True, "environment S3ML_READ_ONLY"
    for name, option in _BY_FLAG.items():
        said = getattr(flags, name)
        if said is not None:
            values[name], sources[name] = said, f"flag {option}"
    if flags.local is False or (flags.local is None and flags.local_dir is None and _goes_elsewhere(flags)):
        for name in ("local", "local_dir"):
            values.pop(name, None)
            if name in sources and not sources[name].startswith("flag"):
                del sources[name]
    if is_local(values) and "local_dir" not in values and environ.get("S3ML_LOCAL_DIR"):
        sources["local_dir"] = "environment S3ML_LOCAL_DIR"
    return values, sources


def _is_guarded(environ: Mapping[str, str]) -> bool:
    return environ.get("S3ML_READ_ONLY", "").lower() not in _OFF


def _guarded(values: Values, environ: Mapping[str, str]) -> Values:
    return {**values, "read_only": True} if _is_guarded(environ) else values


def _goes_elsewhere(flags: Flags) -> bool:
    """Whether the flags name a server or an account themselves."""
    return bool(flags.profile or flags.endpoint_url)


def _name(chosen: str, flags: Flags, values: Mapping[str, Any]) -> str:
    """What the session is called: a context's name only as long as its server and account are."""
    if is_local(values):
        return chosen
    if flags.profile:
        return flags.profile
    if flags.endpoint_url:
        return urlsplit(flags.endpoint_url).netloc.rpartition("@")[2] or flags.endpoint_url
    return "default" if flags.local is False and chosen == "local" else chosen


def _context(name: str, values: Mapping[str, Any], *, is_as_named: bool = True) -> Context:
    folder = Path(values.get("local_dir") or local_folder()).expanduser()
    colour = str(values.get("colour", "")) if is_as_named else ""
    return Context(
        name=name,
        profile=values.get("profile"),
        endpoint_url=values.get("endpoint_url"),
        region=values.get("region"),
        workspace=values.get("workspace"),
        read_only=bool(values.get("read_only", False)),
        request_payer=bool(values.get("request_payer", False)),
        colour=f"${colour}" if colour in THEME_COLOURS else colour,
        local_dir=folder if is_local(values) else None,
    )
