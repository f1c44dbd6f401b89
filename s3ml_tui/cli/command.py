"""How a function becomes a command of click, with the options that every command has."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import partial, update_wrapper
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from s3ml_tui.cli.options import EVERYWHERE, Options
from s3ml_tui.cli.terminal import charset
from s3ml_tui.cli.terminal.process_exit import ending
from s3ml_tui.domain.text import printable

P = ParamSpec("P")
Value = TypeVar("Value", bound=StrEnum)
Made = TypeVar("Made", bound=click.Command)


class OneOf(click.Choice[Value]):
    """One value of an enumeration."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """As it is written on the command line: by its value, not its name."""
        return super().normalize_choice(str(choice), ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """`<a|b>`."""
        return f"<{(super().get_metavar(param, ctx) or '')[1:-1]}>"


class Argument(click.Argument):
    """An argument whose kind, and whether it is required, stands in the help."""

    def get_usage_pieces(self, ctx: click.Context) -> list[str]:
        """`{URI}` for one that is required, `[URI]` for one that is not."""
        name = self.make_metavar(ctx)
        return [(f"{{{name}}}" if self.required else f"[{name}]") + "..." * (self.nargs != 1)]

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """The name with its kind, and what it is."""
        usual = self.default if isinstance(self.default, str) else ""
        note = "[required]" if self.required else usual and f"[default: {usual}]"
        return f"{self.make_metavar(ctx)} <{self._kind}>", "  ".join(filter(None, (self.help, note)))

    @property
    def _kind(self) -> str:
        kind = "|".join(self.type.choices) if isinstance(self.type, click.Choice) else self.type.name.lower()
        kind = "str" if kind == "text" else kind
        return kind if self.nargs == 1 else f"list[{kind}]"


argument = partial(click.argument, cls=Argument)


@contextmanager
def _printable_usage() -> Iterator[None]:
    """What click quotes of a line is made visible: a file's name may hold control characters."""
    try:
        yield
    except click.UsageError as error:
        if type(error) is not click.UsageError:  # the others quote by repr
            raise
        raise click.UsageError(printable(error.message), error.ctx) from None


class Command(click.Command):
    """A command that tells of its arguments under the title `Arguments`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises click's UsageError."""
        with _printable_usage():
            return super().parse_args(ctx, args)

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """All of them, described or not."""
        found = [one.get_help_record(ctx) for one in self.get_params(ctx) if isinstance(one, Argument)]
        if found:
            with formatter.section("Arguments"):
                formatter.write_dl(found)


class LazyCommands(Mapping[str, click.Command]):
    """Commands by their names, each loaded when it is asked for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        """`module:name`, below this package."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = self._places[name].partition(":")
        with ending():  # ctrl+c while it loads ends as any command ends
            found: click.Command = getattr(import_module(f"{__package__}.{module}"), attribute)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Group(click.Group):
    """Commands under one name, in the order in which they are to be shown."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises click's UsageError."""
        with _printable_usage():
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Their names."""
        return list(self.commands)


def command(function: Callable[Concatenate[Options, P], None]) -> Command:
    """`function` as a command, which is given the `Options` first and ends as all commands end."""
    return _with_options(click.command(cls=Command)(_body(function)))


def group(**attributes: Any) -> Callable[[Callable[Concatenate[Options, P], None]], Group]:
    """The same for commands under one name; the options are kept in the context, for a subcommand to inherit."""
    made = click.group(**{"cls": Group, "subcommand_metavar": "COMMAND [ARGS]...", **attributes})
    return lambda function: _with_options(made(_body(function)))


def _with_options(made: Made) -> Made:
    made.params += EVERYWHERE
    return made


def _body(function: Callable[Concatenate[Options, P], None]) -> Callable[..., None]:
    def run(**given: Any) -> None:
        context = click.get_current_context()
        with ending():
            here = Options.of({one.name: given.pop(one.name) for one in EVERYWHERE})
            context.obj = options = here.over(context.obj) if isinstance(context.obj, Options) else here
            charset.draw_in_ascii_if_wanted(options.flags)
            function(options, **given)  # type: ignore[call-arg]  # click calls by keyword

    return update_wrapper(run, function)


object_argument = argument("uri", metavar="URI", help="s3://bucket/key")
objects_argument = argument("uri", metavar="URI", help="s3://bucket/key, or s3://bucket/prefix/ with -r.")
version_option = click.option("--version-id", metavar="ID", help="Which version; the current one without.")
recursive_option = click.option("--recursive", "-r", "is_recursive", is_flag=True, help="All below a prefix.")
