"""The first run without any configuration: an AWS profile that was found, an endpoint, or the local server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import AnsweredOnce
from s3ml_tui.ui.dialogs.prompts import AskText, Options
from s3ml_tui.ui.messages import Trouble


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What there is to choose from, and what makes a choice the settings."""

    profiles: tuple[str, ...]
    """Of the AWS configuration."""
    why_no_local: str
    """Why the local server cannot be had; "" when it can."""
    choose: Callable[[Mapping[str, str | bool]], Context]
    """Keeps settings such as `{"profile": "prod"}` and answers the context they make. Raises LocalTrouble."""


class FirstRunScreen(AnsweredOnce[Context | None]):
    """Three choices; answers the context chosen."""

    BINDINGS = [Binding("escape,q", "leave", "Leave it to boto3's own chain")]

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__()
        self._first_run = first_run
        self._choices: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """A sentence and the choices."""
        with Vertical(classes="dialog first-run"):
            yield Static("Welcome to s3ml", classes="dialog--title")
            yield Static(
                "Nothing is configured yet. Where does your bucket live? The answer is kept in the settings file.",
                classes="dialog--sentence",
            )
            yield Options(*self._options())
            yield Static("enter chooses · escape leaves it to the AWS defaults", classes="dialog--hint")

    def _options(self) -> list[Option]:
        options = []
        for profile in self._first_run.profiles:
            self._choices.append(("profile", profile))
            options.append(Option(render.plain(f"AWS profile “{profile}”")))
        if not self._first_run.profiles:
            self._choices.append(("profile", ""))
            options.append(Option("An AWS profile — none here yet; `aws configure` makes one", disabled=True))
        self._choices.append(("endpoint_url", ""))
        options.append(Option("An S3-compatible server, by its address …"))
        self._choices.append(("local", ""))
        why_not = self._first_run.why_no_local
        text = (
            f"A local server on this machine — {why_not}" if why_not else "A local server on this machine (SeaweedFS)"
        )
        options.append(Option(render.plain(text), disabled=bool(why_not)))
        return options

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        kind, value = self._choices[event.option_index]
        if kind == "endpoint_url":
            self._ask_endpoint()
        else:
            self._keep({kind: value or True})

    @work
    async def _ask_endpoint(self) -> None:
        address = await self.app.push_screen_wait(
            AskText(
                "The server's address",
                value="https://",
                hint="As https://minio.example.com:9000; credentials come from AWS_ACCESS_KEY_ID or a profile.",
                check=lambda text: (
                    "" if _is_address(text) else "An address begins with http:// or https:// and a host."
                ),
            )
        )
        if address:
            self._keep({"endpoint_url": address})

    def _keep(self, values: Mapping[str, str | bool]) -> None:
        try:
            self.dismiss(self._first_run.choose(values))
        except S3mlError as error:
            self.post_message(Trouble(error))

    def action_leave(self) -> None:
        """Go on without a choice."""
        self.dismiss(None)


def _is_address(text: str) -> bool:
    scheme, _, host = text.partition("://")
    return scheme in {"http", "https"} and bool(host.strip("/"))
