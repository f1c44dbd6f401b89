"""The options every command takes, before or after its name."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from s3ml_tui.cli.terminal import charset
from s3ml_tui.cli.terminal.process_exit import ending
from s3ml_tui.settings import Flags

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Options:
    """What was said about the connection, the output and the way to go about changes."""

    flags: Flags = field(default_factory=Flags)
    as_json: bool = False
    is_dry_run: bool = False
    says_yes: bool = False

    def over(self, earlier: "Options") -> "Options":
        """These options, and where they say nothing, those said earlier on the command line."""
        mine, theirs = self.flags, earlier.flags
        said = {}
        for part in fields(Flags):
            value = getattr(mine, part.name)
            said[part.name] = getattr(theirs, part.name) if value is None else value
        return Options(
            Flags(**said),
            self.as_json or earlier.as_json,
            self.is_dry_run or earlier.is_dry_run,
            self.says_yes or earlier.says_yes,
        )

    def line(self, *words: str) -> str:
        """`s3ml …` to be pasted into a shell, with the same connection; nothing in it that a terminal would obey."""
        from s3ml_tui.domain.storage.request_log import shell_quoted

        return " ".join(map(shell_quoted, self.words(*words)))

    def words(self, *words: str) -> list[str]:
        """The same, word by word, each exactly as it is."""
        flags = self.flags
        said = [
            *(("--context", flags.context) if flags.context else ()),
            *(("--profile", flags.profile) if flags.profile else ()),
            *(("--endpoint-url", flags.endpoint_url) if flags.endpoint_url else ()),
            *(("--region", flags.region) if flags.region else ()),
            *(("--request-payer",) if flags.request_payer else ()),
            *(("--dir", str(flags.local_dir)) if flags.local_dir else ("--local",) if flags.local else ()),
        ]
        return ["s3ml", *said, *words]


def _folder(text: str) -> Path:
    """A folder's path; an empty one, as of a variable that is not set, is no way to say `here`."""
    if not text:
        raise typer.BadParameter("It names no folder.")
    return Path(text)


def _everywhere(
    ctx: typer.Context,
    *,
    context_name: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="A context of the settings file.")
    ] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="A profile of the AWS configuration.")] = None,
    endpoint_url: Annotated[str | None, typer.Option(metavar="URL", help="An S3 server other than AWS.")] = None,
    region: Annotated[str | None, typer.Option(metavar="NAME", help="The region.")] = None,
    workspace: Annotated[
        str | None, typer.Option(metavar="URI", help="s3://bucket[/prefix]; S3ML_WORKSPACE stands for it.")
    ] = None,
    local: Annotated[
        bool | None, typer.Option("--local/--no-local", help="Use the embedded server; it is started when needed.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir", metavar="FOLDER", parser=_folder, help="Where the embedded server keeps its data; implies --local."
        ),
    ] = None,
    request_payer: Annotated[
        bool | None,
        typer.Option("--request-payer/--no-request-payer", help="Pay for requests to a requester-pays bucket, or not."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="JSON on stdout: one object for one thing, one line a row for many.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    ascii: Annotated[  # noqa: A002 - the option's name
        bool | None, typer.Option("--ascii/--no-ascii", help="Draw with ASCII alone, or not.")
    ] = None,
) -> Options:
    is_local = True if local is None and folder is not None else local
    flags = Flags(profile, endpoint_url, region, workspace, is_local, folder, context_name, ascii, request_payer)
    here = Options(flags, json, dry_run, yes)
    return here.over(ctx.obj) if isinstance(ctx.obj, Options) else here


_SHARED = inspect.signature(_everywhere).parameters


def command(function: Callable[Concatenate[Options, P], None]) -> Callable[..., None]:
    """`function` as typer takes it: with the options of every command in its signature, ending as all commands end.

    It is given the `Options` first, and the typer context when it has a parameter `context`. The options stay in the
    context, for a subcommand to inherit.
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    wants_context = any(part.name == "context" for part in own)

    def run(**given: Any) -> None:
        ctx: typer.Context = given["ctx"]
        with ending():
            ctx.obj = options = _everywhere(**{name: given.pop(name) for name in _SHARED})
            if wants_context:
                given["context"] = ctx
            do(options, **given)

    def do(options: Options, **given: Any) -> None:
        charset.draw_in_ascii_if_wanted(options.flags)
        function(options, **given)  # type: ignore[call-arg]  # typer calls by keyword, as the signature says

    shown = [*(part for part in own if part.name != "context"), *_SHARED.values()]
    shown = [part.replace(kind=inspect.Parameter.KEYWORD_ONLY) for part in shown]
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # where inspect.signature looks
    run.__annotations__ = {part.name: part.annotation for part in shown}
    run.__name__, run.__doc__ = function.__name__, function.__doc__
    run.plainly = do  # type: ignore[attr-defined]  # for a line that was read without typer
    return run
